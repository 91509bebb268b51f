"""Versions of the configuration: put in force, taken back, and how far the newest is carried out.

Putting one in force writes one row. The worker carries it out: every issue that was aligned under an older version is
due, batch by batch, so a worker that is killed goes on where it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from plugin.domain.product import Configuration
from plugin.store import changes, configurations, snapshots
from plugin.store.configurations import Version

PATIENCE = 120
"""Looks without any progress after which waiting ends."""


class VersionError(Exception):
    """There is no such version; says which there are."""


@dataclass(frozen=True)
class Applied:
    """The version in force, and whether it is a new one."""

    version: int
    new: bool


@dataclass(frozen=True)
class Standing:
    """How far the version in force is carried out."""

    version: int
    issues: int
    to_align: int
    waiting: int
    """Changes that wait to be written."""
    parked: int
    """Changes that nobody tries any more."""

    @property
    def done(self) -> bool:
        return not (self.to_align or self.waiting)

    def __str__(self) -> str:
        parked = f"; {self.parked:,} writes are parked" if self.parked else ""
        if self.done:
            return f"version {self.version} is carried out on all of {self.issues:,} issues{parked}"
        aligned = self.issues - self.to_align
        return (
            f"version {self.version}: {aligned:,} of {self.issues:,} issues are aligned under it, "
            f"{self.waiting:,} writes wait{parked}"
        )


def apply(engine: Engine, wanted: Configuration, who: str, why: str) -> Applied:
    """Puts it in force; one that says what is in force changes nothing."""
    with engine.begin() as connection:
        return _apply(connection, wanted, who, why)


def rollback(engine: Engine, version: int, who: str, why: str) -> Applied:
    """Puts what an older version said in force again, as a new version. Raises VersionError where it never was."""
    with engine.begin() as connection:
        return back_to(connection, version, who, why)


def back_to(connection: Connection, version: int, who: str, why: str, instead_of: int | None = None) -> Applied:
    """The same within a transaction. Raises Overtaken where the version in force is another than `instead_of`."""
    return _apply(connection, of_version(connection, version), who, why, instead_of)


def of_version(connection: Connection, version: int) -> Configuration:
    """Raises VersionError where there is no such version."""
    found = configurations.of_version(connection, version)
    if found is None:
        newest = configurations.active_version(connection)
        there = f"there are 1 to {newest}" if newest else "none was applied yet"
        raise VersionError(f"there is no version {version}; {there}, see `plumbline history`")
    return found


def told(one: Version, time_zone: str) -> Iterator[str]:
    """A version line by line, for a terminal; its moment is in the zone."""
    yield f"version {one.version}, {one.at.astimezone(ZoneInfo(time_zone)):%a %-d %b %Y %H:%M}, {one.who}: {one.why}"
    yield from (f"  {sentence}" for sentence in one.differences)


def standing(engine: Engine, now: datetime) -> Standing:
    with engine.connect() as connection:
        version = configurations.active_version(connection)
        waiting, parked = changes.counts(connection)
        return Standing(
            version=version,
            issues=snapshots.number_living(connection),
            to_align=snapshots.number_due(connection, version, now),
            waiting=waiting,
            parked=parked,
        )


def wait(look: Callable[[], Standing], pause: Callable[[], None], tell: Callable[[Standing], None]) -> bool:
    """Looks until the version is carried out. False where nothing moved for PATIENCE looks: no worker seems to run."""
    last, unmoved = look(), 0
    tell(last)
    while not last.done:
        pause()
        now = look()
        unmoved = unmoved + 1 if now == last else 0
        if unmoved >= PATIENCE:
            return False
        if now != last:
            tell(now)
        last = now
    return True


def _apply(connection: Connection, wanted: Configuration, who: str, why: str, instead_of: int | None = None) -> Applied:
    before = configurations.active_version(connection)
    version = configurations.apply(connection, wanted, who, why, instead_of)
    return Applied(version, version != before)

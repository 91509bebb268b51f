"""Versions of the configuration. The newest is the active one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from plugin.configuration.differences import differences
from plugin.domain.product import Configuration
from plugin.store.tables import configuration


@dataclass(frozen=True)
class Version:
    """One line of the history. `differences` says what it says otherwise than the version before, in sentences."""

    version: int
    at: datetime
    who: str
    why: str
    differences: tuple[str, ...]


def active(connection: Connection) -> Configuration | None:
    """The configuration in force, with its version; None before the first apply."""
    row = connection.execute(
        select(configuration.c.version, configuration.c.body).order_by(configuration.c.version.desc()).limit(1)
    ).first()
    return Configuration.model_validate({**row.body, "version": row.version}) if row else None


def of_version(connection: Connection, version: int) -> Configuration | None:
    """The configuration as that version said it; None where there is no such version."""
    body = connection.scalar(select(configuration.c.body).where(configuration.c.version == version))
    return Configuration.model_validate({**body, "version": version}) if body else None


def active_version(connection: Connection) -> int:
    """The version in force, 0 before the first apply."""
    return connection.scalar(select(configuration.c.version).order_by(configuration.c.version.desc()).limit(1)) or 0


class Overtaken(Exception):  # noqa: N818 - it says what it is; nothing went wrong
    """Another version came into force since; `version` is that one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} came into force meanwhile")
        self.version = version


def apply(connection: Connection, wanted: Configuration, who: str, why: str, instead_of: int | None = None) -> int:
    """Makes it the active version and returns its number; one that equals the active version changes nothing.

    Raises Overtaken where the version in force is another than `instead_of`; None: whichever it is.
    """
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("configuration", 0))))
    now = active(connection)
    if instead_of is not None and (now.version if now else 0) != instead_of:
        raise Overtaken(now.version if now else 0)
    if now and now.model_copy(update={"version": 0}) == wanted.model_copy(update={"version": 0}):
        return now.version
    values = {
        "who": who,
        "why": why,
        "body": wanted.model_dump(mode="json", exclude={"version"}),
        "differences": list(differences(now, wanted)),
    }
    version: int = connection.execute(
        configuration.insert().values(values).returning(configuration.c.version)
    ).scalar_one()
    return version


def history(connection: Connection) -> list[Version]:
    """Every version, the newest first."""
    columns = (configuration.c[name] for name in ("version", "at", "who", "why", "differences"))
    rows = connection.execute(select(*columns).order_by(configuration.c.version.desc()))
    return [Version(row.version, row.at, row.who, row.why, tuple(row.differences)) for row in rows]


def first_applied(connection: Connection) -> datetime | None:
    """When the first version came into force, in UTC: what was due before that could not be in time."""
    found: datetime | None = connection.scalar(select(func.min(configuration.c.at)))
    return found

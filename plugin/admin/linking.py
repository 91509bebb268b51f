"""Links issues to an objective as a person's word: kept as an override, decided and written on the one path."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from plugin.alignment.rulebook import RuleBook
from plugin.domain.audience import Audience
from plugin.domain.issue import Snapshot
from plugin.store import snapshots, verdicts
from plugin.store.verdicts import CONSOLE, Override


class LinkingError(Exception):
    """Why nothing was linked, as one sentence."""


@dataclass(frozen=True)
class Wanted:
    """Which issues are to serve which objective, and who says so."""

    keys: Sequence[str]
    objective: str
    who: str


def chosen(connection: Connection, wanted: Wanted, book: RuleBook, audience: Audience, now: datetime) -> list[Snapshot]:
    """The issues, by key. Raises LinkingError where one may not be linked; then none is."""
    active = book.active(book.today(now))
    if wanted.objective not in active:
        raise LinkingError(f"{wanted.objective or 'nothing'} is no active objective; choose one of: {_listed(active)}.")
    ids = snapshots.ids_of_keys(connection, wanted.keys)
    known = snapshots.by_ids(connection, ids.values())
    found = [one for one in known.values() if not one.deleted and audience.shows(one)]
    missing = set(wanted.keys) - {one.key for one in found}
    if missing:
        raise LinkingError(f"No issue that you may see has the key {_listed(missing)}; nothing was linked.")
    if not found:
        raise LinkingError("Choose at least one issue.")
    return sorted(found, key=lambda one: one.key)


def link(connection: Connection, wanted: Wanted, issues: Collection[Snapshot], book: RuleBook, now: datetime) -> None:
    """From here on the path does what it does when a person sets the label in Jira; the label itself is yet to come."""
    label = book.label_of(wanted.objective)
    verdicts.add_overrides(
        connection,
        [
            Override(
                issue_id=one.id,
                label=label,
                kind="set",
                actor=f"{CONSOLE}{wanted.who}",
                at=now,
                parent=one.parent,
                version=book.version,
            )
            for one in issues
        ],
    )
    snapshots.look_again(connection, [one.id for one in issues], now)


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"

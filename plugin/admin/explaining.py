"""`explain`: all that the store knows of one issue's verdict. Jira is not asked."""

from datetime import datetime

from sqlalchemy import Connection

from plugin.admin.explained import Explained
from plugin.alignment.nearly import nearly
from plugin.alignment.rulebook import RuleBook
from plugin.store import changes, snapshots, verdicts
from plugin.store.changes import Written


class UnknownIssue(Exception):  # noqa: N818 - it says what it is; nothing went wrong
    """Nothing is known of an issue of that name."""


def explain(connection: Connection, name: str, book: RuleBook, now: datetime) -> Explained:
    """The issue of that key or id. Raises UnknownIssue where it was never seen."""
    key = name.strip().upper()
    id = key if key.isdigit() else snapshots.ids_of_keys(connection, [key]).get(key)
    snapshot = snapshots.by_ids(connection, [id]).get(id) if id else None
    if id is None or snapshot is None:
        raise UnknownIssue(
            f"nothing is known of {name}: no product's scope holds it, or it has another key now, "
            "or no sweep has read it yet"
        )
    standing = verdicts.standing(connection, id)
    return Explained(
        snapshot=snapshot,
        book=book,
        standing=standing,
        nearly=nearly(snapshot, standing.verdict, book, now) if standing else (),
        overrides=verdicts.overrides(connection, [id]).get(id, ()),
        written=changes.ours(connection, [id]).get(id, Written()),
        waiting=changes.waiting(connection, id),
        history=verdicts.history(connection, id),
    )

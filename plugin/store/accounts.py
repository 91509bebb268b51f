"""What told us of each change in Jira: a delivery, the sweep, or only its history. Each is counted once, for its day.

* **seen live**: a delivery told of it.
* **recovered**: no delivery did, and the sweep found the issue newer than we knew it; or the id sweep found it gone.
* **lost**: it stands in Jira's changelog, and neither told of it: a later delivery brought what it had done to the
  issue before a sweep came, so that only the history knows that it happened.

Changes of fields, creations and deletions are counted, by the ids of Jira's changelog. Our own writes, comments,
worklogs and links are not: Jira tells of them otherwise, or not at all.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Connection, case, delete, func, select, update

from plugin.domain.frozen import Frozen
from plugin.store import progress
from plugin.store.rows import insert_all
from plugin.store.tables import tally, told

How = Literal["live", "recovered", "lost", "open"]
LIVE, RECOVERED, LOST = "change live", "change recovered", "change lost"
"""Names of the tallies."""

_TALLIES = {"live": LIVE, "recovered": RECOVERED, "lost": LOST}


class Told(Frozen):
    """One change of one issue: the id of its changelog entry, `created` or `deleted`; `at` is in UTC."""

    issue_id: str
    change: str
    at: datetime
    how: How = "live"
    """`open` while a delivery may still come."""


class Day(Frozen):
    """The account of one day, in UTC."""

    day: date
    live: int = 0
    recovered: int = 0
    lost: int = 0


def note(connection: Connection, changes: Iterable[Told]) -> set[tuple[str, str]]:
    """Counts those that were not counted before; returns which. A delivery closes what a sweep left open."""
    rows = {(one.issue_id, one.change): one.model_dump() for one in changes}
    if not rows:
        return set()
    statement = insert_all(told, [rows[key] for key in sorted(rows)])
    noted = statement.on_conflict_do_update(
        index_elements=[told.c.issue_id, told.c.change],
        set_={"how": statement.excluded.how},
        where=(told.c.how == "open") & (statement.excluded.how == "live"),
    ).returning(told)
    found = connection.execute(noted).all()
    _count(connection, ((row.at, row.how) for row in found))
    return {(row.issue_id, row.change) for row in found}


def close(connection: Connection, before: datetime) -> None:
    """What was left open and happened before then is recovered: no delivery came."""
    late = update(told).where(told.c.how == "open", told.c.at < before).values(how="recovered")
    _count(connection, ((row.at, "recovered") for row in connection.execute(late.returning(told.c.at))))


def forget(connection: Connection, before: datetime) -> None:
    """Which changes were counted is remembered for so long; the counts stay."""
    connection.execute(delete(told).where(told.c.at < before, told.c.how != "open"))


def per_day(connection: Connection, first: date, last: date) -> list[Day]:
    """The days from first to last on which something was counted, in their order."""
    sums = [
        func.coalesce(func.sum(case((tally.c.name == name, tally.c.n))), 0).label(how) for how, name in _TALLIES.items()
    ]
    statement = (
        select(tally.c.day, *sums)
        .where(tally.c.day.between(first, last), tally.c.name.in_(_TALLIES.values()))
        .group_by(tally.c.day)
        .order_by(tally.c.day)
    )
    return [Day(**row._mapping) for row in connection.execute(statement)]


def _count(connection: Connection, counted: Iterable[tuple[datetime, str]]) -> None:
    days: dict[date, Counter[str]] = {}
    for at, how in counted:
        if how in _TALLIES:
            days.setdefault(at.astimezone(UTC).date(), Counter())[_TALLIES[how]] += 1
    for day in sorted(days):
        progress.count(connection, days[day], day)

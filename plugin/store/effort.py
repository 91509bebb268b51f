"""A week's effort from the spans, summed where they lie. No row that leaves here is about one person."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, column, select, table, text

from plugin.domain.audience import Audience
from plugin.domain.effort import EffortOfWeek
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Verdict
from plugin.effort.calendar import moment
from plugin.effort.measure import Amount, Measure, Seats, effort_of_week
from plugin.store import effort_sql as sql
from plugin.store import progress
from plugin.store.audience import shown
from plugin.store.spans import CLOSED, refresh
from plugin.store.tables import issue, verdict


class Serving(NamedTuple):
    """How many issues of the week have verdicts alike."""

    objective: str | None
    reason: str | None
    rule: str | None
    issues: int


class Unlinked(NamedTuple):
    """An unlinked issue of the week, and what it took in millionths of a working day, as far as that may be told."""

    snapshot: Snapshot
    verdict: Verdict
    days: int


def of_week(connection: Connection, asked: Measure) -> EffortOfWeek:
    """The product's effort as the spans and, for a closed quarter, their reduction tell it. Needs a transaction."""
    return Measuring(connection, [asked]).week(asked)


class Measuring:
    """Measures weeks, one after the other, from one reading of the spans. Needs a transaction, and is alone in it."""

    def __init__(self, connection: Connection, asked: Sequence[Measure]) -> None:
        self._connection = connection
        refresh(connection)
        gather(connection, [parameters(connection, one) for one in asked])

    def week(self, asked: Measure) -> EffortOfWeek:
        """One of those that were asked for."""
        connection, given = self._connection, parameters(self._connection, asked)
        work(connection, given)
        connection.execute(text(sql.HOMES), given)
        connection.execute(text("ANALYZE effort_home"))
        amounts = [Amount(**row._mapping) for row in connection.execute(text(sql.SPENT), given)]
        seats = [Seats(**row._mapping) for row in connection.execute(text(sql.PEOPLE), given)]
        return effort_of_week(asked, amounts, seats)

    def serving(self) -> list[Serving]:
        """The issues that counted in the week that was measured last."""
        return [Serving(**row._mapping) for row in self._connection.execute(text(sql.SERVING))]

    def unlinked(self, found: EffortOfWeek, audience: Audience, most: int) -> list[Unlinked]:
        """Of the week that was measured last, and gave `found`: those that this audience may see, the most urgent
        first."""
        hidden = [one.stream for one in found.streams if one.few]
        self._connection.execute(text(sql.UNLINKED), {"product": found.product, "hidden": hidden})
        chosen = table("effort_unlinked", column("id"), column("days"))
        statement = (
            select(issue.c.id, issue.c.key, issue.c.updated, issue.c.fields, verdict.c.body, chosen.c.days)
            .join(chosen, chosen.c.id == issue.c.id)
            .join(verdict, verdict.c.issue_id == issue.c.id)
            .where(shown(audience))
            .order_by(text(sql.URGENT))
            .limit(most)
        )
        told = found.whole.days is not None
        return [
            Unlinked(
                Snapshot(id=row.id, key=row.key, updated=row.updated, fields=row.fields),
                Verdict.model_validate(row.body),
                row.days if told else 0,
            )
            for row in self._connection.execute(statement)
        ]


def gather(connection: Connection, given: Sequence[dict[str, Any]]) -> None:
    """What all these weeks share: the spans that they look at, and which issue stands above which."""
    connection.execute(text(f"DROP TABLE IF EXISTS {', '.join(sql.SHARED)}"))
    bounds = {"first": min(one["first"] for one in given), "last": max(one["last"] for one in given)}
    for name, step in zip(sql.SHARED, (sql.RECENT, sql.LINKS), strict=True):
        connection.execute(text(step), bounds)
        connection.execute(text(f"ANALYZE {name}"))


def work(connection: Connection, given: dict[str, Any]) -> None:
    """Every product's work of the week by issue, day, model and stream, in temporary tables; after `gather`."""
    connection.execute(text(f"DROP TABLE IF EXISTS {', '.join(sql.TABLES)}"))
    for statement in filter(str.strip, sql.ASKED.split(";")):
        connection.execute(text(statement), given)
    steps = {
        "seat": sql.SEATS,
        "piece": sql.PIECES,
        "up": sql.UP,
        "carried": sql.CARRIED,
        "share": sql.SHARES,
        "work": sql.WORK,
    }
    for name, step in steps.items():
        connection.execute(text(step), given)
        connection.execute(text(f"ANALYZE effort_{name}"))
    if given["points"]:
        connection.execute(text(sql.POINTS), given)
    connection.execute(text(sql.REDUCED), given)
    connection.execute(text(sql.SEATED), given)


def parameters(connection: Connection, asked: Measure) -> dict[str, Any]:
    edges = [one.starts for one in asked.slots] + [asked.since]
    closed = progress.cursor_at(connection, CLOSED)
    inside = [one for one in asked.calendar if one.inside]
    return {
        "product": asked.product,
        "week": str(asked.week),
        "monday": asked.week.monday,
        "closed": moment(closed) if closed else 0,
        "projects": [one.project for one in asked.places],
        "place_products": [one.product for one in asked.places],
        "place_streams": [one.stream for one in asked.places],
        "slot_days": [one.day for one in asked.slots],
        "slot_starts": [one.starts for one in asked.slots],
        "slot_ends": [one.ends for one in asked.slots],
        "slot_inside": [one.inside for one in asked.slots],
        "all_days": [one.day for one in inside],
        "all_starts": [one.starts for one in inside],
        "all_ends": [one.ends for one in inside],
        "since": asked.since,
        "until": asked.until,
        "seated_since": asked.seated_since,
        "piece_since": min(edges),
        "first": min(asked.seated_since, *edges),
        "last": max([one.ends for one in asked.slots] + [asked.until]),
        "active": list(asked.active),
        "points": list(asked.points),
        "prefix": asked.label_prefix.lower(),
    }

"""A week's effort from the spans, summed where they lie. No row that leaves here is about one person."""

from typing import Any

from sqlalchemy import Connection, text

from plugin.domain.effort import EffortOfWeek, HeavyIssue
from plugin.effort.calendar import moment
from plugin.effort.measure import Amount, Measure, Seats, effort_of_week
from plugin.store import effort_sql as sql
from plugin.store import progress
from plugin.store.spans import CLOSED, refresh

_HEAVIEST = 50


def of_week(connection: Connection, asked: Measure) -> EffortOfWeek:
    """The product's effort as the spans and, for a closed quarter, their reduction tell it. Needs a transaction."""
    refresh(connection)
    given = parameters(connection, asked)
    work(connection, given)
    connection.execute(text(sql.HOMES), given)
    connection.execute(text("ANALYZE effort_home"))
    amounts = [Amount(**row._mapping) for row in connection.execute(text(sql.SPENT), given)]
    seats = [Seats(**row._mapping) for row in connection.execute(text(sql.PEOPLE), given)]
    rows = connection.execute(text(sql.HEAVIEST), given | {"most": _HEAVIEST})
    return effort_of_week(asked, amounts, seats, [HeavyIssue(key=row.key, days=row.days) for row in rows])


def work(connection: Connection, given: dict[str, Any]) -> None:
    """Every product's work of the week by issue, day, model and stream, in temporary tables."""
    connection.execute(text(f"DROP TABLE IF EXISTS {', '.join(sql.TABLES)}"))
    for statement in filter(str.strip, sql.ASKED.split(";")):
        connection.execute(text(statement), given)
    steps = {
        "lately": sql.LATELY,
        "seat": sql.SEATS,
        "piece": sql.PIECES,
        "link": sql.LINKS,
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

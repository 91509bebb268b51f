"""How far we are, how many there were, and what is well: cursors, tallies, facts."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.domain.frozen import Frozen
from plugin.store.rows import insert_all
from plugin.store.tables import cursor, fact, tally

SWEPT, COMPARED, LIKENED = "swept", "compared", "likened"
"""Cursors: when the last sweep that came to its end had begun, the last id sweep, and the last look for likenesses."""

DAY = "day"
"""Cursor: when issues were last looked at; a day on which objectives begin or end moves them all."""


class Fact(Frozen):
    """One thing that is well or is not, in words that say what to do."""

    name: str
    ok: bool
    words: str
    at: datetime


def cursor_at(connection: Connection, name: str) -> datetime | None:
    """Where the cursor stands; None before the first time."""
    found: datetime | None = connection.scalar(select(cursor.c.at).where(cursor.c.name == name))
    return found


def move_cursor(connection: Connection, name: str, at: datetime) -> None:
    statement = insert(cursor).values(name=name, at=at)
    connection.execute(statement.on_conflict_do_update(index_elements=[cursor.c.name], set_={"at": at}))


def count(connection: Connection, counted: Mapping[str, int], day: date) -> None:
    """Adds to the day's tallies."""
    rows = [{"day": day, "name": name, "n": n} for name, n in sorted(counted.items()) if n]
    if rows:
        statement = insert_all(tally, rows)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[tally.c.day, tally.c.name], set_={"n": tally.c.n + statement.excluded.n}
            )
        )


def counted(connection: Connection, first: date, last: date) -> dict[str, int]:
    """The tallies of the days from first to last, both included."""
    statement = (
        select(tally.c.name, func.sum(tally.c.n).label("n"))
        .where(tally.c.day.between(first, last))
        .group_by(tally.c.name)
    )
    return {row.name: int(row.n) for row in connection.execute(statement)}


def note(connection: Connection, one: Fact) -> None:
    values = one.model_dump()
    statement = insert(fact).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=[fact.c.name], set_=values))


def note_recovered(connection: Connection, one: Fact) -> None:
    """Notes that something is well again; where it was never unwell, nothing is noted."""
    connection.execute(update(fact).where(fact.c.name == one.name, ~fact.c.ok).values(one.model_dump()))


def is_well(connection: Connection, name: str) -> bool:
    """The last word on it; what nobody spoke of is well."""
    return connection.scalar(select(fact.c.ok).where(fact.c.name == name)) is not False


def facts(connection: Connection) -> list[Fact]:
    return [Fact(**row._mapping) for row in connection.execute(select(fact).order_by(fact.c.name))]

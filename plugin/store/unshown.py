"""Issues that Jira was asked for and did not show: gone, or not visible to our account, for a moment or for good."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Select, and_, delete, func, select, union, update

from plugin.store.rows import insert_all, one_of
from plugin.store.tables import hidden, issue


def hide(connection: Connection, names: Iterable[str], at: datetime) -> None:
    """Jira was asked for these ids or keys and did not show them; since when, the first time tells."""
    rows = [{"name": name, "since": at, "asked_at": at} for name in sorted(set(names))]
    if rows:
        statement = insert_all(hidden, rows)
        connection.execute(statement.on_conflict_do_update(index_elements=[hidden.c.name], set_={"asked_at": at}))


def show(connection: Connection, names: Iterable[str]) -> None:
    """Jira shows them after all."""
    connection.execute(delete(hidden).where(hidden.c.name.in_(sorted(names))))


def hidden_among(connection: Connection, names: Iterable[str], since: datetime) -> set[str]:
    """Those of the names that Jira did not show when it was asked since then."""
    statement = select(hidden.c.name).where(one_of(hidden.c.name, names), hidden.c.asked_at >= since)
    return set(connection.scalars(statement))


def due(connection: Connection, until: datetime, most: int) -> list[str]:
    """Ids of issues that we hold as living and that were asked for in vain until then, the longest ago first."""
    found = _living().subquery()
    statement = select(found.c.id).where(found.c.asked_at <= until).order_by(found.c.asked_at, found.c.id)
    return list(dict.fromkeys(connection.scalars(statement.limit(most))))


def number(connection: Connection) -> int:
    """How many issues that we hold as living Jira does not show."""
    found = _living().subquery()
    return connection.scalar(select(func.count(found.c.id.distinct()))) or 0


def ask_later(connection: Connection, ids: Iterable[str], at: datetime) -> None:
    """These were asked for again, in vain, and nothing came of it."""
    given = list(ids)
    keys = select(issue.c.key).where(issue.c.id.in_(given))
    names = hidden.c.name.in_(given) | hidden.c.name.in_(keys)
    connection.execute(update(hidden).where(names).values(asked_at=at))


def _living() -> Select[tuple[str, datetime]]:
    """By id or by key, which an index each serves."""
    columns = (issue.c.id, hidden.c.asked_at)
    by_id = select(*columns).join(hidden, and_(hidden.c.name == issue.c.id, issue.c.deleted.is_(False)))
    by_key = select(*columns).join(hidden, and_(hidden.c.name == issue.c.key, issue.c.deleted.is_(False)))
    both = union(by_id, by_key).subquery()
    return select(both.c.id, both.c.asked_at)

"""How far the fill of each set of scopes is, and who reads for it: one reader at a time, under a lease."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.domain.frozen import Frozen
from plugin.store.tables import sync


class Overtaken(Exception):  # noqa: N818 - not a fault: another reader goes on where this one was
    """The lease ran out and somebody else reads now; nothing of the step that found it is kept."""


class Standing(Frozen):
    """How far it is. Every issue was read up to the `updated` of `position`; `total` is an estimate. None: unknown."""

    began_at: datetime
    position: datetime | None
    done: int
    total: int | None
    again: bool
    finished_at: datetime | None
    held: bool
    """Whether somebody reads for it now."""


_columns = (sync.c.began_at, sync.c.position, sync.c.done, sync.c.total, sync.c.again, sync.c.finished_at)
_held = func.coalesce(sync.c.lease_until > func.clock_timestamp(), False).label("held")


def standing(connection: Connection, scope: str) -> Standing | None:
    """None where nothing was ever begun for these scopes."""
    row = connection.execute(select(*_columns, _held).where(sync.c.scope == scope)).first()
    return Standing(**row._mapping) if row else None


def first_finished(connection: Connection) -> datetime | None:
    """When issues were known for the first time, so that from then on changes were listened to; None: not yet."""
    found: datetime | None = connection.scalar(select(func.min(sync.c.finished_at)))
    return found


def claim(connection: Connection, scope: str, owner: str, lease: timedelta, now: datetime) -> Standing | None:
    """The row is the owner's for the time of the lease; it is made where there is none. None: another reader has it."""
    connection.execute(insert(sync).values(scope=scope, began_at=now).on_conflict_do_nothing())
    free = sync.c.owner.is_(None) | (sync.c.lease_until < func.clock_timestamp())
    statement = (
        update(sync)
        .where(sync.c.scope == scope, free)
        .values(owner=owner, lease_until=func.clock_timestamp() + lease)
        .returning(*_columns, _held)
    )
    row = connection.execute(statement).first()
    return Standing(**row._mapping) if row else None


def keep(connection: Connection, scope: str, owner: str, lease: timedelta) -> None:
    """The lease begins anew. Raises Overtaken."""
    _own(connection, scope, owner, {"lease_until": func.clock_timestamp() + lease})


def advance(connection: Connection, scope: str, owner: str, position: datetime, read: int) -> None:
    """So many issues more were read, up to this `updated`. Raises Overtaken."""
    _own(connection, scope, owner, {"position": position, "done": sync.c.done + read})


def estimate(connection: Connection, scope: str, owner: str, total: int) -> None:
    """How many issues there are. Raises Overtaken."""
    _own(connection, scope, owner, {"total": total})


def finish(connection: Connection, scope: str, owner: str, at: datetime) -> None:
    """The fill has come to its end. Raises Overtaken."""
    _own(connection, scope, owner, {"finished_at": at, "again": False})


def release(connection: Connection, scope: str, owner: str) -> None:
    connection.execute(
        update(sync).where(sync.c.scope == scope, sync.c.owner == owner).values(owner=None, lease_until=None)
    )


def begin_again(connection: Connection, scope: str, now: datetime) -> None:
    """Everything is to be read once more; one that is under way goes on as it is."""
    connection.execute(
        update(sync)
        .where(sync.c.scope == scope, sync.c.finished_at.is_not(None))
        .values(began_at=now, position=None, done=0, total=None, again=True, finished_at=None)
    )


def _own(connection: Connection, scope: str, owner: str, values: dict[str, object]) -> None:
    kept = connection.execute(update(sync).where(sync.c.scope == scope, sync.c.owner == owner).values(**values))
    if not kept.rowcount:
        raise Overtaken("another reader has taken over; it goes on from the row")

"""The inbox: deliveries as rows, stored before they are answered, claimed by whoever has time. PostgreSQL only.

A row waits, is leased by a worker, and settles; one that cannot be digested is parked. All moments of leases and due
times are the database's own, so that the clocks of machines need not agree.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Row,
    Select,
    SmallInteger,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.exc import SQLAlchemyError

from webhooks.delivery import Delivery
from webhooks.redaction import sample, without_people, words_without_people

WAITING, SETTLED, PARKED = "waiting", "settled", "parked"
IGNORED = "ignored"
LEASE = timedelta(minutes=2)
CRASHES = 5
"""A delivery claimed this often, each time by a worker that never came back, is parked."""
ALONE = 2
"""From this many crashes on a delivery is claimed alone, so that a poisonous one does not park its neighbours."""
REFUSED_KEPT = 200
REFUSED_SIZE = 2000

metadata = MetaData()
_moment = DateTime(timezone=True)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("received_at", _moment, nullable=False),
    Column("event", Text, nullable=False),
    Column("flow", Text),
    Column("retry", SmallInteger, nullable=False),
    Column("actor", Text),
    Column("issue_id", Text),
    Column("issue_key", Text),
    Column("body", LargeBinary),
    Column("state", Text, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", _moment),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", _moment, nullable=False, server_default=func.now()),
    Column("outcome", Text),
    Column("reason", Text),
    Column("error", Text),
    Column("traceback", Text),
    Column("settled_at", _moment),
)
Index(
    "delivery_waiting", delivery.c.received_at, delivery.c.id, postgresql_where=delivery.c.state == WAITING
)  # the claim, and the count behind the limit; rows that settled are not in it
Index("delivery_received", delivery.c.received_at)

refused = Table(
    "refused",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("received_at", _moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sample", Text, nullable=False),
)


class Stored(Enum):
    """What became of a delivery at the door."""

    STORED = "stored"
    ALREADY = "already there"
    FULL = "full"


class UnavailableError(Exception):
    """The database did not take the row; the sender should try again."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery leased to one worker."""

    id: str
    received_at: datetime
    event: str
    flow: str | None
    retry: int
    actor: str | None
    issue_id: str | None
    issue_key: str | None
    body: bytes
    attempts: int
    """1 for the first claim; more means that earlier ones never came back."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one delivery ended: an outcome of the digest's, and its reason in words or ""."""

    id: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many deliveries stand alike. `outcome` is the state for one that has not settled."""

    outcome: str
    event: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, leased or not. `oldest` is the age of the oldest, None where nothing waits."""

    number: int
    oldest: timedelta | None


_STORE = insert_or(delivery).on_conflict_do_nothing(index_elements=["id"]).execution_options(preserve_rowcount=True)
# Written into the SQL: under a bound parameter a prepared plan could not use the partial index.
_WAITS = delivery.c.state == literal(WAITING, literal_execute=True)
_CLAIMABLE = (
    _WAITS,
    delivery.c.due_at <= func.now(),
    or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= func.now()),
)
_NO_LEASE = {"lease_owner": None, "lease_until": None}


class Inbox:
    """The rows, for receiver, digest and console. `limit` bounds how many may wait.

    `clock` counts seconds and only spaces out the counting of what waits.
    """

    def __init__(self, engine: Engine, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        # One INSERT is atomic by itself: without BEGIN and COMMIT a delivery costs one round trip instead of three.
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._estimate = _Estimate(limit, clock)

    def store(self, given: Delivery, body: bytes) -> Stored:
        """Commits the delivery, once per id. Raises UnavailableError."""
        try:
            with self._single.connect() as connection:
                if self._estimate.is_full(connection):
                    return Stored.FULL
                inserted = connection.execute(_STORE, _columns(given) | {"body": body, "state": WAITING}).rowcount
        except SQLAlchemyError as error:
            raise UnavailableError("the inbox's database does not answer") from error
        if not inserted:
            return Stored.ALREADY
        self._estimate.add()
        return Stored.STORED

    def store_ignored(self, given: Delivery, reason: str) -> None:
        """Keeps a delivery that nobody needs as settled, without its body. Raises UnavailableError."""
        ending = {"state": SETTLED, "outcome": IGNORED, "reason": reason, "settled_at": given.received_at}
        try:
            with self._single.connect() as connection:
                connection.execute(_STORE, _columns(given) | ending)
        except SQLAlchemyError as error:
            raise UnavailableError("the inbox's database does not answer") from error

    def refuse(self, body: bytes, reason: str, received_at: datetime) -> None:
        """Keeps the beginning of a body that is no delivery, for diagnosis; the newest stay.

        Raises UnavailableError.
        """
        row = {
            "received_at": received_at,
            "reason": reason,
            "size": len(body),
            "sample": sample(body, REFUSED_SIZE),
        }
        try:
            with self._engine.begin() as connection:
                id = connection.execute(insert(refused).returning(refused.c.id), row).scalar_one()
                connection.execute(delete(refused).where(refused.c.id <= id - REFUSED_KEPT))
        except SQLAlchemyError as error:
            raise UnavailableError("the inbox's database does not answer") from error

    def claim(self, owner: str, most: int = 500, lease: timedelta = LEASE) -> list[Claimed]:
        """Leases the oldest due deliveries to `owner`, and those whose worker let its lease run out."""
        with self._engine.begin() as connection:
            found = connection.execute(
                select(delivery.c.id, delivery.c.attempts)
                .where(*_CLAIMABLE)
                .order_by(delivery.c.received_at, delivery.c.id)
                .limit(most)
                .with_for_update(skip_locked=True)
            ).all()
            _park_poison(connection, [row.id for row in found if row.attempts >= CRASHES])
            return _lease(connection, _batch(found), owner, lease)

    def settle(self, connection: Connection, settled: Iterable[Settlement]) -> int:
        """Ends deliveries and deletes their bodies, in the caller's transaction; returns how many were still open."""
        endings = list(settled)
        if not endings:
            return 0
        given = _table_of(endings)
        return connection.execute(
            update(delivery)
            .where(delivery.c.id == given.c.id, _WAITS)
            .values(
                state=SETTLED,
                outcome=given.c.outcome,
                reason=given.c.reason,
                body=None,
                settled_at=func.now(),
                **_NO_LEASE,
            )
        ).rowcount

    def postpone(self, ids: Sequence[str], after: timedelta, reason: str) -> int:
        """Gives claimed deliveries back, due again once `after` has passed.

        Crashes start from none again: a worker that can still say why it waits has not crashed.
        """
        return self._change(ids, WAITING, {"due_at": func.now() + after, "reason": reason, "attempts": 0, **_NO_LEASE})

    def park(self, id: str, error: str, traceback: str = "") -> None:
        """Sets one delivery aside until a person replays it. Its body stays, without names, addresses and pictures."""
        with self._engine.begin() as connection:
            _park(connection, id, error, traceback)

    def replay(self, ids: Sequence[str]) -> int:
        """Lets parked deliveries wait again, as if none had ever failed; returns how many were parked."""
        fresh = {"state": WAITING, "attempts": 0, "due_at": func.now(), "error": None, "traceback": None}
        return self._change(ids, PARKED, fresh | _NO_LEASE)

    def counts(self, since: datetime) -> list[Count]:
        """Deliveries received since then, by outcome, event and reason, most frequent first."""
        outcome: ColumnElement[str] = case((delivery.c.state == SETTLED, delivery.c.outcome), else_=delivery.c.state)
        reason = func.coalesce(delivery.c.reason, "")
        number = func.count()
        query = (
            select(outcome, delivery.c.event, reason, number)
            .where(delivery.c.received_at >= since)
            .group_by(outcome, delivery.c.event, reason)
            .order_by(number.desc(), outcome, delivery.c.event, reason)
        )
        with self._engine.connect() as connection:
            return [Count(*row) for row in connection.execute(query)]

    def endings(self, ids: Sequence[str]) -> dict[str, Settlement]:
        """What became of these deliveries, by id: the state for one that has not settled, nothing for an unknown id."""
        outcome: ColumnElement[str] = case((delivery.c.state == SETTLED, delivery.c.outcome), else_=delivery.c.state)
        reason = func.coalesce(delivery.c.error, delivery.c.reason, "")
        query = select(delivery.c.id, outcome, reason).where(delivery.c.id.in_(ids))
        with self._engine.connect() as connection:
            return {row[0]: Settlement(*row) for row in connection.execute(query)}

    def newest(self) -> datetime | None:
        """When the last delivery came, in UTC; None where none ever did."""
        with self._engine.connect() as connection:
            found: datetime | None = connection.scalar(select(func.max(delivery.c.received_at)))
        return found

    def due_in(self) -> float | None:
        """In how many seconds, by the database's clock, the next delivery can be claimed; None where none waits."""
        free = func.greatest(delivery.c.due_at, func.coalesce(delivery.c.lease_until, delivery.c.due_at))
        query = select(func.extract("epoch", func.min(free) - func.now())).where(_WAITS)
        with self._engine.connect() as connection:
            found = connection.scalar(query)
        return None if found is None else max(0.0, float(found))

    def forget(self, older_than: timedelta) -> int:
        """Deletes what settled that long ago: ids and outcomes are kept for questions, not for ever."""
        # Nothing settles before it is received: the index on that moment spares reading every row each time.
        long_ago = func.now() - older_than
        old = (delivery.c.received_at < long_ago) & (delivery.c.state == SETTLED) & (delivery.c.settled_at < long_ago)
        with self._engine.begin() as connection:
            return connection.execute(delete(delivery).where(old)).rowcount

    def forget_actors(self, connection: Connection, people: Collection[str]) -> None:
        """No delivery names these accounts as its actor any more."""
        connection.execute(update(delivery).where(delivery.c.actor.in_(people)).values(actor=None))

    def waiting(self) -> Backlog:
        """How many deliveries wait, and for how long the oldest has."""
        query = select(func.count(), type_coerce(func.now() - func.min(delivery.c.received_at), Interval)).where(_WAITS)
        with self._engine.connect() as connection:
            number, oldest = connection.execute(query).one()
        return Backlog(number, oldest)

    def _change(self, ids: Sequence[str], state: str, values: dict[str, object]) -> int:
        query = update(delivery).where(delivery.c.id.in_(ids), delivery.c.state == state).values(values)
        with self._engine.begin() as connection:
            return connection.execute(query).rowcount


class _Estimate:
    """How many deliveries wait: counted at most once a second, and by our own inserts between."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._number = 0
        self._counted_at: float | None = None

    def is_full(self, connection: Connection) -> bool:
        """Other threads go on with the old number while one counts."""
        if self._is_stale() and self._lock.acquire(blocking=False):
            try:
                self._number = connection.execute(_up_to(self._limit)).scalar_one()
                self._counted_at = self._clock()
            finally:
                self._lock.release()
        return self._number >= self._limit

    def add(self) -> None:
        self._number += 1  # a lost addition of two threads is an estimate's right

    def _is_stale(self) -> bool:
        return self._counted_at is None or self._clock() - self._counted_at >= 1


def _up_to(limit: int) -> Select[int]:
    waiting = select(delivery.c.id).where(_WAITS).limit(limit).subquery()
    return select(func.count()).select_from(waiting)


def _columns(given: Delivery) -> dict[str, object]:
    return {
        "id": given.id,
        "received_at": given.received_at,
        "event": given.event,
        "flow": given.flow,
        "retry": given.retry,
        "actor": given.actor,
        "issue_id": given.issue_id,
        "issue_key": given.issue_key,
    }


def _batch(found: Sequence[Row[str, int]]) -> list[str]:
    """The ids to lease together: a suspect alone, else all that are none."""
    alive = [row for row in found if row.attempts < CRASHES]
    if alive and alive[0].attempts >= ALONE:
        return [alive[0].id]
    return [row.id for row in alive if row.attempts < ALONE]


def _lease(connection: Connection, ids: Sequence[str], owner: str, lease: timedelta) -> list[Claimed]:
    if not ids:
        return []
    taken = connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids))
        .values(lease_owner=owner, lease_until=func.now() + lease, attempts=delivery.c.attempts + 1)
        .returning(*(delivery.c[name] for name in Claimed.__slots__))
    )
    return sorted((Claimed(*row) for row in taken), key=lambda one: (one.received_at, one.id))


def _park_poison(connection: Connection, ids: Iterable[str]) -> None:
    for id in ids:
        _park(connection, id, f"claimed {CRASHES} times, and no worker ever came back from it", "")


def _park(connection: Connection, id: str, error: str, traceback: str) -> None:
    open_row = (delivery.c.id == id, _WAITS)
    body = connection.execute(select(delivery.c.body).where(*open_row).with_for_update()).scalar_one_or_none()
    if body is None:
        return
    connection.execute(
        update(delivery)
        .where(*open_row)
        .values(
            state=PARKED,
            body=without_people(body),
            error=words_without_people(error),
            traceback=words_without_people(traceback),
            **_NO_LEASE,
        )
    )


def _table_of(endings: Sequence[Settlement]) -> TableValuedAlias:
    """The endings as rows to join with: one statement however many outcomes there are."""
    columns = [
        cast(bindparam(name, [getattr(one, name) for one in endings], unique=True), ARRAY(Text))
        for name in ("id", "outcome", "reason")
    ]
    return func.unnest(*columns).table_valued("id", "outcome", "reason", name="ending").render_derived()

"""Changes that wait to be written, and the log of what we wrote."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.domain.verdict import Change, LinkWords
from plugin.store.rows import insert_all, one_of
from plugin.store.tables import change, issue, write_log, written


@dataclass(frozen=True)
class Written:
    """What of ours is on an issue, by our own log of writes."""

    labels: frozenset[str] = frozenset()
    link: LinkWords | None = None


@dataclass(frozen=True)
class Claimed:
    """A change that one writer holds until its lease runs out.

    `attempts` counts the tries that failed for a reason of their own: no pause that Jira ordered, no outage.
    """

    change: Change
    generation: int
    attempts: int


@dataclass(frozen=True)
class Expected:
    """A write of ours whose event has not come back yet."""

    seq: int
    added: frozenset[str]
    removed: frozenset[str]
    sent_at: datetime


_ERASING = func.coalesce(change.c.body["erased"].as_boolean(), False)
"""Untagging is not undone by a verdict that wants nothing written; only a newer change takes its place."""

PATIENCE = timedelta(hours=1)
"""How long bulk work lets live work go first."""

_ROOM_LOCK = 7_586_253_015  # any number that nobody else in the database takes

UNSURE = LinkWords(title="", summary="", url="")
"""The words of a link that we sent and that nobody confirmed: it may be there or not, and equals no other."""


def put(connection: Connection, planned: Mapping[str, Change | None], *, bulk: bool = False) -> None:
    """Replaces what waits for these issues by what is planned now; None: nothing is to be written any more.

    What is planned in bulk lets everything else go first for `PATIENCE`; what waited ahead of it already stays ahead.
    A writer that holds the change right now finds it replaced or gone, before or after that write.
    """
    wanted = [(id, one) for id, one in sorted(planned.items()) if one]
    unwanted = [id for id, one in planned.items() if one is None]
    if wanted:
        statement = insert_all(
            change, [{"issue_id": id, "body": one.model_dump(mode="json"), "bulk": bulk} for id, one in wanted]
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[change.c.issue_id],
                set_={
                    "body": statement.excluded.body,
                    "generation": change.c.generation + 1,
                    "attempts": 0,
                    "parked_at": None,
                    "error": None,
                    "bulk": and_(change.c.bulk, statement.excluded.bulk),
                },
            )
        )
    if unwanted:
        connection.execute(delete(change).where(one_of(change.c.issue_id, unwanted), ~_ERASING))


def claim(connection: Connection, owner: str, most: int, lease: timedelta) -> list[Claimed]:
    """Takes changes that are due, bulk work last, else the oldest first; a lease that ran out counts as due.

    Bulk work that has been due for `PATIENCE` counts as live, so that no stream of live work keeps it waiting for good.
    """
    _count_patient_as_live(connection)
    free = or_(change.c.owner.is_(None), change.c.lease_until <= func.now())
    taken = (
        select(change.c.issue_id)
        .where(change.c.parked_at.is_(None), change.c.due_at <= func.now(), free)
        .order_by(change.c.bulk, change.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    rows = connection.execute(
        update(change)
        .where(change.c.issue_id.in_(taken))
        .values(owner=owner, lease_until=func.now() + lease)
        .returning(change.c.body, change.c.generation, change.c.attempts)
    )
    return [Claimed(Change.model_validate(row.body), row.generation, row.attempts) for row in rows]


def _count_patient_as_live(connection: Connection) -> None:
    """A statement of its own: the claim's order is that of an index."""
    patient = (
        select(change.c.issue_id)
        .where(change.c.bulk, change.c.parked_at.is_(None), change.c.due_at <= func.now() - PATIENCE)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    connection.execute(update(change).where(change.c.issue_id.in_(patient)).values(bulk=False))


def renew(connection: Connection, claimed: Claimed, owner: str, lease: timedelta) -> bool:
    """Holds the change for another lease, right before it is written.

    False where it was replaced, given up or taken over since it was claimed: then it must not be written.
    """
    mine = and_(change.c.issue_id == claimed.change.issue_id, change.c.owner == owner)
    same = change.c.generation == claimed.generation
    if connection.execute(update(change).where(mine, same).values(lease_until=func.now() + lease)).rowcount:
        return True
    _let_go(connection, mine)
    return False


def _let_go(connection: Connection, these: ColumnElement[bool]) -> None:
    connection.execute(update(change).where(these).values(owner=None, lease_until=None))


def finish(connection: Connection, claimed: Claimed, owner: str) -> bool:
    """The change was written. False where it was replaced meanwhile: the issue has to be looked at again."""
    gone = connection.execute(
        delete(change).where(
            change.c.issue_id == claimed.change.issue_id,
            change.c.owner == owner,
            change.c.generation == claimed.generation,
        )
    )
    if gone.rowcount:
        return True
    mine = and_(change.c.issue_id == claimed.change.issue_id, change.c.owner == owner)
    _let_go(connection, and_(mine, _ERASING))
    connection.execute(delete(change).where(mine, ~_ERASING))
    return False


def leave_link(connection: Connection, claimed: Claimed, owner: str) -> None:
    """The edit of this change was made: only its link is left to write."""
    left = claimed.change.model_copy(update={"add": (), "remove": (), "edited": True})
    mine = and_(change.c.issue_id == claimed.change.issue_id, change.c.owner == owner)
    same = change.c.generation == claimed.generation
    connection.execute(update(change).where(mine, same).values(body=left.model_dump(mode="json")))


@dataclass(frozen=True)
class Delay:
    """In how many seconds, by the database's clock, a change is tried again, why, and how many tries it has used up."""

    after: float
    error: str
    tries: int = 0


def postpone(connection: Connection, claimed: Claimed, owner: str, delay: Delay) -> None:
    """Gives the change back. The tries are those of its generation: a newer one begins with none."""
    same = change.c.generation == claimed.generation
    connection.execute(
        update(change)
        .where(change.c.issue_id == claimed.change.issue_id, change.c.owner == owner)
        .values(
            owner=None,
            lease_until=None,
            due_at=func.now() + timedelta(seconds=delay.after),
            error=delay.error,
            attempts=case((same, change.c.attempts + delay.tries), else_=change.c.attempts),
        )
    )


def forgive(connection: Connection, claimed: Claimed, tries: int) -> None:
    """These tries of the change were not its own failure."""
    same = and_(change.c.issue_id == claimed.change.issue_id, change.c.generation == claimed.generation)
    connection.execute(update(change).where(same).values(attempts=func.greatest(change.c.attempts - tries, 0)))


def hold(connection: Connection, project: str, after: float, error: str) -> None:
    """Nothing that waits for this project's issues is due sooner than in `after` seconds by the database's clock."""
    until = func.now() + timedelta(seconds=after)
    connection.execute(
        update(change)
        .where(change.c.issue_id == issue.c.id, issue.c.project == project)
        .where(change.c.owner.is_(None), change.c.parked_at.is_(None), change.c.due_at < until)
        .values(due_at=until, error=error)
    )


def give_back(connection: Connection, untried: Iterable[Claimed], owner: str) -> None:
    """Lets go of claimed changes that were not tried; they are due as before."""
    ids = [one.change.issue_id for one in untried]
    _let_go(connection, and_(one_of(change.c.issue_id, ids), change.c.owner == owner))


def park(connection: Connection, claimed: Claimed, owner: str, error: str) -> None:
    """Stops trying until a person, or a newer change, says otherwise; one that is newer already stays due."""
    mine = and_(change.c.issue_id == claimed.change.issue_id, change.c.owner == owner)
    same = change.c.generation == claimed.generation
    connection.execute(update(change).where(mine, same).values(parked_at=func.now(), error=error))
    _let_go(connection, mine)


def park_planned(connection: Connection, why: Mapping[str, str]) -> None:
    """Holds planned changes back, each with its sentence, until a newer one takes its place."""
    for issue_id, words in sorted(why.items()):
        connection.execute(
            update(change).where(change.c.issue_id == issue_id).values(parked_at=func.now(), error=words)
        )


def parked_words(connection: Connection, most: int) -> list[str]:
    """Why changes are parked, the newest first."""
    statement = select(change.c.error).where(change.c.parked_at.is_not(None)).order_by(change.c.parked_at.desc())
    return [words or "" for words in connection.scalars(statement.limit(most))]


def room_for(connection: Connection, per_minute: int) -> tuple[int, float]:
    """How many issues may be written now, all processes together, and else in how many seconds the next one may.

    What another writer holds counts as written. Until the transaction ends no other writer is told its room, so that
    two are never told the same.
    """
    connection.execute(select(func.pg_advisory_xact_lock(_ROOM_LOCK)))
    within = write_log.c.sent_at > func.clock_timestamp() - timedelta(minutes=1)
    newest = select(write_log.c.sent_at).where(within).order_by(write_log.c.sent_at.desc()).limit(per_minute)
    sent_at = list(connection.scalars(newest))
    held = connection.scalar(
        select(func.count()).select_from(change).where(change.c.owner.is_not(None), change.c.lease_until > func.now())
    )
    room = max(0, per_minute - len(sent_at) - (held or 0))
    if room or not sent_at:
        return room, 1.0
    now = connection.execute(select(func.clock_timestamp())).scalar_one()
    return 0, max(0.1, 60 - (now - sent_at[-1]).total_seconds())


def drop(connection: Connection, issue_id: str) -> None:
    connection.execute(delete(change).where(change.c.issue_id == issue_id))


def counts(connection: Connection) -> tuple[int, int]:
    """How many changes wait, and how many are parked."""
    row = connection.execute(
        select(func.count().filter(change.c.parked_at.is_(None)), func.count().filter(change.c.parked_at.is_not(None)))
    ).one()
    return row[0], row[1]


def written_issues(connection: Connection) -> int:
    """How many issues carry anything of ours, or did."""
    return connection.scalar(select(func.count()).select_from(written)) or 0


@dataclass(frozen=True)
class Waiting:
    """A change that is not on its issue yet. `error` is what the last try came to; parked: nobody tries any more."""

    change: Change
    error: str | None
    parked: bool


def waiting(connection: Connection, issue_id: str) -> Waiting | None:
    row = connection.execute(
        select(change.c.body, change.c.error, change.c.parked_at).where(change.c.issue_id == issue_id)
    ).first()
    return Waiting(Change.model_validate(row.body), row.error, row.parked_at is not None) if row else None


def due_in(connection: Connection) -> float | None:
    """In how many seconds, by the database's clock, the earliest change is due; None where nothing waits."""
    earliest = func.min(func.greatest(change.c.due_at, func.coalesce(change.c.lease_until, change.c.due_at)))
    found = connection.scalar(select(func.extract("epoch", earliest - func.now())).where(change.c.parked_at.is_(None)))
    return None if found is None else max(0.0, float(found))


def ours(connection: Connection, ids: Iterable[str]) -> dict[str, Written]:
    rows = connection.execute(select(written).where(one_of(written.c.issue_id, ids)))
    return {
        row.issue_id: Written(frozenset(row.labels), LinkWords.model_validate(row.link) if row.link else None)
        for row in rows
    }


def expect(connection: Connection, one: Change) -> int:
    """Notes a write before it is sent, so that its echo is known even when it is faster than the answer.

    What it adds counts as ours from here on: a lost answer must not leave a label or a link that nobody takes away.
    """
    before = ours(connection, [one.issue_id]).get(one.issue_id, Written())
    sending = bool(one.link_changed and one.link)
    _keep(connection, one.issue_id, Written(before.labels | set(one.add), UNSURE if sending else before.link))
    values = {
        "issue_id": one.issue_id,
        "added": list(one.add),
        "removed": list(one.remove),
        "link": one.link.model_dump() if one.link_changed and one.link else None,
    }
    seq: int = connection.execute(write_log.insert().values(values).returning(write_log.c.seq)).scalar_one()
    return seq


def sent(connection: Connection, seq: int, one: Change, at: datetime) -> None:
    """The write of this line is on the issue: what is ours there changes with it."""
    connection.execute(update(write_log).where(write_log.c.seq == seq).values(done_at=at))
    if one.erased:
        connection.execute(delete(written).where(written.c.issue_id == one.issue_id))
        return
    before = ours(connection, [one.issue_id]).get(one.issue_id, Written())
    labels = (before.labels | set(one.add)) - set(one.remove)
    _keep(connection, one.issue_id, Written(labels, one.link if one.link_changed else before.link), at)


def _keep(connection: Connection, issue_id: str, one: Written, at: datetime | None = None) -> None:
    """`at` is when it was written, None for the moment of the database's clock."""
    link = one.link.model_dump() if one.link else None
    values: dict[str, Any] = {"labels": sorted(one.labels), "link": link, "at": at or func.now()}
    statement = insert(written).values(issue_id=issue_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[written.c.issue_id], set_=values))


def failed(connection: Connection, seq: int, error: str) -> None:
    connection.execute(update(write_log).where(write_log.c.seq == seq).values(error=error))


def expected(connection: Connection, ids: Iterable[str], since: datetime) -> dict[str, list[Expected]]:
    """Label writes since then whose echo has not been seen, oldest first. A lost answer may still have an echo."""
    statement = (
        select(write_log)
        .where(one_of(write_log.c.issue_id, ids), write_log.c.echo_at.is_(None), write_log.c.sent_at >= since)
        .order_by(write_log.c.seq)
    )
    found: dict[str, list[Expected]] = {}
    for row in connection.execute(statement):
        one = Expected(row.seq, frozenset(row.added), frozenset(row.removed), row.sent_at)
        found.setdefault(row.issue_id, []).append(one)
    return found


def echoed(connection: Connection, seqs: Sequence[int], at: datetime) -> None:
    connection.execute(update(write_log).where(one_of(write_log.c.seq, seqs)).values(echo_at=at))


def disown(connection: Connection, issue_id: str, labels: Collection[str]) -> None:
    """A person took these labels away: they are no longer ours to remove."""
    if not labels:
        return
    before = ours(connection, [issue_id]).get(issue_id)
    if before:
        left = sorted(before.labels - set(labels))
        connection.execute(update(written).where(written.c.issue_id == issue_id).values(labels=left))

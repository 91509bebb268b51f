"""Who was flagged when, who waits for it, and who keeps undoing what we write."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, any_, case, func, literal, not_, or_, select, union

from plugin.domain.verdict import Reason, State
from plugin.store.rows import one_of
from plugin.store.tables import change, configuration, history, issue, override, verdict, write_log
from webhooks.inbox import delivery


def try_to_grant(connection: Connection, project: str) -> bool:
    """Whether we alone hand out this project's flags until the transaction ends. Never waits, so nothing locks up."""
    key = func.hashtextextended(f"flags of {project}", 0)
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(key))))


def number_since(connection: Connection, flag: str, project: str, since: datetime) -> int:
    """How many of the project's issues were flagged since then, or are about to be."""
    done = select(write_log.c.issue_id).where(
        literal(flag) == any_(write_log.c.added), write_log.c.done_at.is_not(None), write_log.c.sent_at >= since
    )
    touched = union(done, _about_to_be(flag)).subquery()
    statement = select(func.count()).select_from(touched.join(issue, issue.c.id == touched.c.issue_id))
    return connection.scalar(statement.where(issue.c.project == project)) or 0


def flagged_since(connection: Connection, flag: str, ids: Collection[str], since: datetime) -> set[str]:
    """Those of the issues on which we set the flag since then, whether or not it still stands."""
    statement = select(write_log.c.issue_id).where(
        one_of(write_log.c.issue_id, ids),
        literal(flag) == any_(write_log.c.added),
        write_log.c.done_at.is_not(None),
        write_log.c.sent_at >= since,
    )
    return set(connection.scalars(statement))


def about_to_be(connection: Connection, flag: str, ids: Collection[str]) -> set[str]:
    """Those of the issues whose flag is planned already."""
    return set(connection.scalars(_about_to_be(flag).where(one_of(change.c.issue_id, ids))))


def in_line(connection: Connection, flag: str, project: str, most: int) -> list[str]:
    """The project's issues that should be flagged and are not, work in progress first, the oldest of it foremost."""
    category = issue.c.fields["status"]["category"]["key"].as_string()
    entered = (
        select(func.to_timestamp(func.max(history.c.at) / 1000.0))
        .where(history.c.issue_id == issue.c.id, history.c.field == "status")
        .scalar_subquery()
    )
    started = case((category == "indeterminate", func.coalesce(entered, issue.c.updated)))
    statement = (
        select(issue.c.id)
        .join(verdict, verdict.c.issue_id == issue.c.id)
        .where(_waits(flag), issue.c.project == project, issue.c.id.not_in(_about_to_be(flag)))
        .order_by((category == "done").asc().nulls_last(), started.asc().nulls_last(), _created(), issue.c.id)
        .limit(most)
    )
    return list(connection.scalars(statement))


def not_yet_flagged(connection: Connection, flag: str, product: str) -> int:
    """How many of the product's unfinished issues should carry the flag, and wait: for its review."""
    category = issue.c.fields["status"]["category"]["key"].as_string()
    statement = select(func.count()).select_from(issue.join(verdict, verdict.c.issue_id == issue.c.id))
    unfinished = or_(category.is_(None), category != "done")
    planned = issue.c.id.in_(_about_to_be(flag))
    return connection.scalar(statement.where(_waits(flag), unfinished, ~planned, verdict.c.product == product)) or 0


def writes_since(
    connection: Connection, ids: Iterable[str], since: datetime, version: int
) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """Issue id, labels added, labels removed: what we wrote since then under this version of the configuration."""
    in_force = select(configuration.c.at).where(configuration.c.version == version).scalar_subquery()
    statement = select(write_log.c.issue_id, write_log.c.added, write_log.c.removed).where(
        one_of(write_log.c.issue_id, ids),
        write_log.c.done_at.is_not(None),
        write_log.c.sent_at >= func.greatest(since, func.coalesce(in_force, since)),
    )
    return [(row.issue_id, frozenset(row.added), frozenset(row.removed)) for row in connection.execute(statement)]


def others(connection: Connection, issue_id: str, since: datetime) -> list[str]:
    """Account ids of those who changed the issue, or our labels on it, since then; our own echoes are left out."""
    said = select(override.c.actor).where(override.c.issue_id == issue_id, override.c.at >= since)
    told = select(delivery.c.actor).where(
        delivery.c.issue_id == issue_id,
        delivery.c.received_at >= since,
        delivery.c.outcome.is_distinct_from("echo"),
    )
    found = union(said, told).subquery()
    return list(connection.scalars(select(found.c.actor).where(found.c.actor.is_not(None)).order_by(found.c.actor)))


def _about_to_be(flag: str) -> Select[tuple[str]]:
    return select(change.c.issue_id).where(change.c.body["add"].has_key(flag), change.c.parked_at.is_(None))


def _waits(flag: str) -> ColumnElement[bool]:
    """Unaligned, past its grace, without the flag, and nobody took it away."""
    refused = select(override.c.issue_id).where(override.c.label == flag, override.c.kind == "removed")
    return and_(
        issue.c.deleted.is_(False),
        verdict.c.state == State.UNALIGNED,
        verdict.c.reason != Reason.NEW,
        not_(func.coalesce(issue.c.fields["labels"].has_key(flag), False)),
        issue.c.id.not_in(refused),
    )


def _created() -> ColumnElement[str]:
    found: ColumnElement[str] = issue.c.fields["created"].as_string()
    return found

"""What of ours is on issues, by our own log: for those who want it gone."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select, true

from plugin.configuration.modes import Extent
from plugin.domain.verdict import Change
from plugin.store import changes
from plugin.store.rows import one_of
from plugin.store.tables import change, hidden, issue, override, verdict, written

_ERASING = func.coalesce(change.c.body["erased"].as_boolean(), False)


def number_left(connection: Connection, extent: Extent) -> int:
    """How many issues of the extent that Jira shows carry, or may carry, something of ours."""
    statement = select(func.count()).select_from(written.join(issue, issue.c.id == written.c.issue_id))
    return connection.scalar(statement.where(_shown(), _within(extent))) or 0


def number_parked(connection: Connection, extent: Extent) -> int:
    """How many of them nobody tries any more."""
    statement = select(func.count()).select_from(change.join(issue, issue.c.id == change.c.issue_id))
    return connection.scalar(statement.where(_ERASING, change.c.parked_at.is_not(None), _within(extent))) or 0


def erasures(connection: Connection, extent: Extent, me: str, most: int) -> list[Change]:
    """Changes that take back everything of ours, for issues that none waits for yet, in the order of their ids.

    A label that somebody else set is theirs, even where our own write met it. `me` is our account.
    """
    waits = select(change.c.issue_id).where(_ERASING)
    statement = (
        select(issue.c.id, issue.c.key, written.c.labels, written.c.link)
        .select_from(written.join(issue, issue.c.id == written.c.issue_id))
        .where(_shown(), _within(extent), issue.c.id.not_in(waits))
        .order_by(issue.c.id)
        .limit(most)
    )
    rows = connection.execute(statement).all()
    theirs = _set_by_others(connection, [row.id for row in rows], me)
    return [
        Change(
            issue_id=row.id,
            issue_key=row.key,
            remove=tuple(label for label in row.labels if (row.id, label) not in theirs),
            link_changed=row.link is not None,
            erased=True,
        )
        for row in rows
    ]


def drop_waiting(connection: Connection, extent: Extent) -> None:
    """Takes back what was planned and not written yet; what a writer holds right now is looked at again after it."""
    within = select(issue.c.id).where(_within(extent))
    ids = connection.scalars(select(change.c.issue_id).where(change.c.issue_id.in_(within)))
    changes.put(connection, dict.fromkeys(ids))


def _shown() -> ColumnElement[bool]:
    """Living, and not one that Jira did not show when it was asked last: nothing can be taken off that."""
    return and_(issue.c.deleted.is_(False), issue.c.id.not_in(select(hidden.c.name)))


def _within(extent: Extent) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = [true()]
    if extent.project:
        clauses.append(issue.c.project == extent.project)
    if extent.product:
        clauses.append(issue.c.id.in_(select(verdict.c.issue_id).where(verdict.c.product == extent.product)))
    return and_(*clauses)


def _set_by_others(connection: Connection, ids: Iterable[str], me: str) -> set[tuple[str, str]]:
    other = or_(override.c.actor.is_(None), not_(override.c.actor == me))
    statement = select(override.c.issue_id, override.c.label)
    rows = connection.execute(statement.where(one_of(override.c.issue_id, ids), override.c.kind == "set", other))
    return {(row.issue_id, row.label) for row in rows}

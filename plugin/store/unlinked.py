"""Open issues that serve no objective: listed, filtered and ordered, of whom the audience may see them by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal_column, select

from plugin.domain.audience import Audience
from plugin.domain.verdict import State
from plugin.effort.calendar import moment
from plugin.store.audience import shown
from plugin.store.tables import issue, span, suggestion, verdict

Order = Literal["effort", "age", "key", "reason"]
LATELY = timedelta(days=7)
_DAY = 86_400_000


@dataclass(frozen=True)
class Asked:
    """Which of them. `projects` None: those of every stream; `days` are at least so many since creation."""

    audience: Audience
    now: datetime
    projects: tuple[str, ...] | None = None
    reason: str | None = None
    days: int | None = None
    worked: bool = False
    """Only those that somebody had in progress lately."""
    suggested: bool = False
    order: Order = "effort"


@dataclass(frozen=True)
class Unlinked:
    """`age_days` is None where the creation is unknown; `in_progress_days` is of the last seven days."""

    id: str
    key: str
    summary: str
    project: str
    stage: str
    reason: str
    since: datetime
    age_days: int | None
    in_progress_days: float
    looks_like: str | None
    """An objective's id."""
    words: tuple[str, ...]


def number(connection: Connection, asked: Asked) -> int:
    return connection.scalar(select(func.count()).select_from(_listed(asked).subquery())) or 0


def page(connection: Connection, asked: Asked, most: int, after: int = 0) -> list[Unlinked]:
    """So many of them in the order asked for, without the first `after`."""
    statement = _listed(asked).order_by(*_ordered(asked.order)).limit(most).offset(after)
    found = []
    for row in connection.execute(statement):
        values = dict(row._mapping)
        created, words = values.pop("created"), values.pop("words")
        age = (asked.now - datetime.fromisoformat(created)).days if created else None
        found.append(Unlinked(**values, age_days=None if age is None else max(0, age), words=tuple(words or ())))
    return found


def _listed(asked: Asked) -> Select[Any]:
    since, until = moment(asked.now - LATELY), moment(asked.now)
    inside = func.least(span.c.ends, until) - func.greatest(span.c.starts, since)
    worked = (
        select(span.c.issue_id, (func.sum(inside) / float(_DAY)).label("days"))
        .where(span.c.ends > since, span.c.starts < until, span.c.person.is_not(None))
        .group_by(span.c.issue_id)
        .subquery()
    )
    statement = (
        select(
            issue.c.id,
            issue.c.key,
            func.coalesce(issue.c.fields["summary"].astext, "").label("summary"),
            issue.c.project,
            func.coalesce(issue.c.fields["status"]["name"].astext, "").label("stage"),
            verdict.c.reason,
            verdict.c.since,
            _created().label("created"),
            func.coalesce(worked.c.days, 0.0).label("in_progress_days"),
            suggestion.c.objective.label("looks_like"),
            suggestion.c.words,
        )
        .join(verdict, verdict.c.issue_id == issue.c.id)
        .outerjoin(suggestion, suggestion.c.issue_id == issue.c.id)
        .outerjoin(worked, worked.c.issue_id == issue.c.id)
        .where(verdict.c.state == State.UNALIGNED, shown(asked.audience), *_asked(asked))
    )
    if asked.worked:
        statement = statement.where(worked.c.days > 0)
    return statement


def _asked(asked: Asked) -> list[ColumnElement[bool]]:
    category = issue.c.fields["status"]["category"]["key"].astext
    wanted = [issue.c.deleted.is_(False), category.is_distinct_from("done")]
    if asked.projects is not None:
        wanted.append(issue.c.project.in_(asked.projects))
    if asked.reason is not None:
        wanted.append(verdict.c.reason == asked.reason)
    if asked.days is not None:
        wanted.append(_created() <= (asked.now - timedelta(days=asked.days)).isoformat())
    if asked.suggested:
        wanted.append(suggestion.c.objective.is_not(None))
    return wanted


def _created() -> ColumnElement[str]:
    """ISO 8601 in UTC, so that the order of the texts is that of the moments."""
    return func.nullif(issue.c.fields["created"].astext, "")


def _ordered(order: Order) -> list[ColumnElement[Any]]:
    number = func.substring(issue.c.key, "[0-9]+$")
    by_key: list[ColumnElement[Any]] = [issue.c.project.asc(), func.length(number).asc(), number.asc()]
    if order == "effort":
        new = case((verdict.c.reason == "new", 1), else_=0)
        return [new.asc(), literal_column("in_progress_days").desc(), _created().asc(), *by_key]
    if order == "age":
        return [_created().asc().nulls_last(), *by_key]
    return [verdict.c.reason.asc(), *by_key] if order == "reason" else by_key

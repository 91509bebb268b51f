"""What the console's first page asks: numbers, which count every issue, and verdicts by name, which do not."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from plugin.domain.audience import Audience
from plugin.domain.verdict import State, Verdict
from plugin.store.audience import shown
from plugin.store.tables import issue, verdict, verdict_history


@dataclass(frozen=True)
class Counted:
    """How many living issues have this verdict. `objective` is None where they serve none."""

    product: str
    state: State
    objective: str | None
    reason: str | None
    number: int


@dataclass(frozen=True)
class Turn:
    """One verdict that was reached, with the issue's name as it is today."""

    key: str
    summary: str
    at: datetime
    verdict: Verdict


def counted(connection: Connection) -> list[Counted]:
    """Open issues alone: what is done is history, and the reviews tell of it."""
    category = issue.c.fields["status"]["category"]["key"].astext
    columns = (verdict.c.product, verdict.c.state, verdict.c.objective, verdict.c.reason)
    rows = connection.execute(
        select(*columns, func.count().label("number"))
        .join(issue, issue.c.id == verdict.c.issue_id)
        .where(issue.c.deleted.is_(False), verdict.c.product.is_not(None), category.is_distinct_from("done"))
        .group_by(*columns)
    )
    return [
        Counted(row.product, State(row.state), row.objective, row.reason, row.number)
        for row in rows
        if row.state != State.OUT_OF_SCOPE
    ]


def newest_turns(connection: Connection, audience: Audience, most: int) -> list[Turn]:
    """The verdicts that were reached last, the newest first, of the issues that the audience may see."""
    past = verdict_history.c
    rows = connection.execute(
        select(issue.c.key, issue.c.fields["summary"].astext.label("summary"), past.at, past.body)
        .join(issue, issue.c.id == past.issue_id)
        .where(shown(audience), issue.c.deleted.is_(False))
        .order_by(past.seq.desc())
        .limit(most)
    )
    return [Turn(row.key, row.summary or "", row.at, Verdict.model_validate(row.body)) for row in rows]

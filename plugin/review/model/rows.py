"""What a review says of exceptions, changes, and of work that serves no objective."""

from typing import Literal

from plugin.domain.frozen import Frozen
from plugin.domain.week import Week
from plugin.review.model.facts import SaidAsk
from plugin.review.model.shares import Part


class ExceptionRow(Frozen):
    """A metric that asked for an explanation, carried on from week to week until it got one."""

    id: str
    """Of the metric and of what is the matter; the same in every week."""
    metric: str
    owner: str | None
    words: str
    """As it was in the last week in which it asked."""
    first_week: Week
    weeks: int
    """Its age: 1 in its first week."""
    current: bool
    """It asks in this week; else it is carried on because nobody answered."""
    explanation: str | None

    @property
    def answered(self) -> bool:
        return self.explanation is not None


class AskRow(SaidAsk):
    """A decision or an ask with its age. One that has an answer is closed, and is not shown."""

    first_week: Week
    weeks: int
    """Its age: 1 in its first week."""
    by_numbers: bool = False
    """The numbers raise it; else people wrote it."""

    @property
    def open(self) -> bool:
        return not self.answer


ChangeKind = Literal["objective", "target", "rule", "metric", "stream", "work", "number"]


class Changed(Frozen):
    """One difference to the week before, as a sentence with its full stop."""

    kind: ChangeKind
    words: str


class ExemptRow(Frozen):
    id: str
    name: str
    part: Part
    budget: float | None
    """Agreed share of the product's effort, 0 to 1; None where none was agreed."""


class UnlinkedIssue(Frozen):
    key: str
    url: str
    summary: str
    issuetype: str
    stage: str
    in_progress: bool
    reason: str
    step: str
    """The one step that fixes it."""
    effort: float
    """In the unit of the review's effort model."""
    age_days: int | None
    """Since it was created; None where that is unknown."""
    looks_like: str = ""
    """What it might serve, as a sentence with its full stop; "" where nothing is known."""


class UnlinkedWork(Frozen):
    """The unlinked issues that need a decision first, in that order, and how to find all `total` of them."""

    total: int
    issues: tuple[UnlinkedIssue, ...] = ()
    jql: str | None = None
    url: str | None = None

"""The weekly review as a value: everything that a page says, frozen before a page exists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from plugin.domain.frozen import Frozen
from plugin.domain.verdict import Verdict
from plugin.domain.week import Quarter, Week
from plugin.metrics.block import MetricBlock
from plugin.metrics.point import Point

FEWEST = 5
"""Below so many issues a share is told as counts only: one issue more or less would swing a percentage."""

EffortModel = Literal["count"]
"""`count`: 1 for each issue that moved or was in progress in the week."""

StateWord = Literal["as agreed", "needs attention", "too little to judge"]


class CountedIssue(Frozen):
    """One issue of the week with the verdict that was in force when the week was frozen."""

    key: str
    summary: str
    issuetype: str
    stage: str
    """Jira's name of the status."""
    status_category: str
    """Jira's category key: new, indeterminate or done; "" where it is unknown."""
    project: str
    stream: str | None = None
    verdict: Verdict
    moved: bool
    """Its status changed in the week."""
    in_progress: bool
    """It was in an in-progress status at some time of the week."""
    url: str
    parent: str | None = None
    """Key of its parent, None where there is none or it is unknown."""


class ChangesSeen(Frozen):
    """What reached us of the week's changes: live by webhook, recovered by the sweep, and known to be lost."""

    live: int = 0
    recovered: int = 0
    lost: int = 0


class BuildFacts(Frozen):
    """What a review tells beside its issues. All moments are UTC."""

    now: datetime
    due_at: datetime
    """When the site's plan wanted this review published."""
    version: int
    """Version of the configuration that is active."""
    seen: ChangesSeen = ChangesSeen()
    jira_url: str | None = None
    """Address of the site for people, without a slash at the end; None leaves links to live searches out."""
    points: Mapping[str, tuple[Point, ...]] = Field(default_factory=dict)
    """Values of the product's metrics, by their ids."""


class Share(Frozen):
    """A part of the issues counted, with what it is a part of."""

    count: int
    of: int

    @property
    def ratio(self) -> float | None:
        """0 to 1, or None where there are too few issues for a ratio to mean something."""
        return self.count / self.of if self.of >= FEWEST else None


class Part(Frozen):
    """A share this week and the same share the week before; `before` is None where that week has no review."""

    share: Share
    before: Share | None = None

    @property
    def points(self) -> int | None:
        """Change in whole percentage points as a reader would subtract them, None where either week has no ratio."""
        if self.before is None or self.share.ratio is None or self.before.ratio is None:
            return None
        return percent(self.share.ratio) - percent(self.before.ratio)


class Period(Frozen):
    """The week's first moment and the first moment after it, in UTC, and the zone that set them."""

    start: datetime
    end: datetime
    zone: str


class ReviewState(Frozen):
    """One word for the week, and the rule that set it as a sentence without a full stop."""

    word: StateWord
    rule: str


class ObjectiveRow(Frozen):
    id: str
    title: str
    stream: str
    """The stream's name."""
    why: str
    quarter: Quarter
    part: Part
    planned: float | None
    """Planned share of the product's effort, 0 to 1; None where none was agreed."""
    url: str | None = None
    """The objective's own issue, where it has one."""


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


class UnlinkedWork(Frozen):
    """The unlinked issues that need a decision first, in that order, and how to find all `total` of them."""

    total: int
    issues: tuple[UnlinkedIssue, ...] = ()
    jql: str | None = None
    url: str | None = None


class Review(Frozen):
    """A product's week. Every share is of the same issues: those in scope that the effort model counts."""

    product: str
    product_name: str
    week: Week
    period: Period
    generated_at: datetime
    due_at: datetime
    late: bool
    rules_version: int
    template_version: int
    state: ReviewState
    effort_model: EffortModel
    aligned: Part
    exempt: Part
    unlinked: Part
    undecided: Part
    """Issues of which a field that the rules need is not known yet."""
    not_observed: Part | None = None
    """Working time that no issue shows; None where the effort model cannot tell."""
    objectives: tuple[ObjectiveRow, ...]
    exempt_rows: tuple[ExemptRow, ...]
    unlinked_work: UnlinkedWork
    seen: ChangesSeen
    metrics: tuple[MetricBlock, ...]
    """In the order of the page: inputs before the outcome that they drive."""

    @property
    def counted(self) -> int:
        """The denominator of every share on the page."""
        return self.aligned.share.of

    @property
    def running(self) -> bool:
        """The week was not over when the review was made."""
        return self.generated_at < self.period.end

    @property
    def quarter(self) -> Quarter | None:
        """The quarter of the objectives, None where they are of several or there are none."""
        found = {row.quarter for row in self.objectives}
        return found.pop() if len(found) == 1 else None


def percent(ratio: float) -> int:
    """A whole percentage, halves rounded up as people do."""
    return int(ratio * 100 + 0.5 + 1e-9)

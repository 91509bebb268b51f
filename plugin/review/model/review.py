"""The review of a week: every section's values in one."""

from datetime import datetime
from typing import Literal

from plugin.domain.effort import EffortOfWeek
from plugin.domain.frozen import Frozen
from plugin.domain.week import Quarter, Week
from plugin.metrics.block import MetricBlock
from plugin.review.model.facts import ChangesSeen, Duplicates, Linking, PageVersion, Released, RuleRecord
from plugin.review.model.objectives import (
    CarryOver,
    Hunger,
    ObjectiveCoverage,
    ObjectiveRow,
    StreamRow,
    UnmovedEffort,
    UpcomingObjective,
)
from plugin.review.model.rows import AskRow, Changed, ExceptionRow, ExemptRow, UnlinkedWork
from plugin.review.model.shares import Allocation, Earlier, EffortModel, Part

MODEL_VERSION = 3
"""Raised when a frozen review has other keys; `plugin.review.upgrade` reads the older ones."""

StateWord = Literal["as agreed", "needs attention", "too little to judge"]


class Period(Frozen):
    """The week's first moment and the first moment after it, in UTC, and the zone that set them."""

    start: datetime
    end: datetime
    zone: str


class ReviewState(Frozen):
    """One word for the week, and the rule that set it as a sentence without a full stop."""

    word: StateWord
    rule: str


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
    model_version: int
    points_used: int
    """Values of metrics that the blocks rest on; which ones is told by `generated_at`, as every version is kept."""
    exceptions: tuple[ExceptionRow, ...]
    drift: float | None
    """From the plan: 0 as planned, 1 disjoint; None without planned shares or with too little work."""
    unmoved: UnmovedEffort | None
    """None where of no objective with effort it can be told whether its metrics moved."""
    coverage: ObjectiveCoverage
    hunger: tuple[Hunger, ...]
    carry_over: tuple[CarryOver, ...]
    upcoming: tuple[UpcomingObjective, ...]
    effort: Allocation
    """By the model that leads: days where enough people were observed, else count."""
    measured: EffortOfWeek | None = None
    """The three models side by side, and what was not observed; None where nobody's time was looked at.

    It names no issues: whose keys may stand on a page is told by `unlinked_work`."""
    streams: tuple[StreamRow, ...]
    """Those that had work in the week, in the order of the configuration; work in no stream is last."""
    trend: tuple[Earlier, ...]
    """The weeks before, the oldest first."""
    linking: Linking
    rule_records: tuple[RuleRecord, ...]
    changed: tuple[Changed, ...]
    released: Released
    duplicates: Duplicates | None = None
    """None where nothing was compared."""
    not_seen: tuple[str, ...]
    """What these numbers lack, each a sentence with its full stop."""
    asks: tuple[AskRow, ...] = ()
    """Decisions and asks, those of the numbers first; closed ones only while the numbers go on asking."""
    lead_before: str = ""
    """The lead's comment on the week before; empty where there is none."""
    draft: bool = False
    """It is not frozen yet: a page of the running week."""
    told_by: PageVersion | None = None
    """The page on which people's words were read; None where none was read."""

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

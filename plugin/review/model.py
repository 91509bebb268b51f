"""The weekly review as a value: everything that a page says, frozen before a page exists."""

from collections.abc import Mapping
from datetime import date, datetime
from math import fsum
from typing import Literal

from pydantic import Field

from plugin.domain.effort import EffortOfWeek
from plugin.domain.frozen import Frozen
from plugin.domain.product import Life, Product
from plugin.domain.verdict import Verdict
from plugin.domain.week import Quarter, Week
from plugin.metrics.block import MetricBlock
from plugin.metrics.judgement import Pace
from plugin.metrics.point import Point

FEWEST = 5
"""Below so many issues a share is told as counts only: one issue more or less would swing a percentage."""

EffortModel = Literal["count", "days"]
"""`count`: 1 for each issue that moved or was in progress in the week. `days`: working days of people."""

StateWord = Literal["as agreed", "needs attention", "too little to judge"]

MODEL_VERSION = 2
"""Raised when a frozen review has other keys; `plugin.review.upgrade` reads the older ones."""


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
    created: datetime | None = None
    """None where it is unknown."""
    named: bool = True
    """Whether the readers of the page may see it by name; it counts in every number either way."""


class ChangesSeen(Frozen):
    """What reached us of the week's changes: live by webhook, recovered by the sweep, and known to be lost."""

    live: int = 0
    recovered: int = 0
    lost: int = 0
    history_until: datetime | None = None
    """Up to this moment of the week nobody listened, and its changes were read from Jira's history afterwards."""


class Allocation(Frozen):
    """Where a week's effort went by one model, in that model's unit. The parts sum to `total`."""

    model: EffortModel
    issues: int
    """How many issues it rests on."""
    objectives: dict[str, float]
    """By objective id; only those that were active in the week."""
    exempt: dict[str, float]
    """By exempt class."""
    unlinked: float
    undecided: float

    @property
    def total(self) -> float:
        return fsum((*self.objectives.values(), *self.exempt.values(), self.unlinked, self.undecided))

    def ratio(self, part: float) -> float | None:
        """The part of the total, 0 to 1; None where there is too little for a ratio to mean something."""
        return part / self.total if self.issues >= FEWEST and self.total else None

    def of_objective(self, id: str) -> float | None:
        """The objective's share, 0 where it got nothing; None where there is too little for a ratio."""
        return self.ratio(self.objectives.get(id, 0.0))


class WeekEffort(Frozen):
    """The effort of one week: of the product, of each stream, and of each issue."""

    whole: Allocation
    streams: dict[str | None, Allocation]
    """By stream id; None is work in projects of no stream."""
    issues: dict[str, float]
    """By issue key."""


class Earlier(Frozen):
    """A week before the review's own."""

    week: Week
    allocation: Allocation
    frozen: bool
    """False: it has no review, and was counted afterwards by the verdicts in force when this one was made."""


class Told(Frozen):
    """What people wrote on the pages. Empty until somebody did."""

    confidence: Mapping[str, int] = Field(default_factory=dict)
    """0 to 10, by objective id."""
    next_steps: Mapping[str, str] = Field(default_factory=dict)
    """By objective id."""
    explanations: Mapping[str, str] = Field(default_factory=dict)
    """By the exception's id."""
    unreadable: tuple[str, ...] = ()
    """What people wrote in a cell that cannot be read as its value, as sentences."""


class MovedWork(Frozen):
    """Issues whose place changed between two reviews. None is: linked to no objective."""

    before: str | None
    after: str | None
    issues: int


class RuleRecord(Frozen):
    """How often people corrected a rule's tags."""

    rule: str
    tagged: int
    """Issues on which the rule put a label of ours."""
    corrected: int
    """Those of them on which a person took it away or set another."""

    @property
    def precision(self) -> float | None:
        """1 − corrections / automatic tags, 0 to 1; None where there are too few tags."""
        return 1 - self.corrected / self.tagged if self.tagged >= FEWEST else None


class Linking(Frozen):
    """How long work stands without an objective. Medians; None where there is none of that work."""

    open_unlinked: int = 0
    orphan_age_days: float | None = None
    """Of open unlinked issues, since they were created."""
    first_linked: int = 0
    """Issues created since Plumbline watches that served an objective for the first time in this week."""
    hours_to_link: float | None = None
    """Of those, from their creation."""


class ReleasedIssue(Frozen):
    """Work for an objective that is out, and nobody has said whether it helped."""

    key: str
    url: str
    summary: str
    objective: str
    """Its title."""
    since: datetime
    """When it entered that status."""


class Released(Frozen):
    """`issues` are those that wait longest; `total` of them wait."""

    total: int = 0
    issues: tuple[ReleasedIssue, ...] = ()


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
    unanswered: Mapping[str, str] = Field(default_factory=dict)
    """Why the source of a metric did not answer when it was asked last, by the metric's id."""
    measured: EffortOfWeek | None = None
    """By all three models, from what people had in progress; None where that was not asked. Where too few people were
    observed, issues are counted."""
    earlier: tuple[Earlier, ...] = ()
    """The weeks before this one, the newest first, without a gap."""
    told: Told = Told()
    moved: tuple[MovedWork, ...] = ()
    """Since the review before."""
    recounted: Allocation | None = None
    """The week before, as it counts now; None where it has no review."""
    before: Product | None = None
    """The product as the configuration said it when the week before was frozen; None where that is not known."""
    rule_records: tuple[RuleRecord, ...] = ()
    linking: Linking = Linking()
    released: Released = Released()


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


class KeyResultRow(Frozen):
    """A key result at the week's end. `moved` is None where that cannot be told."""

    metric: str
    name: str
    unit: str
    decimals: int
    current: float | None
    baseline: float | None
    target: float
    first_target: float
    """What its first frozen week was held to; another one than `target` where it was negotiated anew."""
    keep: Literal["below", "above"] | None
    pace: Pace | None
    moved: bool | None


class Confidence(Frozen):
    """What people believe of reaching it, 0 to 10, and what they believed when they were asked before."""

    value: int
    before: int | None


ObjectiveWord = Literal["on track", "behind", "at risk", "not measured"]


class ObjectiveState(Frozen):
    """One word for what it achieves, and the rule that set it as a sentence without a full stop."""

    word: ObjectiveWord
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
    life: Life
    """On the week's last day."""
    state: ObjectiveState
    key_results: tuple[KeyResultRow, ...]
    confidence: Confidence | None
    """None where nobody has said."""
    next_step: str | None
    """What people wrote; None where nobody did."""
    trend: tuple[float | None, ...]
    """Its share of six weeks, 0 to 1, the oldest first; None where a week is not known or too small for a ratio."""
    starved_weeks: int
    """Weeks in a row, this one included, in which it got far less than planned."""
    over_fed_weeks: int


class Hunger(Frozen):
    """An objective that was starved or over-fed for as many weeks as the configuration says, or more."""

    objective: str
    title: str
    kind: Literal["starved", "over-fed"]
    weeks: int
    planned: float
    actual: float


class StreamRow(Frozen):
    """The work of one stream's projects in the week."""

    id: str
    name: str
    total: float
    aligned: float
    unlinked: float
    focus: float | None
    """N_eff = 1 / Σ share² over the objectives of its linked work: as if it worked on so many of one size."""


class ObjectiveCoverage(Frozen):
    """Of the objectives of this week: how many there are, got work, have a key result, and one with a pace."""

    objectives: int
    with_work: int
    with_key_result: int
    with_pace: int


class CarryOver(Frozen):
    """An objective that has ended, or ends within two weeks, short of its key results or with work that goes on."""

    id: str
    title: str
    last: date
    attainment: float | None
    """Of the key result that has come least far; None where none can be told."""
    issues: int
    """Issues of this week that would serve it, or serve it still."""


class UpcomingObjective(Frozen):
    """An objective whose quarter has not begun."""

    id: str
    title: str
    quarter: Quarter
    life: Life


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
    model_version: int
    points_used: int
    """Values of metrics that the blocks rest on; which ones is told by `generated_at`, as every version is kept."""
    exceptions: tuple[ExceptionRow, ...]
    drift: float | None
    """From the plan: 0 as planned, 1 disjoint; None without planned shares or with too little work."""
    unmoved: Share | None
    """Effort on objectives whose metrics did not move, of the effort on all objectives; None where none can be told."""
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
    not_seen: tuple[str, ...]
    """What these numbers lack, each a sentence with its full stop."""

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

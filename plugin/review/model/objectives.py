"""What a review says of objectives and the streams that work on them."""

from datetime import date
from typing import Literal

from plugin.domain.frozen import Frozen
from plugin.domain.product import Life
from plugin.domain.week import Quarter
from plugin.metrics.judgement import Pace
from plugin.review.model.shares import EffortModel, Part


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
    """What one stream worked on in the week, in the unit of its model."""

    id: str
    name: str
    model: EffortModel = "count"
    """`days` of its people where enough of them may be told; else its projects' issues are counted."""
    total: float
    aligned: float
    unlinked: float
    focus: float | None
    """N_eff = 1 / Σ share² over the objectives of its linked work: as if it worked on so many of one size."""


class UnmovedEffort(Frozen):
    """Effort on objectives none of whose metrics moved, of that on objectives of which this can be told."""

    model: EffortModel
    amount: float
    of: float
    share: float | None
    """0 to 1; None where it rests on too few issues."""


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

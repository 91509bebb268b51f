"""What a share is a part of, and where a week's effort went."""

from math import fsum
from typing import Literal

from plugin.domain.frozen import Frozen
from plugin.domain.week import Week

FEWEST = 5
"""Below so many issues a share is told as counts only: one issue more or less would swing a percentage."""

EffortModel = Literal["count", "days"]
"""`count`: 1 for each issue that moved or was in progress in the week. `days`: working days of people."""


class Share(Frozen):
    """A part of the issues counted, with what it is a part of."""

    count: int | float
    """Not whole, to two digits, only where an issue with several objectives is split among them."""
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


def percent(ratio: float) -> int:
    """A whole percentage, halves rounded up as people do."""
    return int(ratio * 100 + 0.5 + 1e-9)


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
    """The effort of one week: of the product, and of each stream."""

    whole: Allocation
    streams: dict[str | None, Allocation]
    """By stream id, each by the model that may be told of it; None is work in projects of no stream."""


class Earlier(Frozen):
    """A week before the review's own."""

    week: Week
    allocation: Allocation
    frozen: bool
    """False: it has no review, and was counted afterwards by the verdicts in force when this one was made."""

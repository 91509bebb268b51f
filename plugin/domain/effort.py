"""What a product's week of work went into, by three models. Every amount is a whole number of millionths, so that sums
are exact: millionths of a working day of one person, of an issue, or of an estimated point."""

from typing import Literal

from pydantic import Field

from plugin.domain.frozen import Frozen
from plugin.domain.week import Week

Model = Literal["days", "count", "points"]
MODELS: tuple[Model, ...] = ("days", "count", "points")
"""`days`: a person's working day, divided by the time that each issue was in progress with them. `count`: 1 for each
issue that moved or was in progress. `points`: the estimate, in the week of completion."""

MILLION = 1_000_000
ENOUGH = 0.6
"""Coverage below which shares are shown grey."""

FEWEST_PEOPLE = 4
"""A group of fewer people shows the count model only, so that no number is one person's."""


class Spent(Frozen):
    """Where the amount of one model went, in millionths. The parts are disjoint and their sum is all of it.

    An issue with several objectives is split equally; work for an objective that was not active is unlinked.
    """

    aligned: dict[str, int] = Field(default_factory=dict)
    """By objective id; an objective without effort is absent."""
    exempt: dict[str, int] = Field(default_factory=dict)
    """By exempt class."""
    unlinked: int = 0
    undecided: int = 0

    @property
    def total(self) -> int:
        """The denominator of every share. It holds no unobserved time."""
        return sum(self.aligned.values()) + sum(self.exempt.values()) + self.unlinked + self.undecided

    def share(self, amount: int) -> float | None:
        """0 to 1; None where nothing was spent."""
        return amount / self.total if self.total else None

    def of_objective(self, objective: str) -> float | None:
        """The objective's share, 0 to 1; None where nothing was spent on anything."""
        return self.share(self.aligned.get(objective, 0))

    @property
    def alignment(self) -> float | None:
        return self.share(sum(self.aligned.values()))


class EffortOfGroup(Frozen):
    """What a stream, or the whole product, spent in the week.

    `days` is the work of the group's people on the product's issues; `count` and `points` are those of the group's
    projects. In a group that is `few`, `days`, `points`, `capacity` and `observed` are None: their effort
    is in the product's total alone.
    """

    stream: str | None
    """None for the whole product, which also holds the work of people who belong to no stream of it."""
    few: bool = False
    """Fewer than four people, or nobody at all; or, where such streams together have fewer than four, the smallest
    stream beside them, as else theirs could be told by subtracting the others from the product's total."""
    days: Spent | None = None
    count: Spent = Spent()
    points: Spent | None = None
    guessed: int = 0
    """How many completed issues had no estimate, so that their team's median stands in `points`."""
    capacity: int | None = None
    """Millionths of working days that the group's people had: 1 for each person and working day less holidays."""
    observed: int | None = None
    """Those of them in which something was in progress, wherever."""

    def spent(self, model: Model) -> Spent | None:
        """None where the group is too small for this model."""
        return {"days": self.days, "count": self.count, "points": self.points}[model]

    @property
    def unobserved(self) -> int | None:
        return None if self.capacity is None or self.observed is None else self.capacity - self.observed

    @property
    def coverage(self) -> float | None:
        """Observed part of the capacity, 0 to 1; None where there was no working day or the group is too small."""
        return self.observed / self.capacity if self.capacity and self.observed is not None else None

    @property
    def grey(self) -> bool:
        """Whether too little was observed for the shares of `days` to be taken at their word."""
        return self.coverage is not None and self.coverage < ENOUGH

    @property
    def main(self) -> Model:
        """The model that leads: days where the group is large enough and anything was observed, else count."""
        return "days" if self.days is not None and self.days.total else "count"

    def spread(self, objective: str) -> float | None:
        """Largest less smallest share of the objective over the models that tell one; None with fewer than two."""
        told = [one.of_objective(objective) for one in (self.days, self.count, self.points) if one and one.total]
        found = [one for one in told if one is not None]
        return max(found) - min(found) if len(found) > 1 else None


class EffortOfWeek(Frozen):
    """A product's effort in one week, as far as it was observed when it was computed. It names no person."""

    product: str
    week: Week
    whole: EffortOfGroup
    """The product: the main shares of the review. Its `stream` is None."""
    streams: tuple[EffortOfGroup, ...] = ()
    """One for each stream of the configuration, in its order; streams without people or issues too."""

    def stream(self, id: str) -> EffortOfGroup | None:
        return next((one for one in self.streams if one.stream == id), None)

"""The count model: which issues count in a period, and in which group. One place for reviews and back-tests."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import Field

from plugin.domain.effort import EffortOfWeek, Spent
from plugin.domain.frozen import Frozen
from plugin.domain.product import Objective, Product
from plugin.domain.verdict import Reason, State, Verdict
from plugin.domain.week import Quarter, Week
from plugin.review.model import CountedIssue, Share, Worked


class Group(StrEnum):
    ALIGNED = "aligned"
    EXEMPT = "exempt"
    UNLINKED = "unlinked"
    UNDECIDED = "undecided"


_GROUPS = {
    State.ALIGNED: Group.ALIGNED,
    State.EXEMPT: Group.EXEMPT,
    State.UNALIGNED: Group.UNLINKED,
    State.UNDECIDED: Group.UNDECIDED,
}


def group_of(verdict: Verdict, product: str, active: Container[str | None]) -> Group | None:
    """Where an issue counts; None outside of the product's scope.

    What is aligned with an objective that was not `active` in the period counts as unlinked.
    """
    if verdict.product != product:
        return None
    group = _GROUPS.get(verdict.state)
    return Group.UNLINKED if group is Group.ALIGNED and verdict.objective not in active else group


class Judged(Protocol):
    """What of verdicts says whom they serve."""

    @property
    def objective(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def rule(self) -> str | None: ...


def would_serve(verdict: Judged, product: Product) -> str | None:
    """The objective that work serves, or would serve had it not ended."""
    if verdict.objective:
        return verdict.objective
    if verdict.reason != Reason.OBJECTIVE_ENDED:
        return None
    return next((rule.objective for rule in product.rules if rule.id == verdict.rule), None)


def worked_of(
    measured: EffortOfWeek, serving: Mapping[str, int] | None = None, unlinked: Iterable[CountedIssue] = ()
) -> Worked:
    """The count model's part of a week's effort; what the streams do not have was worked on in none of them."""
    whole = measured.whole.count
    streams = {one.stream: one.count for one in measured.streams if one.stream and one.count.total}
    rest = _less(whole, streams.values())
    return Worked(
        whole=whole,
        streams=streams | ({"": rest} if rest.total else {}),
        serving=dict(serving or {}),
        unlinked=tuple(unlinked),
    )


def _less(whole: Spent, parts: Collection[Spent]) -> Spent:
    def left(all_of: Mapping[str, int], some: Iterable[Mapping[str, int]]) -> dict[str, int]:
        found = Counter(all_of)
        for one in some:
            found.subtract(one)
        return {name: found[name] for name in sorted(found) if found[name]}

    return Spent(
        aligned=left(whole.aligned, (one.aligned for one in parts)),
        exempt=left(whole.exempt, (one.exempt for one in parts)),
        unlinked=whole.unlinked - sum(one.unlinked for one in parts),
        undecided=whole.undecided - sum(one.undecided for one in parts),
    )


def active_between(product: Product, first: date, last: date) -> tuple[Objective, ...]:
    """Objectives that collect work on at least one day from first to last."""
    return tuple(one for one in product.objectives if one.quarter.first <= last and first <= one.last)


class Span(Frozen):
    """Days that are counted over, both included, in the site's zone."""

    name: str
    first: date
    last: date

    @classmethod
    def of_week(cls, week: Week) -> "Span":
        return cls(name=f"week {week}", first=week.monday, last=week.monday + timedelta(days=6))

    @classmethod
    def of_quarter(cls, product: Product, today: date) -> "Span":
        """The quarter of the product's objectives until today; the calendar's where none is active."""
        active = active_between(product, today, today)
        quarter = active[0].quarter if active else Quarter.of(today)
        return cls(name=f"{quarter} until {today}", first=quarter.first, last=today)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment, and the first moment after it."""
        return (
            datetime.combine(self.first, time.min, zone),
            datetime.combine(self.last + timedelta(days=1), time.min, zone),
        )


class Shares(Frozen):
    """What a product's effort went into over a span, by the count model. Every share is of the same issues."""

    groups: dict[Group, Share]
    objectives: dict[str, Share]
    """By objective id, the active ones alone."""
    exempt: dict[str, Share]
    """By exempt class."""


class Counted(Frozen):
    """A tally that is under way."""

    groups: dict[Group, int] = Field(default_factory=dict)
    objectives: dict[str, int] = Field(default_factory=dict)
    exempt: dict[str, int] = Field(default_factory=dict)


class Tally:
    """Counts verdicts one by one for one product and span; keeps numbers, never issues."""

    def __init__(self, product: Product, span: Span, so_far: Counted | None = None) -> None:
        self._product = product.id
        self._active = [one.id for one in active_between(product, span.first, span.last)]
        before = so_far or Counted()
        self._groups = Counter(before.groups)
        self._objectives = Counter(before.objectives)
        self._exempt = Counter(before.exempt)

    @property
    def so_far(self) -> Counted:
        return Counted(groups=self._groups, objectives=self._objectives, exempt=self._exempt)

    def add(self, verdict: Verdict) -> None:
        group = group_of(verdict, self._product, self._active)
        if group is None:
            return
        self._groups[group] += 1
        if group is Group.ALIGNED and verdict.objective:
            self._objectives[verdict.objective] += 1
        elif group is Group.EXEMPT:
            self._exempt[verdict.rule or "other"] += 1

    def shares(self) -> Shares:
        of = self._groups.total()

        def share(counted: Counter[str], names: Collection[str]) -> dict[str, Share]:
            return {name: Share(count=counted[name], of=of) for name in names}

        return Shares(
            groups={group: Share(count=self._groups[group], of=of) for group in Group},
            objectives=share(self._objectives, self._active),
            exempt=share(self._exempt, sorted(self._exempt)),
        )

"""Where effort went, as numbers that shares, drift, hunger and focus are told from. Pure.

The seam between effort models and the review: whatever model measured, it gives a `WeekEffort`. `by_count` is the one
that needs nothing but the issues.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import fsum

from plugin.domain.effort import MILLION, EffortOfWeek
from plugin.domain.product import Objective, Product
from plugin.review.count import Group, group_of
from plugin.review.model import Allocation, CountedIssue, WeekEffort


def by_count(issues: Iterable[CountedIssue], product: Product, active: Sequence[Objective]) -> WeekEffort:
    """One for each issue that moved or was in progress."""
    ids = [one.id for one in active]
    whole, streams, weights = _Sum(ids), defaultdict[str | None, _Sum](lambda: _Sum(ids)), {}
    for one in issues:
        group = group_of(one.verdict, product.id, ids)
        if group and (one.moved or one.in_progress):
            weights[one.key] = 1.0
            for place in (whole, streams[one.stream]):
                place.add(group, one)
    return WeekEffort(
        whole=whole.allocation(),
        streams={id: streams[id].allocation() for id in sorted(streams, key=lambda id: (id is None, id or ""))},
        issues=weights,
    )


def by_days(measured: EffortOfWeek, counted: WeekEffort) -> WeekEffort:
    """Days of work where they may be told and there are any, else what was counted.

    The streams stay counted: a stream of few people has no days of its own. Issues have their days where they are
    unlinked, and 0 elsewhere.
    """
    days = measured.whole.days
    if measured.whole.main != "days" or days is None:
        return counted
    objectives = {id: days.aligned.get(id, 0) / MILLION for id in counted.whole.objectives}
    whole = Allocation(
        model="days",
        issues=counted.whole.issues,
        objectives=objectives,
        exempt={id: amount / MILLION for id, amount in days.exempt.items()},
        unlinked=days.unlinked / MILLION,
        undecided=days.undecided / MILLION,
    )
    issues = {one.key: one.days / MILLION for one in measured.heaviest_unlinked}
    return WeekEffort(whole=whole, streams=counted.streams, issues=dict.fromkeys(counted.issues, 0.0) | issues)


class _Sum:
    def __init__(self, objectives: Iterable[str]) -> None:
        self._objectives = dict.fromkeys(objectives, 0.0)
        self._exempt: Counter[str] = Counter()
        self._rest: Counter[Group] = Counter()
        self._issues = 0

    def add(self, group: Group, issue: CountedIssue) -> None:
        self._issues += 1
        if group is Group.ALIGNED and issue.verdict.objective:
            self._objectives[issue.verdict.objective] += 1
        elif group is Group.EXEMPT:
            self._exempt[issue.verdict.rule or "other"] += 1
        else:
            self._rest[group] += 1

    def allocation(self) -> Allocation:
        return Allocation(
            model="count",
            issues=self._issues,
            objectives=self._objectives,
            exempt={id: float(self._exempt[id]) for id in sorted(self._exempt)},
            unlinked=float(self._rest[Group.UNLINKED]),
            undecided=float(self._rest[Group.UNDECIDED]),
        )


def drift(effort: Allocation, planned: dict[str, float]) -> float | None:
    """½ Σ |actual − planned| over the planned objectives, unlinked work, and everything else in scope as one row.

    Nothing unlinked is planned. What the plan leaves open to 100 % is the plan of the rest: exempt work and objectives
    without a share. None without a plan, or with too little work.
    """
    if not planned or effort.ratio(0) is None:
        return None
    actual = {id: effort.ratio(effort.objectives.get(id, 0)) or 0 for id in planned}
    unlinked = effort.ratio(effort.unlinked) or 0
    rest = 1 - fsum((*actual.values(), unlinked))
    left_open = max(0.0, 1 - fsum(planned.values()))
    gaps = (abs(actual[id] - planned[id]) for id in planned)
    return round(fsum((*gaps, unlinked, abs(rest - left_open))) / 2, 12)


def focus(effort: Allocation) -> float | None:
    """N_eff = 1 / Σ a², where a are the objectives' shares of the linked work; None where too little is linked.

    1 where all serves one objective, 3 where three get the same.
    """
    linked = fsum(effort.objectives.values())
    if effort.ratio(linked) is None or not linked:
        return None
    return 1 / fsum((one / linked) ** 2 for one in effort.objectives.values())

"""Where effort went, as numbers that shares, drift, hunger and focus are told from. Pure.

The seam between effort models and the review: whatever model measured, it gives a `WeekEffort`.
"""

from collections.abc import Iterable
from math import fsum

from plugin.domain.effort import MILLION, EffortOfWeek, Spent
from plugin.domain.product import Objective
from plugin.review.model import Allocation, EffortModel, WeekEffort, Worked


def by_count(worked: Worked, active: Iterable[Objective]) -> WeekEffort:
    """One for each issue that moved or was in progress; one with several objectives is split among them."""
    ids = [one.id for one in active]
    streams = {id or None: _allocation("count", spent, ids, issues(spent)) for id, spent in worked.streams.items()}
    return WeekEffort(whole=_allocation("count", worked.whole, ids, issues(worked.whole)), streams=streams)


def by_days(measured: EffortOfWeek, counted: WeekEffort) -> WeekEffort:
    """Days of work where they may be told and there are any, else what was counted.

    A stream that shows no days of its own stays counted.
    """
    days = measured.whole.days
    if measured.whole.main != "days" or days is None:
        return counted
    ids = list(counted.whole.objectives)
    own = {one.stream: one.days for one in measured.streams if one.stream and one.days is not None}
    streams = dict(counted.streams)
    for id, spent in own.items():
        known = counted.streams.get(id)
        streams[id] = _allocation("days", spent, ids, known.issues if known else 0)
    return WeekEffort(whole=_allocation("days", days, ids, counted.whole.issues), streams=streams)


def issues(counted: Spent) -> int:
    """How many issues a sum of the count model is of."""
    return round(counted.total / MILLION)


def _allocation(model: EffortModel, spent: Spent, objectives: Iterable[str], number: int) -> Allocation:
    return Allocation(
        model=model,
        issues=number,
        objectives={id: spent.aligned.get(id, 0) / MILLION for id in objectives},
        exempt={id: amount / MILLION for id, amount in sorted(spent.exempt.items())},
        unlinked=spent.unlinked / MILLION,
        undecided=spent.undecided / MILLION,
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

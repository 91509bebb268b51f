"""The state of a week: one word, and the rule that set it.

Judged by metrics that are outside their usual range or off their pace, and by where the work went.
"""

from collections import Counter
from collections.abc import Sequence

from plugin.domain.product import ObjectiveLimits
from plugin.metrics.block import MetricBlock
from plugin.review.model import FEWEST, Allocation, ExemptRow, ObjectiveRow, ReviewState, percent

UNLINKED_LIMIT = 0.25
"""From this share of unlinked work on, a week needs attention."""
UNDECIDED_LIMIT = 0.25
"""From this share of undecided work on, nothing is judged."""


def judge(
    effort: Allocation,
    objectives: Sequence[ObjectiveRow],
    exempt: Sequence[ExemptRow],
    judged_by: tuple[Sequence[MetricBlock], ObjectiveLimits],
) -> ReviewState:
    """By the effort of the model that leads.

    The first of: a metric that asks, too few issues, too much undecided, anything off what was agreed, as agreed.
    """
    metrics, limits = judged_by
    counted = effort.issues
    asked = _metric_faults(metrics)
    if asked:
        faults = _faults(effort, objectives, exempt, limits) if counted >= FEWEST else []
        return ReviewState(word="needs attention", rule="; ".join([*asked, *faults]))
    if counted < FEWEST:
        return ReviewState(word="too little to judge", rule=f"a week is judged from {FEWEST} issues on")
    if (effort.ratio(effort.undecided) or 0) >= UNDECIDED_LIMIT:
        what = "issues" if effort.model == "count" else "person-days"
        rule = f"{effort.undecided:.3g} of {effort.total:.3g} {what} could not be decided yet"
        return ReviewState(word="too little to judge", rule=rule)
    faults = _faults(effort, objectives, exempt, limits)
    if faults:
        return ReviewState(word="needs attention", rule="; ".join(faults))
    if not objectives:
        return ReviewState(word="needs attention", rule="no objective is active in this week")
    rule = (
        "no planned objective got far less or more than its share, exempt work is within its agreed share, "
        f"and under {percent(UNLINKED_LIMIT)} % is unlinked"
    )
    return ReviewState(word="as agreed", rule=rule)


def _metric_faults(metrics: Sequence[MetricBlock]) -> list[str]:
    known = [one for one in metrics if one.value is not None]
    counts = Counter(why.kind for one in known for why in one.to_explain)
    return [_counted(n, len(known), kind) for kind, n in sorted(counts.items(), reverse=True)]


def _counted(n: int, of: int, kind: str) -> str:
    said = f"is {kind}" if n == 1 else f"are {kind.replace('its ', 'their ')}"
    return f"{n} of {of} metrics {said}"


def _off_plan(effort: Allocation, rows: Sequence[ObjectiveRow], limits: ObjectiveLimits) -> list[str]:
    shares = [(effort.of_objective(row.id), row.planned) for row in rows if effort.objectives.get(row.id)]
    little = sum(1 for got, plan in shares if got is not None and plan and got < limits.starved * plan)
    much = sum(1 for got, plan in shares if got is not None and plan and got - plan > limits.over_fed)
    faults = []
    if little:
        part = f"{percent(limits.starved)} % of the planned share"
        faults.append(f"{little} of {len(rows)} objectives got less than {part}")
    if much:
        faults.append(f"{much} of {len(rows)} objectives got over {percent(limits.over_fed)} points more than planned")
    return faults


def _faults(
    effort: Allocation, objectives: Sequence[ObjectiveRow], exempt: Sequence[ExemptRow], limits: ObjectiveLimits
) -> list[str]:
    faults, whole = [], "person-days" if effort.model == "days" else "issues"
    planned = [row for row in objectives if row.planned]
    if without := [row for row in planned if not effort.objectives.get(row.id)]:
        faults.append(f"{len(without)} of {len(planned)} planned objectives got no work")
    faults += _off_plan(effort, planned, limits)
    for row in exempt:
        over = effort.ratio(effort.exempt.get(row.id, 0.0)) or 0
        if row.budget is not None and over > row.budget:
            took = f"took {percent(over)} % of the {whole}"
            faults.append(f"exempt work ({row.name}) {took} where {percent(row.budget)} % is agreed")
    loose = effort.ratio(effort.unlinked) or 0
    if loose >= UNLINKED_LIMIT:
        faults.append(f"{percent(loose)} % of the {whole} are unlinked (said from {percent(UNLINKED_LIMIT)} % on)")
    return faults

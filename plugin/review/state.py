"""The state of a week: one word, and the rule that set it.

Judged by where the work went, which is all that a review knows until metrics have values.
"""

from collections.abc import Sequence

from plugin.review.model import FEWEST, ExemptRow, ObjectiveRow, Part, ReviewState, percent

UNLINKED_LIMIT = 0.25
"""From this share of unlinked work on, a week needs attention."""
UNDECIDED_LIMIT = 0.25
"""From this share of undecided work on, nothing is judged."""


def judge(
    unlinked: Part, undecided: Part, objectives: Sequence[ObjectiveRow], exempt: Sequence[ExemptRow]
) -> ReviewState:
    """The first of: too few issues, too much undecided, anything that is off what was agreed, as agreed."""
    counted = unlinked.share.of
    if counted < FEWEST:
        return ReviewState(word="too little to judge", rule=f"a week is judged from {FEWEST} issues on")
    if (undecided.share.ratio or 0) >= UNDECIDED_LIMIT:
        rule = f"{undecided.share.count} of {counted} issues could not be decided yet"
        return ReviewState(word="too little to judge", rule=rule)
    faults = _faults(unlinked, objectives, exempt)
    if faults:
        return ReviewState(word="needs attention", rule="; ".join(faults))
    if not objectives:
        return ReviewState(word="needs attention", rule="no objective is active in this week")
    rule = f"every planned objective got work, exempt work is within its agreed share, under {_limit()} is unlinked"
    return ReviewState(word="as agreed", rule=rule)


def _faults(unlinked: Part, objectives: Sequence[ObjectiveRow], exempt: Sequence[ExemptRow]) -> list[str]:
    faults = []
    planned = [row for row in objectives if row.planned]
    if without := [row for row in planned if not row.part.share.count]:
        faults.append(f"{len(without)} of {len(planned)} planned objectives got no work")
    for row in exempt:
        if row.budget is not None and (row.part.share.ratio or 0) > row.budget:
            faults.append(f"exempt work ({row.name}) is over its agreed {percent(row.budget)} %")
    if (unlinked.share.ratio or 0) >= UNLINKED_LIMIT:
        faults.append(f"{_limit()} or more of the work is unlinked")
    return faults


def _limit() -> str:
    return f"{percent(UNLINKED_LIMIT)} %"

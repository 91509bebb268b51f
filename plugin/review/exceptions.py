"""Metrics that ask for an explanation, and those that still wait for one from a week before. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from plugin.domain.week import Week
from plugin.metrics.block import MetricBlock
from plugin.review.model import ExceptionRow, Review


def exceptions(
    blocks: Sequence[MetricBlock], week: Week, before: Review | None, told: Mapping[str, str]
) -> tuple[ExceptionRow, ...]:
    """This week's, in the order of the metrics, then those that are carried on; a metric that is gone asks no more.

    One that was answered is carried on only while it asks. One that stops asking and asks again later is raised anew
    if it was answered in between.
    """
    earlier = {one.id: one for one in before.exceptions} if before else {}
    current = list(_current(blocks, week, earlier, told))
    asked = {one.id for one in current}
    metrics = {one.id for one in blocks}
    carried = [
        one.model_copy(update={"current": False, "weeks": one.weeks + 1, "explanation": told.get(one.id)})
        for one in earlier.values()
        if one.id not in asked and not one.answered and one.metric in metrics
    ]
    return (*current, *carried)


def _current(
    blocks: Sequence[MetricBlock], week: Week, earlier: Mapping[str, ExceptionRow], told: Mapping[str, str]
) -> Iterator[ExceptionRow]:
    for block in blocks:
        for why in block.to_explain:
            id = f"{block.id}/{why.kind.replace(' ', '-')}"
            known = earlier.get(id)
            going_on = known if known and (known.current or not known.answered) else None
            yield ExceptionRow(
                id=id,
                metric=block.id,
                owner=block.owner,
                words=why.words,
                first_week=going_on.first_week if going_on else week,
                weeks=going_on.weeks + 1 if going_on else 1,
                current=True,
                explanation=told.get(id, going_on.explanation if going_on else None),
            )

"""The metrics, and those that ask for an explanation."""

from collections.abc import Iterable, Mapping

from plugin.metrics.block import MetricBlock
from plugin.review import metric_text, week_text
from plugin.review.charts import metric_picture
from plugin.review.model import Review
from plugin.review.pictures import shown
from plugin.review.regions import EXCEPTIONS, EXPLANATION
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.storage import (
    Colour,
    Markup,
    expand,
    heading,
    join,
    macro,
    paragraph,
    status,
    strong,
    table,
)
from plugin.review.storage import text as escaped

_STANDING_COLOURS: Mapping[str, Colour] = {
    metric_text.OUTSIDE: "Red",
    metric_text.BETTER: "Blue",
    "on target": "Green",
    "on track": "Green",
    "behind": "Yellow",
    "at risk": "Red",
}


def metrics(review: Review) -> Markup:
    if not review.metrics:
        words = (
            f"{review.product_name} has no metrics. This page can say where the work went, not whether it helped. "
            "Agree on one outcome and on what drives it, and add both to the product’s file."
        )
        return join([heading(2, "Metrics"), _loud(words)])
    known = [one for one in review.metrics if one.last_day is not None]
    words = "No metric has a value yet: this page can say where the work went, not whether it helped."
    loud = [] if known else [_loud(words)]
    return join([heading(2, "Metrics"), *loud, *(_metric(block) for block in review.metrics)])


def _loud(words: str) -> Markup:
    return macro("warning", {}, paragraph(strong(escaped(words))))


def _metric(block: MetricBlock) -> Markup:
    """The same form for every metric: what it is and how it stands, this period, the trend."""
    header = [number_head(one) for one in metric_text.METRIC_COLUMNS]
    figures = [figure(one) for one in metric_text.metric_figures(block)]
    answered = cell(metric_text.answered_for(block))
    kind = status(metric_text.metric_kind(block), "Grey" if block.kind == "input" else "Blue")
    return join(
        [
            heading(3, block.name),
            paragraph(kind, *_standing(block)),
            table([*header, head("Owner · source · certified")], [[*figures, answered]]),
            line(f"Lacks: {', '.join(block.health)}.") if block.health else Markup(""),
            *_course(block),
        ]
    )


def _course(block: MetricBlock) -> Iterable[Markup]:
    """The picture, and its figures for whoever wants them; without a picture there are none."""
    picture = metric_picture(block)
    if picture:
        yield shown(picture)
        yield expand(f"{block.name}: the figures", _trend(block))
    elif block.last_day:
        yield _trend(block)


def _trend(block: MetricBlock) -> Markup:
    header = [head("Trend"), head("From oldest to newest"), head("Values")]
    return table(header, [[cell(one) for one in row] for row in metric_text.trends(block)])


def _standing(block: MetricBlock) -> Iterable[Markup]:
    for word in metric_text.standing(block):
        yield escaped(" ")
        yield status(word, _STANDING_COLOURS.get(word, "Grey"))


def exceptions(review: Review) -> Markup:
    title = heading(2, EXCEPTIONS)
    if not review.exceptions:
        return join([title, line(metric_text.nothing_to_explain(review))])
    header = [head("What"), head("Who answers for it"), head("Since"), head(EXPLANATION)]
    rows = [
        [cell(one.words), cell(one.owner or "no owner yet"), cell(week_text.age(one)), cell(week_text.answer(one))]
        for one in review.exceptions
    ]
    return join([title, table(header, rows)])

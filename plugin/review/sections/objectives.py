"""The objectives, and those that are starved or over-fed."""

from collections.abc import Mapping

from plugin.review import leading, text, week_text
from plugin.review.model import ObjectiveRow, ObjectiveWord, Review
from plugin.review.regions import CONFIDENCE, NEXT_STEP, OBJECTIVES
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.storage import (
    BREAK,
    Colour,
    Markup,
    emphasis,
    heading,
    join,
    link,
    paragraph,
    status,
    table,
)
from plugin.review.storage import text as escaped

OBJECTIVE_COLOURS: Mapping[ObjectiveWord, Colour] = {
    "on track": "Green",
    "behind": "Yellow",
    "at risk": "Red",
    "not measured": "Grey",
}


def objectives(review: Review) -> Markup:
    title = heading(2, OBJECTIVES)
    beneath = [line(one) for one in week_text.about_objectives(review)]
    if not review.objectives:
        return join([title, line("No objective is active in this week."), *beneath])
    header = [
        head("Objective"),
        head("State"),
        head("Key results"),
        head(CONFIDENCE),
        number_head("Planned"),
        number_head(f"Actual, of {leading.amount(review.effort)}"),
        head("Six weeks"),
        head(NEXT_STEP),
    ]
    return join([title, table(header, [_objective_row(row, review) for row in review.objectives]), *beneath])


def _objective_row(row: ObjectiveRow, review: Review) -> list[Markup]:
    beneath = f"{row.stream}: {row.why}" if row.why else row.stream
    actual = review.effort.of_objective(row.id)
    return [
        paragraph(link(row.url, row.title), BREAK, emphasis(escaped(beneath))),
        paragraph(status(row.state.word, OBJECTIVE_COLOURS[row.state.word]), escaped(f" {row.state.rule}")),
        cell("; ".join(map(week_text.way, row.key_results)) or "none"),
        cell(week_text.confidence(row.confidence)),
        figure(text.NONE if row.planned is None else text.percentage(row.planned)),
        figure(text.share_alone(row.part.share) if actual is None else text.percentage(actual)),
        cell(week_text.six_weeks(row.trend)),
        cell(row.next_step or text.NONE),
    ]


def hunger(review: Review) -> Markup:
    title = heading(2, "Starved and over-fed objectives")
    if not review.hunger:
        return join([title, line(week_text.nobody_hungry(review))])
    header = [
        head("Objective"),
        head("What"),
        number_head("Planned"),
        number_head("Actual"),
        number_head("Weeks in a row"),
    ]
    rows = [
        [
            cell(one.title),
            paragraph(status(one.kind, "Red" if one.kind == "starved" else "Blue")),
            figure(text.percentage(one.planned)),
            figure(text.percentage(one.actual)),
            figure(str(one.weeks)),
        ]
        for one in review.hunger
    ]
    return join([title, table(header, rows)])

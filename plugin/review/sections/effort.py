"""Where the effort went, in all and by stream."""

from collections.abc import Iterable

from plugin.review import effort_page, text, week_text
from plugin.review.model import Part, Review
from plugin.review.pictures import alignment_over_time, effort_against_plan, shown
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.storage import (
    Markup,
    heading,
    join,
    table,
)


def effort(review: Review) -> Markup:
    beneath = [line(one) for one in (*effort_page.about_coverage(review), *week_text.about_effort(review))]
    return join(
        [
            heading(2, "Where the effort went"),
            shown(effort_against_plan(review)),
            _effort_table(review),
            *_over_time(review),
            *_streams(review),
            *beneath,
        ]
    )


def _over_time(review: Review) -> Iterable[Markup]:
    picture = alignment_over_time(review)
    if picture:
        yield line("Work linked to an objective, by week:")
        yield shown(picture)


def _effort_table(review: Review) -> Markup:
    if review.effort_model == "days" and review.measured and review.measured.whole.days:
        return effort_page.effort_table(review, review.measured.whole, review.measured.whole.days)
    header = [
        head("Work"),
        number_head("Issues"),
        number_head(f"Share of {review.counted}"),
        number_head(_last_week(review)),
        number_head("Planned or agreed"),
        number_head("Gap in points"),
    ]
    return table(header, list(_effort_rows(review)))


def _streams(review: Review) -> Iterable[Markup]:
    if len(review.streams) < 2:
        return
    all_of = "Days (d) or issues" if any(one.model == "days" for one in review.streams) else "Issues"
    header = [head("Stream"), *map(number_head, (all_of, "Linked", "Unlinked", "Objectives in effect"))]
    shown = review.streams[: week_text.MOST_STREAMS]
    yield table(header, [[cell(one.name), *map(figure, week_text.stream_figures(one))] for one in shown])
    if len(review.streams) > len(shown):
        yield line(f"{len(review.streams) - len(shown)} more streams had work; their figures are in the review’s JSON.")


def _last_week(review: Review) -> str:
    before = review.aligned.before
    return f"Last week, of {before.of}" if before else "Last week"


def _effort_rows(review: Review) -> Iterable[list[Markup]]:
    for row in review.objectives:
        yield _effort_row(row.title, row.part, row.planned)
    if len(review.objectives) > 1:
        yield _effort_row("All work linked to an objective", review.aligned, None)
    for exempt in review.exempt_rows:
        yield _effort_row(f"Exempt: {exempt.name}", exempt.part, exempt.budget)
    if not review.exempt_rows:
        yield _effort_row("Exempt", review.exempt, None)
    yield _effort_row("Unlinked", review.unlinked, None)
    yield _effort_row("Not decided yet", review.undecided, None)
    if review.not_observed is None:
        yield [cell("Not observed: counting issues cannot tell"), *(figure(text.NONE) for _ in range(5))]
    else:
        yield _effort_row("Not observed", review.not_observed, None)


def _effort_row(name: str, part: Part, planned: float | None) -> list[Markup]:
    return [
        cell(name),
        figure(str(part.share.count)),
        figure(text.share_alone(part.share)),
        figure(text.share_alone(part.before)),
        figure(text.NONE if planned is None else text.percentage(planned)),
        figure(text.points_off(part.share, planned)),
    ]

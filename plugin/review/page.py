"""A frozen Review → the body of its Confluence page, in storage format.

A section is a function from the review to markup, and `SECTIONS` is their order; a later section takes its place there.
Headings never change with the numbers: they are how a section is found again on a page that people have edited.
"""

from collections.abc import Callable, Iterable, Mapping

from plugin.metrics.block import MetricBlock
from plugin.review import effort_page, metric_text, text, week_text
from plugin.review.model import ObjectiveRow, ObjectiveWord, Part, Review, StateWord, UnlinkedIssue, percent
from plugin.review.regions import CONFIDENCE, DECISIONS, EXCEPTIONS, EXPLANATION, LEAD_COMMENT, NEXT_STEP, OBJECTIVES
from plugin.review.storage import (
    BREAK,
    Colour,
    Markup,
    element,
    emphasis,
    facts_table,
    heading,
    join,
    link,
    macro,
    number,
    paragraph,
    status,
    strong,
    table,
)
from plugin.review.storage import text as escaped

_STATE_COLOURS: dict[StateWord, Colour] = {
    "as agreed": "Green",
    "needs attention": "Yellow",
    "too little to judge": "Grey",
}
_STANDING_COLOURS: Mapping[str, Colour] = {
    metric_text.OUTSIDE: "Red",
    metric_text.BETTER: "Blue",
    "on target": "Green",
    "on track": "Green",
    "behind": "Yellow",
    "at risk": "Red",
}
_OBJECTIVE_COLOURS: Mapping[ObjectiveWord, Colour] = {
    "on track": "Green",
    "behind": "Yellow",
    "at risk": "Red",
    "not measured": "Grey",
}
NEAR_PLAN = 10
"""Points within which an objective's share counts as near its plan."""


def render(review: Review) -> str:
    """The whole body; always well-formed, whatever the review's texts hold."""
    return join(section(review) for section in SECTIONS)


def _header(review: Review) -> Markup:
    state, linked = review.state, effort_page.alignment(review) or text.linked(review)
    rows = [
        ("Product", paragraph(escaped(review.product_name))),
        ("Week", paragraph(escaped(str(review.week)))),
        ("Period", paragraph(escaped(text.period(review)))),
        ("State", paragraph(status(state.word, _STATE_COLOURS[state.word]), escaped(f" {state.rule}"))),
        (
            "Work linked to an objective",
            paragraph(strong(escaped(linked))),
        ),
        ("The rest", paragraph(escaped(text.remainder(review)))),
        ("Seen", paragraph(escaped(text.seen(review.seen)))),
        ("Made", paragraph(escaped(text.made(review)))),
    ]
    return macro("details", {"id": "plumbline-review"}, facts_table(rows))


def _three_sentences(review: Review) -> Markup:
    moved, off, asked = text.what_moved(review), text.what_is_off(review), text.what_is_asked(review)
    measured = metric_text.metrics_sentence(review)
    first = f"{measured} {moved}" if measured else moved
    return paragraph(strong(escaped(first)), escaped(f" {off} "), strong(escaped(asked)))


def _lead_comment(review: Review) -> Markup:
    return join([heading(2, LEAD_COMMENT), _line("No comment yet. What is written here stays.")])


def _metrics(review: Review) -> Markup:
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
    header = [_number_head(one) for one in metric_text.METRIC_COLUMNS]
    figures = [_figure(one) for one in metric_text.metric_figures(block)]
    answered = _cell(metric_text.answered_for(block))
    kind = status(metric_text.metric_kind(block), "Grey" if block.kind == "input" else "Blue")
    return join(
        [
            heading(3, block.name),
            paragraph(kind, *_standing(block)),
            table([*header, _head("Owner · source · certified")], [[*figures, answered]]),
            _line(f"Lacks: {', '.join(block.health)}.") if block.health else Markup(""),
            _trend(block) if block.last_day else Markup(""),
        ]
    )


def _trend(block: MetricBlock) -> Markup:
    header = [_head("Trend"), _head("From oldest to newest"), _head("Values")]
    return table(header, [[_cell(one) for one in row] for row in metric_text.trends(block)])


def _standing(block: MetricBlock) -> Iterable[Markup]:
    for word in metric_text.standing(block):
        yield escaped(" ")
        yield status(word, _STANDING_COLOURS.get(word, "Grey"))


def _exceptions(review: Review) -> Markup:
    title = heading(2, EXCEPTIONS)
    if not review.exceptions:
        return join([title, _line(metric_text.nothing_to_explain(review))])
    header = [_head("What"), _head("Who answers for it"), _head("Since"), _head(EXPLANATION)]
    rows = [
        [_cell(one.words), _cell(one.owner or "no owner yet"), _cell(week_text.age(one)), _cell(week_text.answer(one))]
        for one in review.exceptions
    ]
    return join([title, table(header, rows)])


def _objectives(review: Review) -> Markup:
    title = heading(2, OBJECTIVES)
    beneath = [_line(one) for one in week_text.about_objectives(review)]
    if not review.objectives:
        return join([title, _line("No objective is active in this week."), *beneath])
    header = [
        _head("Objective"),
        _head("State"),
        _head("Key results"),
        _head(CONFIDENCE),
        _head("Work this week"),
        _number_head("Planned"),
        _number_head(f"Actual, of {text.issues(review.counted)}"),
        _number_head("Points on last week"),
        _head("Six weeks"),
        _head(NEXT_STEP),
    ]
    return join([title, table(header, [_objective_row(row) for row in review.objectives]), *beneath])


def _objective_row(row: ObjectiveRow) -> list[Markup]:
    beneath = f"{row.stream}: {row.why}" if row.why else row.stream
    points = row.part.points
    return [
        paragraph(link(row.url, row.title), BREAK, emphasis(escaped(beneath))),
        paragraph(status(row.state.word, _OBJECTIVE_COLOURS[row.state.word]), escaped(f" {row.state.rule}")),
        _cell("; ".join(map(week_text.key_result, row.key_results)) or "none"),
        _cell(week_text.confidence(row.confidence)),
        paragraph(status(*_work_state(row))),
        _figure(text.NONE if row.planned is None else text.percentage(row.planned)),
        _figure(text.share_alone(row.part.share)),
        _figure(text.NONE if points is None else text.signed(points)),
        _cell(week_text.six_weeks(row.trend)),
        _cell(row.next_step or text.NONE),
    ]


def _work_state(row: ObjectiveRow) -> tuple[str, Colour]:
    """How the work of this one week compares with the plan; nothing about what it achieved."""
    share = row.part.share
    if share.ratio is None:
        return ("few issues" if share.count else "no work"), "Grey"
    if not share.count:
        return "no work", "Red" if row.planned else "Grey"
    if row.planned is None:
        return "no plan", "Grey"
    gap = percent(share.ratio) - percent(row.planned)
    if abs(gap) < NEAR_PLAN:
        return "near plan", "Green"
    return ("over plan", "Blue") if gap > 0 else ("under plan", "Yellow")


def _effort(review: Review) -> Markup:
    beneath = [_line(one) for one in (*effort_page.about_coverage(review), *week_text.about_effort(review))]
    return join([heading(2, "Where the effort went"), _effort_table(review), *_streams(review), *beneath])


def _effort_table(review: Review) -> Markup:
    if review.effort_model == "days" and review.measured and review.measured.whole.days:
        return effort_page.effort_table(review, review.measured.whole, review.measured.whole.days)
    header = [
        _head("Work"),
        _number_head("Issues"),
        _number_head(f"Share of {review.counted}"),
        _number_head(_last_week(review)),
        _number_head("Planned or agreed"),
        _number_head("Gap in points"),
    ]
    return table(header, list(_effort_rows(review)))


def _streams(review: Review) -> Iterable[Markup]:
    if len(review.streams) < 2:
        return
    header = [_head("Stream"), *map(_number_head, ("Issues", "Linked", "Unlinked", "Objectives in effect"))]
    shown = review.streams[: week_text.MOST_STREAMS]
    yield table(header, [[_cell(one.name), *map(_figure, week_text.stream_figures(one))] for one in shown])
    if len(review.streams) > len(shown):
        yield _line(
            f"{len(review.streams) - len(shown)} more streams had work; their figures are in the review’s JSON."
        )


def _hunger(review: Review) -> Markup:
    title = heading(2, "Starved and over-fed objectives")
    if not review.hunger:
        return join([title, _line(week_text.nobody_hungry(review))])
    header = [
        _head("Objective"),
        _head("What"),
        _number_head("Planned"),
        _number_head("Actual"),
        _number_head("Weeks in a row"),
    ]
    rows = [
        [
            _cell(one.title),
            paragraph(status(one.kind, "Red" if one.kind == "starved" else "Blue")),
            _figure(text.percentage(one.planned)),
            _figure(text.percentage(one.actual)),
            _figure(str(one.weeks)),
        ]
        for one in review.hunger
    ]
    return join([title, table(header, rows)])


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
        yield [_cell("Not observed: counting issues cannot tell"), *(_figure(text.NONE) for _ in range(5))]
    else:
        yield _effort_row("Not observed", review.not_observed, None)


def _effort_row(name: str, part: Part, planned: float | None) -> list[Markup]:
    return [
        _cell(name),
        _figure(str(part.share.count)),
        _figure(text.share_alone(part.share)),
        _figure(text.share_alone(part.before)),
        _figure(text.NONE if planned is None else text.percentage(planned)),
        _figure(text.points_off(part.share, planned)),
    ]


def _unlinked(review: Review) -> Markup:
    title = heading(2, "Unlinked work that needs a decision")
    work = review.unlinked_work
    beneath = [_line(one) for one in week_text.about_linking(review)]
    if not work.total:
        words = "Every issue of this week serves an objective, is exempt, or is not decided yet."
        return join([title, _line(words), *beneath])
    header = [_head("Issue"), _head("Stage"), _number_head("Age"), _head("Why it is unlinked"), _head("One step")]
    rows = [_unlinked_row(issue) for issue in work.issues]
    return join([title, _line(text.what_is_unlinked(review)), table(header, rows), _the_rest(review), *beneath])


def _unlinked_row(issue: UnlinkedIssue) -> list[Markup]:
    name = paragraph(link(issue.url, issue.key), escaped(f" {issue.summary}"), escaped(f" ({issue.issuetype})"))
    age = text.NONE if issue.age_days is None else week_text.days(issue.age_days)
    return [name, _cell(issue.stage), _figure(age), _cell(issue.reason), _cell(issue.step)]


def _the_rest(review: Review) -> Markup:
    work = review.unlinked_work
    hidden = work.total - len(work.issues)
    words = f"{hidden} more; see all of them in Jira as they are now" if hidden else "See them in Jira as they are now"
    if work.url:
        return paragraph(link(work.url, words))
    return _line(f"{hidden} more are not shown.") if hidden else Markup("")


def _changed(review: Review) -> Markup:
    title = heading(2, "Changed since last week")
    if not review.changed:
        return join([title, _line(week_text.nothing_changed(review))])
    shown = review.changed[: week_text.MOST_CHANGES]
    items = [element("li", paragraph(escaped(one.words))) for one in shown]
    hidden = len(review.changed) - len(shown)
    rest = [_line(f"{hidden} more; all of them are in the review’s JSON.")] if hidden else []
    return join([title, element("ul", *items), *rest])


def _released(review: Review) -> Markup:
    title, released = heading(2, "Released, not yet verified"), review.released
    if not released.total:
        return join([title, _line("No released work for an objective waits to be verified.")])
    rows = [
        [
            paragraph(link(one.url, one.key), escaped(f" {one.summary}")),
            _cell(one.objective),
            _figure(week_text.days((review.generated_at - one.since).days)),
        ]
        for one in released.issues
    ]
    hidden = released.total - len(rows)
    rest = [_line(f"{hidden} more were released later than these.")] if hidden else []
    header = [_head("Issue"), _head("Objective: did it help?"), _number_head("Released for")]
    return join([title, table(header, rows), *rest])


def _duplicates(review: Review) -> Markup:
    return join(
        [heading(2, "Possible duplicate effort"), _line("Nothing was compared: no candidates were looked for.")]
    )


def _decisions(review: Review) -> Markup:
    title = heading(2, DECISIONS)
    asks = list(week_text.asks(review))
    if not asks:
        return join([title, _line("Nothing is asked.")])
    return join([title, element("ul", *(element("li", paragraph(escaped(one))) for one in asks))])


def _how_made(review: Review) -> Markup:
    lines = [
        "Every issue in scope that changed status or was in progress during the week counts once, whatever its size. "
        "An epic and each of its children count as separate issues.",
        "All shares are of these issues, and rounded, so they may not add up to 100. Below five issues only counts "
        "are told. No number here is about a person.",
        "An issue serves an objective because a rule, its parent, a link or a person says so; the issue itself shows "
        "which. Exempt work needs no objective; its share is agreed beforehand.",
        f"{text.issues(review.undecided.share.count).capitalize()} could not be decided, because Jira has not told us "
        "a field that a rule needs. Work that is in no issue cannot be seen by counting issues.",
        *metric_text.how_metrics_are_made(review),
        *effort_page.how_measured(review),
        *week_text.how_judged(review),
        f"Seen: {text.seen(review.seen)}. A review is late when it is made more than an hour after it was due.",
        "To correct a tag, change the objective’s label on the issue: what a person sets is kept. "
        "The numbers of a published week stay as they are.",
    ]
    items = (element("li", paragraph(escaped(line))) for line in lines)
    return join([heading(2, "How these numbers are made"), element("ul", *items)])


def _line(words: str) -> Markup:
    return paragraph(escaped(words))


def _cell(words: str) -> Markup:
    return paragraph(escaped(words))


def _figure(words: str) -> Markup:
    return number(escaped(words))


def _head(words: str) -> Markup:
    return paragraph(escaped(words))


def _number_head(words: str) -> Markup:
    return number(escaped(words))


SECTIONS: tuple[Callable[[Review], Markup], ...] = (
    _header,
    _three_sentences,
    _lead_comment,
    _metrics,
    _exceptions,
    _objectives,
    _effort,
    _hunger,
    _unlinked,
    _changed,
    _released,
    _duplicates,
    _decisions,
    _how_made,
)

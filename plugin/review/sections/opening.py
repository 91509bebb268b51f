"""The header, the three sentences, and the lead's own comment."""

from plugin.review import effort_page, metric_text, text, week_text
from plugin.review.model import Review, StateWord
from plugin.review.regions import LEAD_COMMENT
from plugin.review.sections.cells import line
from plugin.review.storage import (
    Colour,
    Markup,
    emphasis,
    facts_table,
    heading,
    join,
    macro,
    paragraph,
    status,
    strong,
)
from plugin.review.storage import text as escaped

_STATE_COLOURS: dict[StateWord, Colour] = {
    "as agreed": "Green",
    "needs attention": "Yellow",
    "too little to judge": "Grey",
}


def header(review: Review) -> Markup:
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


def three_sentences(review: Review) -> Markup:
    moved, off, asked = text.what_moved(review), text.what_is_off(review), text.what_is_asked(review)
    measured = metric_text.metrics_sentence(review)
    first = f"{measured} {moved}" if measured else moved
    return paragraph(strong(escaped(first)), escaped(f" {off} "), strong(escaped(asked)))


def lead_comment(review: Review) -> Markup:
    before = week_text.lead_before(review)
    told = paragraph(emphasis(escaped(before))) if before else Markup("")
    return join([heading(2, LEAD_COMMENT), line("No comment yet. What is written here stays."), told])

"""The header, the three sentences, and the lead's own comment."""

from plugin.review import leading, sentences, text, week_text
from plugin.review.model import Review, StateWord
from plugin.review.regions import LEAD_COMMENT
from plugin.review.sections.cells import line
from plugin.review.storage import (
    BREAK,
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

STATE_COLOURS: dict[StateWord, Colour] = {
    "as agreed": "Green",
    "needs attention": "Yellow",
    "too little to judge": "Grey",
}


def header(review: Review) -> Markup:
    state, coverage = review.state, leading.observed(review)
    share, of, told = leading.linked(review).partition(" of ")
    rows = [
        *([("Draft", _draft(review))] if review.draft else []),
        ("Product", paragraph(escaped(review.product_name))),
        ("Week", paragraph(escaped(str(review.week)))),
        ("Period", paragraph(escaped(text.period(review)))),
        ("State", paragraph(status(state.word, STATE_COLOURS[state.word]), escaped(f" {state.rule}"))),
        (
            "Work linked to an objective",
            paragraph(
                strong(escaped(share)),
                escaped(f"{of}{told}; {leading.rest(review)}"),
                BREAK,
                escaped(leading.beside(review)),
            ),
        ),
        ("Seen", paragraph(escaped("; ".join(one for one in (coverage, text.seen(review.seen)) if one)))),
        ("Made", paragraph(escaped(text.made(review)))),
    ]
    return macro("details", {"id": "plumbline-review"}, facts_table(rows))


def _draft(review: Review) -> Markup:
    words = f" until {text.due(review)}. Numbers may change; what people write here stays."
    return paragraph(status("draft, not frozen", "Yellow"), escaped(words))


def three_sentences(review: Review) -> Markup:
    return join(
        [
            paragraph(strong(escaped(sentences.what_moved(review)))),
            paragraph(escaped(sentences.what_is_off(review))),
            paragraph(strong(escaped(sentences.what_is_asked(review)))),
        ]
    )


def lead_comment(review: Review) -> Markup:
    before = week_text.lead_before(review)
    told = paragraph(emphasis(escaped(before))) if before else Markup("")
    return join(
        [heading(2, LEAD_COMMENT), macro("note", {}, line("No comment yet. What is written here stays.")), told]
    )

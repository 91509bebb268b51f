"""The product's home page: the latest review, streams, quarters and years, and how to read all that."""

from plugin.review import leading, sentences, text
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.sections.opening import STATE_COLOURS
from plugin.review.standing.known import (
    Known,
    age,
    home_key,
    linked,
    listed,
    quarter_key,
    section,
    stream_key,
    titled,
    week_key,
    year_key,
)
from plugin.review.storage import Markup, element, join, link, paragraph, status, strong
from plugin.review.storage import text as escaped

_WEEKS = 12

_HOW = (
    "A weekly review tells metrics first, then what needs an explanation, then where the work went.",
    "A percentage always says what it is a share of. No number is about a person, and nobody is ranked.",
    "Work is linked to an objective by rules, by its parent, or by a person’s label; the issue itself says which.",
    "What people write on these pages stays. A published week’s numbers stay as well; corrections show a week later.",
    "Exempt work needs no objective. Everything linked is not the aim: a share for it is agreed beforehand.",
)


def title(known: Known) -> str:
    return titled(known.name, "alignment")


def key(known: Known) -> str:
    return home_key(known.product.id)


def render(known: Known) -> str:
    facts = known.product.product
    about = [line(words) for words in (facts.vision, facts.strategy) if words]
    return join([*about, _latest(known), _streams(known), _quarters(known), _weeks(known), _how_to_read()])


def _latest(known: Known) -> Markup:
    review = known.latest
    if review is None:
        return section("Latest review", [], "No week has been reviewed yet.")
    address = known.urls.get(week_key(known.product.id, review.week))
    state = status(review.state.word, STATE_COLOURS[review.state.word])
    return section(
        "Latest review",
        [
            paragraph(link(address, text.title(review)), escaped(" "), state, escaped(f" {review.state.rule}")),
            paragraph(strong(escaped(sentences.what_moved(review)))),
            line(sentences.what_is_off(review)),
            paragraph(strong(escaped(sentences.what_is_asked(review)))),
            line(f"Work linked to an objective: {leading.linked(review)}; {leading.rest(review)}."),
        ],
        "",
    )


def _streams(known: Known) -> Markup:
    product = known.product
    rows = [
        [
            linked(known, stream_key(product.id, one.id), one.name),
            cell(", ".join(one.charter.value_streams) or "none assigned"),
            figure(str(sum(each.stream == one.id and each.active_on(known.today) for each in product.objectives))),
            cell(age(one.charter.revised, known.today)),
        ]
        for one in product.streams
    ]
    header = [head("Stream"), head("Value streams"), number_head("Objectives active"), head("Charter revised")]
    return section("Streams", listed(header, rows), "No stream is configured.")


def _quarters(known: Known) -> Markup:
    items = [linked(known, quarter_key(known.product.id, one), f"Quarter {one}") for one in known.quarters]
    years = sorted({one.year for one in known.product.goals}, reverse=True)
    items += [linked(known, year_key(known.product.id, one), f"Year {one}") for one in years]
    return section("Quarters and years", _list(items), "No objective has a quarter yet.")


def _weeks(known: Known) -> Markup:
    newest = list(reversed(known.reviews))[:_WEEKS]
    header = [head("Week"), head("State"), head("Work linked to an objective")]
    rows = [
        [
            linked(known, week_key(known.product.id, one.week), str(one.week)),
            paragraph(status(one.state.word, STATE_COLOURS[one.state.word])),
            cell(leading.linked(one)),
        ]
        for one in newest
    ]
    return section("Weeks", listed(header, rows), "No week has been reviewed yet.")


def _how_to_read() -> Markup:
    return section("How to read this", _list([line(one) for one in _HOW]), "")


def _list(items: list[Markup]) -> list[Markup]:
    return [element("ul", *(element("li", one) for one in items))] if items else []

"""A review as lines for a terminal: the short form of its page. Pure."""

from collections.abc import Iterator

from plugin.review import leading, sentences, text, week_text
from plugin.review.model import Review


def lines(review: Review) -> Iterator[str]:
    yield f"{text.title(review)}: {review.state.word}, as {review.state.rule}"
    yield f"  {text.period(review)}"
    yield f"  seen: {text.seen(review.seen)}"
    yield f"  linked: {leading.linked(review)}; {leading.rest(review)}"
    yield from (f"  {one}" for one in (sentences.what_moved(review), sentences.what_is_off(review)))
    yield f"  {sentences.what_is_asked(review)}"
    for one in review.exceptions:
        yield f"  to explain: {one.words} ({week_text.age(one)}; {week_text.answer(one)})"
    for row in review.objectives:
        plan = "no plan" if row.planned is None else f"{text.percentage(row.planned)} planned"
        got = f"{text.share_alone(row.part.share)} of the work, {plan}"
        yield f"  {row.state.word:<12} {row.title}: {got}; {row.state.rule}"
    for hungry in review.hunger:
        yield f"  {hungry.kind} for {week_text.weeks(hungry.weeks)}: {hungry.title}"
    for line in (
        *week_text.about_objectives(review),
        *week_text.about_effort(review),
        *week_text.about_linking(review),
        *(one.words for one in review.changed),
    ):
        yield f"  {line}"
    yield f"  released, not yet verified: {review.released.total}"
    yield from (f"  not seen: {one}" for one in review.not_seen)

"""What people write on one week's page is in the next week's review."""

import re

import pytest

from plugin.review.merge.memory import Memory
from plugin.review.model import Confidence, Review, Told
from plugin.review.page import render
from plugin.review.told import confidence, told_on
from plugin.sandbox.confluence.editors import Editor, saved_by
from tests.review.weeks import CONVERSION, PAGE_LOAD, PAY, SITE, WEEK, build, facts, full_count, full_week, measured

WITH_METRICS = PAY.model_copy(update={"metrics": (CONVERSION, PAGE_LOAD)})
EDITORS: list[Editor] = ["none", "legacy", "new", "new twice"]


@pytest.mark.parametrize("editor", EDITORS)
def test_confidence_next_step_and_explanation_are_read_by_their_row(editor: Editor) -> None:
    review = full_week(WITH_METRICS, points=measured())
    told = said(review, editor, {"not said yet": ["7 (6)", "maybe"], "not explained yet": ["iOS only"]})
    first, second = (row for row in review.objectives[:2])
    assert told.confidence == {first.id: 7}
    assert told.explanations == {review.exceptions[0].id: "iOS only"}
    assert told.unreadable == (
        f"“maybe” as the confidence in “{second.title}” is no number from 0 to 10, so the last one is kept.",
    )
    later = build(PAY, SITE, WEEK.next(), full_count(), review, facts(told=told))
    rows = {row.id: row for row in later.objectives}
    assert rows[first.id].confidence == Confidence(value=7, before=None)
    assert rows[second.id].confidence is None
    assert told.unreadable[0] in later.not_seen


def test_a_page_that_nobody_wrote_on_tells_nothing() -> None:
    told = said(full_week(), "new", {})
    assert told.model_copy(update={"asks": None}) == Told()
    assert [(one.who, one.by, one.answer) for one in told.asks or ()] == [("", "", "")] * len(full_week().asks)


def test_a_next_step_goes_on_until_people_remove_it() -> None:
    told = Told(next_steps={"wallet-1": "Ask the bank"})
    review = full_week(told=told)
    assert said(review, "new", {}).next_steps == {"wallet-1": "Ask the bank"}
    assert said(review, "new", {"Ask the bank": [""]}).next_steps == {}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("6", 6),
        ("6 of 10", 6),
        ("6/10", 6),
        ("10", 10),
        ("~7", 7),
        ("11", None),
        ("6.5", None),
        ("high", None),
        ("", None),
    ],
)
def test_confidence_is_a_whole_number_up_to_ten(words: str, value: int | None) -> None:
    assert confidence(words) == value


def said(review: Review, editor: Editor, written: dict[str, list[str]]) -> Told:
    """Somebody replaces the words on the page of this review, each list from the first place on."""
    rendered = render(review)
    body = saved_by(editor, rendered)
    for words, given in written.items():
        for one in given:
            assert f">{words}<" in body
            body = re.sub(f">{words}<", f">{one}<", body, count=1)
    return told_on(review, saved_by(editor, body, 1), Memory(rendered=rendered))

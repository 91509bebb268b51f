"""Decisions, asks and the lead's comment go from one week's page into the next week's, with their age."""

import re

import pytest

from plugin.review.asks import TAKEN_OFF
from plugin.review.merge.memory import Memory
from plugin.review.model import PageVersion, Review, Told
from plugin.review.page import render
from plugin.review.regions import DECISIONS, LEAD_COMMENT
from plugin.review.storage import parse
from plugin.review.told import told_on
from plugin.sandbox.confluence.editors import Editor, saved_by
from tests.review.test_page import rows
from tests.review.weeks import PAY, SITE, build, facts, full_count, full_week

EDITORS: list[Editor] = ["none", "legacy", "new", "new twice"]


def asked(review: Review) -> list[list[str]]:
    return rows(parse(render(review)), DECISIONS)[1:]


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td><p>{one}</p></td>' for one in cells)}</tr>"


def told(review: Review, editor: Editor, change: "dict[str, str]") -> Told:
    """What is told of its page, after somebody replaced what the patterns find."""
    rendered = render(review)
    body = saved_by(editor, rendered)
    for pattern, words in change.items():
        body, times = re.subn(pattern, words, body, count=1, flags=re.DOTALL)
        assert times == 1, pattern
    return told_on(review, saved_by(editor, body, 1), Memory(rendered=rendered), PageVersion(version=3))


def next_week(review: Review, said: Told) -> Review:
    return build(PAY, SITE, review.week.next(), full_count(), review, facts(told=said))


@pytest.mark.parametrize("editor", EDITORS)
def test_an_open_ask_rolls_on_with_its_age_and_an_answered_one_closes(editor: Editor) -> None:
    first = full_week()
    mine = row("Hire a tester?", "Ann", "1 Dec", "", "")
    done = row("Drop the old wallet?", "Ben", "", "Yes, in May", "")
    end = r"(?<=</tr>)(?=(?:</tbody>)?</table>(?:(?!<table).)*<h2[^>]*>How these)"
    said = told(first, editor, {end: mine + done})
    second = next_week(first, said)
    assert ["Hire a tester?", "Ann", "1 Dec", "", f"{first.week}, 2 weeks"] in asked(second)
    assert "Drop the old wallet?" not in render(second)
    third = next_week(second, told(second, editor, {}))
    assert ["Hire a tester?", "Ann", "1 Dec", "", f"{first.week}, 3 weeks"] in asked(third)
    assert [one[0] for one in asked(third)].count("Hire a tester?") == 1
    said = told(third, editor, {})
    assert said.asks is not None
    answers = tuple(
        one.model_copy(update={"answer": "No"}) if one.words == "Hire a tester?" else one for one in said.asks
    )
    assert "Hire a tester?" not in render(next_week(third, said.model_copy(update={"asks": answers})))


def test_what_the_numbers_ask_stays_closed_once_it_is_answered_while_they_go_on_asking() -> None:
    first = full_week()
    before = [one for one in first.asks if one.id.startswith("key-result/")]
    assert len(before) > 1
    said = told(first, "none", {})
    answered, removed = before[0].id, before[1].id
    assert said.asks is not None
    rest = tuple(
        one.model_copy(update={"answer": "Conversion"}) if one.id == answered else one
        for one in said.asks
        if one.id != removed
    )
    week = next_week(first, said.model_copy(update={"asks": rest}))
    for _ in range(2):
        known = {one.id: one for one in week.asks}
        assert (known[answered].answer, known[removed].answer) == ("Conversion", TAKEN_OFF)
        assert known[answered].words not in [one[0] for one in asked(week)]
        week = next_week(week, told(week, "none", {}))


def test_without_a_page_the_rows_of_the_week_before_go_on() -> None:
    first = full_week()
    second = next_week(first, Told())
    assert [(one.id, one.weeks) for one in second.asks if one.open] == [
        (one.id, one.weeks + 1) for one in first.asks if one.open
    ]


@pytest.mark.parametrize("editor", EDITORS)
def test_the_leads_comment_is_told_a_week_later_with_the_version_that_was_read(editor: Editor) -> None:
    first = full_week()
    said = told(first, editor, {"No comment yet. What is written here stays.": "The drop is on iOS only."})
    page = parse(render(next_week(first, said)))
    text = " ".join(page.itertext())
    assert "The week before: “The drop is on iOS only.”" in text
    assert "version 3 of last week’s page" in text
    assert next_week(first, told(first, editor, {})).lead_before == ""
    assert LEAD_COMMENT in text

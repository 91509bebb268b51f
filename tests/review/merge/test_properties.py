"""What holds of every merge: no comment and no word of people is lost, and twice is as good as once."""

import re
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.review.merge.canon import form, say
from plugin.review.merge.comments import refs
from plugin.review.merge.memory import Edit, Memory
from plugin.review.merge.merging import merge
from plugin.review.merge.nesting import check
from plugin.review.merge.outline import flat
from plugin.review.merge.tree import read
from plugin.review.storage import paragraph, parse, text
from plugin.sandbox.confluence.editors import Editor, saved_by, stored
from plugin.sandbox.confluence.storage import with_marker
from tests.review.merge.paper import Facts

EDITORS: list[Editor] = ["none", "legacy", "new", "new twice"]
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
VALUES = st.builds("{} %".format, st.integers(0, 99))
FACTS = st.builds(
    Facts,
    conversion=VALUES,
    errors=VALUES,
    sentence=st.sampled_from(["Nothing unusual happened.", "The wallet fell, the shop rose.", "Quiet."]),
    metrics=st.lists(st.sampled_from(["Conversion", "Errors", "Load"]), unique=True, min_size=1).map(tuple),
    asks=st.lists(st.sampled_from(["End it?", "Test the load?", "Hire?"]), unique=True, min_size=1).map(tuple),
)


@st.composite
def edited(draw: st.DrawFn, body: str) -> tuple[str, list[str]]:
    """A page after people worked on it, and what they added."""
    page = saved_by(draw(st.sampled_from(EDITORS)), stored(body, 1), draw(st.integers(0, 9)))
    added: list[str] = []
    for number in range(draw(st.integers(0, 4))):
        blocks = list(re.finditer(r"(?=<h2)|(?=<table(?:(?!<table).)*?Load)|$", page, re.DOTALL))
        at = draw(st.sampled_from(blocks)).start()
        words = f"Ours {number}: {draw(WORDS)}"
        added.append(say(read(paragraph(text(words)))))
        page = page[:at] + paragraph(text(words)) + page[at:]
    if draw(st.booleans()):
        page = re.sub(r">(\d+ %)<", lambda found: f">{found[1]} and more<", page, count=draw(st.integers(1, 3)))
    if draw(st.booleans()):
        rows = re.findall(r"<tr[^>]*>.*?</tr>", page, re.DOTALL)
        page = page.replace(draw(st.sampled_from(rows)), "", 1)
    for number in range(draw(st.integers(0, 3))):
        texts = [one for one in re.findall(r">([^<>&]{2,})</(?:p|strong|h2)", page) if one.strip()]
        chosen = draw(st.sampled_from(texts))
        start = draw(st.integers(0, len(chosen) - 1))
        piece = chosen[start : draw(st.integers(start + 1, len(chosen)))]
        if piece.strip():
            page = with_marker(page, unescape(piece), f"ref-{number}")
    return page, added


@settings(max_examples=60, deadline=None)
@given(st.data(), FACTS, FACTS)
def test_no_comment_and_no_word_of_people_is_lost_and_twice_is_as_good_as_once(
    data: st.DataObject, before: Facts, after: Facts
) -> None:
    theirs, added = data.draw(edited(before.render()))
    memory = Memory(rendered=before.render(), read_back=stored(before.render(), 1))
    merged = merge(theirs, after.render(), memory, Edit(version=2))
    parse(merged.body)
    assert refs(merged.body) == refs(theirs)
    words = say(read(merged.body))
    assert all(one in words for one in added)
    again = Memory(
        rendered=after.render(), sent=merged.body, read_back=merged.body, noted=merged.noted, homeless=merged.homeless
    )
    assert merge(merged.body, after.render(), again, Edit(version=3)).body == merged.body


@settings(max_examples=40, deadline=None)
@given(FACTS, FACTS, st.sampled_from(EDITORS), st.integers(0, 99))
def test_a_page_that_nobody_edited_becomes_what_we_say(before: Facts, after: Facts, editor: Editor, seed: int) -> None:
    theirs = saved_by(editor, stored(before.render(), seed), seed)
    memory = Memory(rendered=before.render(), read_back=stored(before.render(), seed))
    merged = merge(theirs, after.render(), memory, Edit(version=2))
    assert forms(merged.body) == forms(after.render())
    assert merged.entries == ()


def forms(body: str) -> list[object]:
    return [one for one in map(form, flat(read(body))) if one]


@settings(max_examples=40, deadline=None)
@given(st.data(), FACTS)
def test_with_nothing_to_say_the_page_keeps_its_bytes(data: st.DataObject, facts: Facts) -> None:
    theirs, _ = data.draw(edited(facts.render()))
    memory = Memory(rendered=facts.render(), read_back=stored(facts.render(), 1))
    assert merge(theirs, facts.render(), memory, Edit(version=2)).body == theirs


def as_list(block: str) -> str:
    return f"<ul><li>{block}</li></ul>"


ONE = WORDS.map(lambda words: str(paragraph(text(words))))
NESTED = st.recursive(ONE, lambda inner: inner.map(as_list), max_leaves=6)


@settings(max_examples=60, deadline=None)
@given(NESTED, FACTS)
def test_any_page_is_read_and_given_back_byte_for_byte(block: str, facts: Facts) -> None:
    body = f"<!-- &x --><p a='1' b = \"2>\" >&nbsp;<br /></p>{block}<![CDATA[<p>]]>{facts.render()}"
    assert str(read(body)) == body


def test_our_pages_hold_only_what_the_new_editor_can_nest() -> None:
    check(read(Facts().render()))

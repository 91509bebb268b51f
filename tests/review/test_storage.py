from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.review import storage
from plugin.review.storage import MalformedError, Markup, link, macro, parse, text

HOSTILE = [
    "]]>",
    "</p><script>alert(1)</script>",
    "&nbsp; &bogus; &#0;",
    '" onclick="x',
    '<ac:inline-comment-marker ac:ref="1">x</ac:inline-comment-marker>',
    "nul \x00 bell \x07 escape \x1b c1 \x9b",
    "lone \ud800 surrogate, \ufffe and \uffff",
    "admin\u202egnp.exe\u2066",
    "two\r\nlines\tand\u2028more",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_stays_text(words: str) -> None:
    body = storage.paragraph(text(words), link(f"https://jira.example/{words}", words))
    page = parse(body)
    assert [node.tag for node in page.iter()] == ["page", "p", "a"]


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text_parses_and_keeps_what_can_be_shown(words: str) -> None:
    (shown,) = parse(storage.paragraph(text(words)))
    kept = "".join(one for one in words if one.isalnum() and one.isprintable())
    assert "".join(one for one in (shown.text or "") if one.isalnum() and one.isprintable()) == kept


def test_control_characters_and_reversing_marks_go_and_line_breaks_become_spaces() -> None:
    assert text("a\x00b\x9b\u202ec") == "abc"
    assert text("two\r\n lines") == "two  lines"
    assert text("שלום 👩‍👩‍👧") == "שלום 👩‍👩‍👧"


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x", "//evil", "http://[", "CHK-1"])
def test_an_address_that_is_no_web_page_becomes_words(url: str | None) -> None:
    assert link(url, "CHK-1") == "CHK-1"


def test_a_web_address_becomes_a_link_with_its_query_escaped() -> None:
    assert link("https://j.example/?a=1&b=2", "x") == '<a href="https://j.example/?a=1&amp;b=2">x</a>'


def test_numbers_are_aligned_on_their_paragraph_and_cells_hold_one() -> None:
    body = storage.table([storage.number(text("Issues"))], [[storage.number(text("7"))]])
    assert body == (
        '<table><tbody><tr><th><p style="text-align: right;">Issues</p></th></tr>'
        '<tr><td><p style="text-align: right;">7</p></td></tr></tbody></table>'
    )


def test_macros_say_their_schema_and_hold_parameters_before_their_body() -> None:
    assert macro("expand", {"title": "A & B"}, storage.paragraph(text("x"))) == (
        '<ac:structured-macro ac:name="expand" ac:schema-version="1"><ac:parameter ac:name="title">A &amp; B'
        "</ac:parameter><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>"
    )


def test_named_entities_are_characters_but_not_in_cdata() -> None:
    (p, q) = parse("<p>5&nbsp;%&amp;</p><p><![CDATA[&nbsp;]]></p>")
    assert (p.text, q.text) == ("5\u00a0%&", "&nbsp;")


@pytest.mark.parametrize(
    "body", ["<p>", "<p></page><page></p>", "<!DOCTYPE x [<!ENTITY a 'b'>]><p>&a;</p>", "<p>&bogus;</p>", "\x00"]
)
def test_a_body_that_is_not_well_formed_is_refused(body: str) -> None:
    with pytest.raises(MalformedError, match="not well-formed"):
        parse(body)


def tags(node: Element) -> list[str]:
    return [one.tag for one in node.iter()]


def test_an_element_without_content_is_closed_at_once() -> None:
    assert storage.element("p") == Markup("<p/>")
    assert tags(parse("<p/>")) == ["page", "p"]

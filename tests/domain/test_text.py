from typing import Any

import pytest

from plugin.domain.text import from_adf, from_plain, from_wiki


def document(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


def text(words: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def paragraph(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(content)}


def items(kind: str, *lines: str) -> dict[str, Any]:
    return {"type": kind, "content": [{"type": "listItem", "content": [paragraph(text(line))]} for line in lines]}


def row(kind: str, *cells: str) -> dict[str, Any]:
    return {"type": "tableRow", "content": [{"type": kind, "content": [paragraph(text(cell))]} for cell in cells]}


SAME = [
    ("Pay in snake_case, 2 * 3 - 1", document(paragraph(text("Pay in snake_case, 2 * 3 - 1"))), None),
    (
        "Pay *fast* and _safe_, -never- {{twice}}.",
        document(paragraph(text("Pay "), text("fast", "strong"), text(" and safe, never twice."))),
        "Pay fast and safe, never twice.",
    ),
    (
        "h2. Why\r\n\r\nfirst line\\\\second line\r\n----\r\nlast",
        document(
            {"type": "heading", "attrs": {"level": 2}, "content": [text("Why")]},
            paragraph(text("first line"), {"type": "hardBreak"}, text("second line")),
            {"type": "rule"},
            paragraph(text("last")),
        ),
        "Why\nfirst line\nsecond line\nlast",
    ),
    (
        "* one\n* two\n# three\n- four",
        document(items("bulletList", "one", "two"), items("orderedList", "three"), items("bulletList", "four")),
        "one\ntwo\nthree\nfour",
    ),
    (
        "see [the page|https://example.com/a] and [https://example.com/b]",
        document(
            paragraph(text("see the page and "), {"type": "inlineCard", "attrs": {"url": "https://example.com/b"}})
        ),
        "see the page and https://example.com/b",
    ),
    (
        "[~accountid:5b1] asks [~anna]: done?",
        document(
            paragraph(
                {"type": "mention", "attrs": {"id": "5b1", "text": "@Anna"}},
                text(" asks "),
                {"type": "mention", "attrs": {"id": "anna", "text": "@Anna"}},
                text(": done?"),
            )
        ),
        "asks : done?",
    ),
    (
        "{code:python}\nif *a*:\n    b_c_d()\n{code}",
        document({"type": "codeBlock", "attrs": {"language": "python"}, "content": [text("if *a*:\n    b_c_d()")]}),
        "if *a*:\nb_c_d()",
    ),
    (
        "||day||share||\n|mon|40|",
        document({"type": "table", "content": [row("tableHeader", "day", "share"), row("tableCell", "mon", "40")]}),
        None,
    ),
    (
        "{panel}inside{panel}\n{quote}said{quote}\n!shot.png|thumbnail!",
        document(
            {"type": "panel", "content": [paragraph(text("inside"))]},
            {"type": "blockquote", "content": [paragraph(text("said"))]},
            {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1"}}]},
        ),
        "inside\nsaid",
    ),
    ("", document(), ""),
]


@pytest.mark.parametrize(("wiki", "adf", "words"), SAME)
def test_wiki_and_document_become_the_same_words(wiki: str, adf: dict[str, Any], words: str | None) -> None:
    assert from_wiki(wiki) == from_adf(adf)
    if words is not None:
        assert from_wiki(wiki) == words


def test_a_table_keeps_its_cells_apart() -> None:
    assert from_wiki("||day||share||\n|mon|[40|https://example.com]|") == "day share\nmon 40"


def test_a_date_and_a_status_are_words() -> None:
    body = paragraph(
        {"type": "date", "attrs": {"timestamp": "1763251200000"}},
        text(" is "),
        {"type": "status", "attrs": {"text": "LATE", "color": "red"}},
    )
    assert from_adf(document(body)) == "2025-11-16 is LATE"


def test_plain_text_keeps_its_marks() -> None:
    assert from_plain("  Pay *fast* \r\n\r\n now\x00 ") == "Pay *fast*\nnow"


def test_an_unclosed_macro_swallows_nothing() -> None:
    assert from_wiki("before {code} *after*") == "before\nafter"


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"type": "doc", "content": "text"},
        {"type": "doc", "content": [None, 7, "x", {"type": "text", "text": 7}, {"type": "date", "attrs": []}]},
        {"type": "date", "attrs": {"timestamp": "9" * 30}},
    ],
)
def test_what_is_no_document_has_no_words(odd: dict[str, Any]) -> None:
    assert from_adf(odd) == ""


def test_a_document_of_any_depth_is_read() -> None:
    deep = paragraph(text("deep"))
    for _ in range(5_000):
        deep = {"type": "panel", "content": [deep]}
    assert from_adf(document(paragraph(text("top")), deep)) == "top"


@pytest.mark.parametrize("unit", ["*a ", "{code:x}", "[a|", "{{a ", "-a ", "[http:", "!a.b|", "??a", "\\", "|"])
def test_hostile_wiki_text_is_read_to_its_end(unit: str) -> None:
    assert from_wiki(unit * (32_000 // len(unit)) + "\nlast line").endswith("last line")

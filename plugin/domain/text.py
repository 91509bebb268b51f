"""Plain text out of what Jira calls text: one function per source, the same words for the same issue.

Layout is normalised (one space, one line break, no list marks, no markup), so that a description read as wiki text in a
webhook and as an Atlassian document over REST v3 becomes the same string. Mentions are dropped: they name people.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_DEEPEST = 100
"""Levels of an Atlassian document that are read: editors stay far below, and a hostile one must not fill the stack."""


def storable(text: str) -> str:
    """The text without NUL and without halves of surrogate pairs, which no column holds."""
    return _UNSTORABLE.sub("", text)


def from_plain(text: str) -> str:
    """Text without markup: only its layout is normalised."""
    return _tidy(text)


def from_adf(document: Mapping[str, Any]) -> str:
    """The words of an Atlassian document (REST v3).

    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    return _tidy("".join(_words(document, 0)))


def from_wiki(text: str) -> str:
    """The words of wiki text (REST v2 and webhooks).

    https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
    """
    return _tidy("\n".join(_parts(text.replace("\r", ""))))


_LITERAL = re.compile(r"\{(code|noformat)(:[^}\n]{0,200})?\}")


def _parts(text: str) -> Iterator[str]:
    """The text in pieces: without markup outside {code} and {noformat}, as it is inside; unclosed, all is outside."""
    start, inside = 0, ""
    for found in _LITERAL.finditer(text):
        if not inside:
            yield _unmarked(text[start : found.start()])
            start, inside = found.end(), found[1]
        elif found[1] == inside and found[2] is None:
            yield text[start : found.start()]
            start, inside = found.end(), ""
    yield _unmarked(text[start:])


_BLOCKS = frozenset(
    {"paragraph", "heading", "codeBlock", "blockquote", "listItem", "taskItem", "decisionItem", "tableRow", "panel"}
)


def _words(node: object, depth: int) -> Iterator[str]:
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    kind = node.get("type")
    yield _leaf(str(kind), node)
    content = node.get("content")
    inner = "".join(word for child in content for word in _words(child, depth + 1)) if isinstance(content, list) else ""
    if kind in ("tableCell", "tableHeader"):
        yield inner.replace("\n", " ") + " "
    else:
        yield inner + "\n" if kind in _BLOCKS else inner


def _leaf(kind: str, node: Mapping[str, Any]) -> str:
    found = node.get("attrs")
    attributes: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    match kind:
        case "text":
            return _text(node.get("text"))
        case "hardBreak":
            return "\n"
        case "emoji" | "status":
            return _text(attributes.get("text") or attributes.get("shortName"))
        case "inlineCard" | "blockCard" | "embedCard":
            return _text(attributes.get("url"))
        case "date":
            return _day(_text(attributes.get("timestamp")))
        case _:
            return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(milliseconds: str) -> str:
    if not re.fullmatch(r"[0-9]{1,14}", milliseconds):
        return ""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).date().isoformat()


def _between(mark: str) -> re.Pattern[str]:
    """Text between two marks such as *bold*; a mark inside a word, as in snake_case, is none.

    The length is bounded so that a line of thousands of marks is read in linear time.
    """
    return re.compile(rf"(?<![\w\\]){mark}(?=[^\s{mark}])([^\n]{{1,500}}?)(?<=[^\s\\]){mark}(?!\w)")


_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\{(?:quote|color|panel|anchor)(?::[^}\n]{0,200})?\}"), ""),
    (re.compile(r"\[~[^\]\n]{1,200}\]"), ""),
    (re.compile(r"!(?:[^!\n|]{1,200}\.\w{2,5}|https?:[^!\n|]{1,500})(?:\|[^!\n]{0,200})?!"), ""),
    (re.compile(r"\[([^\]\[\n|]{1,500})\|[^\]\n]{1,1000}\]"), r"\1"),
    (re.compile(r"\[(?=(?:https?|ftp|mailto):)(?:mailto:)?([^\]\n|]{1,1000})\]"), r"\1"),
    (re.compile(r"(?m)^[ \t]{0,9}(?:h[1-6]|bq)\.[ \t]"), ""),
    (re.compile(r"(?m)^[ \t]{0,9}-{4,5}[ \t]{0,9}$"), ""),
    (re.compile(r"(?m)^[ \t]{0,9}(?:[*#]{1,10}|-)[ \t]"), ""),
    (re.compile(r"\\\\"), "\n"),
    (re.compile(r"\{\{([^\n]{1,500}?)\}\}"), r"\1"),
    *((_between(mark), r"\1") for mark in (r"\*", "_", r"\?\?", r"\+", r"\^", "~", "-")),
    (re.compile(r"\\([\[\]{}*_+^~!|#?-])"), r"\1"),
)
_ROW = re.compile(r"(?m)^[ \t]{0,9}\|.*\|[ \t]{0,9}$")


def _unmarked(text: str) -> str:
    for pattern, words in _REWRITES:
        text = pattern.sub(words, text)
    return _ROW.sub(lambda row: re.sub(r"\|+", " ", row[0]), text)


def _tidy(text: str) -> str:
    """One space between words, one line break between lines, no empty lines."""
    lines = (" ".join(line.split()) for line in storable(text).splitlines())
    return "\n".join(line for line in lines if line)

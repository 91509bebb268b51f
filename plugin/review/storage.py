"""Confluence's storage format, written in the dialect that its editors keep.

The one place where text becomes markup. A `Markup` value is escaped already; everything else goes through `text()`.
The forms here are those that both Cloud editors and Data Center return unchanged: one `p` in a cell, alignment on that
`p`, no `thead`, no `class` or `id`, characters and not entities, macros without titles where a title would be lost.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html.entities import name2codepoint
from typing import Literal, NewType
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

Markup = NewType("Markup", str)
Colour = Literal["Grey", "Red", "Yellow", "Green", "Blue", "Purple"]

NAMESPACES = {"ac": "urn:confluence:ac", "ri": "urn:confluence:ri"}
BREAK = Markup("<br/>")

_SPACES = re.compile(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+")
# What XML 1.0 forbids, the C1 controls, and the marks that reverse the text after them on the whole line.
_UNWANTED = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


class MalformedError(ValueError):
    """A body that Confluence would refuse or misread."""


def text(words: str) -> Markup:
    """Text as one line: control characters are removed, line breaks become spaces, markup is escaped."""
    return Markup(_UNWANTED.sub("", _SPACES.sub(" ", words)).translate(_ESCAPES))


def join(parts: Iterable[Markup]) -> Markup:
    return Markup("".join(parts))


def element(name: str, *children: Markup, attributes: Mapping[str, str] | None = None) -> Markup:
    """One element; names are ours, attribute values may be anybody's."""
    given = "".join(f' {key}="{text(value)}"' for key, value in (attributes or {}).items())
    inner = join(children)
    return Markup(f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>")


def paragraph(*inline: Markup) -> Markup:
    return element("p", *inline)


def number(*inline: Markup) -> Markup:
    """A paragraph aligned to the right; the editor keeps alignment on paragraphs only, never on cells."""
    return element("p", *inline, attributes={"style": "text-align: right;"})


def heading(level: int, words: str) -> Markup:
    return element(f"h{level}", text(words))


def strong(*inline: Markup) -> Markup:
    return element("strong", *inline)


def emphasis(*inline: Markup) -> Markup:
    return element("em", *inline)


def link(url: str | None, words: str) -> Markup:
    """A link, or plain words where the address is missing or could be anything but a web page."""
    if url is None or not _is_web(url):
        return text(words)
    return element("a", text(words), attributes={"href": url})


def _is_web(url: str) -> bool:
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and bool(found.netloc)


def table(header: Sequence[Markup], rows: Sequence[Sequence[Markup]]) -> Markup:
    """A table; each cell is given as its one paragraph, so that a column of numbers is aligned in its heading too."""
    head = _row(element("th", cell) for cell in header)
    return element("table", element("tbody", head, *(_row(element("td", cell) for cell in row) for row in rows)))


def facts_table(rows: Sequence[tuple[str, Markup]]) -> Markup:
    """A table of names and values, the form that the page-properties macro reads."""
    cells = ((element("th", paragraph(text(name))), element("td", value)) for name, value in rows)
    return element("table", element("tbody", *(_row(pair) for pair in cells)))


def _row(cells: Iterable[Markup]) -> Markup:
    return element("tr", *cells)


def macro(name: str, parameters: Mapping[str, str], body: Markup | None = None) -> Markup:
    """A structured macro; `body` is its rich text, None for a macro without one."""
    given = [element("ac:parameter", text(value), attributes={"ac:name": key}) for key, value in parameters.items()]
    if body is not None:
        given.append(element("ac:rich-text-body", body))
    return element("ac:structured-macro", *given, attributes={"ac:name": name, "ac:schema-version": "1"})


def status(word: str, colour: Colour) -> Markup:
    """A lozenge; the word carries the meaning, the colour only repeats it."""
    return macro("status", {"title": word, "colour": colour})


def expand(title: str, body: Markup) -> Markup:
    return macro("expand", {"title": title}, body)


def image(name: str, alt: str, width: int) -> Markup:
    """A picture that is attached to the page, as a block of its own; `width` is in points."""
    file = element("ri:attachment", attributes={"ri:filename": name})
    return element("ac:image", file, attributes={"ac:alt": alt, "ac:width": str(width)})


def parse(body: str) -> Element:
    """The tree of a body under one root. Raises MalformedError with a sentence where it is not well-formed."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    try:
        root: Element = fromstring(f"<page {declared}>{_without_entities(body)}</page>")
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise MalformedError(f"the page's body is not well-formed storage format: {fault}") from fault
    return root


def _without_entities(body: str) -> str:
    """HTML's named entities, which Confluence may send back, as characters; XML's own five stay."""
    return "".join(
        piece if piece.startswith("<![CDATA[") else _ENTITY.sub(_character, piece) for piece in _CDATA.split(body)
    )


def _character(entity: re.Match[str]) -> str:
    code = name2codepoint.get(entity[1])
    return entity[0] if code is None or entity[1] in _XML_ENTITIES else chr(code)

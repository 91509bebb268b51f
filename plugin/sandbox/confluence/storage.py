"""Confluence's storage format as text and as a tree: parsing, markers of inline comments, and words for people."""

import html
import re
from collections.abc import Iterator
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

AC = "{http://atlassian.com/content}"
RI = "{http://atlassian.com/resource/identifier}"

_ROOT = '<root xmlns:ac="http://atlassian.com/content" xmlns:ri="http://atlassian.com/resource/identifier">'
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MARKUP = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->|<[^>]*>)", re.DOTALL)
_BLOCK_END = re.compile(r"(</(?:p|li|td|th|h[1-6])>)")
_MARKER = re.compile(r'<ac:inline-comment-marker\b[^>]*\bac:ref="([^"]*)"')


class NotStorageError(ValueError):
    """A body that is not well-formed storage format; the words say where."""


def parse(body: str) -> Element:
    """The body under one root element. Entities of HTML such as `&nbsp;` are known, as they are to Confluence."""
    parts = _CDATA.split(body)
    parts[::2] = [_ENTITY.sub(_character, part) for part in parts[::2]]
    try:
        tree: Element = ElementTree.fromstring(f"{_ROOT}{''.join(parts)}</root>", forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        where = f"[row,col]: [{line},{column + 1 - (len(_ROOT) if line == 1 else 0)}]"
        raise NotStorageError(f"Error parsing xhtml: {str(error).partition(':')[0]} at {where}") from error
    except DefusedXmlException as error:
        raise NotStorageError("Error parsing xhtml: document types and entity declarations are not allowed") from error
    return tree


def _character(found: re.Match[str]) -> str:
    name = found[1]
    return found[0] if name in _XML_OWN else html5.get(f"{name};", found[0])


def marker_refs(body: str) -> frozenset[str]:
    """The `ac:ref` of every inline comment that is still anchored in the body."""
    return frozenset(html.unescape(ref) for ref in _MARKER.findall(_CDATA.sub("", body)))


def with_marker(body: str, selection: str, ref: str, index: int = 0) -> str:
    """The body with a marker around one occurrence of the selected text, counted from 0.

    The text must stand in one piece, without markup inside; ValueError where it does not.
    """
    wanted = html.escape(selection, quote=False)
    pieces = _MARKUP.split(body)
    for at, start in _occurrences(pieces, wanted):
        if index == 0:
            piece, end = pieces[at], start + len(wanted)
            opening = f'<ac:inline-comment-marker ac:ref="{html.escape(ref)}">'
            pieces[at] = f"{piece[:start]}{opening}{wanted}</ac:inline-comment-marker>{piece[end:]}"
            return "".join(pieces)
        index -= 1
    raise ValueError(f"the text {selection!r} does not stand in the body; select words without a link or style inside")


def _occurrences(pieces: list[str], wanted: str) -> Iterator[tuple[int, int]]:
    for at in range(0, len(pieces), 2):
        start = pieces[at].find(wanted)
        while start >= 0:
            yield at, start
            start = pieces[at].find(wanted, start + len(wanted))


def words(body: str) -> str:
    """The body's plain text in one line."""
    return " ".join("".join(parse(_BLOCK_END.sub(r"\1 ", body)).itertext()).split())

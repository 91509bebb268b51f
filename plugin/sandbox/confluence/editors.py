"""What Confluence's editors are seen to do to a body when somebody opens a page and saves it.

Only what public reports describe; a change to this list should name one. The legacy editor stamps macros, respells
characters and leaves paragraphs for its cursor. The new one keeps what its document schema can hold: it stamps nodes
with local ids, gives macros other ids, returns parameters in another order, wraps the content of cells in paragraphs,
and drops classes, ids, titles of panels, comments, and every style but a paragraph's alignment.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from random import Random
from typing import Literal
from uuid import UUID
from xml.etree.ElementTree import Element

from plugin.sandbox.confluence.storage import AC, RI, parse

Editor = Literal["none", "legacy", "new", "new twice"]

_ALIGNED = re.compile(r"text-align:\s*(?:right|center)")
_PREFIXES = {AC: "ac:", RI: "ri:"}
_STAMPED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "ul", "ol", "li"})
_LOST_ATTRIBUTES = frozenset({"class", "id", "title", "rel", "scope"})
_PANELS = frozenset({"info", "note", "tip", "warning", "panel"})
_EMPTY = frozenset({"br", "hr", "col"})
_INLINE = frozenset(
    {"strong", "em", "u", "del", "s", "b", "i", "code", "sub", "sup", "a", "span", "br", f"{AC}link", f"{AC}emoticon"}
    | {f"{AC}inline-comment-marker", f"{AC}image", "time"}
)


def saved_by(editor: Editor, body: str, seed: int = 0) -> str:
    """The body after somebody opened the page in this editor and saved it. The same seed gives the same bytes."""
    rewriting: Mapping[Editor, Callable[[str, Random], str]] = {
        "none": lambda same, _: same,
        "legacy": _legacy,
        "new": _new,
        "new twice": lambda once, random: _new(_new(once, random), random),
    }
    return rewriting[editor](body, Random(seed))  # noqa: S311 - ids for a sandbox, no secret


def stored(body: str, seed: int = 0) -> str:
    """What the server itself adds to what REST sends: ids and versions of macros."""
    page, random = parse(body), Random(seed)  # noqa: S311
    _stamp_macros(page, random, anew=False)
    return _written(page, named=False)


def _legacy(body: str, random: Random) -> str:
    page = parse(body)
    _stamp_macros(page, random, anew=False)
    for table in page.iter("table"):
        table.set("class", "wrapped")
    if len(page) and page[-1].tag == f"{AC}structured-macro":
        page.append(Element("p", {"class": "auto-cursor-target"}))
    return _written(page, named=True)


def _new(body: str, random: Random) -> str:
    page = parse(body)
    _stamp_macros(page, random, anew=True)
    for node in list(page.iter()):
        _keep_attributes(node)
        if node.tag == "table":
            _new_table(node)
        if node.tag in ("td", "th", "li"):
            _wrap(node)
        if node.tag in _STAMPED:
            node.set("local-id", _id(random))
    if len(page) and page[-1].tag != "p":
        page.append(Element("p", {"local-id": _id(random)}))
    return _written(page, named=False)


def _stamp_macros(page: Element, random: Random, anew: bool) -> None:
    for macro in page.iter(f"{AC}structured-macro"):
        macro.attrib.setdefault(f"{AC}schema-version", "1")
        if anew or f"{AC}macro-id" not in macro.attrib:
            macro.set(f"{AC}macro-id", _id(random))
        parameters = [one for one in macro if one.tag == f"{AC}parameter"]
        for one in parameters:
            macro.remove(one)
        kept = [one for one in parameters if one.get(f"{AC}name") or (one.text or "").strip()]
        if anew:
            kept = [one for one in kept if not (_name(macro) in _PANELS and one.get(f"{AC}name") == "title")]
            random.shuffle(kept)
        macro[:0] = kept


def _name(macro: Element) -> str:
    return macro.get(f"{AC}name", "")


def _keep_attributes(node: Element) -> None:
    for name in _LOST_ATTRIBUTES & set(node.attrib):
        del node.attrib[name]
    aligned = _ALIGNED.search(node.attrib.pop("style", ""))
    if aligned and node.tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6"):
        node.set("style", f"{aligned[0]};")


def _new_table(table: Element) -> None:
    """Head and body are one, and widths come first."""
    rows = [row for row in table.iter("tr") if row in _rows_of(table)]
    widest = max((len(row) for row in rows), default=0)
    table[:] = []
    columns = Element("colgroup")
    columns.extend(Element("col", {"style": f"width: {760 // max(widest, 1)}.0px;"}) for _ in range(widest))
    inside = Element("tbody")
    inside.extend(rows)
    table.extend([columns, inside])
    table.set("data-table-width", "760")
    table.set("data-layout", "default")


def _rows_of(table: Element) -> list[Element]:
    parts = [table, *(one for one in table if one.tag in ("thead", "tbody", "tfoot"))]
    return [row for part in parts for row in part if row.tag == "tr"]


def _wrap(cell: Element) -> None:
    """What stands in a line in a cell gets a paragraph."""
    if any(child.tag not in _INLINE and not _is_status(child) for child in cell):
        return
    inner = Element("p")
    inner.text, inner[:] = cell.text, list(cell)
    cell.text, cell[:] = None, [inner]


def _is_status(node: Element) -> bool:
    return node.tag == f"{AC}structured-macro" and _name(node) == "status"


def _id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _written(page: Element, named: bool) -> str:
    """`named`: some characters as HTML's entities and a space in empty elements, as the legacy editor spells them."""
    return _content(page, named)


def _content(node: Element, named: bool) -> str:
    if node.tag == f"{AC}plain-text-body":
        inside = (node.text or "").replace("]]>", "]]]]><![CDATA[>")
        return f"<![CDATA[{inside}]]>"
    return _text(node.text, named) + "".join(_element(child, named) + _text(child.tail, named) for child in node)


def _element(node: Element, named: bool) -> str:
    name = _qualified(node.tag)
    given = "".join(f' {_qualified(key)}="{escape(value)}"' for key, value in node.attrib.items())
    inner = _content(node, named)
    if not inner and (name in _EMPTY or not named):
        return f"<{name}{given} />"
    return f"<{name}{given}>{inner}</{name}>"


def _qualified(tag: str) -> str:
    for space, prefix in _PREFIXES.items():
        if tag.startswith(space):
            return prefix + tag.removeprefix(space)
    return tag


def _text(text: str | None, named: bool) -> str:
    words = escape(text or "", quote=False)
    if named:
        for character, name in (("\u00a0", "nbsp"), ("–", "ndash"), ("’", "rsquo"), ("“", "ldquo"), ("”", "rdquo")):
            words = words.replace(character, f"&{name};")
    return words

"""What a block says, without what servers and editors respell: two blocks with one canonical form are one to a reader.

The forms are for comparison only and are never written. Raise `NORM` with every change: the fingerprints that a page
carries are told apart by it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from plugin.review.merge.tree import MARKER, Element, Node, Words

NORM = 1

Form = tuple["Form | str", ...]

_SPACE = re.compile(r"[\s\u00a0]+")
_ALIGNED = re.compile(r"text-align:\s*(right|center|justify)")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})

_DROPPED = frozenset(
    [
        "local-id",
        "ac:local-id",
        "ac:macro-id",
        "ac:schema-version",
        "ri:version-at-save",
        "class",
        "id",
        "title",
        "rel",
        "scope",
        "data-layout",
        "data-table-width",
        "data-table-display-mode",
        "data-card-appearance",
        "data-highlight-colour",
        "data-colwidth",
        "width",
        "style",
        "ac:width",
        "ac:height",
        "ac:original-width",
        "ac:original-height",
        "ac:custom-width",
        "ac:layout",
        "ac:align",
        "ac:thumbnail",
        "ac:breakout-mode",
        "ac:breakout-width",
        "ri:space-key",
    ]
)
_RENAMED = {"b": "strong", "i": "em", "s": "del", "strike": "del"}
_MARKS = frozenset({"strong", "em", "u", "del", "sub", "sup", "code", "small", "big"})
_TRANSPARENT = frozenset({MARKER, "thead", "tbody", "tfoot", "span", "font"})
_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "hr",
        "div",
        "dl",
        "dt",
        "dd",
        "ac:layout",
        "ac:layout-section",
        "ac:layout-cell",
        "ac:rich-text-body",
        "ac:plain-text-body",
        "ac:task-list",
        "ac:task",
        "ac:task-body",
    ]
)
_INLINE_MACROS = frozenset({"status", "anchor", "jira", "emoticon", "view-file"})
_HOLDS_BLOCKS = frozenset({"td", "th", "li", "ac:rich-text-body", "ac:task-body", "blockquote"})
LEAVES = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})


def form(node: Node) -> Form:
    """The canonical form of a block; () where it says nothing, as an empty paragraph does."""
    if isinstance(node, Words):
        runs = _joined([node])
        return ("p", "", runs) if runs else ()
    found = _blocks([node])
    only = found[0] if len(found) == 1 else found
    return only if isinstance(only, tuple) else ()


def content(node: Element) -> Form:
    """The canonical form of what an element holds, as of a table's cell."""
    return _blocks(node.children, _aligned(node))


def say(node: Node) -> str:
    """The words of a node in one line."""
    return collapsed(_words(node)).strip()


def collapsed(text: str) -> str:
    return _SPACE.sub(" ", text)


def _words(node: Node) -> str:
    if isinstance(node, Words):
        return node.text
    if node.name == "ac:parameter":
        return node.text if node.attributes.get("ac:name") == "title" else ""
    if node.name == "br":
        return " "
    inner = "".join(_words(child) for child in node.children)
    return f"{inner} " if node.name in _BLOCKS else inner


def _blocks(nodes: Iterable[Node], aligned: str = "") -> Form:
    """Blocks as they are, and every run of what stands in a line between them as one paragraph."""
    made: list[Form] = []
    line: list[Node] = []

    def end_line() -> None:
        if runs := _joined(line):
            made.append(("p", aligned, runs))
        line.clear()

    for node in nodes:
        if isinstance(node, Element) and node.name in ("thead", "tbody", "tfoot"):
            made += _blocks(node.children)  # type: ignore[arg-type]  # its items are forms
        elif isinstance(node, Element) and node.name == "colgroup":
            continue
        elif isinstance(node, Element) and is_block(node):
            end_line()
            if block := _block(node, aligned):
                made.append(block)
        else:
            line.append(node)
    end_line()
    return tuple(made)


def is_block(node: Element) -> bool:
    if node.name == "ac:structured-macro":
        return node.attributes.get("ac:name") not in _INLINE_MACROS
    return node.name in _BLOCKS


def _block(node: Element, aligned: str) -> Form:
    if node.name == "p":
        return _paragraph(node, aligned)
    if node.name == "ac:structured-macro":
        return _macro(node)
    if node.name in ("pre", "ac:plain-text-body"):
        return (node.name, "".join(part.text for part in node.children).strip("\r\n"))
    if node.name in _HOLDS_BLOCKS:
        return (node.name, _attributes(node), _blocks(node.children, _aligned(node)))
    if node.name[:1] == "h" and node.name[1:].isdigit():
        return (node.name, _joined(node.children))
    return (node.name, _attributes(node), _blocks(node.children))


def _paragraph(node: Element, aligned: str) -> Form:
    alone = _alone(node)
    if alone is not None:
        return _macro(alone) if alone.name == "ac:structured-macro" else ("image", _atom(alone))
    runs = _joined(node.children)
    return ("p", _aligned(node) or aligned, runs) if runs else ()


def _alone(paragraph: Element) -> Element | None:
    """The block macro or image that is all there is in a paragraph."""
    seen = [one for one in paragraph.children if isinstance(one, Element) or one.text.strip()]
    if len(seen) != 1 or not isinstance(seen[0], Element):
        return None
    only = seen[0]
    return only if only.name == "ac:image" or (only.name == "ac:structured-macro" and is_block(only)) else None


def _macro(node: Element) -> Form:
    parameters: list[Form] = [
        (one.attributes.get("ac:name", ""), collapsed(one.text).strip(), *map(_atom, one.elements()))
        for one in node.elements()
        if one.name == "ac:parameter"
        and (one.text.strip() or one.elements())
        and not one.attributes.get("ac:name", "").startswith("breakout")
    ]
    bodies = tuple(_block(one, "") for one in node.elements() if one.name != "ac:parameter")
    return ("macro", node.attributes.get("ac:name", ""), tuple(sorted(parameters, key=repr)), bodies)


def _attributes(node: Element) -> Form:
    kept = ((name, value) for name, value in node.attributes.items() if name not in _DROPPED and value)
    return tuple(sorted(pair for pair in kept if pair not in (("colspan", "1"), ("rowspan", "1"))))


def _aligned(node: Element) -> str:
    found = _ALIGNED.search(node.attributes.get("style", ""))
    return found[1] if found else ""


def _joined(nodes: Sequence[Node]) -> Form:
    """What stands in a line, as runs of (marks, words): marks in any order, equal neighbours joined."""
    found: list[tuple[tuple[str, ...], str | Form]] = []
    for marks, what in _runs(nodes, ()):
        if isinstance(what, str) and found and found[-1][0] == marks and isinstance(found[-1][1], str):
            found[-1] = (marks, found[-1][1] + what)
        else:
            found.append((marks, what))
    spaced = _spaced(found)
    return tuple((tuple(marks), what) for marks, what in spaced if what)


def _spaced(runs: list[tuple[tuple[str, ...], str | Form]]) -> list[tuple[tuple[str, ...], str | Form]]:
    """White space is one space, and none at the edges or beside a line break."""
    made: list[tuple[tuple[str, ...], str | Form]] = []
    after_space = True
    for marks, what in runs:
        if not isinstance(what, str):
            made.append((marks, what))
            after_space = what == ("br",)
            continue
        words = collapsed(unicodedata.normalize("NFC", what).translate(_QUOTES))
        words = words.lstrip() if after_space else words
        if words:
            made.append((marks, words))
            after_space = words.endswith(" ")
    for at, (marks, what) in enumerate(made):
        last = at + 1 == len(made) or made[at + 1][1] == ("br",)
        if last and isinstance(what, str):
            made[at] = (marks, what.rstrip())
    return made


def _runs(nodes: Iterable[Node], marks: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str | Form]]:
    for node in nodes:
        if isinstance(node, Words):
            yield marks, node.text
            continue
        name = _RENAMED.get(node.name, node.name)
        if name in _TRANSPARENT:
            yield from _runs(node.children, marks)
        elif name in _MARKS:
            yield from _runs(node.children, tuple(sorted({*marks, name})))
        elif name == "a":
            yield from _runs(node.children, tuple(sorted({*marks, f"a {node.attributes.get('href', '')}"})))
        elif name == "br":
            yield (), ("br",)
        elif name in _BLOCKS:
            yield from _runs(node.children, marks)
        else:
            yield (), _atom(node)


def _atom(node: Element) -> Form:
    """What stands in a line and is no text: a lozenge, a link to a page, an image, an emoji."""
    if node.name == "ac:structured-macro":
        return _macro(node)
    inner = tuple(_atom(one) if isinstance(one, Element) else collapsed(one.text).strip() for one in node.children)
    return (node.name, _attributes(node), tuple(one for one in inner if one))

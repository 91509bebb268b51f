"""Inline comments' markers in a tree: where they stand, and putting one around words of a block."""

import unicodedata
from collections.abc import Iterator
from html import escape

from plugin.review.merge.canon import LEAVES
from plugin.review.merge.memory import Span
from plugin.review.merge.outline import Section, is_note
from plugin.review.merge.tables import grid
from plugin.review.merge.tree import MARKER, Element, Node, Words, replace

_CLOSED = frozenset({"ac:parameter", "ac:plain-text-body", "ac:link", "ac:plain-text-link-body", "ac:image"})
"""No marker goes into these."""

_JOINS = frozenset("\u200d\ufe0f\ufe0e")


class Leaf:
    """A block that holds words, and no block with words below it: a paragraph, a cell, a heading, a list's entry."""

    def __init__(self, node: Element) -> None:
        self.node = node
        self.words = "".join(part.text for part in _parts(node))

    def pieces(self) -> Iterator[tuple[Words, int, bool]]:
        """The text of the leaf in pieces, each with its offset and whether a marker may go into it."""
        at = 0
        for part in _parts(self.node):
            yield part, at, _is_open(part, self.node)
            at += len(part.text)

    def spans(self) -> Iterator[tuple[Element, str, int, int]]:
        """The markers in it, each with its reference and the offsets of its words."""
        at = 0
        start: dict[Element, int] = {}
        reach: dict[Element, int] = {}
        for part in _parts(self.node):
            for marker in _markers_around(part, self.node):
                start.setdefault(marker, at)
                reach[marker] = at + len(part.text)
            at += len(part.text)
        for marker in self.node.all(MARKER):
            if _leaf_of(marker) is self.node:
                yield marker, marker.attributes.get("ac:ref", ""), start.get(marker, 0), reach.get(marker, 0)


def leaves(node: Node) -> Iterator[Leaf]:
    """Of a block and all below it, in their order."""
    if isinstance(node, Element):
        found = {id(_leaf_of(part)): _leaf_of(part) for part in node.walk() if isinstance(part, Words) and part.text}
        own = [node, *(one for one in node.all(*LEAVES) if one is not node)]
        for one in own:
            if found.get(id(one)) is one and one.name in LEAVES:
                yield Leaf(one)


def _leaf_of(node: Node) -> Element | None:
    above = node.parent
    while above is not None and above.name not in LEAVES:
        above = above.parent
    return above


def _parts(leaf: Element) -> list[Words]:
    return [one for one in leaf.walk() if isinstance(one, Words) and _leaf_of(one) is leaf and not _in_macro(one, leaf)]


def _in_macro(part: Words, leaf: Element) -> bool:
    above = part.parent
    while above is not None and above is not leaf:
        if above.name in ("ac:parameter", "ac:image") and above.attributes.get("ac:name") != "title":
            return True
        above = above.parent
    return False


def _is_open(part: Words, leaf: Element) -> bool:
    if part.raw.startswith("<"):
        return False
    above = part.parent
    while above is not None and above is not leaf:
        if above.name in _CLOSED:
            return False
        above = above.parent
    return True


def _markers_around(part: Words, leaf: Element) -> Iterator[Element]:
    above = part.parent
    while above is not None and above is not leaf:
        if above.name == MARKER:
            yield above
        above = above.parent


class Places:
    """The addresses of a page's leaves: section, and in a table the row's name and the column's heading."""

    def __init__(self, sections: list[Section]) -> None:
        self.leaves: list[Leaf] = []
        self._section: dict[Element, str] = {}
        self._cell: dict[Element, tuple[str, str]] = {}
        for section in sections:
            heading = [section.heading.node] if section.heading else []
            note: list[Node] = [section.note] if section.note is not None else []
            for node in [*heading, *(block.node for block in section.blocks), *note]:
                self._take(section.key, node)

    def _take(self, key: str, node: Node) -> None:
        if not isinstance(node, Element):
            return
        if not is_note(node):
            for table in node.all("table"):
                self._take_cells(table)
        for leaf in leaves(node):
            self._section[leaf.node] = key
            self.leaves.append(leaf)

    def _take_cells(self, table: Element) -> None:
        found = grid(table)
        if found is None:
            return
        for at, cell in enumerate(found.header_row.cells if found.header_row else []):
            self._cell[cell] = ("", found.header[at])
        for row in found.rows:
            for at, cell in enumerate(row.cells):
                self._cell[cell] = (row.name, found.header[at] if found.header else str(at))

    def section(self, leaf: Leaf) -> str:
        return self._section[leaf.node]

    def cell(self, leaf: Leaf) -> tuple[str, str]:
        """("", "") outside of tables."""
        above: Element | None = leaf.node
        while above is not None and above not in self._cell:
            above = above.parent
        return self._cell[above] if above is not None else ("", "")

    def spans(self) -> Iterator[tuple[Element, Leaf, Span]]:
        """Every marker of the page with where it stands."""
        for leaf in self.leaves:
            row, column = self.cell(leaf)
            for marker, ref, start, end in leaf.spans():
                where = {"section": self.section(leaf), "row": row, "column": column}
                yield marker, leaf, Span(ref=ref, words=leaf.words, start=start, end=end, **where)


def mark(leaf: Leaf, ref: str, start: int, end: int) -> bool:
    """Puts a marker around these words, in as many fragments as the markup needs; False where none may stand there."""
    start, end = _whole_clusters(leaf.words, start, end)
    done = False
    for part, at, is_open in list(leaf.pieces()):
        one, other = max(start - at, 0), min(end - at, len(part.text))
        if is_open and one < other:
            _mark_piece(part, ref, one, other)
            done = True
    return done


def _mark_piece(part: Words, ref: str, start: int, end: int) -> None:
    raws = ["", "", ""]
    at = 0
    for raw, text in part.units():
        raws[0 if at < start else 1 if at < end else 2] += raw
        at += len(text)
    marker = Element(f'<{MARKER} ac:ref="{escape(ref)}">', f"</{MARKER}>")
    marker.append(Words(raws[1]))
    made: list[Node] = [*([Words(raws[0])] if raws[0] else []), marker, *([Words(raws[2])] if raws[2] else [])]
    holder = Element("")
    replace(part, holder)
    parent = holder.parent
    if parent is None:
        raise ValueError("a piece of text stands in an element")
    position = parent.children.index(holder)
    for one in made:
        one.parent = parent
    parent.children[position : position + 1] = made


def _whole_clusters(words: str, start: int, end: int) -> tuple[int, int]:
    """Never a half of what is one sign to a reader."""
    while 0 < start < len(words) and _joined(words, start):
        start -= 1
    while 0 < end < len(words) and _joined(words, end):
        end += 1
    return start, end


def _joined(words: str, at: int) -> bool:
    here, before = words[at], words[at - 1]
    return (
        bool(unicodedata.combining(here))
        or here in _JOINS
        or before == "\u200d"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )

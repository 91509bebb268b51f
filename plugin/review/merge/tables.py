"""A table as rows with a name and columns with a heading, so that a cell keeps its address while rows come and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from plugin.review.merge.canon import is_block, say
from plugin.review.merge.likeness import like, plain
from plugin.review.merge.tree import Element, Node

LIKE_NAME = 0.6
"""From so much similarity on, a row whose name changed is still that row."""


@dataclass(eq=False)
class Row:
    name: str
    node: Element
    cells: list[Element]


@dataclass(eq=False)
class Grid:
    """`header` is empty for a table of names and values, whose columns have no headings."""

    node: Element
    header: list[str]
    header_row: Row | None
    rows: list[Row]

    def column(self, heading: str) -> int | None:
        wanted = plain(heading)
        return next((at for at, one in enumerate(self.header) if plain(one) == wanted), None)

    def row(self, name: str) -> Row | None:
        return next((one for one in self.rows if one.name == name), None)


def grid(node: Node) -> Grid | None:
    """None where cells span or rows have different lengths: such a table is one thing."""
    if not isinstance(node, Element) or node.name != "table":
        return None
    lines = [one for one in _rows(node) if one.elements()]
    cells = [[cell for cell in line.elements() if cell.name in ("td", "th")] for line in lines]
    if not lines or len({len(line) for line in cells}) != 1 or any(_spans(cell) for line in cells for cell in line):
        return None
    headed = all(cell.name == "th" for cell in cells[0]) and len(cells[0]) > 1
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for line, found in list(zip(lines, cells, strict=True))[1 if headed else 0 :]:
        name = plain(first_line(found[0])) or plain(say(found[0]))
        seen[name] = seen.get(name, 0) + 1
        rows.append(Row(name if seen[name] == 1 else f"{name} ({seen[name]})", line, found))
    header = [say(cell) for cell in cells[0]] if headed else []
    return Grid(node, header, Row("", lines[0], cells[0]) if headed else None, rows)


def _rows(table: Element) -> list[Element]:
    found = []
    for child in table.elements():
        if child.name == "tr":
            found.append(child)
        elif child.name in ("thead", "tbody", "tfoot"):
            found += [one for one in child.elements() if one.name == "tr"]
    return found


def _spans(cell: Element) -> bool:
    return any(cell.attributes.get(name, "1") != "1" for name in ("colspan", "rowspan"))


def first_line(cell: Element) -> str:
    """The words of a cell up to its first line break."""
    words: list[str] = []

    def take(node: Node) -> bool:
        if not isinstance(node, Element):
            words.append(node.text)
            return True
        if node.name == "br":
            return not "".join(words).strip()
        if node.name == "ac:parameter":
            return True
        if is_block(node) and "".join(words).strip():
            return False
        return all(take(child) for child in node.children)

    for child in cell.children:
        if not take(child):
            break
    return " ".join("".join(words).split())


def columns(old: Grid, new: Grid) -> dict[int, int]:
    """Which column of the old table is which of the new one: by heading, by likeness, by place."""
    if not old.header or not new.header:
        size = len(old.rows[0].cells) if old.rows else 0
        return {at: at for at in range(size)}
    one, other = [plain(words) for words in old.header], [plain(words) for words in new.header]
    found: dict[int, int] = {}
    for at, words in enumerate(one):
        if words in other and other.index(words) not in found.values() and one.index(words) == at:
            found[at] = other.index(words)
    for at, words in enumerate(one):
        rest = [to for to in range(len(other)) if to not in found.values()]
        if at in found or not rest:
            continue
        best = max(rest, key=lambda to: like(words, other[to]))
        if like(words, other[best]) >= LIKE_NAME:
            found[at] = best
        elif len(one) == len(other) and at in rest:
            found[at] = at
    return found


def rows(old: Grid, new: Grid) -> dict[int, int]:
    """Which row of the old table is which of the new one: by name, then by the likeness of names."""
    names = {row.name: at for at, row in enumerate(new.rows)}
    found = {at: names[row.name] for at, row in enumerate(old.rows) if row.name in names}
    for at, row in enumerate(old.rows):
        rest = [to for to in range(len(new.rows)) if to not in found.values()]
        if at in found or not rest:
            continue
        best = max(rest, key=lambda to: like(row.name, new.rows[to].name))
        if like(row.name, new.rows[best].name) >= LIKE_NAME and not _named(old, new.rows[best].name):
            found[at] = best
    return dict(sorted(found.items()))


def _named(table: Grid, name: str) -> bool:
    return any(row.name == name for row in table.rows)


def same_columns(one: Node, other: Node) -> bool:
    """Two tables of one kind: most of their columns have the same headings."""
    old, new = grid(one), grid(other)
    if old is None or new is None or not old.header or not new.header:
        return False
    shared = _shared([plain(words) for words in old.header], [plain(words) for words in new.header])
    return shared * 2 >= len(old.header)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return sum(size for _, _, size in matcher.get_matching_blocks())

"""Merging a table into people's version of it, cell by cell, in place."""

from dataclasses import dataclass

from plugin.review import storage
from plugin.review.merge.canon import content, say
from plugin.review.merge.likeness import plain
from plugin.review.merge.note import Notes
from plugin.review.merge.outline import Section
from plugin.review.merge.spelling import Spelling
from plugin.review.merge.tables import Grid, Row, columns, grid, rows
from plugin.review.merge.tree import Element, Node, copy, insert_after, insert_before, read, remove
from plugin.review.regions import Region


@dataclass
class TableMerge:
    """`base` is what we wrote, `ours` what we would write, `theirs` what stands; all three have the same columns."""

    section: Section
    region: Region
    notes: Notes
    spelling: Spelling

    def merge(self, base: Node, ours: Node, theirs: Node) -> bool:
        """False where the three cannot be compared cell by cell; nothing is changed then."""
        old, new, stands = grid(base), grid(ours), grid(theirs)
        if old is None or new is None or stands is None:
            return False
        renewed, kept = columns(old, new), columns(old, stands)
        if len(renewed) != len(_width(new)) or len(renewed) != len(_width(old)):
            return False
        if not old.header and len(_width(stands)) != len(_width(old)):
            return False
        self._header(old, new, stands, renewed, kept)
        self._rows(old, new, stands, (renewed, kept))
        return True

    def _owned(self, heading: str) -> bool:
        return self.region.owner == "people" or plain(heading) in {plain(one) for one in self.region.people_columns}

    @property
    def _shared(self) -> bool:
        """People may add rows."""
        return self.region.owner == "people" or bool(self.region.people_columns)

    def _header(self, old: Grid, new: Grid, stands: Grid, renewed: dict[int, int], kept: dict[int, int]) -> None:
        if not (old.header_row and new.header_row and stands.header_row):
            return
        for at, to in renewed.items():
            if at in kept:
                place = f"The heading of the column {old.header[at]}"
                one = (old.header_row.cells[at], new.header_row.cells[to], stands.header_row.cells[kept[at]])
                self._cell(place, *one, owned=self.region.owner == "people")

    def _rows(self, old: Grid, new: Grid, stands: Grid, across: tuple[dict[int, int], dict[int, int]]) -> None:
        renewed, kept = rows(old, new), rows(old, stands)
        added = [row for at, row in enumerate(stands.rows) if at not in kept.values()]
        for at, row in enumerate(old.rows):
            mine = new.rows[renewed[at]] if at in renewed else None
            there = stands.rows[kept[at]] if at in kept else None
            if there is None:
                continue
            if mine is None:
                self._dropped(old, row, stands, there, across[1])
            else:
                self._row((old, row), (new, mine), (stands, there), across)
        if not self._shared:
            for row in added:
                self._theirs_in_ours(row)
        self._come(old, new, stands, (renewed, kept), across)

    def _row(
        self,
        base: tuple[Grid, Row],
        ours: tuple[Grid, Row],
        theirs: tuple[Grid, Row],
        across: tuple[dict[int, int], dict[int, int]],
    ) -> None:
        renewed, kept = across
        for at, to in renewed.items():
            if at not in kept:
                continue  # they removed the column
            heading = base[0].header[at] if base[0].header else ""
            place = f"Row {say(base[1].cells[0])[:80]}" + (f", column {heading}" if heading else "")
            cells = (base[1].cells[at], ours[1].cells[to], theirs[1].cells[kept[at]])
            self._cell(place, *cells, owned=self._owned(heading))

    def _cell(self, place: str, base: Element, ours: Element, theirs: Element, owned: bool) -> None:
        was, will = content(base), content(ours)
        stands = self.spelling.content(theirs)
        if stands == will:
            return
        if stands == was:
            _put(theirs, ours)
        elif not owned:
            if was == will and say(theirs) == say(base):
                return  # they only made it bold
            if say(theirs) != say(base):
                self.notes.keep(self.section, place, _as_block(theirs), _as_block(base))
            _put(theirs, ours)

    def _dropped(self, old: Grid, row: Row, stands: Grid, there: Row, kept: dict[int, int]) -> None:
        """We no longer have this row: it goes, unless people wrote in it."""
        written = []
        for at, to in kept.items():
            if at < len(row.cells) and self.spelling.content(there.cells[to]) != content(row.cells[at]):
                written.append((old.header[at] if old.header else "", there.cells[to]))
        extra = [cell for to, cell in enumerate(there.cells) if to not in kept.values() and say(cell)]
        if extra or any(self._owned(heading) and say(cell) for heading, cell in written):
            return
        if written and self.region.owner == "people":
            return
        for heading, cell in written:
            place = f"Row {say(row.cells[0])[:80]}" + (f", column {heading}" if heading else "")
            self.notes.keep(self.section, place, _as_block(cell), None)
        remove(there.node)

    def _theirs_in_ours(self, row: Row) -> None:
        words = " | ".join(say(cell) for cell in row.cells)
        (made,) = read(storage.paragraph(storage.text(words))).elements()
        self.notes.keep(self.section, "A row that was added", made, None)
        remove(row.node)

    def _come(
        self,
        old: Grid,
        new: Grid,
        stands: Grid,
        down: tuple[dict[int, int], dict[int, int]],
        across: tuple[dict[int, int], dict[int, int]],
    ) -> None:
        """Rows that are ours and not there: new ones, and deleted ones that say something else now."""
        renewed, kept = down
        before = {to: at for at, to in renewed.items()}
        above: Element | None = stands.header_row.node if stands.header_row else None
        living = [row for row in stands.rows if row.node.parent is not None]
        there = {row.name: row.node for row in living}
        in_order: list[Element] = []
        for to, row in enumerate(new.rows):
            at = before.get(to)
            if at is not None and at in kept:
                above = stands.rows[kept[at]].node
                in_order.append(above)
                continue
            if at is not None and (self.region.owner == "people" or _same(old.rows[at], row)):
                continue  # they deleted it
            if row.name in there and self._shared:
                above = there[row.name]
                continue
            made = self._made(row, stands, across)
            if above is not None:
                insert_after(above, made)
            elif living:
                insert_before(living[0].node, made)
            else:
                next(stands.node.all("tbody"), stands.node).append(made)
            above = made
            in_order.append(made)
        if list(kept.values()) == sorted(kept.values()):  # people left the rows in our order
            _arrange(in_order)

    def _made(self, row: Row, stands: Grid, across: tuple[dict[int, int], dict[int, int]]) -> Element:
        """Our row with the columns of their table: theirs stay empty, and those that they removed are left out."""
        renewed, kept = across
        cells = {kept[at]: row.cells[to] for at, to in renewed.items() if at in kept}
        made = Element("<tr>", "</tr>")
        for at in range(len(_width(stands))):
            made.append(copy(cells[at]) if at in cells else read("<td><p/></td>").elements()[0])
        return made


def _arrange(rows: list[Element]) -> None:
    """Puts the rows in this order into the places that they have; other rows keep theirs."""
    parents = {row.parent for row in rows}
    if len(parents) != 1 or None in parents:
        return
    (parent,) = (one for one in parents if one is not None)
    places = sorted(parent.children.index(row) for row in rows)
    for place, row in zip(places, rows, strict=True):
        parent.children[place] = row


def _width(table: Grid) -> list[Element]:
    return table.header_row.cells if table.header_row else table.rows[0].cells if table.rows else []


def _same(one: Row, other: Row) -> bool:
    return [content(cell) for cell in one.cells] == [content(cell) for cell in other.cells]


def _put(cell: Element, ours: Element) -> None:
    cell.replace_children([copy(child) for child in ours.children])


def _as_block(cell: Element) -> Node:
    """What a cell holds as one block: its only one, or its words."""
    blocks = [child for child in cell.children if isinstance(child, Element) or child.text.strip()]
    if len(blocks) == 1 and isinstance(blocks[0], Element) and blocks[0].name in ("p", "ul", "ol"):
        return blocks[0]
    (made,) = read(storage.paragraph(storage.text(say(cell)))).elements()
    return made

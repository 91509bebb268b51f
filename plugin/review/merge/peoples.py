"""What people wrote in the cells that are theirs, read back from a page. Pure."""

from collections.abc import Iterator

from plugin.domain.frozen import Frozen
from plugin.review.merge.canon import say
from plugin.review.merge.likeness import plain
from plugin.review.merge.memory import Memory
from plugin.review.merge.outline import Section, outline, outline_of_theirs
from plugin.review.merge.spelling import Spelling
from plugin.review.merge.tables import Grid, columns, grid, rows
from plugin.review.merge.tree import read
from plugin.review.regions import region_of


class Cell(Frozen):
    """A cell of people whose words are not those that we put there."""

    section: str
    """The heading as we write it."""
    row: str
    """The words of the row's first line as we wrote them, in lower case and without signs; of people's rows, theirs."""
    column: str
    """The heading as we write it."""
    words: str


def cells(body: str, memory: Memory) -> list[Cell]:
    """People's cells in tables that are otherwise ours. Raises MalformedError."""
    spelling = Spelling(memory.sent or memory.rendered, memory.read_back)
    found = []
    for base, theirs in _sections(body, memory):
        owned = {plain(one) for one in region_of(base.region).people_columns}
        for old, stands in _tables(base, theirs) if owned else ():
            found += list(_cells(base.region, old, stands, (owned, spelling)))
    return found


def _cells(section: str, old: Grid, stands: Grid, known: tuple[set[str], Spelling]) -> Iterator[Cell]:
    owned, spelling = known
    across, down = columns(old, stands), rows(old, stands)
    for at, to in down.items():
        for column, place in across.items():
            if not old.header or plain(old.header[column]) not in owned:
                continue
            there = stands.rows[to].cells[place]
            if spelling.content(there) != spelling.content(old.rows[at].cells[column]):
                yield Cell(section=section, row=old.rows[at].name, column=old.header[column], words=say(there))


def lines(body: str, memory: Memory, heading: str) -> list[dict[str, str]] | None:
    """The rows of the first table in a section that people own, as words by heading, in lower case without signs.

    None where people deleted the section or its table.
    """
    for base, theirs in _sections(body, memory):
        tables = (grid(block.node) for block in theirs.blocks) if base.key == heading else ()
        for table in tables:
            if table is not None:
                names = [plain(one) for one in table.header]
                return [dict(zip(names, map(say, row.cells), strict=False)) for row in table.rows]
    return None


def words(body: str, memory: Memory, heading: str) -> str:
    """What people wrote below a heading in a section that they own; "" while it says what we put there."""
    for base, theirs in _sections(body, memory):
        if base.key == heading:
            ours = {block.form for block in base.blocks}
            return " ".join(say(block.node) for block in theirs.blocks if block.form not in ours)
    return ""


def _sections(body: str, memory: Memory) -> Iterator[tuple[Section, Section]]:
    base = outline(read(memory.rendered))
    theirs = {one.key: one for one in outline_of_theirs(read(body), base)}
    for one in base:
        if one.key in theirs:
            yield one, theirs[one.key]


def _tables(base: Section, theirs: Section) -> Iterator[tuple[Grid, Grid]]:
    there = [found for block in theirs.blocks if (found := grid(block.node))]
    for old in (found for block in base.blocks if (found := grid(block.node))):
        wanted = {plain(one) for one in old.header}
        best = max(there, key=lambda one: len(wanted & {plain(each) for each in one.header}), default=None)
        if best is not None and wanted & {plain(one) for one in best.header}:
            yield old, best

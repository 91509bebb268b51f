"""The merge of one page: what people wrote stays, what is ours is renewed in place, comments keep their words."""

from collections.abc import Sequence

from plugin.review.merge.canon import say
from plugin.review.merge.cells import TableMerge
from plugin.review.merge.markers import Markers
from plugin.review.merge.memory import Edit, Memory, Merged
from plugin.review.merge.note import Notes
from plugin.review.merge.outline import Block, Section, outline, outline_of_theirs
from plugin.review.merge.pairing import pair
from plugin.review.merge.spelling import Spelling
from plugin.review.merge.tree import Element, Node, copy, insert_after, insert_before, read, remove, replace, unmarked
from plugin.review.regions import region_of


def merge(theirs: str, ours: str, memory: Memory | None, edit: Edit) -> Merged:
    """`theirs` with what `ours` says. The same bytes come back where there is nothing to change.

    `memory` of None: nothing is known of what we wrote; sections that are missing are added, nothing is replaced.
    Raises MalformedError where one of the bodies is not storage format.
    """
    merging = _Merging(read(theirs), read(ours), memory, edit)
    return merging.run()


class _Merging:
    def __init__(self, theirs: Element, ours: Element, memory: Memory | None, edit: Edit) -> None:
        self.root = theirs
        self.ours = outline(ours)
        self.base = outline(_clean(memory.rendered)) if memory else []
        base_keys = {one.key for one in self.base}
        known = [*self.base, *(one for one in self.ours if one.key not in base_keys)]
        self.markers = Markers(theirs, known, memory.homeless if memory else (), edit.resolved)
        self.theirs = outline_of_theirs(theirs, known)
        self.sure = memory is not None and memory.sure
        self.known = memory is not None
        self.spelling = Spelling(memory.sent or memory.rendered, memory.read_back) if memory else Spelling(None, None)
        self.notes = Notes(edit, list(memory.noted) if memory else [])
        self.unchanged = memory is not None and [_forms(one) for one in self.base] == [_forms(one) for one in self.ours]

    def run(self) -> Merged:
        if not self.unchanged:
            self._sections()
            self.notes.write()
        homeless, placed = self.markers.put_back(self.root)
        return Merged(
            body=str(self.root),
            noted=tuple(self.notes.noted),
            homeless=homeless,
            placed=placed,
            entries=tuple(self.notes.sentences),
        )

    def _sections(self) -> None:
        base = {one.key: one for one in self.base}
        theirs = {one.key: one for one in self.theirs}
        self._adopt_moved(theirs)
        above = theirs.get("")
        for section in self.ours:
            stands = theirs.get(section.key)
            if stands is None:
                if section.key not in base:
                    above = self._add(section, above)
                continue  # else people deleted it, and it stays away
            if self.known:
                self._section(base.get(section.key), section, stands)
            above = stands
        for section in self.base:
            if section.key in theirs and section.key not in {one.key for one in self.ours}:
                self._ended(section, theirs[section.key])

    def _add(self, section: Section, above: Section | None) -> Section:
        """A section that this page never had goes below the one that it follows."""
        made = Section(section.key, section.region)
        last = above.last if above else None
        for block in [*([section.heading] if section.heading else []), *section.blocks]:
            last = self._insert(block, last)
            made.blocks.append(Block(last, block.form))
        self.theirs.append(made)
        return made

    def _insert(self, block: Block, after: Node | None) -> Node:
        made = copy(block.node)
        if after is not None:
            insert_after(after, made)
        elif self.root.children:
            insert_before(self.root.children[0], made)
        else:
            self.root.append(made)
        return made

    def _adopt_moved(self, theirs: dict[str, Section]) -> None:
        """A block of ours that stands unchanged in another section was moved there, and is still ours."""
        self.moved: dict[tuple[str, int], Block] = {}
        loose: list[tuple[Section, Block]] = []
        missing: list[tuple[str, int, Block]] = []
        for section in self.base:
            if section.key not in theirs:
                continue
            stands = theirs[section.key]
            pairs = pair(section.blocks, [self._spelled(one) for one in stands.blocks])
            found = {*pairs.equal.values(), *pairs.edited.values()}
            loose += [(stands, one) for at, one in enumerate(stands.blocks) if at not in found]
            missing += [(section.key, at, one) for at, one in enumerate(section.blocks) if pairs.of(at) is None]
        for key, at, block in missing:
            home = next((one for one in loose if self._spelled(one[1]).form == block.form), None)
            if home is not None:
                loose.remove(home)
                self.moved[key, at] = home[1]

    def _spelled(self, block: Block) -> Block:
        return Block(block.node, self.spelling.form(block.node))

    def _section(self, base: Section | None, ours: Section, theirs: Section) -> None:
        old = base.blocks if base else []
        stands = [self._spelled(one) for one in theirs.blocks]
        taken = {one.node for one in self.moved.values()}
        stands = [one for one in stands if one.node not in taken]
        renewed, kept = pair(old, ours.blocks), pair(old, stands)
        before = {**{to: at for at, to in renewed.equal.items()}, **{to: at for at, to in renewed.edited.items()}}
        added = [stands[at] for at in kept.added]
        last: Node | None = theirs.heading.node if theirs.heading else None
        for to, block in enumerate(ours.blocks):
            at = before.get(to)
            if at is None:
                same = next((one for one in added if one.form == block.form), None)
                last = same.node if same else self._insert_here(block, last, theirs)
                continue
            found = self._stands(ours.key, at, stands, kept.of(at))
            equal = at in renewed.equal
            if found is not None:
                last = self._renew(theirs, old[at], block, found) or last
            elif not equal and region_of(ours.region).owner == "us":
                last = self._insert_here(block, last, theirs)
        for at, block in enumerate(old):
            found = self._stands(ours.key, at, stands, kept.of(at))
            if renewed.of(at) is None and found is not None:
                self._drop(theirs, block, found)

    def _stands(self, key: str, at: int, stands: Sequence[Block], found: int | None) -> Block | None:
        if found is not None:
            return stands[found]
        moved = self.moved.get((key, at))
        return self._spelled(moved) if moved else None

    def _insert_here(self, block: Block, last: Node | None, theirs: Section) -> Node:
        made = self._insert(block, last)
        theirs.blocks.append(Block(made, block.form)) if theirs.last is last else theirs.blocks.insert(
            _after(theirs, last), Block(made, block.form)
        )
        return made

    def _renew(self, section: Section, base: Block, ours: Block, theirs: Block) -> Node | None:
        """The node that now stands for the block."""
        region = region_of(section.region)
        if theirs.form == ours.form:
            return theirs.node
        table = TableMerge(section, region, self.notes, self.spelling)
        if _cell_by_cell(table, base.node, ours.node, theirs.node):
            return theirs.node
        edited = theirs.form != base.form
        if edited and (region.owner == "people" or (base.form == ours.form and say(theirs.node) == say(base.node))):
            return theirs.node
        if edited and say(theirs.node) != say(base.node):
            self.notes.keep(section, _named(theirs.node), theirs.node, None if _is_table(theirs.node) else base.node)
        return self._put(section, theirs.node, ours.node)

    def _put(self, section: Section, theirs: Node, ours: Node) -> Node:
        made = copy(ours)
        replace(theirs, made)
        self.markers.replaced[theirs] = made
        for block in section.blocks:
            if block.node is theirs:
                block.node = made
        return made

    def _drop(self, section: Section, base: Block, theirs: Block) -> None:
        """We no longer say this. What people made of it is kept."""
        if not self.sure or (theirs.form != base.form and region_of(section.region).owner == "people"):
            return
        if theirs.form != base.form:
            self.notes.keep(section, _named(theirs.node), theirs.node, base.node)
        remove(theirs.node)
        section.blocks = [one for one in section.blocks if one.node is not theirs.node]

    def _ended(self, base: Section, theirs: Section) -> None:
        """A section that we no longer have: what stands as we wrote it goes, and its heading when nothing is left."""
        stands = [self._spelled(one) for one in theirs.blocks]
        kept = pair(base.blocks, stands)
        for at in kept.equal.values():
            if self.sure:
                remove(stands[at].node)
        if self.sure and theirs.heading and theirs.note is None and len(kept.equal) == len(stands):
            remove(theirs.heading.node)
            theirs.heading = None
        theirs.blocks = [one for one in theirs.blocks if one.node.parent is not None]


def _clean(body: str) -> Element:
    made = unmarked(read(body))
    if not isinstance(made, Element):
        raise TypeError("a page's root is an element")
    return made


def _forms(section: Section) -> tuple[object, ...]:
    return (section.key, *(block.form for block in section.blocks))


def _after(section: Section, last: Node | None) -> int:
    return next((at + 1 for at, one in enumerate(section.blocks) if one.node is last), 0)


def _cell_by_cell(merge: TableMerge, base: Node, ours: Node, theirs: Node) -> bool:
    """A table, or the only one inside a macro, as in the page properties."""
    found = [_only_table(one) for one in (base, ours, theirs)]
    return all(found) and merge.merge(*(one for one in found if one))


def _is_table(node: Node) -> bool:
    return node.name == "table"


def _only_table(node: Node) -> Node | None:
    if not isinstance(node, Element) or node.name not in ("ac:structured-macro", "table"):
        return None
    found = list(node.all("table"))
    return found[0] if len(found) == 1 else None


def _named(node: Node) -> str:
    names = {"table": "The table", "ul": "The list", "ol": "The list"}
    return names.get(node.name, "A paragraph" if node.name in ("p", "") else "A part of the page")

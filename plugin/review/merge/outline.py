"""A page as sections of blocks. A section is found by its heading’s words and order; layouts are looked through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from plugin.review.merge.canon import Form, form, say
from plugin.review.merge.likeness import like, plain
from plugin.review.merge.tree import Element, Node
from plugin.review.regions import KEPT_FROM_EDITS, WITHOUT_A_PLACE

LIKE = 0.8
"""From so much similarity on, a heading is one of ours with other words."""

_LAYOUT = frozenset({"ac:layout", "ac:layout-section", "ac:layout-cell"})


@dataclass(eq=False)
class Block:
    node: Node
    form: Form

    @property
    def kind(self) -> str:
        """What a block has to share with another one to be a version of it."""
        node = self.node
        if not isinstance(node, Element):
            return "p"
        return f"macro {node.attributes.get('ac:name')}" if node.name == "ac:structured-macro" else node.name


@dataclass(eq=False)
class Section:
    """The blocks from one of our headings up to the next one. `key` is "" before the first."""

    key: str
    region: str
    """The words of the heading of level 2 that it stands under, as we write it."""
    heading: Block | None = None
    blocks: list[Block] = field(default_factory=list)
    note: Element | None = None

    @property
    def last(self) -> Node | None:
        """What stands last in it, its note included."""
        if self.note is not None:
            return self.note
        there = [one for one in self.blocks if one.node.parent is not None]  # one that moved may have been removed
        found = there[-1] if there else self.heading
        return found.node if found else None


def flat(root: Element) -> Iterator[Node]:
    """The blocks of a page in their order, whatever columns they stand in."""
    for child in root.children:
        if isinstance(child, Element) and child.name in _LAYOUT:
            yield from flat(child)
        elif isinstance(child, Element) or child.text.strip():
            yield child


def level(node: Node) -> int:
    """1 to 6 for a heading, else 0."""
    name = node.name
    return int(name[1]) if len(name) == 2 and name[0] == "h" and name[1].isdigit() else 0


def outline(root: Element) -> list[Section]:
    """Of a page that we rendered: every heading begins a section."""
    sections = [Section("", "")]
    seen: dict[str, int] = {}
    under = ""
    for node in flat(root):
        if not level(node):
            _add(sections[-1], node)
            continue
        words = say(node)
        under = words if level(node) <= 2 else under
        key = words if level(node) <= 2 else f"{under} / {words}"
        seen[key] = seen.get(key, 0) + 1
        key = key if seen[key] == 1 else f"{key} ({seen[key]})"
        sections.append(Section(key, under, Block(node, form(node))))
    return sections


def outline_of_theirs(root: Element, known: Sequence[Section]) -> list[Section]:
    """Of a page that people edited: only headings that are ours begin a section; theirs are blocks like any other."""
    listed = foot(root)
    nodes = [one for one in flat(root) if one not in listed]
    ours = _headings(nodes, known)
    sections = [Section("", "")]
    for at, node in enumerate(nodes):
        if at in ours:
            like = ours[at]
            sections.append(Section(like.key, like.region, Block(node, form(node))))
        else:
            _add(sections[-1], node)
    return sections


def foot(root: Element) -> list[Node]:
    """The list of comments without a place: its heading and the list itself; empty where there is none."""
    nodes = list(flat(root))
    for at, node in enumerate(nodes):
        if level(node) and say(node) == WITHOUT_A_PLACE:
            return [node, *(one for one in nodes[at + 1 : at + 2] if one.name == "ul")]
    return []


def _add(section: Section, node: Node) -> None:
    if is_note(node) and isinstance(node, Element):
        section.note = section.note or node
    elif found := form(node):
        section.blocks.append(Block(node, found))


def is_note(node: Node) -> bool:
    if not isinstance(node, Element) or node.attributes.get("ac:name") != "expand":
        return False
    titles = (one.text.strip() for one in node.elements() if one.name == "ac:parameter")
    return KEPT_FROM_EDITS in titles


def _headings(nodes: Sequence[Node], known: Sequence[Section]) -> dict[int, Section]:
    """Which heading of theirs is which of ours: in order, else anywhere, the first one wins, else by likeness."""
    there = [(at, plain(say(node))) for at, node in enumerate(nodes) if level(node)]
    wanted = [(one, plain(say(one.heading.node))) for one in known if one.heading]
    found: dict[int, Section] = {}
    matcher = SequenceMatcher(None, [words for _, words in wanted], [words for _, words in there], autojunk=False)
    for one, other, size in matcher.get_matching_blocks():
        found |= {there[other + step][0]: wanted[one + step][0] for step in range(size)}
    for near in (1.0, LIKE):
        for section, words in wanted:
            if section in found.values():
                continue
            rest = ((like(words, theirs), -at) for at, theirs in there if at not in found)
            best = max(rest, default=(0.0, 0))
            if best[0] >= near:
                found[-best[1]] = section
    missing = [one for one, _ in wanted if one not in found.values() and one.blocks]
    for at, _ in there:
        below = form(nodes[at + 1]) if at not in found and at + 1 < len(nodes) else ()
        same = next((one for one in missing if below and one.blocks[0].form == below), None)
        if same is not None:  # it has other words, and still stands above what we wrote there
            found[at] = same
            missing.remove(same)
    return found

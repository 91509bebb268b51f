"""Inline comments as a layer: what a merge took the place from gets it back, else a place in the list at the foot."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from plugin.review import storage
from plugin.review.merge.anchors import Leaf, Places, leaves, mark
from plugin.review.merge.canon import say
from plugin.review.merge.likeness import like
from plugin.review.merge.memory import Placed, Span
from plugin.review.merge.outline import Section, flat, foot, outline_of_theirs
from plugin.review.merge.tree import MARKER, Element, Node, read, remove
from plugin.review.regions import WITHOUT_A_PLACE

CONTEXT = 40
"""Characters on either side by which one of several same words is told from the others."""
SHORT = 8
"""Shorter texts are found nearly anywhere, so they need nearly the same context."""
ENOUGH, ENOUGH_FOR_SHORT, NEAR = 0.5, 0.9, 0.55
SAME_SECTION = 0.2
_MOST_HITS = 50
_WORD = re.compile(r"\w")


class Markers:
    """Lifts nothing: a block that stays keeps its markers. Only what was replaced or removed is put back."""

    def __init__(
        self, root: Element, known: Sequence[Section], homeless: Sequence[Span], resolved: frozenset[str]
    ) -> None:
        self._known = known
        self._resolved = resolved
        self.replaced: dict[Node, Node] = {}
        """Block of theirs → block of ours that took its place."""
        self._foot = foot(root)
        listed = _listed(self._foot, homeless)
        before = outline_of_theirs(root, known)
        spans = list(Places(before).spans())
        self._had: list[tuple[Element | None, Leaf | None, Span]] = [*spans, *((None, None, one) for one in listed)]
        reached = {id(marker) for marker, _, _ in spans}
        reached |= {id(marker) for node in self._foot if isinstance(node, Element) for marker in node.all(MARKER)}
        for marker in root.all(MARKER):  # around a macro or a picture, or where no block with words is
            if id(marker) not in reached:
                self._had.append((marker, None, Span(ref=marker.attributes.get("ac:ref", ""), words=say(marker))))
        self._block_of = {id(leaf.node): node for node in flat(root) for leaf in leaves(node)}

    def miss(self, spans: Sequence[Span]) -> None:
        """Comments whose markers are not on the page at all."""
        self._had += [(None, None, one) for one in spans]

    def put_back(self, root: Element) -> tuple[tuple[Span, ...], Placed]:
        """Gives every lost reference its place; what finds none is listed at the foot, or dropped when resolved."""
        alive = {id(node) for node in root.walk()}
        stay = {span.ref for marker, _, span in self._had if marker is not None and id(marker) in alive}
        lost = [one for one in self._had if one[0] is None or id(one[0]) not in alive]
        lost.sort(key=lambda one: one[2].start - one[2].end)
        how: dict[str, str] = {}
        places = Places(outline_of_theirs(root, self._known)) if lost else Places([])
        for _, leaf, span in lost:
            found = self._place(places, alive, leaf, span)
            if found and how.get(span.ref) != "near":
                how[span.ref] = found
        refs = list(dict.fromkeys(span.ref for _, _, span in lost))
        without = [one for one in refs if one not in how and one not in stay]
        open_ones = [ref for ref in without if ref not in self._resolved]
        listed = [_longest(span for _, _, span in lost if span.ref == ref) for ref in open_ones]
        self._write_foot(root, listed)
        counts = Counter(how.values())
        return tuple(listed), Placed(
            kept=len(stay - set(how)),
            exact=counts["exact"],
            near=counts["near"],
            listed=len(listed),
            dropped=len(without) - len(listed),
        )

    def _write_foot(self, root: Element, listed: Sequence[Span]) -> None:
        """The list as it stands keeps its bytes while it holds the same comments."""
        stand = [one for one in self._foot if isinstance(one, Element)]
        if {one.attributes.get("ac:ref") for node in stand for one in node.all(MARKER)} == {one.ref for one in listed}:
            return
        for node in stand:
            remove(node)
        for node in read(_as_list(listed)).elements() if listed else []:
            root.append(node)

    def _place(self, places: Places, alive: set[int], was: Leaf | None, span: Span) -> str:
        """How the place was found, "" where it was not."""
        if not span.words.strip():
            return ""
        here = self._same_leaf(places, alive, was, span)
        if here is not None:
            if _exactly(here, span):
                return "exact"
            if span.row or span.column or like(here.words, span.words) >= NEAR:
                return "near" if _aligned(here, span) else ""
        return self._anywhere(places, span) or self._near(places, span)

    def _same_leaf(self, places: Places, alive: set[int], was: Leaf | None, span: Span) -> Leaf | None:
        """The leaf at the same address: the cell that is still there, else the block that took the block's place."""
        if span.row or span.column:
            cell = (span.section, span.row, span.column)
            kept = _cell_of(was) if was else None
            for leaf in places.leaves:
                if kept is not None and id(kept) in alive and _cell_of(leaf) is kept:
                    return leaf
            return next((one for one in places.leaves if (places.section(one), *places.cell(one)) == cell), None)
        block = self._block_of.get(id(was.node)) if was else None
        new = self.replaced.get(block) if block is not None else None
        if new is None:
            return None
        found = list(leaves(new))
        return max(found, key=lambda one: like(one.words, span.words), default=None)

    def _anywhere(self, places: Places, span: Span) -> str:
        """The exact words at word borders, where the words around them are most alike."""
        quoted = span.quoted.strip()
        if not quoted:
            return ""
        enough = ENOUGH_FOR_SHORT if len(quoted) < SHORT else ENOUGH
        best: tuple[float, Leaf | None, int] = (0.0, None, 0)
        for leaf in places.leaves:
            bonus = SAME_SECTION if places.section(leaf) == span.section else 0.0
            for at in _hits(leaf.words, quoted):
                score = min(1.0, _context(leaf.words, at, at + len(quoted), span) + bonus)
                if score > best[0]:
                    best = (score, leaf, at)
        if best[1] is None or best[0] < enough:
            return ""
        return "exact" if mark(best[1], span.ref, best[2], best[2] + len(quoted)) else ""

    def _near(self, places: Places, span: Span) -> str:
        here = [leaf for leaf in places.leaves if places.section(leaf) == span.section]
        scored = [(like(leaf.words, span.words), -at) for at, leaf in enumerate(here)]
        best = max(scored, default=(0.0, 0))
        if best[0] < NEAR:
            return ""
        return "near" if _aligned(here[-best[1]], span) else ""


def _cell_of(leaf: Leaf) -> Element | None:
    above: Element | None = leaf.node
    while above is not None and above.name not in ("td", "th"):
        above = above.parent
    return above


def _exactly(leaf: Leaf, span: Span) -> bool:
    """The same words at the same place, or once, or all of the leaf where all of it was marked."""
    if leaf.words == span.words:
        return mark(leaf, span.ref, span.start, span.end)
    if span.whole and leaf.words.strip():
        return mark(leaf, span.ref, 0, len(leaf.words))
    hits = _hits(leaf.words, span.quoted)
    return len(hits) == 1 and mark(leaf, span.ref, hits[0], hits[0] + len(span.quoted))


def _aligned(leaf: Leaf, span: Span) -> bool:
    """The words that stand where the marked ones stood, widened to whole ones."""
    matcher = SequenceMatcher(None, span.words[:2000], leaf.words[:2000], autojunk=False)
    start, end = 0, len(leaf.words)
    for one, other, size in matcher.get_matching_blocks():
        if size and one <= span.start:
            start = other + min(span.start - one, size)
        if size and one + size >= span.end:
            end = other + max(span.end - one, 0)
            break
    while start > 0 and _WORD.match(leaf.words[start - 1]):
        start -= 1
    while end < len(leaf.words) and _WORD.match(leaf.words[end]):
        end += 1
    words = leaf.words[start:end]
    start += len(words) - len(words.lstrip())
    return bool(words.strip()) and mark(leaf, span.ref, start, start + len(words.strip()))


def _hits(words: str, quoted: str) -> list[int]:
    found: list[int] = []
    at = words.find(quoted) if quoted else -1
    while at >= 0 and len(found) < _MOST_HITS:
        end = at + len(quoted)
        inside = (at > 0 and _WORD.match(words[at - 1]) and _WORD.match(words[at])) or (
            end < len(words) and _WORD.match(words[end]) and _WORD.match(words[end - 1])
        )
        if not inside:
            found.append(at)
        at = words.find(quoted, at + 1)
    return found


def _context(words: str, start: int, end: int, span: Span) -> float:
    if span.whole and len(span.quoted.strip()) < SHORT:
        return 0.0  # nothing stood around it: a number in another cell is another number
    before = like(words[max(0, start - CONTEXT) : start], span.words[max(0, span.start - CONTEXT) : span.start])
    after = like(words[end : end + CONTEXT], span.words[span.end : span.end + CONTEXT])
    return (before + after) / 2


def _longest(spans: Iterable[Span]) -> Span:
    return max(spans, key=lambda one: one.end - one.start)


def _listed(foot: Sequence[Node], homeless: Sequence[Span]) -> list[Span]:
    """The comments of the list with the places that they had, as far as we know them."""
    known = {one.ref: one for one in homeless}
    found: dict[str, Span] = {}
    for node in foot:
        for marker in node.all(MARKER) if isinstance(node, Element) else ():
            ref, words = marker.attributes.get("ac:ref", ""), marker.text
            found.setdefault(ref, known.get(ref) or Span(ref=ref, words=words, end=len(words)))
    return list(found.values())


def _as_list(listed: Sequence[Span]) -> storage.Markup:
    entries = []
    for span in listed:
        quoted = storage.text(span.quoted.strip() or span.words.strip() or "(nothing)")
        opening = storage.Markup(f'<{MARKER} ac:ref="{storage.text(span.ref)}">{quoted}</{MARKER}>')
        where = storage.text(f" (stood in “{span.section or 'the head of the page'}”, where these words are no longer)")
        entries.append(storage.element("li", storage.paragraph(opening, where)))
    return storage.join([storage.heading(2, WITHOUT_A_PLACE), storage.element("ul", *entries)])

"""Many issues at once: each condition is answered by a few operations on whole numbers with one bit for each issue.

For back-tests, where every rule meets every issue. What cannot be looked up by a term is asked only of those issues for
which it still makes a difference. The answers are those of asking each issue.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from plugin.jql.condition import Branch, Condition, Leaf, Node
from plugin.jql.questions import Joint, Question, Scan, TermSet, Test
from plugin.jql.view import Reading, Terms, View


class Bits(NamedTuple):
    """Bit n stands for issue n of the batch."""

    matched: int
    unknown: int


Groups = Iterable[tuple[Terms | None, Sequence[int]]]
"""Places of issues by what one field holds there."""


class _Column:
    """One field of all issues."""

    def __init__(self, groups: Groups, size: int) -> None:
        self._size = size
        self._places: dict[str, list[Sequence[int]]] = defaultdict(list)
        self._bits: dict[str, int] = {}
        unknown: list[Sequence[int]] = []
        empty: list[Sequence[int]] = []
        for terms, places_of in groups:
            if terms:
                for term in terms:
                    self._places[term].append(places_of)
            else:
                (unknown if terms is None else empty).append(places_of)
        self.unknown = _bits(chain.from_iterable(unknown), size)
        self.empty = _bits(chain.from_iterable(empty), size)

    def any(self, terms: Terms) -> int:
        found = 0
        for term in terms:
            found |= self._of(term)
        return found

    def _of(self, term: str) -> int:
        if term not in self._places:
            return 0
        known = self._bits.get(term)
        if known is None:
            known = self._bits[term] = _bits(chain.from_iterable(self._places[term]), self._size)
        return known


class Columns(Protocol):
    """Issues that are told by column, faster than each by its view."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> View: ...

    def groups(self, reading: Reading[Terms]) -> Groups: ...


class Batch:
    """Issues that are asked together. Some ten thousand at a time are a good measure."""

    def __init__(self, views: Sequence[View] | Columns) -> None:
        self.views = views
        self.all = (1 << len(views)) - 1
        self._columns: dict[Reading[Terms], _Column] = {}

    def matches(self, condition: Condition) -> Bits:
        """Which issues match, and for which it is unknown; all others do not match."""
        return self._ask(condition.root, self.all)

    def _ask(self, node: Node | Question, among: int) -> Bits:
        """The answers for the issues that are `among`; the other bits are zero."""
        match node:
            case Leaf(question=question):
                return self._ask(question, among)
            case TermSet():
                return self._look_up(node, among)
            case Scan(test=test):
                return self._scan(test, among)
            case Branch(joined="and", parts=parts) | Joint(joined="and", parts=parts):
                return self._every(parts, among)
            case Branch(parts=parts) | Joint(parts=parts):
                return self._some(parts, among)

    def _every(self, parts: Sequence[Node | Question], among: int) -> Bits:
        true, open_ = among, among
        for part in sorted(parts, key=_needs_scan):
            if not open_:
                break
            found = self._ask(part, open_)
            true &= found.matched
            open_ &= found.matched | found.unknown
        return Bits(true, open_ & ~true)

    def _some(self, parts: Sequence[Node | Question], among: int) -> Bits:
        true, unknown = 0, 0
        for part in sorted(parts, key=_needs_scan):
            found = self._ask(part, among & ~true)
            true |= found.matched
            unknown |= found.unknown
        return Bits(true, unknown & ~true)

    def _look_up(self, asked: TermSet, among: int) -> Bits:
        column = self._column(asked.reading)
        found = column.any(asked.terms)
        match asked.holds:
            case "has":
                matched = found
            case "has or is empty":
                matched = found | column.empty
            case "lacks":
                matched = self.all & ~(found | column.empty | column.unknown)
            case "is free of":
                matched = self.all & ~(found | column.unknown)
        return Bits(matched & among, column.unknown & among)

    def _column(self, reading: Reading[Terms]) -> _Column:
        known = self._columns.get(reading)
        if known is None:
            known = self._columns[reading] = _Column(self._groups(reading), len(self.views))
        return known

    def _groups(self, reading: Reading[Terms]) -> Groups:
        if isinstance(self.views, Sequence):
            return ((view.terms[reading], (place,)) for place, view in enumerate(self.views))
        return self.views.groups(reading)

    def _scan(self, test: Test, among: int) -> Bits:
        matched, unknown = [], []
        for place in places(among):
            answer = test(self.views[place])
            if answer:
                matched.append(place)
            elif answer is None:
                unknown.append(place)
        return Bits(_bits(matched, len(self.views)), _bits(unknown, len(self.views)))


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    digits = bin(bits)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def _bits(places_set: Iterable[int], size: int) -> int:
    found = bytearray(size // 8 + 1)
    for place in places_set:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


def _needs_scan(node: Node | Question) -> bool:
    match node:
        case Leaf(question=question):
            return _needs_scan(question)
        case TermSet():
            return False
        case Scan():
            return True
        case Branch(parts=parts) | Joint(parts=parts):
            return any(map(_needs_scan, parts))

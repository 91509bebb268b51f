"""Many conditions over one issue, without asking each: a condition is found by one term that the issue must have.

A condition is taken apart at its top-level ORs. Each part waits under one of its necessary questions: of the parts of
an AND the one whose terms were seen least often, of an OR all of its parts together. What has no such question, such
as a negation, IS EMPTY or a range, is asked every time. Where a field is absent, all that waits under it is asked,
since it may be unknown. The answers are those of asking each condition.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.jql.condition import Branch, Condition, Leaf, Node, Outcome
from plugin.jql.questions import Joint, Question, TermSet, Test, all_of
from plugin.jql.view import Reading, Terms, View

Part = Node | Question


class Found(NamedTuple):
    """Positions of conditions."""

    matched: set[int]
    unknown: set[int]


class Frequencies:
    """How often terms were seen, for the choice of the question under which a condition waits."""

    def __init__(self) -> None:
        self.issues = 0
        self._counts: dict[Reading[Terms], Counter[str]] = {}

    @classmethod
    def observed(cls, conditions: Iterable[Condition], views: Iterable[View]) -> "Frequencies":
        """Counts what these conditions may be looked up by; a thousand issues suffice."""
        found = cls()
        readings = {asked.reading for one in conditions for asked in _term_sets(one.root)}
        for view in views:
            found.observe(view, readings)
        return found

    def observe(self, view: View, readings: Iterable[Reading[Terms]]) -> None:
        self.issues += 1
        for reading in readings:
            self._counts.setdefault(reading, Counter()).update(view.terms[reading] or ())

    def of(self, asked: TermSet) -> float:
        """How many issues are likely to have one of the terms. Without observations a guess by the field."""
        if not self.issues:
            return _GUESSES.get(asked.reading.field, 0.1) * len(asked.terms)
        counts = self._counts.get(asked.reading, Counter())
        return sum(counts[term] for term in asked.terms)


_GUESSES = {"key": 0.0, "parent": 0.01, "summary": 0.02, "labels": 0.03, "assignee": 0.03, "components": 0.05}
_GUESSES |= {"status": 0.3, "issuetype": 0.4, "priority": 0.4, "project": 1.0}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One part of a condition: what is left to ask when it is found by its term, and when that is unknown."""

    position: int
    found: Test | None
    """None where being found decides that it matches."""
    whole: Test


class _Shelf:
    """All that waits under one reading."""

    def __init__(self) -> None:
        self.certain: dict[str, set[int]] = defaultdict(set)
        self.asked: dict[str, list[tuple[int, Test]]] = defaultdict(list)
        self.all: list[tuple[int, Test]] = []
        self.terms: Terms = frozenset()

    def put(self, terms: Terms, one: _Waiting) -> None:
        self.all.append((one.position, one.whole))
        self.terms |= terms
        for term in terms:
            if one.found is None:
                self.certain[term].add(one.position)
            else:
                self.asked[term].append((one.position, one.found))


class Index:
    """Conditions, by their position in a sequence."""

    def __init__(self, conditions: Sequence[Condition], frequencies: Frequencies | None = None) -> None:
        self.conditions = tuple(conditions)
        self._frequencies = frequencies or Frequencies()
        self._residual: list[tuple[int, Test]] = []
        self._shelves: dict[Reading[Terms], _Shelf] = defaultdict(_Shelf)
        for position, condition in enumerate(self.conditions):
            for part in _parts(condition.root, "or"):
                self._put(position, part)

    @property
    def residual(self) -> tuple[int, ...]:
        """Positions of the conditions that are asked of every issue."""
        return tuple(sorted({position for position, _ in self._residual}))

    def candidates(self, view: View) -> tuple[int, ...]:
        """Positions of the conditions that may match or be unknown; none of the others does."""
        found = {position for position, _ in self._residual}
        for reading, shelf in self._shelves.items():
            terms = view.terms[reading]
            if terms is None:
                found.update(position for position, _ in shelf.all)
                continue
            for term in shelf.terms & terms:
                found.update(shelf.certain.get(term, ()))
                found.update(position for position, _ in shelf.asked.get(term, ()))
        return tuple(sorted(found))

    def matches(self, view: View) -> Found:
        """The bare answers of all conditions; those in neither set do not match."""
        matched: set[int] = set()
        asked = [self._residual]
        for reading, shelf in self._shelves.items():
            terms = view.terms[reading]
            if terms is None:
                asked.append(shelf.all)
                continue
            for term in shelf.terms & terms:
                if term in shelf.certain:
                    matched |= shelf.certain[term]
                if term in shelf.asked:
                    asked.append(shelf.asked[term])
        return _answered(asked, matched, view)

    def decide_all(self, view: View) -> Mapping[int, Outcome]:
        """The outcomes, in order, of all conditions that match or are unknown."""
        found = self.matches(view)
        return {at: self.conditions[at].decide(view) for at in sorted(found.matched | found.unknown)}

    def _put(self, position: int, part: Part) -> None:
        ways = list(_ways(part, self._frequencies))
        if not ways:
            self._residual.append((position, part.test))
            return
        way = min(ways, key=lambda way: _cost(way, self._frequencies))
        for asked in way:
            waiting = _Waiting(position, _rest(part, way), part.test)
            self._shelves[asked.reading].put(asked.terms, waiting)


def _answered(asked: Iterable[Iterable[tuple[int, Test]]], matched: set[int], view: View) -> Found:
    unknown: set[int] = set()
    for some in asked:
        for position, test in some:
            if position in matched:
                continue
            answer = test(view)
            if answer:
                matched.add(position)
            elif answer is None:
                unknown.add(position)
    return Found(matched, unknown - matched)


def _parts(node: Part, joined: str) -> Iterator[Part]:
    """What stands joined by the word at the top, however nested; the thing itself where nothing does."""
    if isinstance(node, Leaf):
        yield from _parts(node.question, joined)
    elif isinstance(node, Branch | Joint) and (node.joined == joined or len(node.parts) == 1):
        for part in node.parts:
            yield from _parts(part, joined)
    else:
        yield node


def _ways(part: Part, frequencies: Frequencies) -> Iterator[tuple[TermSet, ...]]:
    """Each way is enough to find the part: it cannot match an issue that fails all of the way's questions."""
    match part:
        case Leaf(question=question):
            yield from _ways(question, frequencies)
        case TermSet(holds="has"):
            yield (part,)
        case Branch(joined="and", parts=parts) | Joint(joined="and", parts=parts):
            for one in parts:
                yield from _ways(one, frequencies)
        case Branch(joined="or", parts=parts) | Joint(joined="or", parts=parts):
            best = [
                min(_ways(one, frequencies), key=lambda way: _cost(way, frequencies), default=None) for one in parts
            ]
            known = [way for way in best if way is not None]
            if len(known) == len(best):
                yield tuple(asked for way in known for asked in way)
        case _:
            return


def _cost(way: Iterable[TermSet], frequencies: Frequencies) -> float:
    return sum(map(frequencies.of, way))


def _rest(part: Part, way: tuple[TermSet, ...]) -> Test | None:
    """What is left to ask once a term of the way was found."""
    parts = list(_parts(part, "and"))
    if len(way) > 1 or way[0] not in parts:
        return part.test
    rest = [one.test for one in parts if one is not way[0]]
    return all_of(rest) if rest else None


def _term_sets(part: Part) -> Iterator[TermSet]:
    match part:
        case Leaf(question=question):
            yield from _term_sets(question)
        case TermSet(holds="has"):
            yield part
        case Branch(parts=parts) | Joint(parts=parts):
            for one in parts:
                yield from _term_sets(one)
        case _:
            return

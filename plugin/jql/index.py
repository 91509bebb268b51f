"""Many conditions over one issue, without asking each: a condition is found by one term that the issue must have.

A condition is taken apart at its top-level ORs. Each part waits under one of its necessary questions: of the parts of
an AND the one whose terms were seen least often, of an OR all of its parts together. What has no such question, such
as a negation, IS EMPTY or a range, is asked every time. Where a field is absent, all that waits under it is asked,
since it may be unknown. The answers are those of asking each condition.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
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
        """How many issues are likely to have one of the terms: what was seen, and a guess by the field on top of it, so
        that what was never seen is still told apart."""
        counts: Mapping[str, int] = self._counts.get(asked.reading, {})
        guess = _GUESSES.get(asked.reading.field, 0.1)
        return sum(counts.get(term, 0) + guess for term in asked.terms)


_GUESSES = {"key": 0.0, "parent": 0.01, "summary": 0.02, "labels": 0.03, "assignee": 0.03, "components": 0.05}
_GUESSES |= {"status": 0.3, "issuetype": 0.4, "priority": 0.4, "project": 1.0}


_Asked = tuple[Test, frozenset[int]]
"""A test and the positions of all conditions that wait for its answer: what many rules share is asked once."""


_Ready = tuple[
    Reading[Terms],
    Callable[[Terms], bool],
    Terms,
    Mapping[str, tuple[frozenset[int], Sequence[_Asked]]],
    Sequence[_Asked],
]
"""A shelf as it is read: its reading; whether it knows none of some terms; its terms; by term the conditions that match
for certain, and the others with what is left to ask; all conditions with all that they ask."""


class _Shelf:
    """All that waits under one reading."""

    def __init__(self) -> None:
        self.certain: dict[str, set[int]] = defaultdict(set)
        """By term the conditions that match where it is found."""
        self._rest: dict[str, _Tests] = defaultdict(_Tests)
        self._whole = _Tests()

    def put(self, position: int, asked: TermSet, part: Part, rest: Sequence[Part]) -> None:
        """`rest` is what is left to ask of the part once a term was found."""
        self._whole.add(position, [part])
        for term in asked.terms:
            if rest:
                self._rest[term].add(position, rest)
            else:
                self.certain[term].add(position)

    def ready(self, reading: Reading[Terms]) -> _Ready:
        terms = frozenset(self.certain) | frozenset(self._rest)
        table = {
            term: (frozenset(self.certain.get(term, ())), self._rest[term].ready() if term in self._rest else ())
            for term in terms
        }
        return reading, terms.isdisjoint, terms, table, self._whole.ready()


class _Tests:
    """Questions, equal ones once."""

    def __init__(self) -> None:
        self._tests: dict[Hashable, tuple[Test, set[int]]] = {}

    def add(self, position: int, parts: Sequence[Part]) -> None:
        same = frozenset(_sameness(part) for part in parts)
        self._tests.setdefault(same, (all_of([part.test for part in parts]), set()))[1].add(position)

    def ready(self) -> Sequence[_Asked]:
        return tuple((test, frozenset(positions)) for test, positions in self._tests.values())


class Index:
    """Conditions, by their position in a sequence."""

    def __init__(self, conditions: Sequence[Condition], frequencies: Frequencies | None = None) -> None:
        self.conditions = tuple(conditions)
        self._frequencies = frequencies or Frequencies()
        shelves: dict[Reading[Terms], _Shelf] = defaultdict(_Shelf)
        residual = _Tests()
        for position, condition in enumerate(self.conditions):
            for part in _parts(condition.root, "or"):
                way = min(_ways(part, self._frequencies), key=self._cost, default=())
                for asked in way:
                    shelves[asked.reading].put(position, asked, part, _rest(part, way))
                if not way:
                    residual.add(position, [part])
        self._residual = residual.ready()
        self._shelves = tuple(shelf.ready(reading) for reading, shelf in shelves.items())

    def _cost(self, way: Iterable[TermSet]) -> float:
        return _cost(way, self._frequencies)

    @property
    def residual(self) -> tuple[int, ...]:
        """Positions of the conditions that are asked of every issue."""
        return tuple(sorted(frozenset[int]().union(*(positions for _, positions in self._residual))))

    def candidates(self, view: View) -> tuple[int, ...]:
        """Positions of the conditions that may match or be unknown; none of the others does."""
        certain, asked = self._found(view)
        return tuple(sorted(certain.union(*(positions for some in asked for _, positions in some))))

    def matches(self, view: View) -> Found:
        """The bare answers of all conditions; those in neither set do not match."""
        matched, asked = self._found(view)
        unknown: set[int] = set()
        for some in asked:
            for test, positions in some:
                answer = test(view)
                if answer:
                    matched |= positions
                elif answer is None:
                    unknown |= positions
        if unknown:
            unknown -= matched
        return Found(matched, unknown)

    def decide_all(self, view: View) -> Mapping[int, Outcome]:
        """The outcomes, in order, of all conditions that match or are unknown."""
        found = self.matches(view)
        return {at: self.conditions[at].decide(view) for at in sorted(found.matched | found.unknown)}

    def _found(self, view: View) -> tuple[set[int], list[Sequence[_Asked]]]:
        """The conditions that match for certain, and what has to be asked."""
        matched: set[int] = set()
        asked = [self._residual] if self._residual else []
        read = view.terms
        for reading, is_strange, known, table, whole in self._shelves:
            terms = read[reading]
            if terms:
                if is_strange(terms):
                    continue
                for term in known & terms:
                    certain, rest = table[term]
                    if certain:
                        matched |= certain
                    if rest:
                        asked.append(rest)
            elif terms is None:
                asked.append(whole)
        return matched, asked


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


def _rest(part: Part, way: tuple[TermSet, ...]) -> Sequence[Part]:
    """What is left to ask once a term of the way was found."""
    parts = list(_parts(part, "and"))
    if len(way) > 1 or way[0] not in parts:
        return [part]
    return [one for one in parts if one is not way[0]]


def _sameness(part: Part) -> Hashable:
    """Equal for questions that have the same answers."""
    match part:
        case Leaf(question=question):
            return _sameness(question)
        case TermSet(reading=reading, terms=terms, holds=holds):
            return (reading, terms, holds)
        case Branch(joined=joined, parts=parts) | Joint(joined=joined, parts=parts):
            return (joined, frozenset(_sameness(one) for one in parts))
        case _:
            return part


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

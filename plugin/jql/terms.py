"""Fields compared by names, ids and keys, in any letter case: project, status, labels, people, sprints and the like."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from plugin.jql import patterns, refusals
from plugin.jql.clause import EMPTINESS, EQUALITY, Ask, Unfit
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Question, TermSet, both, either
from plugin.jql.site import SiteFacts
from plugin.jql.view import Issue, Reading, Terms, in_words, is_nothing

Wanted = Callable[[Value, SiteFacts], Terms]
"""The terms of which an issue must have one for the operand to match. Raises Unfit."""

Answer = Callable[[Call, Ask], Question]
"""What a function asks, its operator's negation included. Raises Unfit."""


def as_written(value: Value, site: SiteFacts) -> Terms:
    return frozenset({value.text.lower()})


@dataclass(frozen=True)
class TermField:
    """A field whose value is a set of terms; `functions` gives the terms that stand for a function's answer."""

    name: str
    reading: Reading[Terms]
    wanted: Wanted = as_written
    operators: frozenset[str] = EQUALITY | EMPTINESS
    never_empty: str = ""
    nullable: bool = True
    functions: Mapping[str, Terms] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """Functions that ask more than terms of the field itself, by name in lower case."""
    names: Reading[Terms] | None = None
    """What glob() and regex() see, where that is less than all terms."""
    looked_up: Callable[[str], Reading[Terms]] | None = None
    """Where an operand is looked up, if a value that is there may lack its key or its id."""
    shown: Callable[[Issue], object] | None = None
    empty_word: str = ""
    """A word that means EMPTY, in lower case, such as `unresolved`."""

    @property
    def field(self) -> str:
        return self.reading.field

    def show(self, issue: Issue) -> str:
        return in_words(self.shown(issue) if self.shown else issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return False

    def question(self, ask: Ask) -> Question:
        compared = [one for one in ask.compared if not self._means_empty(one)]
        asked = [one for one in compared if not isinstance(one, Value) and one.name.text.lower() not in self.functions]
        empty = len(compared) < len(ask.operands)
        sets = list(self._sets([one for one in compared if one not in asked], ask, empty, bool(asked)))
        parts = sets + [self._called(one, ask) for one in asked]
        return both(parts) if ask.negative else either(parts)

    def _means_empty(self, operand: Value | Call) -> bool:
        return isinstance(operand, Value) and bool(self.empty_word) and operand.text.lower() == self.empty_word

    def _sets(self, operands: Sequence[Value | Call], ask: Ask, empty: bool, more: bool) -> Iterator[Question]:
        wanted: dict[Reading[Terms], Terms] = defaultdict(frozenset)
        for one in operands:
            reading = self.looked_up(one.text) if self.looked_up and isinstance(one, Value) else self.reading
            wanted[reading] |= self._terms(one, ask.site)
        if empty or (not wanted and (ask.negative or not more)):
            wanted[self.reading] |= frozenset()
        for reading, terms in wanted.items():
            if ask.negative:
                yield TermSet(reading, terms, "lacks")
            else:
                yield TermSet(reading, terms, "has or is empty" if empty and reading is self.reading else "has")

    def _terms(self, operand: Value | Call, site: SiteFacts) -> Terms:
        if isinstance(operand, Value):
            return self.wanted(operand, site)
        if operand.arguments:
            raise Unfit(operand, f"The function {operand.name.text}() takes no argument on {self.name}")
        return self.functions[operand.name.text.lower()]

    def _called(self, call: Call, ask: Ask) -> Question:
        if patterns.is_pattern(call):
            return patterns.among_terms(call, ask, self.names or self.reading)
        answer = self.answers.get(call.name.text.lower())
        if answer is None:
            raise refusals.function(call)
        return answer(call, ask)


def named(value: object) -> Terms | None:
    """Every name and id of one `{id, name}` or several."""
    return of_mappings(value, ("name", "id"))


def of_mappings(value: object, keys: Sequence[str]) -> Terms | None:
    """The values under these keys, of one object or several; None where it is none."""
    if is_nothing(value):
        return frozenset()
    found: Terms = frozenset()
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, Mapping):
            found |= _lowered(tuple([str(one.get(key) or "") for key in keys]))
    return found or None


@lru_cache(1 << 14)
def _lowered(words: tuple[str, ...]) -> Terms:
    """Kept, since most issues of a site bear the same few names: a back-test reads millions of them."""
    return frozenset(word.lower() for word in words if word)


def names(value: object) -> Terms | None:
    """Names alone, for patterns: `glob("1*")` does not mean an id."""
    return of_mappings(value, ("name",))


def texts(value: object) -> Terms | None:
    """A list of plain texts, such as labels."""
    if is_nothing(value):
        return frozenset()
    return frozenset(str(one).lower() for one in value) if isinstance(value, list) else None

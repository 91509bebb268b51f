"""Fields compared by names, ids and keys, in any letter case: project, status, labels, people, sprints and the like."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plugin.jql import refusals
from plugin.jql.clause import EMPTINESS, EQUALITY, ORDER, Ask, Test, Unfit
from plugin.jql.nodes import Call, Value
from plugin.jql.site import SiteFacts
from plugin.jql.view import Issue, Reading, Terms, View, in_words, is_nothing

Wanted = Callable[[Value, SiteFacts], Terms]
"""The terms of which an issue must have one for the operand to match. Raises Unfit."""


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
    functions: Mapping[str, Terms] | None = None
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

    def test(self, ask: Ask) -> Test:
        compared = [one for one in ask.compared if not self._means_empty(one)]
        wanted = frozenset[str]().union(*(self._terms(one, ask.site) for one in compared))
        if len(compared) == len(ask.operands):
            return has_none_of(self.reading, wanted) if ask.negative else has_one_of(self.reading, wanted)
        if ask.negative:
            return has_none_of(self.reading, wanted)
        return has_one_of_or_is_empty(self.reading, wanted)

    def _means_empty(self, operand: Value | Call) -> bool:
        return isinstance(operand, Value) and bool(self.empty_word) and operand.text.lower() == self.empty_word

    def _terms(self, operand: Value | Call, site: SiteFacts) -> Terms:
        if isinstance(operand, Value):
            return self.wanted(operand, site)
        terms = (self.functions or {}).get(operand.name.text.lower())
        if terms is None:
            raise refusals.function(operand)
        if operand.arguments:
            raise Unfit(
                operand,
                f"The function {operand.name.text}() is decided without arguments only",
                "Name the project in a clause of its own, joined with AND.",
            )
        return terms


@dataclass(frozen=True)
class PriorityField(TermField):
    """Priorities have an order, which is the site's own: `priority > High` means those above High in its list."""

    operators: frozenset[str] = EQUALITY | EMPTINESS | ORDER

    def test(self, ask: Ask) -> Test:
        if ask.operator not in ORDER:
            return super().test(ask)
        return has_one_of(self.reading, self._ordered(ask, ask.compared[0]))

    def _ordered(self, ask: Ask, operand: Value | Call) -> Terms:
        if isinstance(operand, Call):
            raise refusals.function(operand)
        highest_first = [name.lower() for name in ask.site.priorities]
        if not highest_first:
            raise Unfit(operand, "The order of this site's priorities is not known", "List them: priority IN (a, b).")
        if operand.text.lower() not in highest_first:
            raise Unfit(operand, f"`{operand.text}` is no priority; this site has {', '.join(ask.site.priorities)}")
        at = highest_first.index(operand.text.lower())
        same = highest_first[at : at + 1] if "=" in ask.operator else []
        return frozenset(same + (highest_first[:at] if ">" in ask.operator else highest_first[at + 1 :]))


def has_one_of(reading: Reading[Terms], wanted: Terms) -> Test:
    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else not wanted.isdisjoint(found)

    return test


def has_one_of_or_is_empty(reading: Reading[Terms], wanted: Terms) -> Test:
    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else not found or not wanted.isdisjoint(found)

    return test


def has_none_of(reading: Reading[Terms], unwanted: Terms) -> Test:
    """False where the field is empty: a comparison never matches there."""

    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else bool(found) and unwanted.isdisjoint(found)

    return test


def named(value: object) -> Terms | None:
    """Every name and id of one `{id, name}` or several."""
    return of_mappings(value, ("name", "id"))


def of_mappings(value: object, keys: Sequence[str]) -> Terms | None:
    """The values under these keys, of one object or several; None where it is none."""
    if is_nothing(value):
        return frozenset()
    ones = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]
    return frozenset(str(one[key]).lower() for one in ones for key in keys if one.get(key)) or None


def texts(value: object) -> Terms | None:
    """A list of plain texts, such as labels."""
    if is_nothing(value):
        return frozenset()
    return frozenset(str(one).lower() for one in value) if isinstance(value, list) else None

"""What JQL's operators mean, once for all fields: an empty field never meets a comparison, whether denied or not.

https://support.atlassian.com/jira-service-management-cloud/docs/jql-operators/
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.values import Issue
from plugin.sandbox.jql.syntax import Call, Clause, Empty, Many, Operand, Operator, Value
from plugin.sandbox.jql.text import finder

Predicate = Callable[[Issue], bool]
_Atom = TypeVar("_Atom")
Function = Callable[[tuple[str, ...]], Collection[_Atom]]
"""A function of JQL: its arguments → what it stands for."""

EXACT: frozenset[Operator] = frozenset({"=", "!=", "in", "not in"})
EMPTINESS: frozenset[Operator] = frozenset({"is", "is not"})
ORDER: frozenset[Operator] = frozenset({"<", "<=", ">", ">="})
TEXT: frozenset[Operator] = frozenset({"~", "!~"})


class Field(Protocol):
    """One field of a site, as one account asks about it."""

    def test(self, clause: Clause) -> Predicate:
        """Whether an issue meets the clause. Raises JiraError 400 for what Jira refuses. NOT has been moved away."""
        ...


def _no_order(one: object, other: object) -> int | None:
    return None


@dataclass(frozen=True)
class ValueField(Generic[_Atom]):
    """A field that holds none, one or more values which can be told apart, such as ids or moments."""

    operators: frozenset[Operator]
    read: Callable[[Issue], Collection[_Atom]]
    """The issue's values; none where the field is empty."""
    meant: Callable[[Value], Collection[_Atom]]
    """Every value that the word in the query may stand for."""
    order: Callable[[_Atom, _Atom], int | None] = _no_order
    """Below 0 where the first comes before the second, None where they have no order."""
    lists: Mapping[str, Function[_Atom]] = field(default_factory=dict)
    """Functions for IN, by name in lower case."""
    singles: Mapping[str, Function[_Atom]] = field(default_factory=dict)
    """Functions for the comparisons."""
    empty_words: frozenset[str] = frozenset()
    """Words in lower case that say EMPTY, such as `unresolved`."""

    def test(self, clause: Clause) -> Predicate:
        _refuse_unsupported(clause, self.operators)
        match clause.operator, clause.operand:
            case ("in", operand):
                found = [self._equals(one, self.lists, clause) for one in _each(operand)]
                return lambda issue: any(test(issue) for test in found)
            case ("not in", operand):
                found = [self._differs(one, self.lists, clause) for one in _each(operand)]
                return lambda issue: all(test(issue) for test in found) and bool(found or self.read(issue))
            case ("=" | "is", operand):
                return self._equals(operand, self.singles, clause)
            case ("!=" | "is not", operand):
                return self._differs(operand, self.singles, clause)
            case (operator, operand):
                return self._stands(operator, operand, clause)

    def _equals(self, operand: Operand, functions: Mapping[str, Function[_Atom]], clause: Clause) -> Predicate:
        if self._says_empty(operand, clause):
            return lambda issue: not self.read(issue)
        wanted = frozenset(self._values(operand, functions, clause))
        return lambda issue: any(one in wanted for one in self.read(issue))

    def _differs(self, operand: Operand, functions: Mapping[str, Function[_Atom]], clause: Clause) -> Predicate:
        if self._says_empty(operand, clause):
            return lambda issue: bool(self.read(issue))
        wanted = frozenset(self._values(operand, functions, clause))
        return lambda issue: bool(found := self.read(issue)) and not any(one in wanted for one in found)

    def _stands(self, operator: Operator, operand: Operand, clause: Clause) -> Predicate:
        bounds = self._values(operand, self.singles, clause)
        holds = _SIDES[operator]

        def test(issue: Issue) -> bool:
            orders = (self.order(one, bound) for one in self.read(issue) for bound in bounds)
            return any(order is not None and holds(order) for order in orders)

        return test

    def _says_empty(self, operand: Operand, clause: Clause) -> bool:
        if isinstance(operand, Empty):
            if "is" not in self.operators:
                raise JiraError(400, f"The field '{clause.field}' does not support searching for EMPTY values.")
            return True
        return isinstance(operand, Value) and operand.text.casefold() in self.empty_words

    def _values(self, operand: Operand, functions: Mapping[str, Function[_Atom]], clause: Clause) -> Collection[_Atom]:
        if isinstance(operand, Call):
            found = functions.get(operand.name.lower())
            if found is None:
                words = (
                    f"The function '{operand.name}' is not supported by the field '{clause.field}' with the operator"
                )
                raise JiraError(400, f"{words} '{clause.operator}', or does not exist.")
            return found(operand.arguments)
        if not isinstance(operand, Value):
            raise JiraError(400, f"The operator '{clause.operator}' wants one value for the field '{clause.field}'.")
        return self.meant(operand)


@dataclass(frozen=True)
class TextField:
    """A field of which the words are searched; `read` gives each of its texts by itself, none where it is empty."""

    operators: frozenset[Operator]
    read: Callable[[Issue], Collection[str]]
    finder: Callable[[str], Callable[[str], bool]] = finder

    def test(self, clause: Clause) -> Predicate:
        _refuse_unsupported(clause, self.operators)
        if isinstance(clause.operand, Empty):
            empty = clause.operator in ("is", "~")
            return lambda issue: (not self.read(issue)) == empty
        if not isinstance(clause.operand, Value):
            raise JiraError(400, f"The field '{clause.field}' wants one text, not a list or a function.")
        finds = self.finder(clause.operand.text)
        if clause.operator == "~":
            return lambda issue: any(finds(one) for one in self.read(issue))
        return lambda issue: bool(texts := self.read(issue)) and not any(finds(one) for one in texts)


@dataclass(frozen=True)
class BothFields:
    """A field that is compared as one kind and searched as another, such as an issue's key."""

    compared: Field
    searched: Field

    def test(self, clause: Clause) -> Predicate:
        return (self.searched if clause.operator in TEXT else self.compared).test(clause)


_SIDES: dict[Operator, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def _refuse_unsupported(clause: Clause, operators: frozenset[Operator]) -> None:
    if clause.operator not in operators:
        words = f"The operator '{clause.operator}' is not supported by the '{clause.field}' field."
        raise JiraError(400, words)


def _each(operand: Operand) -> list[Operand]:
    """The members of a list, those of lists within it among them; a function is its own only member."""
    if isinstance(operand, Many):
        return [one for inner in operand.operands for one in _each(inner)]
    return [operand]

"""What the kinds of fields share: the question that one clause asks, and how its answer treats empty and unknown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from plugin.jql.nodes import Call, Empty, Value
from plugin.jql.questions import Question, Scan, Test
from plugin.jql.site import SiteFacts
from plugin.jql.view import Issue, View

EMPTINESS = frozenset({"is", "is not"})
EQUALITY = frozenset({"=", "!=", "in", "not in"})
ORDER = frozenset({"<", "<=", ">", ">="})
SEARCH = frozenset({"~", "!~"})
NEGATIVE = frozenset({"!=", "not in", "is not", "!~"})

T = TypeVar("T")


class Unfit(Exception):  # noqa: N818 - a finding about an operand that the compiler turns into a refusal
    """An operand that the field cannot be compared with. `words` is a sentence without its full stop."""

    def __init__(self, operand: Value | Call | Empty, words: str, instead: str = "") -> None:
        super().__init__(words)
        self.operand = operand
        self.words = words
        self.instead = instead


@dataclass(frozen=True)
class Ask:
    """What a clause asks of its field. The operands of a list stand one by one, nested lists opened."""

    operator: str
    operands: tuple[Value | Call | Empty, ...]
    site: SiteFacts

    @property
    def negative(self) -> bool:
        return self.operator in NEGATIVE

    @property
    def empty(self) -> bool:
        """Whether EMPTY is among the operands."""
        return any(isinstance(one, Empty) for one in self.operands)

    @property
    def compared(self) -> tuple[Value | Call, ...]:
        """The operands without EMPTY."""
        return tuple(one for one in self.operands if not isinstance(one, Empty))


class Field(Protocol):
    """One kind of field: how it is called, what it may be asked, and the test that answers."""

    @property
    def name(self) -> str: ...

    @property
    def field(self) -> str:
        """Jira's field id."""
        ...

    @property
    def operators(self) -> frozenset[str]: ...

    @property
    def never_empty(self) -> str:
        """Why the field takes no EMPTY; "" where it takes it."""
        ...

    @property
    def nullable(self) -> bool:
        """Whether issues without a value are usual, so that a bare `!=` is likely to surprise."""
        ...

    def show(self, issue: Issue) -> str:
        """The value in words, for evidence."""
        ...

    def moves(self, ask: Ask) -> bool:
        """Whether the answer changes with time alone."""
        ...

    def question(self, ask: Ask) -> Question:
        """Raises Unfit."""
        ...


def answer(ask: Ask, read: Callable[[View], T | None], holds: Callable[[T, View], bool], field: str) -> Scan:
    """Jira's rule for empty around a comparison: it never matches there, whether positive or negated.

    `field` is Jira's id of what is read."""
    return Scan(_negated(read, holds) if ask.negative else _plain(read, holds, ask.empty), field)


def _plain(read: Callable[[View], T | None], holds: Callable[[T, View], bool], empty_matches: bool) -> Test:
    def test(view: View) -> bool | None:
        found = read(view)
        if found is None:
            return None
        return holds(found, view) if found else empty_matches

    return test


def _negated(read: Callable[[View], T | None], holds: Callable[[T, View], bool]) -> Test:
    def test(view: View) -> bool | None:
        found = read(view)
        if found is None:
            return None
        return bool(found) and not holds(found, view)

    return test

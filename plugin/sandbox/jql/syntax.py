"""JQL as it was written: what the sandbox's parser makes of a query."""

from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "!=", "~", "!~", "<", "<=", ">", ">=", "in", "not in", "is", "is not"]
KEYWORDS = frozenset(
    {"in", "is", "and", "or", "not", "was", "changed", "before", "after", "from", "to", "on", "during", "order", "by"}
    | {"asc", "desc", "empty", "null", "cf"}
)
_OPPOSITE: dict[Operator, Operator] = {
    "=": "!=",
    "~": "!~",
    "<": ">=",
    ">": "<=",
    "in": "not in",
    "is": "is not",
}
_OPPOSITE |= {opposite: one for one, opposite in _OPPOSITE.items()}


@dataclass(frozen=True)
class Value:
    """A value; an unquoted whole number means more than a quoted one in some fields."""

    text: str
    number: bool = False


@dataclass(frozen=True)
class Call:
    """A function, such as `startOfWeek("-1d")`."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Empty:
    """The word EMPTY or NULL."""


@dataclass(frozen=True)
class Many:
    """Values in parentheses."""

    operands: tuple["Operand", ...]


Operand = Value | Call | Empty | Many


@dataclass(frozen=True)
class Clause:
    """`field` is as it was written, without quotes; IS and IS NOT have Empty as their operand."""

    field: str
    operator: Operator
    operand: Operand = Empty()


@dataclass(frozen=True)
class Not:
    part: "Condition"


@dataclass(frozen=True)
class Group:
    """Parts of which all (AND) or any (OR) have to hold."""

    all: bool
    parts: tuple["Condition", ...]


Condition = Clause | Not | Group


@dataclass(frozen=True)
class Query:
    """A parsed search. `where` is None for the unbounded; `order` holds (field, descending), none if it names none."""

    where: Condition | None
    order: tuple[tuple[str, bool], ...]

    @property
    def demanded(self) -> tuple[Clause, ...]:
        """The clauses that every issue found has to meet: what an index can start from."""
        where = without_not(self.where) if self.where else None
        parts = where.parts if isinstance(where, Group) and where.all else (where,)
        return tuple(part for part in parts if isinstance(part, Clause))

    @property
    def oldest_first(self) -> bool:
        """Whether the order is the one in which the site keeps its issues: by `updated`, then by id."""
        return self.order in ((("updated", False),), (("updated", False), ("id", False)))


def without_not(condition: Condition) -> Condition:
    """Negation moved into the operators: NOT is no complement in Jira, an empty field matches neither side of it."""
    return _moved(condition, denied=False)


def _moved(condition: Condition, *, denied: bool) -> Condition:
    match condition:
        case Not(part):
            return _moved(part, denied=not denied)
        case Group(all, parts):
            return Group(all != denied, tuple(_moved(part, denied=denied) for part in parts))
        case Clause(field, operator, operand):
            return Clause(field, _OPPOSITE[operator], operand) if denied else condition

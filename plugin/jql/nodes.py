"""The syntax tree of a query: frozen, with decoded text, raw text and offsets in characters."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ASC", "DESC"]


@dataclass(frozen=True, slots=True)
class Value:
    """A word, a quoted text or a number. `raw` is as written, with quotes and escapes."""

    text: str
    raw: str
    start: int
    stop: int

    @property
    def quoted(self) -> bool:
        return self.raw[:1] in {'"', "'"}


@dataclass(frozen=True, slots=True)
class Empty:
    """EMPTY or NULL."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `name` is a Value because JQL lets one quote it."""

    name: Value
    arguments: tuple[Value, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list in parentheses; JQL lets lists nest."""

    items: "tuple[Operand, ...]"
    start: int
    stop: int


Operand = Value | Empty | Call | Items


@dataclass(frozen=True, slots=True)
class Property:
    """`[key].path` behind a field: an entity property, or a type such as `[Dropdown]`."""

    key: Value
    path: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field as written; for `cf[10016]` `number` is 10016 and the name `cf[10016]`."""

    name: Value
    number: int | None
    properties: tuple[Property, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Predicate:
    """What narrows WAS and CHANGED, such as `BEFORE "2026/02/02"`; `operator` is in lower case."""

    operator: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Clause:
    """`field operator operand`. `operator` is in lower case with single blanks; only CHANGED has no operand."""

    field: Field
    operator: str
    operand: Operand | None
    predicates: tuple[Predicate, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class And:
    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


Expression = And | Or | Not | Clause


@dataclass(frozen=True, slots=True)
class Sort:
    field: Field
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query. `where` is None for a blank one, which every issue matches."""

    text: str
    where: Expression | None
    order: tuple[Sort, ...]

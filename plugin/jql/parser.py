"""Tokens to tree: recursive descent over the grammar of Atlassian's own parser.

OR binds loosest, then AND, then NOT (https://confluence.atlassian.com/jirakb/order-of-operations-for-jql-1283492840.html).
The first token that cannot go on is the fault; nothing is repaired.
"""

from plugin.jql.advice import Expected, hint
from plugin.jql.errors import JqlError, Place
from plugin.jql.nodes import (
    And,
    Call,
    Clause,
    Direction,
    Empty,
    Expression,
    Field,
    Items,
    Not,
    Operand,
    Or,
    Predicate,
    Property,
    Query,
    Sort,
    Value,
)
from plugin.jql.tokens import Token, decode, scan

MAX_LENGTH = 20_000
"""Characters of a query. Saved filters stay far below; the limit keeps hostile input cheap."""
MAX_DEPTH = 100
"""Parentheses, NOTs and nested lists inside one another."""

_STRINGS = frozenset({"string", "quoted"})
_NUMBERS = frozenset({"number", "negative"})
_ATOMS = _STRINGS | _NUMBERS
_NEGATIONS = frozenset({"not", "!"})
_EQUALITIES = frozenset({"=", "!=", "~", "!~"})
_COMPARISONS = frozenset({"<", ">", "<=", ">="})
_WAS_PREDICATES = frozenset({"before", "after", "on", "during", "by"})
_CHANGED_PREDICATES = _WAS_PREDICATES | {"from", "to"}


def parse(text: str) -> Query:
    """The tree of a query; a blank text is a query without clauses. Raises JqlError at the first fault."""
    if len(text) > MAX_LENGTH:
        raise JqlError(
            f"The query has {len(text):,} characters; Plumbline reads at most {MAX_LENGTH:,}",
            Place(text, MAX_LENGTH, MAX_LENGTH + 1),
        )
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = scan(text)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def last_stop(self) -> int:
        return self.tokens[self.at - 1].stop

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect(self, kind: str, expected: Expected) -> Token:
        if self.next.kind != kind:
            raise self.fault(expected)
        return self.take()

    def accept(self, kind: str) -> bool:
        if self.next.kind != kind:
            return False
        self.at += 1
        return True

    def fault(self, expected: Expected) -> JqlError:
        found = self.next
        what = "the query ends" if found.kind == "end" else f"there is {_shown(found.raw)}"
        place = Place(self.text, found.start, max(found.stop, found.start + 1))
        return JqlError(f"Expected {expected.value} but {what}", place, hint(self.tokens, self.at, expected))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            place = Place(self.text, self.next.start, self.next.stop)
            raise JqlError(f"Parentheses, NOT and lists nest deeper than {MAX_DEPTH} levels", place)

    def query(self) -> Query:
        where = None
        if self.next.kind not in {"end", "order"}:
            where = self.disjunction(Expected.QUERY)
        order: tuple[Sort, ...] = ()
        if self.next.kind == "order":
            order = self.order()
        if self.next.kind != "end":
            raise self.fault(Expected.END if order else Expected.AFTER_CLAUSE)
        return Query(self.text, where, order)

    def disjunction(self, expected: Expected) -> Expression:
        parts = [self.conjunction(expected)]
        while self.accept("or"):
            parts.append(self.conjunction(Expected.CLAUSE))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self, expected: Expected) -> Expression:
        parts = [self.negation(expected)]
        while self.accept("and"):
            parts.append(self.negation(Expected.CLAUSE))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self, expected: Expected) -> Expression:
        self.deeper()
        try:
            if self.next.kind in _NEGATIONS:
                self.take()
                return Not(self.negation(Expected.CLAUSE))
            if self.accept("("):
                inner = self.disjunction(Expected.CLAUSE)
                self.expect(")", Expected.CLOSED)
                return inner
            return self.clause(expected)
        finally:
            self.depth -= 1

    def clause(self, expected: Expected) -> Clause:
        field = self.field(expected)
        operator, operand = self.comparison()
        predicates = self.predicates(operator)
        return Clause(field, operator, operand, predicates, field.start, self.last_stop)

    def comparison(self) -> tuple[str, Operand | None]:
        kind = self.next.kind
        if kind in _EQUALITIES:
            return self.take().kind, self.single(Expected.VALUE_OR_EMPTY)
        if kind in _COMPARISONS:
            return self.take().kind, self.value_or_call(Expected.VALUE)
        if kind == "is":
            return self.is_empty()
        if kind == "was":
            return self.was()
        if kind == "changed":
            return self.take().kind, None
        if kind in {"in", "not"}:
            return self.membership(), self.group()
        raise self.fault(Expected.OPERATOR)

    def membership(self) -> str:
        if self.accept("not"):
            self.expect("in", Expected.IN)
            return "not in"
        self.take()
        return "in"

    def is_empty(self) -> tuple[str, Operand]:
        self.take()
        operator = "is not" if self.accept("not") else "is"
        token = self.expect("empty", Expected.EMPTY if operator == "is not" else Expected.NOT_OR_EMPTY)
        return operator, Empty(token.start, token.stop)

    def was(self) -> tuple[str, Operand]:
        self.take()
        words = ["was"]
        if self.accept("not"):
            words.append("not")
        if self.accept("in"):
            return " ".join([*words, "in"]), self.group()
        return " ".join(words), self.single(Expected.VALUE_OR_EMPTY)

    def predicates(self, operator: str) -> tuple[Predicate, ...]:
        allowed = _CHANGED_PREDICATES if operator == "changed" else _WAS_PREDICATES
        found = []
        while operator.startswith(("was", "changed")) and self.next.kind in allowed:
            found.append(Predicate(self.take().kind, self.operand()))
        return tuple(found)

    def operand(self) -> Operand:
        return self.items() if self.next.kind == "(" else self.single(Expected.OPERAND)

    def single(self, expected: Expected) -> Operand:
        if self.next.kind == "empty":
            token = self.take()
            return Empty(token.start, token.stop)
        return self.value_or_call(expected)

    def group(self) -> Operand:
        """What may follow IN: a list or a function, not a bare value."""
        if self.next.kind == "(":
            return self.items()
        found = self.value_or_call(Expected.GROUP)
        if isinstance(found, Value):
            raise self.fault(Expected.ARGUMENTS)
        return found

    def value_or_call(self, expected: Expected) -> Value | Call:
        value = self.atom(_ATOMS, expected)
        if not self.accept("("):
            return value
        arguments: list[Value] = []
        if self.next.kind != ")":
            arguments.append(self.atom(_ATOMS, Expected.FIRST_ARGUMENT))
            while self.accept(","):
                arguments.append(self.atom(_ATOMS, Expected.ARGUMENT))
        self.expect(")", Expected.MORE_ARGUMENTS)
        return Call(value, tuple(arguments), value.start, self.last_stop)

    def items(self) -> Items:
        self.deeper()
        start = self.take().start
        found = [self.operand()]
        while self.accept(","):
            found.append(self.operand())
        self.expect(")", Expected.MORE_ITEMS)
        self.depth -= 1
        return Items(tuple(found), start, self.last_stop)

    def field(self, expected: Expected) -> Field:
        start = self.next.start
        if self.next.kind in _NUMBERS:
            name = self.atom(_NUMBERS, expected)
            return Field(name, None, (), start, name.stop)
        name, number = self.custom_field() if self.next.kind == "cf" else (self.atom(_STRINGS, expected), None)
        properties = []
        while self.accept("["):
            properties.append(self.property())
        return Field(name, number, tuple(properties), start, self.last_stop)

    def custom_field(self) -> tuple[Value, int]:
        start = self.take().start
        self.expect("[", Expected.FIELD_NUMBER_OPEN)
        number = self.expect("number", Expected.FIELD_NUMBER)
        self.expect("]", Expected.BRACKET)
        stop = self.last_stop
        return Value(f"cf[{number.raw}]", self.text[start:stop], start, stop), int(number.raw)

    def property(self) -> Property:
        key = self.atom(_ATOMS, Expected.PROPERTY)
        self.expect("]", Expected.BRACKET)
        path = []
        while self.next.kind in _ATOMS:
            path.append(self.atom(_ATOMS, Expected.PROPERTY))
        return Property(key, tuple(path))

    def atom(self, kinds: frozenset[str], expected: Expected) -> Value:
        token = self.next
        if token.kind not in kinds:
            raise self.fault(expected)
        self.at += 1
        return Value(decode(token.raw), token.raw, token.start, token.stop)

    def order(self) -> tuple[Sort, ...]:
        self.take()
        self.expect("by", Expected.BY)
        sorts = [self.sort()]
        while self.accept(","):
            sorts.append(self.sort())
        return tuple(sorts)

    def sort(self) -> Sort:
        field = self.field(Expected.SORT)
        direction: Direction | None = None
        if self.accept("asc"):
            direction = "ASC"
        elif self.accept("desc"):
            direction = "DESC"
        return Sort(field, direction)


def _shown(raw: str) -> str:
    line = " ".join(raw.split()) or raw
    return f"`{line}`" if len(line) <= 40 else f"`{line[:39]}…`"

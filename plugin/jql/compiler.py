"""Tree to condition: negation pushed inward, fields and values resolved, everything undecidable refused."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from plugin.jql import refusals
from plugin.jql.condition import (
    Condition,
    Leaf,
    Node,
    Test,
    every,
    has_none_of,
    has_one_of,
    has_one_of_or_is_empty,
    is_empty,
    is_filled,
    some,
)
from plugin.jql.errors import JqlRefused, Place
from plugin.jql.fields import BY_NAME, NAMES, NoSuchValue, TermField
from plugin.jql.nodes import And, Call, Clause, Empty, Expression, Items, Not, Operand, Or, Query, Value
from plugin.jql.parser import parse
from plugin.jql.site import SiteFacts
from plugin.jql.view import Terms

_OPPOSITE = {
    "=": "!=",
    "!=": "=",
    "~": "!~",
    "!~": "~",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}
_NEGATIVE = frozenset({"!=", "not in", "is not"})
_ALWAYS_THERE = frozenset({"id", "key"})


def compile(text: str, site: SiteFacts) -> Condition:  # noqa: A001 - what it does, as in re.compile
    """The condition that a query states. Raises JqlError where it is not JQL, JqlRefused where it cannot be decided."""
    query = parse(text)
    root = _Compiler(query, site).root()
    return Condition(text, frozenset(root.fields()) - _ALWAYS_THERE, tuple(_notices(query)), root)


def _notices(query: Query) -> Iterator[str]:
    if query.order:
        yield "ORDER BY is ignored: a condition selects issues and does not sort them."
    if query.where is None:
        yield "The condition is blank: it matches every issue."


class _Compiler:
    def __init__(self, query: Query, site: SiteFacts) -> None:
        self.query = query
        self.site = site

    def root(self) -> Node:
        return every([]) if self.query.where is None else self.straight(self.query.where)

    def straight(self, node: Expression) -> Node:
        match node:
            case And(parts):
                return every([self.straight(part) for part in parts])
            case Or(parts):
                return some([self.straight(part) for part in parts])
            case Not(part):
                return self.negated(part)
            case Clause():
                return self.leaf(node)

    def negated(self, node: Expression) -> Node:
        match node:
            case And(parts):
                return some([self.negated(part) for part in parts])
            case Or(parts):
                return every([self.negated(part) for part in parts])
            case Not(part):
                return self.straight(part)
            case Clause():
                # WAS and CHANGED have no opposite here; `leaf` refuses them as they stand.
                return self.leaf(replace(node, operator=_OPPOSITE.get(node.operator, node.operator)))

    def leaf(self, clause: Clause) -> Leaf:
        if clause.operator.startswith(("was", "changed")) or clause.operand is None:
            self.refuse(clause, f"{clause.operator.upper()} cannot be decided: {refusals.HISTORY}")
        field = self.field(clause)
        if clause.operator not in field.operators:
            self.refuse_operator(clause, field)
        return Leaf(self.words(clause), field.reading, self.test(clause, clause.operand, field))

    def words(self, clause: Clause) -> str:
        """The clause as it is decided: under a NOT the operator differs from the one that was written."""
        operand = self.query.text[clause.operand.start : clause.operand.stop] if clause.operand else ""
        return f"{clause.field.name.raw} {clause.operator.upper()} {operand}"

    def test(self, clause: Clause, operand: Operand, field: TermField) -> Test:
        wanted: Terms = frozenset()
        empty = False
        for one in _flat(operand):
            if isinstance(one, Empty):
                self.may_be_empty(clause, field)
                empty = True
            else:
                wanted |= self.wanted(one, field)
        if clause.operator in _NEGATIVE:
            return has_none_of(field.reading, wanted) if wanted else is_filled(field.reading)
        if empty and wanted:
            return has_one_of_or_is_empty(field.reading, wanted)
        return is_empty(field.reading) if empty else has_one_of(field.reading, wanted)

    def wanted(self, value: Value | Call, field: TermField) -> Terms:
        if isinstance(value, Call):
            self.refuse_function(value)
        try:
            return field.wanted(value.text, self.site)
        except NoSuchValue as error:
            place = Place(self.query.text, value.start, value.stop)
            raise JqlRefused(f"{field.name} cannot be `{value.text}`: {error}", place) from error

    def field(self, clause: Clause) -> TermField:
        name = clause.field.name.text
        known = BY_NAME.get(name.lower())
        if known and not clause.field.properties:
            return known
        place = Place(self.query.text, clause.field.start, clause.field.stop)
        reason = refusals.FIELDS.get(name.lower())
        if reason:
            hint = refusals.INSTEAD.get(name.lower(), "")
            raise JqlRefused(f"The field {place.source} cannot be decided: {reason}", place, hint)
        close = get_close_matches(name.lower(), BY_NAME, 1, 0.75)
        meant = f"Did you mean {BY_NAME[close[0]].name}? " if close else ""
        raise JqlRefused(
            f"Plumbline does not decide the field {place.source}", place, f"{meant}It decides {', '.join(NAMES)}."
        )

    def may_be_empty(self, clause: Clause, field: TermField) -> None:
        if field.never_empty:
            self.refuse(clause, f"{field.name} takes no EMPTY: {field.never_empty}")

    def refuse(self, clause: Clause, message: str, hint: str = "") -> NoReturn:
        raise JqlRefused(message, Place(self.query.text, clause.start, clause.stop), hint)

    def refuse_operator(self, clause: Clause, field: TermField) -> NoReturn:
        if clause.operator in {"is", "is not"}:
            self.may_be_empty(clause, field)
        allowed = ", ".join(sorted(one.upper() for one in field.operators))
        self.refuse(
            clause, f"{field.name} is not compared by {clause.operator.upper()}", f"{field.name} takes {allowed}."
        )

    def refuse_function(self, call: Call) -> NoReturn:
        name = call.name.text.lower()
        reason = refusals.FUNCTIONS.get(name, refusals.OTHER_FUNCTION)
        place = Place(self.query.text, call.start, call.stop)
        raise JqlRefused(
            f"The function {call.name.text}() cannot be decided: {reason}", place, refusals.INSTEAD.get(name, "")
        )


def _flat(operand: Operand) -> Iterator[Value | Call | Empty]:
    if isinstance(operand, Items):
        for item in operand.items:
            yield from _flat(item)
    else:
        yield operand

"""Tree to condition: negation pushed inward, fields and values resolved, everything undecidable refused."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from plugin.jql import lint, refusals
from plugin.jql.clause import EMPTINESS, ORDER, Ask, Field, Unfit
from plugin.jql.condition import Condition, Leaf, Node, every, some
from plugin.jql.custom import custom_field
from plugin.jql.errors import JqlRefused, Place
from plugin.jql.fields import BY_NAME, NAMES
from plugin.jql.nodes import And, Call, Clause, Empty, Expression, Items, Not, Operand, Or, Query, Value
from plugin.jql.parser import parse
from plugin.jql.questions import Question, Scan
from plugin.jql.site import SiteFacts
from plugin.jql.terms import TermField
from plugin.jql.view import Reading

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
_ORDERED = ("=", "!=", "in", "not in", "is", "is not", "<", "<=", ">", ">=", "~", "!~")
_ALWAYS_THERE = frozenset({"id", "key"})


def compile(text: str, site: SiteFacts, *, lenient: bool = False) -> Condition:  # noqa: A001 - as in re.compile
    """The condition that a query states. Raises JqlError where it is not JQL, JqlRefused where it cannot be decided.

    `lenient`: a clause that cannot be decided on this site (any more) is unknown of every issue instead, and said in
    the condition's `lost`; the clauses around it still decide where they can.
    """
    query = parse(text)
    compiler = _Compiler(query, site, lenient)
    root = compiler.root()
    leaves = root.leaves()
    return Condition(
        text,
        needs=frozenset(field for leaf in leaves for field in leaf.reads()) - _ALWAYS_THERE - compiler.lost.keys(),
        notices=tuple(lint.notices(query, root, site)),
        depends_on_clock=any(leaf.field.moves(leaf.ask) for leaf in leaves),
        root=root,
        lost=tuple(compiler.lost.values()),
    )


class _Compiler:
    def __init__(self, query: Query, site: SiteFacts, lenient: bool) -> None:
        self.query = query
        self.site = site
        self.lenient = lenient
        self.lost: dict[str, str] = {}
        """What the clauses that cannot be decided ask for, and why they cannot."""

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
        try:
            return self.decided(clause)
        except JqlRefused as refused:
            if not self.lenient:
                raise
            return self.undecided(clause, refused)

    def undecided(self, clause: Clause, refused: JqlRefused) -> Leaf:
        name = self.words(clause)
        self.lost[name] = refused.sentence
        ask = Ask(clause.operator, (), self.site)
        return Leaf(name, TermField(name, Reading(name, _unknown)), ask, Scan(_unknown, name))

    def decided(self, clause: Clause) -> Leaf:
        if clause.operand is None or clause.operator not in _OPPOSITE:
            self.refuse(clause, f"{clause.operator.upper()} cannot be decided: {refusals.HISTORY}")
        field = self.field(clause)
        ask = Ask(clause.operator, tuple(_flat(clause.operand)), self.site)
        if field.never_empty and (ask.empty or ask.operator in EMPTINESS):
            self.refuse(clause, f"{field.name} takes no EMPTY: {field.never_empty}")
        if clause.operator not in field.operators:
            self.refuse_operator(clause, field)
        return Leaf(self.words(clause), field, ask, self.question(field, ask))

    def question(self, field: Field, ask: Ask) -> Question:
        try:
            return field.question(ask)
        except Unfit as unfit:
            place = Place(self.query.text, unfit.operand.start, unfit.operand.stop)
            raise JqlRefused(f"{unfit.words[0].upper()}{unfit.words[1:]}", place, unfit.instead) from unfit

    def words(self, clause: Clause) -> str:
        """The clause as it is decided: under a NOT the operator differs from the one that was written."""
        field = self.query.text[clause.field.start : clause.field.stop]
        operand = self.query.text[clause.operand.start : clause.operand.stop] if clause.operand else ""
        return f"{field} {clause.operator.upper()} {operand}"

    def field(self, clause: Clause) -> Field:
        name, number = clause.field.name.text, clause.field.number
        place = Place(self.query.text, clause.field.start, clause.field.stop)
        if reason := refusals.FIELDS.get(name.lower()):
            hint = refusals.INSTEAD.get(name.lower(), "")
            raise JqlRefused(f"The field {place.source} cannot be decided: {reason}", place, hint)
        # `Team[Dropdown]` names a custom field and its type; on a system field brackets mean nothing that we know.
        found = None if clause.field.properties else BY_NAME.get(name.lower())
        found = found or self.custom_field(name, number, place)
        if found is None and number is not None:
            raise JqlRefused(f"This site has no field {place.source}", place, "Write the name that its page shows.")
        if found is None:
            self.refuse_field(name, place)
        return found

    def custom_field(self, name: str, number: int | None, place: Place) -> Field | None:
        try:
            return custom_field(name, number, self.site)
        except LookupError as several:
            message = f"Several fields of this site are called {place.source}"
            raise JqlRefused(message, place, f"Write {several} for the one that is meant.") from several

    def refuse_field(self, name: str, place: Place) -> NoReturn:
        known = {**{called.lower(): called for called in self.site.fields.values()}, **dict.fromkeys(BY_NAME, "")}
        close = get_close_matches(name.lower(), known, 1, 0.75)
        meant = f"Did you mean {known[close[0]] or BY_NAME[close[0]].name}? " if close else ""
        decided = f"It decides {', '.join(NAMES)}, and custom fields as cf[10016] or by name."
        raise JqlRefused(f"Plumbline does not decide the field {place.source}", place, meant + decided)

    def refuse_operator(self, clause: Clause, field: Field) -> NoReturn:
        allowed = ", ".join(one.upper() for one in _ORDERED if one in field.operators)
        message = f"{field.name} cannot be compared by {clause.operator.upper()}"
        if clause.operator in ORDER and field.name in refusals.ORDERS:
            message += f": {refusals.ORDERS[field.name]}"
        self.refuse(clause, message, f"{field.name} takes {allowed}.")

    def refuse(self, clause: Clause, message: str, hint: str = "") -> NoReturn:
        raise JqlRefused(message, Place(self.query.text, clause.start, clause.stop), hint)


def _unknown(_: object) -> None:
    """Nothing is known of any issue."""


def _flat(operand: Operand) -> Iterator[Value | Call | Empty]:
    if isinstance(operand, Items):
        for item in operand.items:
            yield from _flat(item)
    else:
        yield operand

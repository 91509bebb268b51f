"""What can be seen of a condition without an issue: the values that a field must have, and whether two say the same."""

import json
import re
from functools import reduce

from plugin import jql
from plugin.jql.nodes import And, Clause, Expression, Items, Not, Or, Value

_SINGLE = {
    "project": "project",
    "issuetype": "issuetype",
    "type": "issuetype",
    "status": "status",
    "priority": "priority",
}
"""Names of fields that hold exactly one value → Jira's id."""


def contradiction(text: str) -> str | None:
    """The field that would need two values at once, None where none is seen."""
    where = jql.parse(text).where
    return next((one for one in sorted(set(_SINGLE.values())) if where and _bound(where, one) == frozenset()), None)


def project_keys(text: str) -> frozenset[str] | None:
    """The project keys outside of which the condition cannot hold; None where there is no such bound.

    Projects may be called by name too, and a name is not comparable with a key: then there is no bound either.
    """
    where = jql.parse(text).where
    bound = _bound(where, "project") if where else None
    return bound if bound and all(re.fullmatch(r"[A-Z][A-Z0-9_]+", one) for one in bound) else None


def canonical(text: str) -> str:
    """Equal for conditions that differ only in blanks, parentheses, capitals and the order of their parts."""
    return json.dumps(_sorted(jql.as_json(text).get("where")), sort_keys=True).lower()


def _bound(part: Expression, field: str) -> frozenset[str] | None:
    if isinstance(part, And):
        bounds = [one for one in (_bound(each, field) for each in part.parts) if one is not None]
        return reduce(frozenset.intersection, bounds) if bounds else None
    if isinstance(part, Or):
        choices = [_bound(each, field) for each in part.parts]
        known = [one for one in choices if one is not None]
        return frozenset().union(*known) if len(known) == len(choices) else None
    if isinstance(part, Not):
        return None
    return _values(part) if _SINGLE.get(part.field.name.text.lower()) == field else None


def _values(clause: Clause) -> frozenset[str] | None:
    """The texts of `= x` and `in (x, y)`. An id says nothing about a name: a clause with numbers bounds nothing."""
    if clause.operator not in ("=", "in") or clause.operand is None:
        return None
    operands = clause.operand.items if isinstance(clause.operand, Items) else (clause.operand,)
    texts = [one.text for one in operands if isinstance(one, Value) and not one.text.isdigit()]
    return frozenset(texts) if len(texts) == len(operands) else None


def _sorted(part: object) -> object:
    if isinstance(part, dict):
        return {key: _sorted(value) for key, value in part.items()}
    if isinstance(part, list):
        return sorted((_sorted(one) for one in part), key=lambda one: json.dumps(one, sort_keys=True))
    return part

"""A parsed query as Cloud's `jql/parse` tells its structure: it joins and denies as it was written."""

from typing import assert_never

from pydantic import JsonValue

from plugin.sandbox.jira.values import Json
from plugin.sandbox.jql.syntax import KEYWORDS, Call, Clause, Condition, Empty, Group, Many, Not, Operand, Query, Value


def structure(query: Query) -> Json:
    told: Json = {"where": _condition(query.where)} if query.where else {}
    if query.order:
        fields: list[JsonValue] = [
            {"field": _field(name), "direction": "desc" if descending else "asc"} for name, descending in query.order
        ]
        told["orderBy"] = {"fields": fields}
    return told


def _condition(condition: Condition) -> Json:
    match condition:
        case Clause(field, operator, operand):
            return {"field": _field(field), "operator": operator, "operand": _operand(operand)}
        case Not(part):
            return {"operator": "not", "clauses": [_condition(part)]}
        case Group(all, parts):
            return {"operator": "and" if all else "or", "clauses": [_condition(part) for part in parts]}
        case _:
            assert_never(condition)


def _field(name: str) -> Json:
    return {"name": name, "encodedName": _encoded(name)}


def _operand(operand: Operand) -> Json:
    match operand:
        case Value(text, number):
            return {"value": text, "encodedValue": text if number else _encoded(text)}
        case Call(name, arguments):
            told = ", ".join(_encoded(one) for one in arguments)
            return {"function": name, "arguments": [*arguments], "encodedOperand": f"{_encoded(name)}({told})"}
        case Empty():
            return {"keyword": "empty", "encodedOperand": "EMPTY"}
        case Many(operands):
            values: list[JsonValue] = [_operand(one) for one in operands]
            return {"values": values}
        case _:
            assert_never(operand)


def _encoded(text: str) -> str:
    """Quoted, unless it is a plain word and none of the language's own."""
    if text.isascii() and text.replace("_", "a").isalnum() and not text.isdigit() and text.lower() not in KEYWORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

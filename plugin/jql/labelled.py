"""A query in the JSON form of a corpus that Atlassian's own parser labelled (npm @atlaskit/jql-ast 4.0.0).

That form takes escapes naively: of quoted text a backslash goes and the character behind it stays, unquoted text keeps
its backslashes. It is reproduced here so that the two parsers can be compared line by line; the tree itself decodes.
"""

import re
from collections.abc import Sequence

from plugin.jql.errors import JqlError
from plugin.jql.nodes import And, Call, Clause, Empty, Expression, Field, Not, Operand, Or, Query, Value
from plugin.jql.parser import parse

Json = dict[str, object]

_BACKSLASHED = re.compile(r"\\(.)", re.DOTALL)


def as_json(text: str) -> Json:
    """`{q, ok, where?, orderBy?}`, or `{q, ok: false, error, start, stop, line, col}` with `col` counted from 0."""
    try:
        query = parse(text)
    except JqlError as error:
        return {"q": text, "ok": False, **_fault(error)}
    return {"q": text, "ok": True, **_query(query)}


def _fault(error: JqlError) -> Json:
    place = error.place
    stop = min(place.stop, len(place.text))
    return {"error": error.message, "start": error.start, "stop": stop, "line": error.line, "col": error.column - 1}


def _query(query: Query) -> Json:
    found: Json = {}
    if query.where is not None:
        found["where"] = _expression(query.where)
    if query.order:
        found["orderBy"] = [
            {"field": _naive(sort.field.name), "dir": sort.direction, **_properties(sort.field)} for sort in query.order
        ]
    return found


def _expression(node: Expression) -> Json:
    match node:
        case And(parts):
            return {"and": [_expression(part) for part in parts]}
        case Or(parts):
            return {"or": [_expression(part) for part in parts]}
        case Not(part):
            return {"not": _expression(part)}
        case Clause():
            return _clause(node)


def _clause(clause: Clause) -> Json:
    found: Json = {
        "field": _naive(clause.field.name),
        **_properties(clause.field),
        "op": clause.operator,
    }
    if clause.operand is not None:
        found["operand"] = _operand(clause.operand)
    if clause.predicates:
        found["pred"] = [{"op": one.operator, "operand": _operand(one.operand)} for one in clause.predicates]
    return found


def _properties(field: Field) -> Json:
    if not field.properties:
        return {}
    return {"props": [{"key": _naive(one.key), "path": _all_naive(one.path)} for one in field.properties]}


def _operand(operand: Operand) -> Json:
    match operand:
        case Empty():
            return {"k": "empty"}
        case Call(name, arguments):
            return {"fn": _naive(name), "args": _all_naive(arguments)}
        case Value():
            shown: Json = {"v": _naive(operand)}
            return {**shown, "t": operand.raw} if "\\" in operand.raw else shown
        case _:
            return {"list": [_operand(item) for item in operand.items]}


def _all_naive(values: Sequence[Value]) -> list[str]:
    return [_naive(value) for value in values]


def _naive(value: Value) -> str:
    return _BACKSLASHED.sub(r"\1", value.raw[1:-1]) if value.quoted else value.raw

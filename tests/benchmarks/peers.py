"""The same rules in the languages of other engines. Each gets an issue as plain lists of words, made beforehand."""

import importlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from plugin.jql.stems import stem
from plugin.jql.texts import texts_of
from plugin.jql.view import View
from tests.benchmarks.real_issues import Clause, Rule

Plain = Mapping[str, list[str] | int]
Engine = Callable[[Plain], Iterable[int]]
"""Positions of the rules that match."""

_NAMES = {"component": "components", "fixVersion": "fixVersions"}


def plain(issue: Mapping[str, object], sprint: str) -> Plain:
    fields = ("project", "issuetype", "status", "resolution", "priority", "labels", "component", "fixVersion", "parent")
    found: dict[str, list[str] | int] = {name: _texts(issue[_NAMES.get(name, name)]) for name in fields}
    found["sprint"] = _texts(issue[sprint])
    found["summary"] = sorted(View(issue).terms[texts_of("summary", "english").words] or ())
    found["created"] = _day(str(issue["created"]))
    return found


def _texts(value: object) -> list[str]:
    ones = value if isinstance(value, list) else [value] if value else []
    return [str(one.get("key") or one["name"] if isinstance(one, Mapping) else one).lower() for one in ones]


def _day(text: str) -> int:
    return int(text[:10].replace("-", ""))


def _wanted(clause: Clause) -> list[str]:
    return [stem(one) if clause[1] == "~" else one.lower() for one in clause[2]]


def rule_engine(made: Sequence[Rule]) -> Engine:
    engine = importlib.import_module("rule_engine")
    asked = [engine.Rule(" or ".join(f"({' and '.join(map(_words, clauses))})" for clauses in rule)) for rule in made]
    return lambda issue: [at for at, one in enumerate(asked) if one.matches(issue)]


def _words(clause: Clause) -> str:
    field, operator, values = clause
    if operator == ">=":
        return f"created >= {_day(values[0])}"
    each = [f"{json.dumps(one)} in {field}" for one in _wanted(clause)]
    if operator == "not in":
        return f"({field}.length > 0 and not ({' or '.join(each)}))"
    return f"({(' and ' if operator == '~' else ' or ').join(each)})"


def json_logic(made: Sequence[Rule]) -> Engine:
    decide = importlib.import_module("json_logic").jsonLogic
    asked = [{"or": [{"and": [_tree(clause) for clause in clauses]} for clauses in rule]} for rule in made]
    return lambda issue: [at for at, one in enumerate(asked) if decide(one, issue)]


def _tree(clause: Clause) -> Mapping[str, object]:
    field, operator, values = clause
    if operator == ">=":
        return {">=": [{"var": "created"}, _day(values[0])]}
    each = [{"in": [one, {"var": field}]} for one in _wanted(clause)]
    if operator == "not in":
        return {"and": [{"!!": [{"var": field}]}, {"!": [{"or": each}]}]}
    return {"and" if operator == "~" else "or": each}


def mokaccino(made: Sequence[Rule]) -> Engine:
    """Built anew from plain words for each issue, as it takes documents of its own."""
    engine = importlib.import_module("mokaccino")
    percolator = engine.Percolator()
    for at, rule in enumerate(made):
        parts = [_joined([_query(engine.Query, clause) for clause in clauses], "and") for clauses in rule]
        percolator.add_query_id(_joined(parts, "or"), at)

    def decide(issue: Plain) -> Iterable[int]:
        document = engine.Document()
        for field, values in issue.items():
            for value in values if isinstance(values, list) else [str(values)]:
                document.add_value(field, value)
            document.add_value(f"{field} filled", "yes" if values else "no")
        return list(percolator.percolate_list(document))

    return decide


class _Queries(Protocol):
    """What is used of mokaccino's Query."""

    from_kge: Callable[[str, int], object]
    from_kv: Callable[[str, str], object]
    from_not: Callable[[object], object]


def _query(query: _Queries, clause: Clause) -> object:
    field, operator, values = clause
    if operator == ">=":
        return query.from_kge(field, _day(values[0]))
    each = [query.from_kv(field, one) for one in _wanted(clause)]
    if operator == "not in":
        return _joined([query.from_kv(f"{field} filled", "yes"), query.from_not(_joined(each, "or"))], "and")
    return _joined(each, "and" if operator == "~" else "or")


def _joined(parts: Sequence[object], word: str) -> object:
    engine = importlib.import_module("mokaccino").Query
    joined = engine.from_and if word == "and" else engine.from_or
    return parts[0] if len(parts) == 1 else joined(list(parts))


ENGINES: Mapping[str, Callable[[Sequence[Rule]], Engine]] = {
    "rule_engine": rule_engine,
    "json_logic": json_logic,
    "mokaccino": mokaccino,
}

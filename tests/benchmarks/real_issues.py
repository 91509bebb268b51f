"""Real issues and rules made of their own words, for the benchmarks of matching."""

import gzip
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ISSUES = Path(__file__).parents[2].parent / "shared" / "issues" / "timob.jsonl.gz"
SPRINT = "customfield_10020"
Told = Mapping[str, object]


@cache
def raw_lines() -> tuple[bytes, ...]:
    """The issues as they lie in the file, one JSON object a line."""
    if not ISSUES.exists():
        pytest.fail(f"the benchmark's input is missing: {ISSUES}")
    with gzip.open(ISSUES) as lines:
        return tuple(lines)


@cache
def issues() -> tuple[Told, ...]:
    """The same issues with their fields in the shapes of `plugin.domain.issue.Snapshot`."""
    return tuple(snapshot(json.loads(line)) for line in raw_lines())


def snapshot(raw: Mapping[str, object]) -> Told:
    return {
        "id": raw["id"],
        "key": raw["key"],
        "project": {"id": "10153", "key": raw["project"], "name": "Titanium SDK/CLI"},
        "issuetype": {**_named(raw["issuetype"]), "subtask": raw["subtask"]},
        "status": {**_named(raw["status"]), "category": {"id": "3", "key": "done", "name": "Done"}},
        "resolution": _named(raw["resolution"]) if raw["resolution"] else None,
        "priority": _named(raw["priority"]) if raw["priority"] else None,
        "labels": raw["labels"],
        "components": [_named(one) for one in _list(raw["components"])],
        "fixVersions": [{**_named(one), "released": True, "archived": False} for one in _list(raw["fixVersions"])],
        "parent": {"id": "", "key": raw["epic_key"]} if raw["epic_key"] else None,
        "summary": raw["summary"],
        "description": raw["description"],
        "created": raw["created"],
        "updated": raw["updated"],
        SPRINT: [{"id": _number(one), "name": one, "state": "closed"} for one in _list(raw["sprints"])],
    }


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _named(name: object) -> dict[str, object]:
    return {"id": _number(name), "name": name}


def _number(name: object) -> str:
    return str(10_000 + sum(map(ord, str(name))))


@dataclass(frozen=True)
class Words:
    """What the issues really say, each word once."""

    components: list[str]
    labels: list[str]
    versions: list[str]
    epics: list[str]
    sprints: list[str]
    summaries: list[str]


@cache
def words() -> Words:
    raw = [json.loads(line) for line in raw_lines()]
    return Words(
        components=sorted({name for one in raw for name in one["components"]}),
        labels=sorted({name for one in raw for name in one["labels"]}),
        versions=sorted({name for one in raw for name in one["fixVersions"]}),
        epics=sorted({one["epic_key"] for one in raw if one["epic_key"]}),
        sprints=sorted({name for one in raw for name in one["sprints"]}),
        summaries=sorted({word for one in raw for word in re.findall(r"[a-z]{4,}", one["summary"].lower())}),
    )


Clause = tuple[str, str, tuple[str, ...]]
"""Field, operator, values: enough to say a rule in the languages of the engines that are compared."""
Rule = tuple[tuple[Clause, ...], ...]
"""An OR of ANDs."""


_IN_PROJECT: Clause = ("project", "=", ("TIMOB",))
_TYPES = ("Bug", "Improvement", "New Feature", "Story")


def rules(count: int) -> list[Rule]:
    """Rules in ten shapes that administrators write, by turns; the same for the same count."""
    draw = random.Random(count)
    shapes = (*_PLAIN, *_NARROWED)
    return [shapes[at % len(shapes)](words(), draw) for at in range(count)]


_PLAIN: tuple[Callable[[Words, random.Random], Rule], ...] = (
    lambda w, draw: ((_IN_PROJECT, _is("component", draw.choice(w.components))),),
    lambda w, draw: ((_in("parent", draw.sample(w.epics, 2)),),),
    lambda w, draw: ((("summary", "~", tuple(draw.sample(w.summaries, 2))),),),
    lambda w, draw: ((_is("fixVersion", draw.choice(w.versions)), ("status", "not in", ("Open", "Reopened"))),),
    lambda w, draw: (
        (_is("sprint", draw.choice(w.sprints)), ("created", ">=", (f"201{draw.randrange(5, 9)}-01-01",))),
    ),
)
_NARROWED: tuple[Callable[[Words, random.Random], Rule], ...] = (
    lambda w, draw: (
        (_IN_PROJECT, _is("component", draw.choice(w.components)), _in("labels", draw.sample(w.labels, 3))),
    ),
    lambda w, draw: (
        (_is("component", draw.choice(w.components)), _is("labels", draw.choice(w.labels))),
        (_is("component", draw.choice(w.components)), _is("fixVersion", draw.choice(w.versions))),
    ),
    lambda w, draw: (
        (_is("labels", draw.choice(w.labels)), ("component", "not in", tuple(draw.sample(w.components, 2)))),
    ),
    lambda w, draw: ((_IN_PROJECT, _is("issuetype", draw.choice(_TYPES)), _is("labels", draw.choice(w.labels))),),
    lambda w, draw: (
        (
            _in("fixVersion", draw.sample(w.versions, 2)),
            _in("priority", ["High", "Critical"]),
            _is("resolution", "Fixed"),
        ),
    ),
)


def _is(field: str, value: str) -> Clause:
    return field, "=", (value,)


def _in(field: str, values: Sequence[str]) -> Clause:
    return field, "in", tuple(values)


def as_jql(rule: Rule) -> str:
    return " OR ".join(f"({' AND '.join(map(_clause, clauses))})" for clauses in rule)


def _clause(clause: Clause) -> str:
    field, operator, values = clause
    if operator == "~":
        return f'{field} ~ "{" ".join(values)}"'
    quoted = [json.dumps(one) for one in values]
    if operator == "not in":
        return f"NOT ({' OR '.join(f'{field} = {one}' for one in quoted)})"
    return f"{field} {operator} {'(' + ', '.join(quoted) + ')' if operator == 'in' else quoted[0]}"

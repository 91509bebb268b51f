"""The part of JQL that a service and its admins need, decided over the site's issues.

AND, OR, NOT and parentheses; `updated` and `created` compared with `"2026-11-22 16:37"` (minutes, in the asker's zone),
a day, a distance such as -15m, or milliseconds; `=`, `!=`, `in`, `not in` and, where it can be, `is empty` over
project, id, key, labels, status, statusCategory, issuetype, priority, component, fixVersion, parent, assignee,
reporter and resolution; ORDER BY updated, created, id or key. All else is refused with 400, as Jira refuses what it
does not know.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from plugin.sandbox.jira_catalogue import CATEGORIES
from plugin.sandbox.jira_errors import JiraError
from plugin.sandbox.jira_state import JiraSite
from plugin.sandbox.jira_values import Issue, Person
from plugin.sandbox.jql_words import Clause, Condition, Group, Query
from plugin.sandbox.updated_index import Place


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Predicate = Callable[[Issue], bool]
_SORTS: dict[str, Callable[[Issue], datetime | int]] = {
    "updated": lambda issue: issue.updated,
    "created": lambda issue: issue.created,
    "id": lambda issue: issue.number,
    "key": lambda issue: issue.number,
}
_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


def run(site: JiraSite, query: Query, asker: Person, after: Place | None = None) -> Iterator[Issue]:
    """The issues that the asker may see and that match, in order; lazily where the order is `oldest_first`.

    `after` goes on behind that place; it has a meaning only where the order is `oldest_first`.
    """
    test = _meets(site, query.where, asker)
    candidates = _candidates(site, query, asker, after)
    found = (issue for issue in candidates if site.may_see(issue, asker.id) and test(issue))
    return found if query.oldest_first else _sorted(found, query)


def matches(site: JiraSite, query: Query, asker: Person, issue: Issue) -> bool:
    """Whether the one issue matches."""
    return _meets(site, query.where, asker)(issue)


def without_unknown_issues(site: JiraSite, query: Query) -> Query:
    """The query as an unvalidated search runs it: ids and keys that name no issue are no error, they find nothing."""
    return replace(query, where=_with_known_issues(site, query.where))


def _with_known_issues(site: JiraSite, condition: Condition | None) -> Condition | None:
    if isinstance(condition, Group):
        parts = (_with_known_issues(site, one) for one in condition.parts)
        return replace(condition, parts=tuple(part for part in parts if part))
    if condition is None or condition.field not in ("id", "key"):
        return condition
    return replace(condition, values=tuple(value for value in condition.values if site.find(value)))


def _sorted(found: Iterable[Issue], query: Query) -> Iterator[Issue]:
    issues = list(found)
    for field, descending in reversed((*query.order, ("id", False))):
        issues.sort(key=_SORTS[field], reverse=descending)
    return iter(issues)


def _candidates(site: JiraSite, query: Query, asker: Person, after: Place | None) -> Iterable[Issue]:
    """As few issues as one clause allows, oldest updated first."""
    for clause in query.demanded:
        if clause.field in ("id", "key") and clause.operator in ("=", "in"):
            issues = {id: site.issues[id] for id in _ids(site, clause)}
            ordered = sorted(issues.values(), key=lambda issue: (issue.updated, issue.number))
            return [one for one in ordered if after is None or (one.updated, one.number) > after]
    if after is not None:
        return (site.issues[str(id)] for id in site.by_updated.after(after))
    starts = [
        _moment(site, one, asker) for one in query.demanded if one.field == "updated" and one.operator in (">", ">=")
    ]
    since = max(starts, default=datetime.min.replace(tzinfo=UTC))
    return (site.issues[str(id)] for id in site.by_updated.since(since))


def _meets(site: JiraSite, condition: Condition | None, asker: Person) -> Predicate:
    if condition is None:
        return lambda issue: True
    if isinstance(condition, Clause):
        return _test(site, condition, asker)
    tests = [_meets(site, part, asker) for part in condition.parts]
    if condition.all:
        return lambda issue: all(test(issue) for test in tests)
    return lambda issue: any(test(issue) for test in tests)


def _test(site: JiraSite, clause: Clause, asker: Person) -> Predicate:
    if clause.operator in _COMPARE:
        moment, compare, read = _moment(site, clause, asker), _COMPARE[clause.operator], _TIMES[clause.field]
        return lambda issue: compare(read(issue), moment)
    read_all = _SETS[clause.field]
    match clause.operator:
        case "is":
            return lambda issue: not read_all(issue)
        case "is not":
            return lambda issue: bool(read_all(issue))
    wanted = _wanted(site, clause, asker)
    if clause.operator in ("=", "in"):
        return lambda issue: not wanted.isdisjoint(read_all(issue))
    return lambda issue: bool(found := read_all(issue)) and wanted.isdisjoint(found)


_TIMES: dict[str, Callable[[Issue], datetime]] = {
    "updated": lambda issue: issue.updated,
    "created": lambda issue: issue.created,
}
_SETS: dict[str, Callable[[Issue], Sequence[str]]] = {
    "project": lambda issue: (issue.project,),
    "id": lambda issue: (issue.id,),
    "key": lambda issue: (issue.id,),
    "labels": lambda issue: issue.labels,
    "status": lambda issue: (issue.status.id,),
    "statuscategory": lambda issue: (issue.status.category.key,),
    "issuetype": lambda issue: (issue.type.id,),
    "priority": lambda issue: (issue.priority.id,),
    "component": lambda issue: [one.name.casefold() for one in issue.components],
    "fixversion": lambda issue: [one.name.casefold() for one in issue.fix_versions],
    "parent": lambda issue: _maybe(issue.parent),
    "assignee": lambda issue: _maybe(issue.assignee),
    "reporter": lambda issue: _maybe(issue.reporter),
    "resolution": lambda issue: (issue.resolution.id,) if issue.resolution else (),
}


def _maybe(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _wanted(site: JiraSite, clause: Clause, asker: Person) -> frozenset[str]:
    """The clause's values as what `_SETS` reads; a value that does not exist is refused, as Jira does."""
    if clause.field in ("id", "key", "parent"):
        return frozenset(_ids(site, clause))
    if clause.field == "project":
        return frozenset(_project(site, value, asker) for value in clause.values)
    if clause.field in ("component", "fixversion"):
        return frozenset(value.casefold() for value in clause.values)
    if clause.field == "labels":
        return frozenset(clause.values)
    return frozenset(_known(site, clause, value) for value in clause.values)


def _known(site: JiraSite, clause: Clause, value: str) -> str:
    """The id of a name of the site's catalogue."""
    catalogue = site.catalogue
    named: dict[str, Callable[[str], _HasId]] = {
        "status": catalogue.status,
        "issuetype": catalogue.type,
        "priority": catalogue.priority,
        "resolution": catalogue.resolution,
        "assignee": catalogue.person,
        "reporter": catalogue.person,
    }
    try:
        return named[clause.field](value).id if clause.field in named else _category(value)
    except JiraError:
        raise JiraError(400, f"The value '{value}' does not exist for the field '{clause.field}'.") from None


def _category(value: str) -> str:
    for one in CATEGORIES.values():
        if value.casefold() in (one.name.casefold(), one.key, str(one.id)):
            return one.key
    raise JiraError(400, f"There is no status category '{value}'.")


def _ids(site: JiraSite, clause: Clause) -> list[str]:
    found = []
    for value in clause.values:
        issue = site.find(value)
        if issue is None:
            kind = "ID" if value.isdigit() else "key"
            raise JiraError(400, f"An issue with {kind} '{value}' does not exist for field '{clause.field}'.")
        found.append(issue.id)
    return found


def _project(site: JiraSite, value: str, asker: Person) -> str:
    for project in site.projects.values():
        seen = project.visible_to is None or asker.id in project.visible_to
        if seen and value.lower() in (project.key.lower(), project.name.lower(), project.id):
            return project.key
    raise JiraError(400, f"The value '{value}' does not exist for the field 'project'.")


_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def _moment(site: JiraSite, clause: Clause, asker: Person) -> datetime:
    """A literal of whole minutes in the asker's zone, a day, a distance from now such as -15m, or milliseconds."""
    text = clause.values[0]
    if re.fullmatch(r"\d{9,}", text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if found := re.fullmatch(r"(-?\d+)([wdhm])", text):
        return site.clock().astimezone(UTC) + int(found[1]) * _UNITS[found[2]]
    for pattern in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
        try:
            local = datetime.strptime(text, pattern).replace(tzinfo=ZoneInfo(asker.time_zone))
            return local.astimezone(UTC)
        except ValueError:
            continue
    valid = "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'"
    words = f"Date value '{text}' for field '{clause.field}' is invalid. Valid formats include: {valid}."
    raise JiraError(400, words)

"""The part of JQL that a service needs to read a site, decided over the site's issues.

Clauses joined by AND: `updated >= "2026-11-22 16:37"` (minutes, in the asker's zone) and the other comparisons of
`updated` and `created`; `=`, `!=`, `in`, `not in` over project, id, key, labels, status, issuetype, parent;
then ORDER BY updated, created, id or key. Everything else is refused with 400, as Jira refuses what it does not know.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from plugin.sandbox.jira_errors import JiraError
from plugin.sandbox.jira_state import JiraSite
from plugin.sandbox.jira_values import Issue, Person
from plugin.sandbox.jql_words import Clause, Query
from plugin.sandbox.updated_index import Place

_Value = TypeVar("_Value")
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
    tests = [_test(site, clause, asker) for clause in query.clauses]
    found = (
        issue
        for issue in _candidates(site, query, asker, after)
        if site.may_see(issue, asker.id) and all(test(issue) for test in tests)
    )
    return found if query.oldest_first else _sorted(found, query)


def _sorted(found: Iterable[Issue], query: Query) -> Iterator[Issue]:
    issues = list(found)
    for field, descending in reversed((*query.order, ("id", False))):
        issues.sort(key=_SORTS[field], reverse=descending)
    return iter(issues)


def _candidates(site: JiraSite, query: Query, asker: Person, after: Place | None) -> Iterable[Issue]:
    """As few issues as one clause allows, oldest updated first."""
    for clause in query.clauses:
        if clause.field in ("id", "key") and clause.operator in ("=", "in"):
            issues = {id: site.issues[id] for id in _ids(site, clause)}
            ordered = sorted(issues.values(), key=lambda issue: (issue.updated, issue.number))
            return [one for one in ordered if after is None or (one.updated, one.number) > after]
    if after is not None:
        return (site.issues[str(id)] for id in site.by_updated.after(after))
    starts = [
        _moment(site, one, asker) for one in query.clauses if one.field == "updated" and one.operator in (">", ">=")
    ]
    since = max(starts, default=datetime.min.replace(tzinfo=UTC))
    return (site.issues[str(id)] for id in site.by_updated.since(since))


def _test(site: JiraSite, clause: Clause, asker: Person) -> Predicate:
    if clause.operator in _COMPARE:
        moment, compare, read = _moment(site, clause, asker), _COMPARE[clause.operator], _TIMES[clause.field]
        return lambda issue: compare(read(issue), moment)
    wanted, read_all = _wanted(site, clause, asker), _SETS[clause.field]
    if clause.operator in ("=", "in"):
        return lambda issue: not wanted.isdisjoint(read_all(issue))
    return lambda issue: bool(found := read_all(issue)) and wanted.isdisjoint(found)


_TIMES: dict[str, Callable[[Issue], datetime]] = {
    "updated": lambda issue: issue.updated,
    "created": lambda issue: issue.created,
}
_SETS: dict[str, Callable[[Issue], Iterable[str]]] = {
    "project": lambda issue: (issue.project,),
    "id": lambda issue: (issue.id,),
    "key": lambda issue: (issue.id,),
    "labels": lambda issue: issue.labels,
    "status": lambda issue: (issue.status.id,),
    "issuetype": lambda issue: (issue.type.id,),
    "parent": lambda issue: (issue.parent,) if issue.parent else (),
}


def _wanted(site: JiraSite, clause: Clause, asker: Person) -> frozenset[str]:
    """The clause's values as the ids that issues hold; a value that does not exist is refused, as Jira does."""
    match clause.field:
        case "project":
            return frozenset(_project(site, value, asker) for value in clause.values)
        case "id" | "key" | "parent":
            return frozenset(_ids(site, clause))
        case "status":
            return frozenset(_one(clause, value, site.catalogue.status).id for value in clause.values)
        case "issuetype":
            return frozenset(_one(clause, value, site.catalogue.type).id for value in clause.values)
    return frozenset(clause.values)


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


def _one(clause: Clause, value: str, look_up: Callable[[str], _Value]) -> _Value:
    try:
        return look_up(value)
    except JiraError:
        raise JiraError(400, f"The value '{value}' does not exist for the field '{clause.field}'.") from None


_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def _moment(site: JiraSite, clause: Clause, asker: Person) -> datetime:
    """A literal of whole minutes in the asker's zone, a day, or a distance from now such as -15m."""
    text = clause.values[0]
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

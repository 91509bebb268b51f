"""Searches: which issues are looked at at all, in which order they are found, and what an unvalidated search forgives.

What a condition means is decided by `jql.reference`; here the few clauses that name issues or bound `updated` are used
to look at as few issues as they allow.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.updated_index import Place
from plugin.sandbox.jira.values import Issue, Person
from plugin.sandbox.jql.fields import canonical, dates_of, issue_ids
from plugin.sandbox.jql.reference import meets
from plugin.sandbox.jql.syntax import Clause, Condition, Group, Many, Not, Query, Value

_SORTS: dict[str, Callable[[Issue], datetime | int]] = {
    "updated": lambda issue: issue.updated,
    "created": lambda issue: issue.created,
    "id": lambda issue: issue.number,
    "key": lambda issue: issue.number,
}


def run(site: JiraSite, query: Query, asker: Person, after: Place | None = None) -> Iterator[Issue]:
    """The issues that the asker may see and that match, in order; lazily where the order is `oldest_first`.

    `after` goes on behind that place; it has a meaning only where the order is `oldest_first`.
    """
    test = meets(site, asker, query.where)
    candidates = _candidates(site, query, asker, after)
    found = (issue for issue in candidates if site.may_see(issue, asker.id) and test(issue))
    return found if query.oldest_first else _sorted(found, query)


def matches(site: JiraSite, query: Query, asker: Person, issue: Issue) -> bool:
    """Whether the one issue matches."""
    return meets(site, asker, query.where)(issue)


def without_unknown_issues(site: JiraSite, query: Query) -> Query:
    """The query as an unvalidated search runs it: ids and keys that name no issue are no error, they find nothing."""
    return replace(query, where=_with_known_issues(site, query.where) if query.where else None)


def _with_known_issues(site: JiraSite, condition: Condition) -> Condition:
    match condition:
        case Not(part):
            return Not(_with_known_issues(site, part))
        case Group(all, parts):
            return Group(all, tuple(_with_known_issues(site, part) for part in parts))
        case Clause(field, "in" | "not in" as operator, Many(operands)) if canonical(field) == "key":
            known = (one for one in operands if not isinstance(one, Value) or site.find(one.text))
            return Clause(field, operator, Many(tuple(known)))
        case Clause(field, "=", Value(text)) if canonical(field) == "key" and not site.find(text):
            return Clause(field, "in", Many(()))
        case _:
            return condition


def _sorted(found: Iterable[Issue], query: Query) -> Iterator[Issue]:
    """The newest first where no order is named."""
    issues = list(found)
    for field, descending in reversed((*(query.order or (("created", True),)), ("id", False))):
        issues.sort(key=_SORTS[field], reverse=descending)
    return iter(issues)


def _candidates(site: JiraSite, query: Query, asker: Person, after: Place | None) -> Iterable[Issue]:
    """As few issues as one clause allows, oldest updated first."""
    demanded = query.demanded
    for clause in demanded:
        if _names_issues(clause):
            issues = {id: site.issues[id] for id in issue_ids(site, clause)}
            ordered = sorted(issues.values(), key=lambda issue: (issue.updated, issue.number))
            return [one for one in ordered if after is None or (one.updated, one.number) > after]
    if after is not None:
        return (site.issues[str(id)] for id in site.by_updated.after(after))
    since = max(_bounds(site, demanded, asker), default=datetime.min.replace(tzinfo=UTC))
    return (site.issues[str(id)] for id in site.by_updated.since(since))


def _names_issues(clause: Clause) -> bool:
    """Whether it lists ids and keys, all of them."""
    operands = clause.operand.operands if isinstance(clause.operand, Many) else (clause.operand,)
    listed = all(isinstance(one, Value) for one in operands)
    return canonical(clause.field) == "key" and clause.operator in ("=", "in") and listed


def _bounds(site: JiraSite, demanded: Iterable[Clause], asker: Person) -> Iterator[datetime]:
    """The moments before which no issue that is found was updated."""
    dates = dates_of(site, asker)
    for clause in demanded:
        if (
            canonical(clause.field) == "updated"
            and clause.operator in (">", ">=")
            and isinstance(clause.operand, Value)
        ):
            yield dates.moment(clause.operand, clause.field)

"""The fields that JQL knows on a sandbox's site: what each holds, what a word may stand for there, and its operators.

https://support.atlassian.com/jira-service-management-cloud/docs/jql-fields/
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC
from typing import Protocol
from zoneinfo import ZoneInfo

from plugin.sandbox.jira.catalogue import CATEGORIES
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Person, Version
from plugin.sandbox.jql.custom import custom_fields
from plugin.sandbox.jql.dates import Dates
from plugin.sandbox.jql.field import EMPTINESS, EXACT, ORDER, TEXT, BothFields, Field, TextField, ValueField
from plugin.sandbox.jql.links import link_types, linked_issues
from plugin.sandbox.jql.moments import day_field, maybe, moment_field
from plugin.sandbox.jql.syntax import Clause, Many, Value

_ALIASES = {
    **dict.fromkeys(("id", "issue", "issuekey", "workitemkey", "workitem"), "key"),
    **dict.fromkeys(("type", "worktype"), "issuetype"),
    "fixversions": "fixversion",
    "createddate": "created",
    "updateddate": "updated",
    "resolutiondate": "resolved",
    "duedate": "due",
    "textfields": "text",
}


class _HasName(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def canonical(field: str) -> str:
    """The name by which `fields` knows a system field; others in lower case."""
    name = field.lower()
    return _ALIASES.get(name, name)


def dates_of(site: JiraSite, asker: Person) -> Dates:
    return Dates(site.clock().astimezone(UTC), ZoneInfo(asker.time_zone), site.iso_weeks)


def issue_ids(site: JiraSite, clause: Clause) -> list[str]:
    """Ids of the issues that a clause of values names. Raises JiraError 400 for one that does not exist."""
    operands = clause.operand.operands if isinstance(clause.operand, Many) else (clause.operand,)
    return [id for one in operands if isinstance(one, Value) for id in _issues(site, clause.field)(one)]


def fields(site: JiraSite, asker: Person) -> Mapping[str, Field]:
    """Every field by its name in lower case, custom ones also as cf[…]."""
    dates, texts = dates_of(site, asker), _texts()
    return {
        **custom_fields(site, dates),
        **_named_fields(site),
        **_people(site, asker),
        **_moments(dates),
        **_families(site),
        **texts,
        "project": _project(site, asker),
        "labels": ValueField(
            EXACT | EMPTINESS,
            lambda issue: [one.casefold() for one in issue.labels],
            lambda value: [value.text.casefold()],
        ),
        "due": day_field(dates, lambda issue: issue.due, "due"),
    }


# -- what the site's catalogue names -----------------------------------------------------------------------------------


def _named_fields(site: JiraSite) -> Mapping[str, Field]:
    catalogue = site.catalogue
    levels: dict[str, Callable[[tuple[str, ...]], Collection[str]]] = {
        "standardissuetypes": lambda arguments: [one.id for one in catalogue.types if not one.subtask],
        "subtaskissuetypes": lambda arguments: [one.id for one in catalogue.types if one.subtask],
    }
    ranks = {one.id: rank for rank, one in enumerate(reversed(catalogue.priorities))}
    return {
        "issuetype": ValueField(
            EXACT | EMPTINESS, lambda issue: [issue.type.id], _named(catalogue.types, "issuetype"), lists=levels
        ),
        "status": ValueField(EXACT | EMPTINESS, lambda issue: [issue.status.id], _named(catalogue.statuses, "status")),
        "statuscategory": ValueField(EXACT, lambda issue: [issue.status.category.key], _category),
        "priority": ValueField(
            EXACT | EMPTINESS | ORDER,
            lambda issue: [issue.priority.id],
            _named(catalogue.priorities, "priority"),
            order=lambda one, other: ranks[one] - ranks[other],
        ),
        "resolution": ValueField(
            EXACT | EMPTINESS,
            lambda issue: [issue.resolution.id] if issue.resolution else [],
            _named(catalogue.resolutions, "resolution"),
            empty_words=frozenset({"unresolved"}),
        ),
        "component": ValueField(
            EXACT | EMPTINESS,
            lambda issue: [one.id for one in issue.components],
            _named([one for project in site.projects.values() for one in project.components.values()], "component"),
        ),
        "fixversion": _version(site, lambda issue: issue.fix_versions, "fixVersion"),
        "affectedversion": _version(site, lambda issue: [], "affectedVersion"),
        "hierarchylevel": ValueField(
            EXACT | ORDER, lambda issue: [issue.type.level], _level, order=lambda one, other: one - other
        ),
    }


def _named(known: Iterable[_HasName], field: str) -> Callable[[Value], Collection[str]]:
    """A word → the ids of all that bear it as their name, in any case, or as their id."""
    among = list(known)

    def meant(value: Value) -> Collection[str]:
        wanted = value.text.casefold()
        found = [one.id for one in among if one.name.casefold() == wanted or one.id == value.text]
        return found or _nothing(value, field)

    return meant


def _nothing(value: Value, field: str) -> Collection[str]:
    raise JiraError(400, f"The value '{value.text}' does not exist for the field '{field}'.")


def _level(value: Value) -> Collection[int]:
    if not re.fullmatch(r"-?[0-9]{1,3}", value.text):
        raise JiraError(400, f"The value '{value.text}' for the field 'hierarchyLevel' is no whole number.")
    return [int(value.text)]


def _category(value: Value) -> Collection[str]:
    wanted = value.text.casefold()
    found = [one.key for one in CATEGORIES.values() if wanted in (one.name.casefold(), one.key, str(one.id))]
    return found or _nothing(value, "statusCategory")


def _project(site: JiraSite, asker: Person) -> ValueField[str]:
    """A key beats another project's equal name or id. Projects that the asker may not browse do not exist."""
    seen = [one for one in site.projects.values() if one.visible_to is None or asker.id in one.visible_to]

    def meant(value: Value) -> Collection[str]:
        wanted = value.text.casefold()
        keys = [one.key for one in seen if one.key.casefold() == wanted]
        names = [one.key for one in seen if one.name.casefold() == wanted or one.id == value.text]
        return keys or names or _nothing(value, "project")

    return ValueField(EXACT | EMPTINESS, lambda issue: [issue.project], meant)


def _version(site: JiraSite, read: Callable[[Issue], Collection[Version]], field: str) -> ValueField[str]:
    """Versions have an order within their project: the one in which they stand there."""
    places = {
        version.id: (project.key, place)
        for project in site.projects.values()
        for place, version in enumerate(project.versions.values())
    }

    def order(one: str, other: str) -> int | None:
        (project, place), (its_project, its_place) = places[one], places[other]
        return place - its_place if project == its_project else None

    def of(arguments: tuple[str, ...], released: bool) -> Collection[str]:
        wanted = {one.casefold() for one in arguments}
        projects = [
            one for one in site.projects.values() if not wanted or wanted & {one.key.casefold(), one.name.casefold()}
        ]
        return [one.id for project in projects for one in project.versions.values() if one.released is released]

    return ValueField(
        EXACT | EMPTINESS | ORDER,
        lambda issue: [one.id for one in read(issue)],
        _named([one for project in site.projects.values() for one in project.versions.values()], field),
        order=order,
        lists={
            "releasedversions": lambda arguments: of(arguments, released=True),
            "unreleasedversions": lambda arguments: of(arguments, released=False),
        },
    )


# -- people, moments, texts --------------------------------------------------------------------------------------------


def _people(site: JiraSite, asker: Person) -> Mapping[str, Field]:
    return {
        "assignee": _person(site, asker, lambda issue: maybe(issue.assignee), "assignee"),
        "reporter": _person(site, asker, lambda issue: [issue.reporter], "reporter"),
        "creator": _person(site, asker, lambda issue: [issue.creator], "creator"),
    }


def _person(site: JiraSite, asker: Person, read: Callable[[Issue], Collection[str]], field: str) -> ValueField[str]:
    """People go by id, full name or e-mail address; on Data Center also by user name."""

    def meant(value: Value) -> Collection[str]:
        wanted = value.text.casefold()
        people = site.catalogue.people.values()
        return [one.id for one in people if wanted in _names_of(site, one)] or _nothing(value, field)

    me: Mapping[str, Callable[[tuple[str, ...]], Collection[str]]] = {"currentuser": lambda arguments: [asker.id]}
    return ValueField(EXACT | EMPTINESS, read, meant, lists=me, singles=me)


def _names_of(site: JiraSite, person: Person) -> set[str]:
    names = {person.id.casefold(), person.name.casefold(), person.email.casefold()}
    return names | {person.email.partition("@")[0].casefold()} if site.dialect == "data center" else names


def _moments(dates: Dates) -> Mapping[str, Field]:
    return {
        "created": moment_field(dates, lambda issue: issue.created, "created"),
        "updated": moment_field(dates, lambda issue: issue.updated, "updated"),
        "resolved": moment_field(dates, lambda issue: issue.resolved, "resolved"),
    }


def _texts() -> Mapping[str, Field]:
    every = TEXT | EMPTINESS
    return {
        "summary": TextField(every, lambda issue: maybe(issue.summary)),
        "description": TextField(every, lambda issue: maybe(issue.description)),
        "environment": TextField(every, lambda issue: maybe(issue.environment)),
        "comment": TextField(TEXT, lambda issue: [one.body for one in issue.comments]),
        "text": TextField(frozenset({"~"}), _all_texts),
    }


def _all_texts(issue: Issue) -> Collection[str]:
    """What is written on an issue: its text fields, those of one's own among them, and its comments."""
    own = [value for value in issue.custom.values() if isinstance(value, str)]
    comments = [one.body for one in issue.comments]
    return [one for one in (issue.summary, issue.description, issue.environment, *own, *comments) if one]


# -- other issues ------------------------------------------------------------------------------------------------------


def _families(site: JiraSite) -> Mapping[str, Field]:
    return {
        "key": BothFields(_key(site), TextField(TEXT, lambda issue: [issue.key], _key_finder)),
        "parent": ValueField(EXACT | EMPTINESS, lambda issue: maybe(_parent(site, issue)), _issues(site, "parent")),
        "issuelinktype": link_types(site),
    }


def _key(site: JiraSite) -> ValueField[str]:
    """Keys have an order within their project: that of their numbers."""

    def order(one: str, other: str) -> int | None:
        places = [site.issues[id].key.rpartition("-") for id in (one, other)]
        (project, _, number), (its_project, _, its_number) = places
        return int(number) - int(its_number) if project == its_project else None

    return ValueField(
        EXACT | ORDER,
        lambda issue: [issue.id],
        _issues(site, "key"),
        order=order,
        lists={"linkedissues": lambda arguments: linked_issues(site, arguments)},
    )


def _key_finder(pattern: str) -> Callable[[str], bool]:
    """`*` stands for any characters, as in key ~ "*ABC-1*"."""
    wanted = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE)
    return lambda key: wanted.fullmatch(key) is not None


def _issues(site: JiraSite, field: str) -> Callable[[Value], Collection[str]]:
    def meant(value: Value) -> Collection[str]:
        issue = site.find(value.text)
        if issue is None:
            kind = "ID" if value.text.isdigit() else "key"
            raise JiraError(400, f"An issue with {kind} '{value.text}' does not exist for field '{field}'.")
        return [issue.id]

    return meant


def _parent(site: JiraSite, issue: Issue) -> str | None:
    """On Data Center a sub-task alone has a parent; a story's epic stands in its Epic Link."""
    return issue.parent if site.dialect == "cloud" or issue.type.subtask else None

"""A site's names: statuses, types, priorities, resolutions, link types and people, found by name or by id."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from plugin.sandbox.jira.catalogue import (
    CATEGORIES,
    ISSUE_TYPES,
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    SERVICE,
    STATUSES,
    default_people,
)
from plugin.sandbox.jira.errors import JiraError, invalid_field
from plugin.sandbox.jira.values import Dialect, IssueType, LinkType, Named, Person, Status


class _HasName(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


_Kind = TypeVar("_Kind", bound=_HasName)


def find(among: Iterable[_Kind], name: str, refusal: JiraError) -> _Kind:
    """The one with this name (any case) or id; raises the refusal where there is none."""
    wanted = name.casefold()
    for one in among:
        if one.name.casefold() == wanted or one.id == name:
            return one
    raise refusal


class Catalogue:
    """Look-ups raise JiraError 400 with Jira's words for the field; the `add_` calls give what is there already."""

    def __init__(self, dialect: Dialect) -> None:
        self.statuses = list(STATUSES)
        self.types = list(ISSUE_TYPES)
        self.priorities = list(PRIORITIES)
        self.resolutions = list(RESOLUTIONS)
        self.link_types = list(LINK_TYPES)
        self.service = SERVICE[dialect]
        self.people = {one.id: one for one in default_people(dialect)}

    def person(self, name: str, field: str = "user") -> Person:
        """An account by its id, name or e-mail address."""
        known = self.people.get(name)
        if known:
            return known
        for one in self.people.values():
            if name in (one.name, one.email):
                return one
        raise invalid_field(field, f"User '{name}' does not exist.")

    def status(self, name: str) -> Status:
        return find(self.statuses, name, invalid_field("status", f"Status '{name}' does not exist."))

    def type(self, name: str) -> IssueType:
        return find(self.types, name, invalid_field("issuetype", "Specify a valid issue type"))

    def priority(self, name: str) -> Named:
        return find(self.priorities, name, invalid_field("priority", f"Priority name '{name}' is not valid"))

    def resolution(self, name: str) -> Named:
        return find(self.resolutions, name, invalid_field("resolution", f"Resolution name '{name}' is not valid"))

    def link_type(self, name: str) -> LinkType:
        return find(self.link_types, name, JiraError(404, f"No issue link type with name '{name}' found."))

    def add_person(self, person: Person) -> Person:
        return self.people.setdefault(person.id, person)

    def add_status(self, name: str, category: str) -> Status:
        """`category` is new, indeterminate or done."""
        return _add(self.statuses, name, lambda id: Status(id, name, CATEGORIES[category]))

    def add_type(self, name: str, level: int = 0) -> IssueType:
        return _add(self.types, name, lambda id: IssueType(id, name, level))

    def add_priority(self, name: str) -> Named:
        return _add(self.priorities, name, lambda id: Named(id, name))

    def add_resolution(self, name: str) -> Named:
        return _add(self.resolutions, name, lambda id: Named(id, name))


def _add(among: list[_Kind], name: str, make: Callable[[str], _Kind]) -> _Kind:
    for one in among:
        if one.name.casefold() == name.casefold():
            return one
    made = make(str(max(int(one.id) for one in among) + 1))
    among.append(made)
    return made

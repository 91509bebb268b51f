"""What a Jira site holds, as values. Only an `Issue` is mutable, and only `JiraSite` changes it, under its lock."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import JsonValue

Dialect = Literal["cloud", "data center"]
Json = dict[str, JsonValue]

PERMISSIONS = frozenset(
    {"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "DELETE_ISSUES", "ADD_COMMENTS", "LINK_ISSUES"}
    | {"TRANSITION_ISSUES", "MOVE_ISSUES", "ADMINISTER_PROJECTS", "ADMINISTER"}
)
"""The permissions that the sandbox knows, by Jira's keys."""


@dataclass(frozen=True)
class Person:
    """An account. `id` is the account id on Cloud and the user key on Data Center; `email` and `token` sign it in."""

    id: str
    name: str
    email: str
    token: str
    time_zone: str = "Etc/UTC"
    permissions: frozenset[str] = PERMISSIONS
    app: bool = False
    """True for a service account."""


@dataclass(frozen=True)
class Category:
    """A status category; the four are the same on every site."""

    id: int
    key: str
    name: str
    color: str


@dataclass(frozen=True)
class Status:
    id: str
    name: str
    category: Category


@dataclass(frozen=True)
class IssueType:
    """`level` is Jira's hierarchy level: 1 epic, 0 standard, -1 sub-task."""

    id: str
    name: str
    level: int = 0

    @property
    def subtask(self) -> bool:
        return self.level < 0


@dataclass(frozen=True)
class Named:
    """A priority, a resolution or a component: an id and a name."""

    id: str
    name: str


@dataclass(frozen=True)
class Version:
    id: str
    name: str
    released: bool = False
    archived: bool = False


@dataclass(frozen=True)
class LinkType:
    id: str
    name: str
    inward: str
    outward: str


@dataclass
class Project:
    """`visible_to` holds the ids of the people who may browse it, None where everybody may.

    `withheld` are permissions that nobody holds in it, whatever they hold elsewhere.
    """

    id: str
    key: str
    name: str
    components: dict[str, Named] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    category: Named | None = None
    visible_to: frozenset[str] | None = None
    withheld: frozenset[str] = frozenset()
    last_number: int = 0


Side = tuple[str | None, str | None]
"""A value before or after a change: its id where the field has ids, and the text that people read."""


@dataclass(frozen=True)
class Item:
    """One field's change, as a changelog tells it. `field` is what Jira calls it there, `field_id` what REST does."""

    field: str
    field_id: str
    before: Side
    after: Side
    custom: bool = False


@dataclass(frozen=True)
class History:
    """One entry of an issue's changelog: who changed what, and when (UTC)."""

    id: str
    author: str
    created: datetime
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Comment:
    id: str
    author: str
    body: str
    created: datetime


@dataclass(frozen=True)
class RemoteLink:
    """A link to the outside. `object` and `application` are kept as they were sent."""

    id: int
    global_id: str
    object: Json
    application: Json
    relationship: str = ""


@dataclass(frozen=True)
class IssueLink:
    """A link between two issues, by their ids: the source is the one that for example blocks."""

    id: str
    type: LinkType
    source: str
    destination: str


@dataclass
class Issue:
    """One issue. Everything refers by id; `description` and `environment` are wiki text; times are UTC."""

    id: str
    key: str
    project: str
    """The project's key."""
    type: IssueType
    summary: str
    status: Status
    priority: Named
    creator: str
    reporter: str
    created: datetime
    updated: datetime
    description: str | None = None
    environment: str | None = None
    assignee: str | None = None
    parent: str | None = None
    """The parent's id."""
    resolution: Named | None = None
    resolved: datetime | None = None
    due: date | None = None
    labels: list[str] = field(default_factory=list)
    components: list[Named] = field(default_factory=list)
    fix_versions: list[Version] = field(default_factory=list)
    custom: dict[str, JsonValue] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)
    properties: dict[str, JsonValue] = field(default_factory=dict)
    remote_links: list[RemoteLink] = field(default_factory=list)
    links: list[IssueLink] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    history: list[History] = field(default_factory=list)

    @property
    def number(self) -> int:
        return int(self.id)

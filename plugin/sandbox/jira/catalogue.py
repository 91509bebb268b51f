"""What every sandbox site starts with: statuses, issue types, priorities, resolutions, link types, fields, people."""

from pydantic import JsonValue

from plugin.sandbox.jira.values import (
    PERMISSIONS,
    Category,
    Dialect,
    IssueType,
    Json,
    LinkType,
    Named,
    Person,
    Status,
)

NEW = Category(2, "new", "To Do", "blue-gray")
INDETERMINATE = Category(4, "indeterminate", "In Progress", "yellow")
DONE = Category(3, "done", "Done", "green")
CATEGORIES = {one.key: one for one in (NEW, INDETERMINATE, DONE)}

STATUSES = (
    Status("10000", "To Do", NEW),
    Status("10003", "Blocked", INDETERMINATE),
    Status("3", "In Progress", INDETERMINATE),
    Status("10001", "In Review", INDETERMINATE),
    Status("10002", "Done", DONE),
    Status("6", "Closed", DONE),
)
ISSUE_TYPES = (
    IssueType("10000", "Epic", 1),
    IssueType("10001", "Story"),
    IssueType("10002", "Task"),
    IssueType("10004", "Bug"),
    IssueType("10003", "Sub-task", -1),
)
PRIORITIES = tuple(
    Named(str(number), name) for number, name in enumerate(("Highest", "High", "Medium", "Low", "Lowest"), 1)
)
RESOLUTIONS = (Named("10000", "Done"), Named("10001", "Won't Do"), Named("10002", "Duplicate"), Named("1", "Fixed"))
LINK_TYPES = (
    LinkType("10000", "Blocks", "is blocked by", "blocks"),
    LinkType("10003", "Relates", "relates to", "relates to"),
    LinkType("10001", "Cloners", "is cloned by", "clones"),
)

SERVICE = {
    "cloud": Person("557058:plumbline", "Plumbline", "plumbline@example.com", "cloud-token", app=True),
    "data center": Person("JIRAUSER10100", "Plumbline", "plumbline@example.com", "dc-token", app=True),
}
"""The service account of each dialect."""
_PLAIN = PERMISSIONS - {"ADMINISTER", "ADMINISTER_PROJECTS"}


def default_people(dialect: Dialect) -> tuple[Person, ...]:
    """The service account, an administrator, and two who do the work."""
    cloud = dialect == "cloud"
    return (
        SERVICE[dialect],
        Person("557058:ada" if cloud else "JIRAUSER10001", "Ada Novak", "ada@example.com", "ada-token"),
        Person(
            "557058:ben" if cloud else "JIRAUSER10002",
            "Ben Okafor",
            "ben@example.com",
            "ben-token",
            permissions=_PLAIN,
        ),
        Person(
            "557058:guest" if cloud else "JIRAUSER10003",
            "Guest",
            "guest@example.com",
            "guest-token",
            permissions=frozenset({"BROWSE_PROJECTS"}),
        ),
    )


EPIC_LINK = {"cloud": "customfield_10014", "data center": "customfield_10008"}
"""Data Center keeps a story's epic here; Cloud still lists the field, but tells the epic as the parent."""
SPRINT = {"cloud": "customfield_10020", "data center": "customfield_10005"}
STORY_POINTS = {"cloud": "customfield_10016", "data center": "customfield_10002"}

_SYSTEM = {
    "summary": ("Summary", "string"),
    "issuetype": ("Issue Type", "issuetype"),
    "project": ("Project", "project"),
    "status": ("Status", "status"),
    "priority": ("Priority", "priority"),
    "resolution": ("Resolution", "resolution"),
    "resolutiondate": ("Resolved", "datetime"),
    "labels": ("Labels", "array"),
    "components": ("Components", "array"),
    "fixVersions": ("Fix versions", "array"),
    "versions": ("Affects versions", "array"),
    "assignee": ("Assignee", "user"),
    "reporter": ("Reporter", "user"),
    "creator": ("Creator", "user"),
    "created": ("Created", "datetime"),
    "updated": ("Updated", "datetime"),
    "duedate": ("Due date", "date"),
    "description": ("Description", "string"),
    "environment": ("Environment", "string"),
    "issuelinks": ("Linked Issues", "array"),
    "subtasks": ("Sub-tasks", "array"),
    "comment": ("Comment", "comments-page"),
}
_CLAUSES = {"components": "component", "fixVersions": "fixVersion", "versions": "affectedVersion", "duedate": "due"}
_ITEMS = {"labels": "string", "components": "component", "fixVersions": "version", "versions": "version"} | {
    "issuelinks": "issuelinks",
    "subtasks": "issuelinks",
}


def _system_field(id: str, dialect: Dialect) -> Json:
    name, kind = _SYSTEM[id]
    schema: Json = {"type": kind, "system": id}
    if kind == "array":
        schema["items"] = _ITEMS[id]
    clauses: list[JsonValue] = [_CLAUSES.get(id, id)]
    found: Json = {"id": id, "name": name, "custom": False, "orderable": True, "navigable": True, "searchable": True}
    found |= {"clauseNames": clauses, "schema": schema}
    return found | {"key": id} if dialect == "cloud" else found


def custom_field(id: str, name: str, kind: str, dialect: Dialect) -> Json:
    """A custom field as `GET field` tells it. `kind` is the short name of its type, such as gh-epic-link or float."""
    number = int(id.rpartition("_")[2])
    schema: Json = {"type": "number" if kind == "float" else "any", "custom": kind, "customId": number}
    found: Json = {"id": id, "name": name, "custom": True, "orderable": True, "navigable": True, "searchable": True}
    found |= {"clauseNames": [f"cf[{number}]", name], "schema": schema}
    return found | {"key": id} if dialect == "cloud" else found


def default_fields(dialect: Dialect) -> list[Json]:
    """The fields of `GET field`: Cloud has `parent`, Data Center has the Epic Link alone."""
    fields = [_system_field(id, dialect) for id in _SYSTEM]
    if dialect == "cloud":
        parent: Json = {"id": "parent", "key": "parent", "name": "Parent", "custom": False, "orderable": False}
        fields.append(parent | {"navigable": True, "searchable": False, "clauseNames": ["parent"]})
    greenhopper = "com.pyxis.greenhopper.jira:"
    fields.append(custom_field(EPIC_LINK[dialect], "Epic Link", greenhopper + "gh-epic-link", dialect))
    fields.append(custom_field(SPRINT[dialect], "Sprint", greenhopper + "gh-sprint", dialect))
    points = "Story point estimate" if dialect == "cloud" else "Story Points"
    fields.append(custom_field(STORY_POINTS[dialect], points, "float", dialect))
    return fields

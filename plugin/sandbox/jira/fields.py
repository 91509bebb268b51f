"""How each field of an issue is set, and what its changelog then says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypedDict, TypeVar

from pydantic import JsonValue

from plugin.sandbox.jira.catalogue import DONE, EPIC_LINK
from plugin.sandbox.jira.errors import JiraError, invalid_field
from plugin.sandbox.jira.values import Issue, IssueType, Item, Named, Person, Side, Status, Version

if TYPE_CHECKING:
    from plugin.sandbox.jira.state import JiraSite


class NewFields(TypedDict, total=False):
    """What can be set on a new issue, named as people see it. None empties a field; an absent one is left alone.

    `parent` takes a key or an id, people go by id, name or e-mail address, `custom` is merged by field id.
    """

    type: str
    status: str
    resolution: str | None
    priority: str
    description: str | None
    environment: str | None
    labels: Iterable[str]
    components: Iterable[str]
    fix_versions: Iterable[str]
    parent: str | None
    assignee: str | None
    reporter: str
    due: date | None
    custom: Mapping[str, JsonValue]


class IssueFields(NewFields, total=False):
    """What can be set on an issue."""

    summary: str


class Planned(NamedTuple):
    """What would be set, by attribute of `Issue`, and the changelog items that tell it."""

    attributes: Mapping[str, object]
    items: list[Item]


_Kind = TypeVar("_Kind")
NOTHING = Planned({}, [])
EMPTY: Side = (None, None)


def _side(one: Named | Version | Status | IssueType | Person | None) -> Side:
    return (one.id, one.name) if one else EMPTY


def plan_fields(site: "JiraSite", issue: Issue, fields: IssueFields, moment: datetime) -> list[Planned]:
    """Every field that differs. Raises JiraError 400 for a wrong value, before anything is set."""
    planned = [plan(site, issue, fields) for name, plan in _PLANS.items() if name in fields]
    if "status" in fields and "resolution" not in fields:
        planned.append(_resolution_of_status(site, issue, fields, moment))
    if "resolution" in fields:
        planned.append(_resolution(site, issue, fields["resolution"], moment))
    return [one for one in planned if one.attributes]


def check_labels(labels: Iterable[str]) -> list[str]:
    """The labels as Jira keeps them: sorted, once each. Raises JiraError 400 for one that Jira refuses."""
    found = set(labels)
    for label in found:
        if not label or any(character.isspace() for character in label):
            raise invalid_field("labels", f"The label '{label}' contains spaces which is invalid.")
        if len(label) > 255:
            raise invalid_field("labels", f"The label '{label[:40]}…' exceeds the maximum length of 255 characters.")
    return sorted(found)


def _text(field: str, issue: Issue, new: str | None) -> Planned:
    old = getattr(issue, field)
    if old == (new or None):
        return NOTHING
    return Planned({field: new or None}, [Item(field, field, (None, old), (None, new))])


def _summary(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    summary = fields["summary"].strip()
    if not summary:
        raise invalid_field("summary", "You must specify a summary of the issue.")
    if "\n" in summary or len(summary) > 255:
        raise invalid_field("summary", "Summary must be one line of at most 255 characters.")
    return _text("summary", issue, summary)


def _named(field: str, attribute: str, old: Named | None, new: Named | None) -> Planned:
    if old == new:
        return NOTHING
    return Planned({attribute: new}, [Item(field, field, _side(old), _side(new))])


def _priority(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    return _named("priority", "priority", issue.priority, site.catalogue.priority(fields["priority"]))


def _type(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    old, new = issue.type, site.catalogue.type(fields["type"])
    if old == new:
        return NOTHING
    return Planned({"type": new}, [Item("issuetype", "issuetype", _side(old), _side(new))])


def _status(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    old, new = issue.status, site.catalogue.status(fields["status"])
    if old == new:
        return NOTHING
    return Planned({"status": new}, [Item("status", "status", _side(old), _side(new))])


def _resolution_of_status(site: "JiraSite", issue: Issue, fields: IssueFields, moment: datetime) -> Planned:
    """Jira's default workflows resolve on the way into Done and clear it on the way out."""
    done = site.catalogue.status(fields["status"]).category is DONE
    if done == (issue.resolution is not None):
        return NOTHING
    return _resolution(site, issue, "Done" if done else None, moment)


def _resolution(site: "JiraSite", issue: Issue, name: str | None, moment: datetime) -> Planned:
    new = site.catalogue.resolution(name) if name else None
    planned = _named("resolution", "resolution", issue.resolution, new)
    if not planned.attributes:
        return NOTHING
    return Planned({"resolution": new, "resolved": moment if new else None}, planned.items)


def _labels(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    new = check_labels(fields["labels"])
    if new == issue.labels:
        return NOTHING
    item = Item("labels", "labels", (None, " ".join(issue.labels)), (None, " ".join(new)))
    return Planned({"labels": new}, [item])


def _each(words: tuple[str, str], old: Iterable[Named | Version], new: Iterable[Named | Version]) -> list[Item]:
    """Jira tells a component or a version that came or went as an item of its own."""
    field, id = words
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    gone = [Item(field, id, _side(one), EMPTY) for one in before.values() if one.id not in after]
    return gone + [Item(field, id, EMPTY, _side(one)) for one in after.values() if one.id not in before]


def _components(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    known = site.projects[issue.project].components
    new = [_of_project(known, name, "components", "Component name") for name in dict.fromkeys(fields["components"])]
    items = _each(("Component", "components"), issue.components, new)
    return Planned({"components": new}, items) if items else NOTHING


def _fix_versions(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    known = site.projects[issue.project].versions
    new = [_of_project(known, name, "fixVersions", "Version name") for name in dict.fromkeys(fields["fix_versions"])]
    items = _each(("Fix Version", "fixVersions"), issue.fix_versions, new)
    return Planned({"fix_versions": new}, items) if items else NOTHING


def _of_project(known: Mapping[str, _Kind], name: str, field: str, words: str) -> _Kind:
    if name not in known:
        raise invalid_field(field, f"{words} '{name}' is not valid")
    return known[name]


def _person(site: "JiraSite", field: str, old: str | None, new: str | None) -> Planned:
    after = site.catalogue.person(new, field) if new else None
    before = site.catalogue.people[old] if old else None
    if after == before:
        return NOTHING
    return Planned({field: after.id if after else None}, [Item(field, field, _side(before), _side(after))])


def _assignee(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    return _person(site, "assignee", issue.assignee, fields["assignee"])


def _reporter(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    return _person(site, "reporter", issue.reporter, fields["reporter"])


def _parent(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    wanted = fields["parent"]
    old = site.issues.get(issue.parent) if issue.parent else None
    new = _checked_parent(site, issue, wanted) if wanted else None
    if old is new:
        return NOTHING
    before, after = ((one.id, one.key) if one else EMPTY for one in (old, new))
    return Planned({"parent": new.id if new else None}, [_parent_item(site, issue, before, after)])


def _checked_parent(site: "JiraSite", issue: Issue, wanted: str) -> Issue:
    try:
        parent = site.issue(wanted)
    except JiraError:
        raise invalid_field("parent", f"Could not find issue by id or key '{wanted}'.") from None
    if parent.type.level <= issue.type.level:
        words = f"'{parent.key}' ({parent.type.name}) can not be the parent of a {issue.type.name}"
        raise invalid_field("parent", f"Given parent work item does not belong to appropriate hierarchy: {words}.")
    return parent


def _parent_item(site: "JiraSite", issue: Issue, before: Side, after: Side) -> Item:
    if issue.type.subtask:
        return Item("Parent", "parent", before, after)
    if site.dialect == "cloud":
        return Item("IssueParentAssociation", "IssueParentAssociation", before, after)
    return Item("Epic Link", EPIC_LINK["data center"], before, after, custom=True)


def _due(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    old, new = issue.due, fields["due"]
    if old == new:
        return NOTHING
    before, after = ((day.isoformat(), f"{day} 00:00:00.0") if day else EMPTY for day in (old, new))
    return Planned({"due": new}, [Item("duedate", "duedate", before, after)])


def _custom(site: "JiraSite", issue: Issue, fields: IssueFields) -> Planned:
    items, values = [], dict(issue.custom)
    for id, new in fields["custom"].items():
        name, old = site.field_name(id), values.get(id)
        if old != new:
            values[id] = new
            items.append(Item(name, id, (None, _shown(old)), (None, _shown(new)), custom=True))
    return Planned({"custom": values}, items) if items else NOTHING


def _shown(value: JsonValue) -> str | None:
    if isinstance(value, dict):
        return str(value.get("value") or value.get("name") or "")
    if isinstance(value, list):
        return ", ".join(_shown(one) or "" for one in value)
    return None if value is None else str(value)


_Plan = Callable[["JiraSite", Issue, IssueFields], Planned]
_PLANS: dict[str, _Plan] = {
    "summary": _summary,
    "type": _type,
    "parent": _parent,
    "status": _status,
    "priority": _priority,
    "description": lambda site, issue, fields: _text("description", issue, fields["description"]),
    "environment": lambda site, issue, fields: _text("environment", issue, fields["environment"]),
    "labels": _labels,
    "components": _components,
    "fix_versions": _fix_versions,
    "assignee": _assignee,
    "reporter": _reporter,
    "due": _due,
    "custom": _custom,
}

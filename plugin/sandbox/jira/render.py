"""What Jira's REST and its webhooks say of a site's values, as one account sees them."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from plugin.sandbox.jira.catalogue import EPIC_LINK
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import (
    Comment,
    History,
    Issue,
    IssueLink,
    IssueType,
    Item,
    Json,
    Named,
    Person,
    RemoteLink,
    Status,
    Version,
)
from plugin.sandbox.jira.wiki_adf import to_adf

RestVersion = Literal["2", "3"]


class Renderer:
    """Renders for one viewer: times are in the viewer's zone; version 3 tells rich text as ADF, version 2 as wiki."""

    def __init__(self, site: JiraSite, viewer: Person, version: RestVersion) -> None:
        self.site = site
        self.viewer = viewer
        self.version = version
        self.zone = ZoneInfo(viewer.time_zone)
        self.rest = f"{site.base_url}/rest/api/{version}"

    # -- single values ------------------------------------------------------------------------------------------------

    def time(self, moment: datetime | None) -> str | None:
        """Such as 2026-11-22T16:37:26.000+0000: Jira writes no colon in the offset."""
        if moment is None:
            return None
        local = moment.astimezone(self.zone)
        return local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond // 1000:03d}" + local.strftime("%z")

    def rich(self, wiki: str | None) -> JsonValue:
        if wiki is None:
            return None
        return to_adf(wiki) if self.version == "3" else wiki

    def person(self, id: str | None) -> Json | None:
        found = self.site.catalogue.people.get(id) if id else None
        if found is None:
            return None
        avatars: Json = dict.fromkeys(("16x16", "24x24", "32x32", "48x48"), f"{self.site.base_url}/avatar.png")
        about: Json = {"displayName": found.name, "active": True, "timeZone": found.time_zone, "avatarUrls": avatars}
        about["emailAddress"] = found.email
        if self.site.dialect == "cloud":
            self_url = f"{self.rest}/user?accountId={found.id}"
            return about | {"self": self_url, "accountId": found.id, "accountType": "app" if found.app else "atlassian"}
        name = found.email.partition("@")[0]
        return about | {"self": f"{self.rest}/user?username={name}", "key": found.id, "name": name}

    def status(self, status: Status) -> Json:
        category = status.category
        told: Json = {"self": f"{self.rest}/statuscategory/{category.id}", "id": category.id, "key": category.key}
        told |= {"colorName": category.color, "name": category.name}
        found = self._named("status", status)
        return found | {"description": "", "iconUrl": f"{self.site.base_url}/status.png", "statusCategory": told}

    def type(self, type: IssueType) -> Json:
        found = self._named("issuetype", type) | {"description": "", "subtask": type.subtask}
        found["iconUrl"] = f"{self.site.base_url}/type.png"
        return found | {"hierarchyLevel": type.level} if self.site.dialect == "cloud" else found

    def priority(self, priority: Named) -> Json:
        return self._named("priority", priority) | {"iconUrl": f"{self.site.base_url}/priority.png"}

    def project(self, key: str) -> Json:
        project = self.site.projects[key]
        found: Json = {"self": f"{self.rest}/project/{project.id}", "id": project.id, "key": key, "name": project.name}
        found["projectTypeKey"] = "software"
        if project.category:
            category = self._named("projectCategory", project.category)
            found["projectCategory"] = category | {"description": ""}
        return found | {"simplified": False} if self.site.dialect == "cloud" else found

    def _named(self, kind: str, one: Named | Status | IssueType) -> Json:
        return {"self": f"{self.rest}/{kind}/{one.id}", "id": one.id, "name": one.name}

    def resolution(self, resolution: Named) -> Json:
        return self._named("resolution", resolution)

    def version_of_project(self, one: Version) -> Json:
        found: Json = {"self": f"{self.rest}/version/{one.id}", "id": one.id, "name": one.name}
        return found | {"archived": one.archived, "released": one.released}

    def _brief(self, issue: Issue) -> Json:
        """How a parent, a sub-task or a linked issue is told inside another issue."""
        fields: Json = {"summary": issue.summary, "status": self.status(issue.status)}
        fields |= {"priority": self.priority(issue.priority), "issuetype": self.type(issue.type)}
        return {"id": issue.id, "key": issue.key, "self": f"{self.rest}/issue/{issue.id}", "fields": fields}

    # -- issues -------------------------------------------------------------------------------------------------------

    def issue(self, issue: Issue, wanted: Collection[str]) -> Json:
        """The issue with the wanted fields: ids, `*all` or `*navigable`, and `-id` for all but that one."""
        told: Json = {"id": issue.id, "key": issue.key, "self": f"{self.rest}/issue/{issue.id}"}
        told["expand"] = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
        names = self._fields_of(wanted)
        if names:
            told["fields"] = self.fields(issue, names)
        return told

    def fields(self, issue: Issue, names: Iterable[str]) -> Json:
        fields: Json = {}
        for name in names:
            if name in _FIELDS:
                fields[name] = _FIELDS[name](self, issue)
            elif name.startswith("customfield_"):
                fields[name] = self._custom(issue, name)
        if issue.parent is None or not self._tells_parent(issue):
            fields.pop("parent", None)
        return fields

    def _fields_of(self, wanted: Collection[str]) -> list[str]:
        known = [str(one["id"]) for one in self.site.fields]
        if self.site.dialect == "data center":
            known.append("parent")
        without = {one[1:] for one in wanted if one.startswith("-")}
        if "*all" in wanted or "*navigable" in wanted or (without and len(without) == len(wanted)):
            return [one for one in known if one not in without]
        return [one for one in known if one in wanted and one not in without]

    def _tells_parent(self, issue: Issue) -> bool:
        """Data Center knows a parent only of sub-tasks."""
        return self.site.dialect == "cloud" or issue.type.subtask

    def _parent(self, issue: Issue) -> JsonValue:
        parent = self.site.issues.get(issue.parent or "")
        return self._brief(parent) if parent else None

    def _custom(self, issue: Issue, name: str) -> JsonValue:
        if name == EPIC_LINK["data center"] == EPIC_LINK[self.site.dialect] and not issue.type.subtask:
            parent = self.site.issues.get(issue.parent or "")
            return parent.key if parent else None
        return issue.custom.get(name)

    def _components(self, issue: Issue) -> JsonValue:
        return [self._named("component", one) for one in issue.components]

    def _subtasks(self, issue: Issue) -> JsonValue:
        children = (self.site.issues[id] for id in issue.children)
        return [self._brief(child) for child in children if child.type.subtask]

    def _links(self, issue: Issue) -> JsonValue:
        return [self._link(issue, link) for link in issue.links]

    def _link(self, issue: Issue, link: IssueLink) -> JsonValue:
        outward = link.source == issue.id
        other = self.site.issues.get(link.destination if outward else link.source)
        told: Json = {"id": link.id, "self": f"{self.rest}/issueLink/{link.id}", "type": self.link_type(link)}
        if other:
            told["outwardIssue" if outward else "inwardIssue"] = self._brief(other)
        return told

    def link_type(self, link: IssueLink) -> Json:
        kind = link.type
        told: Json = {"id": kind.id, "name": kind.name, "inward": kind.inward, "outward": kind.outward}
        return told | {"self": f"{self.rest}/issueLinkType/{kind.id}"}

    def _comments(self, issue: Issue) -> JsonValue:
        return self.comments(issue, 0, 5000)

    # -- what hangs on an issue ---------------------------------------------------------------------------------------

    def comments(self, issue: Issue, start: int, most: int) -> Json:
        page: list[JsonValue] = [self.comment(issue, one) for one in issue.comments[start : start + most]]
        return {"startAt": start, "maxResults": most, "total": len(issue.comments), "comments": page}

    def comment(self, issue: Issue, comment: Comment) -> Json:
        told: Json = {"self": f"{self.rest}/issue/{issue.id}/comment/{comment.id}", "id": comment.id}
        told |= {"author": self.person(comment.author), "updateAuthor": self.person(comment.author)}
        told |= {"created": self.time(comment.created), "updated": self.time(comment.created)}
        return told | {"body": self.rich(comment.body)}

    def history(self, history: History) -> Json:
        items: list[JsonValue] = [self.item(one) for one in history.items]
        told: Json = {"id": history.id, "created": self.time(history.created), "items": items}
        author = self.person(history.author)
        return told | {"author": author} if author else told

    def item(self, item: Item) -> Json:
        """One item of a changelog; Data Center has no fieldId."""
        told: Json = {"field": item.field, "fieldtype": "custom" if item.custom else "jira"}
        told |= {"from": item.before[0], "fromString": item.before[1], "to": item.after[0], "toString": item.after[1]}
        return told | {"fieldId": item.field_id} if self.site.dialect == "cloud" else told

    def remote_link(self, issue: Issue, link: RemoteLink) -> Json:
        told: Json = {"id": link.id, "self": f"{self.rest}/issue/{issue.key}/remotelink/{link.id}"}
        told |= {"object": link.object, "application": link.application}
        optional: Json = {"globalId": link.global_id, "relationship": link.relationship}
        return told | {name: value for name, value in optional.items() if value}


_Field = Callable[[Renderer, Issue], JsonValue]
_FIELDS: dict[str, _Field] = {
    "summary": lambda render, issue: issue.summary,
    "issuetype": lambda render, issue: render.type(issue.type),
    "project": lambda render, issue: render.project(issue.project),
    "status": lambda render, issue: render.status(issue.status),
    "priority": lambda render, issue: render.priority(issue.priority),
    "resolution": lambda render, issue: render.resolution(issue.resolution) if issue.resolution else None,
    "resolutiondate": lambda render, issue: render.time(issue.resolved),
    "labels": lambda render, issue: list(issue.labels),
    "components": Renderer._components,
    "fixVersions": lambda render, issue: [render.version_of_project(one) for one in issue.fix_versions],
    "versions": lambda render, issue: [],
    "assignee": lambda render, issue: render.person(issue.assignee),
    "reporter": lambda render, issue: render.person(issue.reporter),
    "creator": lambda render, issue: render.person(issue.creator),
    "created": lambda render, issue: render.time(issue.created),
    "updated": lambda render, issue: render.time(issue.updated),
    "duedate": lambda render, issue: issue.due.isoformat() if issue.due else None,
    "description": lambda render, issue: render.rich(issue.description),
    "environment": lambda render, issue: render.rich(issue.environment),
    "parent": Renderer._parent,
    "subtasks": Renderer._subtasks,
    "issuelinks": Renderer._links,
    "comment": Renderer._comments,
}

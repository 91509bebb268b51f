"""From the body of a REST edit or creation to the fields of the site."""

from datetime import date

from pydantic import BaseModel, Field, JsonValue

from plugin.sandbox.jira.catalogue import EPIC_LINK
from plugin.sandbox.jira.errors import JiraError, invalid_field
from plugin.sandbox.jira.fields import IssueFields
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Json, Named, Project, Version
from plugin.sandbox.jira.wiki_adf import to_wiki


class PropertyBody(BaseModel):
    key: str = Field(max_length=255)
    value: JsonValue


class TransitionBody(BaseModel):
    id: str


class EditBody(BaseModel):
    """The body of PUT issue, POST issue and POST transitions."""

    fields: dict[str, JsonValue] = {}
    update: dict[str, list[dict[str, JsonValue]]] = {}
    properties: list[PropertyBody] = []
    transition: TransitionBody | None = None

    def comments(self) -> list[str]:
        """The comments that the edit adds."""
        added = (verb.get("add") for verb in self.update.get("comment", []))
        return [to_wiki(one.get("body")) for one in added if isinstance(one, dict)]


_LISTS = {"labels": "labels", "components": "components", "fixVersions": "fix_versions"}


def fields_of(site: JiraSite, project: Project, issue: Issue | None, edit: EditBody) -> IssueFields:
    """What the edit sets, its verbs worked into final values. Raises JiraError 400 for what Jira refuses."""
    for both in edit.fields.keys() & edit.update.keys():
        raise invalid_field(both, f"Field '{both}' cannot appear in both 'fields' and 'update'")
    given = dict(edit.fields)
    for name, verbs in edit.update.items():
        if name != "comment":
            given[name] = _after_verbs(name, issue, verbs)
    fields: IssueFields = {}
    custom: Json = {}
    for name, value in given.items():
        one = _field(site, project, name, value)
        custom |= one.get("custom", {})
        fields |= one
    return fields | {"custom": custom} if custom else fields


def _after_verbs(name: str, issue: Issue | None, verbs: list[dict[str, JsonValue]]) -> JsonValue:
    """Verbs apply in the order given; all but lists know only `set`."""
    value: list[JsonValue] = []
    if issue is not None and name in _LISTS:
        value = [one if isinstance(one, str) else {"name": one.name} for one in getattr(issue, _LISTS[name])]
    for verb in verbs:
        for word, operand in verb.items():
            if word == "set" and name not in _LISTS:
                return operand
            value = _after_verb(name, value, word, operand)
    return value


def _after_verb(name: str, value: list[JsonValue], word: str, operand: JsonValue) -> list[JsonValue]:
    if name not in _LISTS or word not in ("add", "remove", "set"):
        raise invalid_field(name, f"Field '{name}' does not support operation '{word}'.")
    if word == "set":
        return list(operand) if isinstance(operand, list) else []
    without = [one for one in value if one != operand]
    return [*without, operand] if word == "add" else without


def _field(site: JiraSite, project: Project, name: str, value: JsonValue) -> IssueFields:  # noqa: PLR0911, PLR0912 one case a field
    match name:
        case "project":
            return {}
        case "summary":
            return {"summary": "" if value is None else str(value)}
        case "issuetype":
            return {"type": _reference(name, value)}
        case "priority":
            return {"priority": _reference(name, value)}
        case "description":
            return {"description": to_wiki(value) or None}
        case "environment":
            return {"environment": to_wiki(value) or None}
        case "labels":
            return {"labels": [_label(one) for one in _listed(name, value)]}
        case "components":
            return {"components": _parts(project.components, name, value)}
        case "fixVersions":
            return {"fix_versions": _parts(project.versions, name, value)}
        case "parent":
            return {"parent": _reference(name, value) if value else None}
        case "assignee":
            return {"assignee": _reference(name, value) if value else None}
        case "reporter":
            return {"reporter": _reference(name, value)}
        case "duedate":
            return {"due": _day(value)}
    if name == EPIC_LINK["data center"] and site.dialect == "data center":
        return {"parent": str(value) if value else None}
    site.field_name(name)
    if not name.startswith("customfield_"):
        raise invalid_field(name, f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.")
    return {"custom": {name: value}}


def _reference(name: str, value: JsonValue) -> str:
    """An object is named by one of its identifying members."""
    if isinstance(value, dict):
        for member in ("accountId", "id", "key", "name"):
            if value.get(member):
                return str(value[member])
    raise invalid_field(name, f"Specify a valid value for {name}: an object with an id, key or name.")


def _listed(name: str, value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid_field(name, "data was not an array")
    return value


def _label(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise invalid_field("labels", "string expected at index 0")
    return value


def _parts(known: dict[str, Named] | dict[str, Version], name: str, value: JsonValue) -> list[str]:
    names = {one.id: one.name for one in known.values()}
    given = [_reference(name, one) for one in _listed(name, value)]
    return [names.get(one, one) for one in given]


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        raise invalid_field("duedate", "Error parsing date string: it has to look like 2026-11-22.") from None


def project_of(site: JiraSite, fields: Json) -> Project:
    """The project that a creation names by key or id."""
    wanted = fields.get("project")
    given = {wanted.get("key"), wanted.get("id")} - {None} if isinstance(wanted, dict) else set()
    for project in site.projects.values():
        if given & {project.key, project.id}:
            return project
    raise JiraError(400, errors={"project": "Specify a valid project ID or key"})

"""Asking a Jira site what it says of itself. The same on Cloud and Data Center, but for the way projects are listed.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.errors import Gone, Permanent
from plugin.atlassian.jira_client import JiraClient
from plugin.domain.jira_site import JiraSite, Kind, SiteField, SiteProject

_PAGE = 50
_FIELDS = Call(method="GET", endpoint="field", what="read the fields")
_PROJECTS = Call(method="GET", endpoint="project", what="list the projects", permission="Browse projects")
_VERSIONS = Call(
    method="GET", endpoint="project/{id}/versions", what="list versions", subject=True, permission="Browse projects"
)

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("float",), "number"),
    **dict.fromkeys(("textfield", "textarea"), "text"),
    **dict.fromkeys(("select", "radiobuttons", "multiselect", "multicheckboxes", "cascadingselect"), "option"),
    **dict.fromkeys(("userpicker", "multiuserpicker"), "user"),
    "labels": "label",
    "datepicker": "date",
    "datetime": "datetime",
}
"""Jira's own types of custom fields by the last word of their key; a field of another app has none of these."""


def read_site(client: JiraClient, with_versions_of: Sequence[str]) -> JiraSite:
    """Raises what the gateway raises where fields or projects are not told; lists beyond them may stay empty."""
    projects = dict(_projects(client))
    asked = {key: _versions(client, key) for key in with_versions_of if key in projects}
    hours, days = _working_time(client)
    return JiraSite(
        fields={str(one["id"]): SiteField(name=str(one["name"]), kind=_kind(one)) for one in _field_list(client)},
        projects={
            key: one.model_copy(update={"versions": asked[key]}) if key in asked else one
            for key, one in projects.items()
        },
        priorities=tuple((str(one["id"]), str(one["name"])) for one in _listed(client, "priority")),
        issue_types={
            str(one["id"]): (str(one["name"]), _level(one, client.dialect == "cloud"))
            for one in _listed(client, "issuetype")
        },
        statuses={
            str(one["id"]): (str(one["name"]), str((one.get("statusCategory") or {}).get("key") or ""))
            for one in _listed(client, "status")
        },
        resolutions=tuple(str(one["name"]) for one in _listed(client, "resolution")),
        hours_per_day=hours,
        days_per_week=days,
    )


def _field_list(client: JiraClient) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = client.ask(_FIELDS, "field")
    return found


def _kind(field: Mapping[str, Any]) -> Kind | None:
    schema = field.get("schema") or {}
    return _KINDS.get(str(schema.get("custom") or "").rpartition(":")[2])


def _level(kind: Mapping[str, Any], cloud: bool) -> int | None:
    """Data Center tells sub-tasks apart and no more; there an epic is known by its name."""
    level = kind.get("hierarchyLevel")
    if isinstance(level, int):
        return level
    if kind.get("subtask") is True:
        return -1
    return None if cloud else 1 if str(kind.get("name")).lower() == "epic" else 0


def _listed(client: JiraClient, what: str) -> Sequence[Mapping[str, Any]]:
    """In the site's own order; nothing where our account may not read it."""
    try:
        found = client.ask(Call(method="GET", endpoint=what, what=f"list every {what}"), what)
    except (Permanent, Gone) as error:
        if isinstance(error, Permanent) and error.forbidden:
            return ()
        raise
    return found if isinstance(found, list) else ()


def _projects(client: JiraClient) -> Iterator[tuple[str, SiteProject]]:
    if client.dialect == "data center":
        yield from map(_project, client.ask(_PROJECTS, "project"))
        return
    start, last = 0, False
    while not last:
        page = client.ask(_PROJECTS, "project/search", params={"startAt": start, "maxResults": _PAGE})
        yield from map(_project, page["values"])
        start += len(page["values"])
        last = bool(page.get("isLast", True)) or not page["values"]


def _project(raw: Mapping[str, Any]) -> tuple[str, SiteProject]:
    category = raw.get("projectCategory") or {}
    found = SiteProject(
        id=str(raw["id"]),
        name=str(raw["name"]),
        type=str(raw.get("projectTypeKey") or ""),
        category=str(category["name"]) if category.get("name") else None,
        category_id=str(category["id"]) if category.get("id") else None,
    )
    return str(raw["key"]), found


def _versions(client: JiraClient, key: str) -> tuple[tuple[str, str], ...] | None:
    """In the project's own order."""
    try:
        found = client.ask(_VERSIONS, f"project/{key}/versions")
    except (Permanent, Gone):
        return None
    return tuple((str(one["id"]), str(one["name"])) for one in found)


def _working_time(client: JiraClient) -> tuple[float, float]:
    """Hours in a day and days in a week, for durations. Jira's own default where our account may not read it."""
    try:
        told = client.ask(Call(method="GET", endpoint="configuration", what="read the working hours"), "configuration")
    except (Permanent, Gone):
        return 8, 5
    tracking = (told or {}).get("timeTrackingConfiguration") or {}
    return float(tracking.get("workingHoursPerDay") or 8), float(tracking.get("workingDaysPerWeek") or 5)

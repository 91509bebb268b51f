"""Routes that list what a site is made of: projects and their versions, priorities, types, statuses, resolutions."""

from flask import Response, request
from pydantic import JsonValue

from plugin.sandbox.jira.door import answer, api, render, the_site, viewer
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.render import RestVersion
from plugin.sandbox.jira.values import Json, Project

blueprint = api("catalogue")
_LARGEST_PAGE = 100


@blueprint.get("/priority")
def priorities(version: RestVersion) -> Response:
    """In the site's order, the highest first."""
    return answer([render(version).priority(one) for one in the_site().catalogue.priorities])


@blueprint.get("/issuetype")
def issue_types(version: RestVersion) -> Response:
    return answer([render(version).type(one) for one in the_site().catalogue.types])


@blueprint.get("/status")
def statuses(version: RestVersion) -> Response:
    return answer([render(version).status(one) for one in the_site().catalogue.statuses])


@blueprint.get("/resolution")
def resolutions(version: RestVersion) -> Response:
    return answer([render(version).resolution(one) for one in the_site().catalogue.resolutions])


@blueprint.get("/configuration")
def configuration(version: RestVersion) -> Response:
    viewer()
    hours: Json = {"workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0}
    hours |= {"timeFormat": "pretty", "defaultUnit": "minute"}
    return answer({"timeTrackingEnabled": True, "timeTrackingConfiguration": hours})


@blueprint.get("/project")
def projects(version: RestVersion) -> Response:
    """Data Center's list; Cloud tells it too, but calls it old."""
    return answer([render(version).project(one.key) for one in _seen()])


@blueprint.get("/project/search")
def search_projects(version: RestVersion) -> Response:
    """Cloud's list, in pages."""
    if the_site().dialect == "data center":
        raise JiraError(404, "No project could be found with key 'search'.")
    start = int(request.args.get("startAt", 0))
    size = min(int(request.args.get("maxResults", 50)), _LARGEST_PAGE)
    found, told = _seen(), render(version)
    values: list[JsonValue] = [told.project(one.key) for one in found[start : start + size]]
    last = start + size >= len(found)
    return answer({"startAt": start, "maxResults": size, "total": len(found), "isLast": last, "values": values})


@blueprint.get("/project/<name>/versions")
def versions(version: RestVersion, name: str) -> Response:
    """In the project's own order."""
    project = next((one for one in _seen() if name in (one.key, one.id)), None)
    if project is None:
        raise JiraError(404, f"No project could be found with key '{name}'.")
    return answer([render(version).version_of_project(one) for one in project.versions.values()])


def _seen() -> list[Project]:
    person = viewer()
    found = [one for one in the_site().projects.values() if one.visible_to is None or person.id in one.visible_to]
    return sorted(found, key=lambda one: one.key)

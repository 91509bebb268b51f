"""Routes about the site itself: serverInfo, myself, field, mypermissions."""

from flask import Response, request
from pydantic import JsonValue

from plugin.sandbox.jira.door import answer, api, listed, render, seen_issue, the_site, viewer
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.render import Renderer, RestVersion
from plugin.sandbox.jira.values import PERMISSIONS, Json

blueprint = api("site")
_GLOBAL = {"ADMINISTER"}


@blueprint.get("/serverInfo")
def server_info(version: RestVersion) -> Response:
    """Answers without credentials, as Jira does: it proves that the address is right, not that a token is."""
    site = the_site()
    cloud = site.dialect == "cloud"
    numbers: list[JsonValue] = [1001, 0, 0] if cloud else [10, 3, 6]
    about: Json = {"baseUrl": site.base_url, "version": "1001.0.0-SNAPSHOT" if cloud else "10.3.6"}
    about |= {"versionNumbers": numbers, "deploymentType": "Cloud" if cloud else "Server", "buildNumber": 100300}
    service = Renderer(site, site.catalogue.service, version)
    about |= {"serverTime": service.time(site.clock()), "scmInfo": "sandbox", "serverTitle": "Plumbline's sandbox"}
    return answer(about)


@blueprint.get("/myself")
def myself(version: RestVersion) -> Response:
    return answer(render(version).person(viewer().id))


@blueprint.get("/field")
def fields(version: RestVersion) -> Response:
    viewer()
    return answer([*the_site().fields])


@blueprint.get("/mypermissions")
def permissions(version: RestVersion) -> Response:
    """Cloud refuses to list all: the caller has to name the permissions. Data Center has no such parameter."""
    person, wanted = viewer(), listed("permissions")
    if the_site().dialect == "cloud" and not wanted:
        raise JiraError(400, "The required query parameter 'permissions' is missing.")
    for unknown in set(wanted) - PERMISSIONS:
        raise JiraError(400, errors={"permissions": f"Unrecognized permission key: {unknown}"})
    held = set(person.permissions) if _sees_context() else set()
    if (key := request.args.get("projectKey")) in the_site().projects:
        held -= the_site().projects[str(key)].withheld
    told: Json = {key: _permission(key, key in held) for key in sorted(wanted or PERMISSIONS)}
    return answer({"permissions": told})


def _sees_context() -> bool:
    """Permissions may be asked for one project or issue; one that is not there is a 404."""
    if issue := request.args.get("issueKey") or request.args.get("issueId"):
        seen_issue(issue)
    key = request.args.get("projectKey")
    if key and key not in the_site().projects:
        raise JiraError(404, f"No project could be found with key '{key}'.")
    visible_to = the_site().projects[key].visible_to if key else None
    return visible_to is None or viewer().id in visible_to


def _permission(key: str, held: bool) -> Json:
    name = key.replace("_", " ").capitalize()
    number = str(sorted(PERMISSIONS).index(key) + 1)
    kind = "GLOBAL" if key in _GLOBAL else "PROJECT"
    return {"id": number, "key": key, "name": name, "type": kind, "description": name, "havePermission": held}

"""What every route of Jira's REST needs: the site, who asks, the body, and Jira's way to refuse."""

from typing import TypeVar

from flask import Blueprint, Response, current_app, g, jsonify, request
from pydantic import BaseModel, JsonValue, ValidationError

from plugin.sandbox.jira.errors import JiraError, no_such_issue, too_many_writes
from plugin.sandbox.jira.render import Renderer, RestVersion
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Person
from plugin.sandbox.jira.write_limit import WriteLimit

_Body = TypeVar("_Body", bound=BaseModel)


def the_site() -> JiraSite:
    found: JiraSite = current_app.extensions["jira"]
    return found


def viewer() -> Person:
    """Who asks: basic authentication (e-mail and API token) on Cloud, a personal access token on Data Center."""
    site, given = the_site(), request.authorization
    for person in site.catalogue.people.values() if given else ():
        if site.dialect == "cloud" and given and given.type == "basic":
            if (given.username, given.password) == (person.email, person.token):
                return _known(person)
        elif site.dialect == "data center" and given and given.type == "bearer" and given.token == person.token:
            return _known(person)
    raise JiraError(401, "Client must be authenticated to access this resource.")


def _known(person: Person) -> Person:
    g.actor = person.id
    return person


def demand(permission: str) -> Person:
    """The viewer, who has to hold the permission: JiraError 403 otherwise."""
    person = viewer()
    if permission not in person.permissions:
        raise _lacks(permission)
    return person


def _lacks(permission: str) -> JiraError:
    words = permission.lower().replace("_", " ")
    return JiraError(403, f"You do not have the permission '{words}' that this needs.")


def seen_issue(name: str, permission: str = "BROWSE_PROJECTS") -> Issue:
    """The issue, if the viewer may browse it (404 otherwise) and holds the permission (403 otherwise)."""
    person, site = viewer(), the_site()
    issue = site.issue(name)
    if "BROWSE_PROJECTS" not in person.permissions or not site.may_see(issue, person.id):
        raise no_such_issue()
    demand(permission)
    if permission in site.projects[issue.project].withheld:
        raise _lacks(permission)
    return issue


def render(version: RestVersion) -> Renderer:
    return Renderer(the_site(), viewer(), version)


def body(kind: type[_Body]) -> _Body:
    """The request's JSON as this model: JiraError 400 where it is not."""
    try:
        return kind.model_validate_json(request.get_data())
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        raise JiraError(400, f"Invalid request payload: {place}: {first['msg']}.") from wrong


def listed(name: str) -> list[str]:
    """A query parameter that is given several times, or once with commas."""
    return [part.strip() for given in request.args.getlist(name) for part in given.split(",") if part.strip()]


def number(name: str, default: int, most: int) -> int:
    """A whole number of the query, cut to 0 … most."""
    text = request.args.get(name) or str(default)
    if not text.lstrip("-").isdigit():
        raise JiraError(400, f"The value '{text}' of the parameter '{name}' is not a whole number.")
    return max(0, min(int(text), most))


def answer(value: JsonValue, status: int = 200) -> Response:
    response = jsonify(value)
    response.status_code = status
    return response


def nothing() -> Response:
    return Response(status=204)


def refused(error: JiraError) -> Response:
    messages: list[JsonValue] = [*error.messages]
    response = answer({"errorMessages": messages, "errors": dict(error.errors)}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Jira"'
        response.headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
    response.headers.update(error.headers)
    return response


def api(name: str) -> Blueprint:
    """A blueprint below /rest/api/2 and /rest/api/3: each of its views gets `version`. Data Center has only 2."""
    made = Blueprint(f"jira_{name}", "plugin.sandbox", url_prefix="/rest/api/<any('2', '3'):version>")
    made.register_error_handler(JiraError, refused)
    made.before_request(_refuse_version_3_on_data_center)
    made.before_request(_limit_writes_to_one_issue)
    return made


def _refuse_version_3_on_data_center() -> None:
    if the_site().dialect == "data center" and (request.view_args or {}).get("version") == "3":
        raise JiraError(404, "null for uri: " + request.url)


def _limit_writes_to_one_issue() -> None:
    """Cloud only. What is refused here does not count as a write."""
    name = (request.view_args or {}).get("name")
    if request.method == "GET" or name is None or the_site().dialect == "data center":
        return
    limit: WriteLimit = current_app.extensions["write limit"]
    issue = the_site().find(name)
    if issue and (seconds := limit.refusal(issue.id)):
        raise too_many_writes(seconds)

"""Routes of single issues: create, read, edit, delete, and their entity properties."""

import json
from typing import cast

from flask import Response, request
from pydantic import JsonValue, TypeAdapter, ValidationError

from plugin.sandbox.jira.door import (
    answer,
    api,
    body,
    demand,
    listed,
    nothing,
    render,
    seen_issue,
    the_site,
    viewer,
)
from plugin.sandbox.jira.edits import EditBody, PropertyBody, fields_of, project_of
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.fields import NewFields
from plugin.sandbox.jira.render import RestVersion
from plugin.sandbox.jira.values import Issue, Json, Project

blueprint = api("issues")
PROPERTY_LIMIT = 32768
"""Characters of JSON: https://developer.atlassian.com/cloud/jira/platform/jira-entity-properties/"""


@blueprint.post("/issue")
def create(version: RestVersion) -> Response:
    site, person, edit = the_site(), demand("CREATE_ISSUES"), body(EditBody)
    with site.lock:
        project = project_of(site, edit.fields)
        fields = fields_of(site, project, None, edit)
        summary = fields.pop("summary", "")
        if "type" not in fields:
            raise JiraError(400, errors={"issuetype": "Specify an issue type"})
        issue = site.create_issue(project.key, summary, by=person.id, **cast(NewFields, fields))
        _set_properties(issue, edit.properties)
    self_url = f"{site.base_url}/rest/api/{version}/issue/{issue.id}"
    return answer({"id": issue.id, "key": issue.key, "self": self_url}, 201)


@blueprint.get("/issue/<name>")
def read(version: RestVersion, name: str) -> Response:
    with the_site().lock:
        issue = seen_issue(name)
        told = render(version).issue(issue, listed("fields") or ["*all"])
        if "changelog" in listed("expand"):
            told["changelog"] = changelog(version, issue)
        if wanted := listed("properties"):
            told["properties"] = properties_of(issue, wanted)
        return answer(told)


@blueprint.put("/issue/<name>")
def edit(version: RestVersion, name: str) -> Response:
    """Fields, verbs, comments and properties of one body are applied together or not at all."""
    site, person, given = the_site(), viewer(), body(EditBody)
    with site.lock:
        issue = seen_issue(name, "EDIT_ISSUES")
        if given.properties and site.refuses_properties_in_edits:
            raise JiraError(400, "Properties cannot be set by an edit of the issue on this site.")
        quiet = _quiet(site.projects[issue.project])
        fields = fields_of(site, site.projects[issue.project], issue, given)
        _check_properties(given.properties)
        changed = site.edit_issue(issue.id, by=person.id, **fields)
        for text in given.comments():
            site.comment(issue.id, text, by=person.id)
        _set_properties(issue, given.properties)
        if changed and not quiet:
            site.mails += 1
        if request.args.get("returnIssue") == "true":
            return answer(render(version).issue(issue, ["*all"]))
    return nothing()


def _quiet(project: Project) -> bool:
    """`notifyUsers=false` needs administration of Jira or the project: Cloud ignores it else, Data Center refuses."""
    if request.args.get("notifyUsers") != "false":
        return False
    may = viewer().permissions & {"ADMINISTER", "ADMINISTER_PROJECTS"} - project.withheld
    if not may and the_site().dialect == "data center":
        raise JiraError(403, "To discard the user notification either admin or project admin permissions are required.")
    return bool(may)


@blueprint.delete("/issue/<name>")
def delete(version: RestVersion, name: str) -> Response:
    site = the_site()
    with site.lock:
        issue = seen_issue(name, "DELETE_ISSUES")
        subtasks = [id for id in issue.children if site.issues[id].type.subtask]
        if subtasks and request.args.get("deleteSubtasks") != "true":
            words = (
                f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter to delete it."
            )
            raise JiraError(400, words)
        site.delete_issue(issue.id, by=viewer().id)
    return nothing()


@blueprint.get("/issue/<name>/properties")
def property_keys(version: RestVersion, name: str) -> Response:
    issue = seen_issue(name)
    keys: list[JsonValue] = [{"key": key, "self": _property_url(version, issue, key)} for key in issue.properties]
    return answer({"keys": keys})


@blueprint.get("/issue/<name>/properties/<key>")
def read_property(version: RestVersion, name: str, key: str) -> Response:
    issue = seen_issue(name)
    if key not in issue.properties:
        raise JiraError(404, f"The property with key '{key}' does not exist.")
    return answer({"key": key, "value": issue.properties[key]})


@blueprint.put("/issue/<name>/properties/<key>")
def write_property(version: RestVersion, name: str, key: str) -> Response:
    issue = seen_issue(name, "EDIT_ISSUES")
    try:
        value = TypeAdapter[JsonValue](JsonValue).validate_json(request.get_data())
    except ValidationError as wrong:
        raise JiraError(400, "The property value must be valid, non-empty JSON.") from wrong
    _check_properties([PropertyBody(key=key, value=value)])
    new = the_site().set_property(issue.id, key, value)
    return Response(status=201 if new else 200, mimetype="application/json", response="{}")


@blueprint.delete("/issue/<name>/properties/<key>")
def delete_property(version: RestVersion, name: str, key: str) -> Response:
    issue = seen_issue(name, "EDIT_ISSUES")
    if issue.properties.pop(key, None) is None:
        raise JiraError(404, f"The property with key '{key}' does not exist.")
    return nothing()


def changelog(version: RestVersion, issue: Issue) -> Json:
    """The whole history as `expand=changelog` tells it: newest first on Cloud, oldest first on Data Center."""
    told: list[JsonValue] = [render(version).history(one) for one in issue.history]
    if the_site().dialect == "cloud":
        told.reverse()
    return {"startAt": 0, "maxResults": len(told), "total": len(told), "histories": told}


def properties_of(issue: Issue, wanted: list[str]) -> Json:
    return {key: value for key, value in issue.properties.items() if key in wanted or "*all" in wanted}


def _property_url(version: RestVersion, issue: Issue, key: str) -> str:
    return f"{the_site().base_url}/rest/api/{version}/issue/{issue.id}/properties/{key}"


def _check_properties(properties: list[PropertyBody]) -> None:
    for one in properties:
        if len(json.dumps(one.value)) > PROPERTY_LIMIT:
            raise JiraError(400, f"The value of the property '{one.key}' is longer than {PROPERTY_LIMIT} characters.")


def _set_properties(issue: Issue, properties: list[PropertyBody]) -> None:
    for one in properties:
        the_site().set_property(issue.id, one.key, one.value)

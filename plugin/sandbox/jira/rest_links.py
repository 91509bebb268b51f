"""Routes of what hangs on an issue: remote links, comments, transitions, and links between issues."""

from flask import Response, request
from pydantic import BaseModel, Field, JsonValue

from plugin.sandbox.jira.door import (
    answer,
    api,
    body,
    demand,
    nothing,
    number,
    render,
    seen_issue,
    the_site,
    viewer,
)
from plugin.sandbox.jira.edits import EditBody
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.render import RestVersion
from plugin.sandbox.jira.values import Issue, Json, RemoteLink
from plugin.sandbox.jira.wiki_adf import to_wiki

blueprint = api("links")


class LinkedObject(BaseModel, extra="allow"):
    title: str = Field(min_length=1, max_length=255)
    url: str = Field(min_length=1)


class RemoteLinkBody(BaseModel):
    object: LinkedObject
    application: dict[str, JsonValue] = {}
    globalId: str = Field("", max_length=255)  # noqa: N815 Jira's spelling
    relationship: str = ""


class CommentBody(BaseModel):
    body: JsonValue


class Ended(BaseModel):
    id: str = ""
    key: str = ""
    name: str = ""


class IssueLinkBody(BaseModel):
    type: Ended
    inwardIssue: Ended  # noqa: N815 Jira's spelling
    outwardIssue: Ended  # noqa: N815 Jira's spelling


@blueprint.get("/issue/<name>/remotelink")
def remote_links(version: RestVersion, name: str) -> Response:
    """A list, or with `globalId` the one link itself."""
    issue = seen_issue(name)
    if wanted := request.args.get("globalId"):
        return answer(render(version).remote_link(issue, _by_global_id(issue, wanted)))
    return answer([render(version).remote_link(issue, one) for one in issue.remote_links])


@blueprint.post("/issue/<name>/remotelink")
def put_remote_link(version: RestVersion, name: str) -> Response:
    """201 for a new link; 200 for one whose global id was there: it is rewritten whole."""
    given, issue = body(RemoteLinkBody), seen_issue(name, "LINK_ISSUES")
    shown: Json = given.object.model_dump(mode="json")
    link = RemoteLink(0, given.globalId, shown, given.application, given.relationship)
    stored, new = the_site().put_remote_link(issue.id, link, by=viewer().id)
    self_url = f"{the_site().base_url}/rest/api/{version}/issue/{issue.key}/remotelink/{stored.id}"
    return answer({"id": stored.id, "self": self_url}, 201 if new else 200)


@blueprint.delete("/issue/<name>/remotelink")
def delete_by_global_id(version: RestVersion, name: str) -> Response:
    issue = seen_issue(name, "LINK_ISSUES")
    wanted = request.args.get("globalId")
    if not wanted:
        raise JiraError(400, errors={"globalId": "'globalId' is required."})
    the_site().remove_remote_link(issue.id, _by_global_id(issue, wanted).id)
    return nothing()


@blueprint.get("/issue/<name>/remotelink/<int:link>")
def remote_link(version: RestVersion, name: str, link: int) -> Response:
    issue = seen_issue(name)
    for one in issue.remote_links:
        if one.id == link:
            return answer(render(version).remote_link(issue, one))
    raise JiraError(404, f"The remote issue link with id '{link}' does not exist.")


@blueprint.delete("/issue/<name>/remotelink/<int:link>")
def delete_remote_link(version: RestVersion, name: str, link: int) -> Response:
    the_site().remove_remote_link(seen_issue(name, "LINK_ISSUES").id, link)
    return nothing()


def _by_global_id(issue: Issue, wanted: str) -> RemoteLink:
    for one in issue.remote_links:
        if one.global_id == wanted:
            return one
    raise JiraError(404, f"The remote issue link with global id '{wanted}' does not exist.")


@blueprint.get("/issue/<name>/comment")
def comments(version: RestVersion, name: str) -> Response:
    most = 100 if version == "3" else 1048576
    start, page = number("startAt", 0, 10**9), number("maxResults", most, most)
    return answer(render(version).comments(seen_issue(name), start, page))


@blueprint.post("/issue/<name>/comment")
def comment(version: RestVersion, name: str) -> Response:
    given, issue = body(CommentBody), seen_issue(name, "ADD_COMMENTS")
    text = to_wiki(given.body)
    if not text.strip():
        raise JiraError(400, errors={"comment": "Comment body can not be empty!"})
    added = the_site().comment(issue.id, text, by=viewer().id)
    return answer(render(version).comment(issue, added), 201)


@blueprint.get("/issue/<name>/transitions")
def transitions(version: RestVersion, name: str) -> Response:
    """Every status can be reached from every other; a transition has the id and the name of its status."""
    seen_issue(name)
    told: list[JsonValue] = []
    for status in the_site().catalogue.statuses:
        told.append({"id": status.id, "name": status.name, "to": render(version).status(status)})
    return answer({"expand": "transitions", "transitions": told})


@blueprint.post("/issue/<name>/transitions")
def transition(version: RestVersion, name: str) -> Response:
    given, issue = body(EditBody), seen_issue(name, "TRANSITION_ISSUES")
    if given.transition is None:
        raise JiraError(400, "Missing 'transition' identifier")
    wanted = given.transition.id
    if all(one.id != wanted for one in the_site().catalogue.statuses):
        raise JiraError(400, f"Transition id '{wanted}' is not valid for this issue.")
    the_site().transition(issue.id, wanted, by=viewer().id)
    return nothing()


@blueprint.post("/issueLink")
def link_issues(version: RestVersion) -> Response:
    """Jira names the ends by where their words stand: the *inward* issue is the source of the link."""
    given, person, site = body(IssueLinkBody), demand("LINK_ISSUES"), the_site()
    ends = [seen_issue(one.id or one.key) for one in (given.inwardIssue, given.outwardIssue)]
    site.link_issues(ends[0].id, given.type.name or given.type.id, ends[1].id, by=person.id)
    return Response(status=201, mimetype="application/json", response="{}")

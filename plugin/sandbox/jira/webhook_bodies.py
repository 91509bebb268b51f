"""The bodies of Jira's webhooks, in the shapes that real sites send."""

import json

from pydantic import JsonValue

from plugin.sandbox.jira.happened import Happened
from plugin.sandbox.jira.render import Renderer
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, IssueLink, Json

_THIN = ("summary", "issuetype", "project", "assignee", "priority", "status")


def webhook_body(site: JiraSite, happened: Happened) -> bytes:
    """The JSON of one event. Rich text is wiki text here, on Cloud too."""
    render = Renderer(site, site.catalogue.service, "2")
    told: Json = {"timestamp": int(happened.moment.timestamp() * 1000), "webhookEvent": happened.event}
    if happened.kind:
        told["issue_event_type_name"] = happened.kind
    if happened.link:
        told["issueLink"] = _link(happened.link)
    elif happened.event == "comment_created" and happened.comment:
        told["comment"] = render.comment(happened.issue, happened.comment)
        if site.dialect == "cloud":
            told["issue"] = _issue(render, happened.issue, _THIN)
    else:
        told |= {"user": render.person(happened.actor), "issue": _issue(render, happened.issue, ("*all",))}
        told |= _extras(render, happened)
    return json.dumps(told, ensure_ascii=False).encode()


def _extras(render: Renderer, happened: Happened) -> Json:
    """Data Center tells a comment inside the update that it causes; a changelog comes with real changes only."""
    extras: Json = {}
    if happened.history:
        items: list[JsonValue] = [render.item(one) for one in happened.history.items]
        extras["changelog"] = {"id": happened.history.id, "items": items}
    if happened.comment:
        extras["comment"] = render.comment(happened.issue, happened.comment)
    return extras


def _issue(render: Renderer, issue: Issue, wanted: tuple[str, ...]) -> JsonValue:
    told = render.issue(issue, wanted)
    del told["expand"]
    return told


def _link(link: IssueLink) -> JsonValue:
    """Ids alone, as numbers: the thinnest of Jira's payloads."""
    kind: Json = {"id": int(link.type.id), "name": link.type.name, "outwardName": link.type.outward}
    kind |= {"inwardName": link.type.inward, "isSubTaskLinkType": False, "isSystemLinkType": False}
    ends: Json = {"id": int(link.id), "sourceIssueId": int(link.source), "destinationIssueId": int(link.destination)}
    return ends | {"issueLinkType": kind, "systemLink": False}

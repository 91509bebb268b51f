"""What REST version 1 answers: pages, labels, attachments, properties and comments as JSON."""

from pydantic import JsonValue

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Attachment, ContentProperty, InlineComment, Label, Page, PageVersion
from plugin.sandbox.confluence.wire import Place, moment
from plugin.sandbox.jira.values import Json


def page_json(site: ConfluenceSite, place: Place, page: Page, shown: PageVersion, expand: str) -> Json:
    """The page as of one version, with what `expand` names."""
    wanted = {part.strip() for part in expand.split(",") if part.strip()}
    answer: Json = {
        "id": page.id,
        "type": "page",
        "status": page.status if shown is page.latest else "historical",
        "title": shown.title,
        "extensions": {"position": "none"},
        "_links": {
            "webui": place.webui(page),
            "self": f"{place.base}/rest/api/content/{page.id}",
            "base": place.base,
            "context": place.context,
        },
        "_expandable": {},
    }
    if "version" in wanted:
        answer["version"] = version_json(place, shown)
    if "space" in wanted:
        answer["space"] = _space_json(site, place, page)
    if "body.storage" in wanted:
        answer["body"] = {"storage": {"value": shown.body, "representation": "storage", "_expandable": {}}}
    if "ancestors" in wanted:
        answer["ancestors"] = [page_json(site, place, one, one.latest, "") for one in site.ancestors(page)]
    if wanted & {"history", "history.lastUpdated"}:
        answer["history"] = _history_json(place, page)
    if metadata := _metadata_json(place, page, wanted):
        answer["metadata"] = metadata
    return answer


def version_json(place: Place, one: PageVersion) -> Json:
    return {
        "by": user_json(place, one.author),
        "when": moment(one.at),
        "message": one.message,
        "number": one.number,
        "minorEdit": one.minor,
        "hidden": False,
    }


def user_json(place: Place, id: str) -> Json:
    """An account: by account id on Cloud, by user key on Data Center. Names are not told."""
    if place.dialect == "cloud":
        return {"type": "known", "accountId": id, "accountType": "atlassian"}
    return {"type": "known", "userKey": id, "username": id}


def _space_json(site: ConfluenceSite, place: Place, page: Page) -> Json:
    space = site.space(page.space)
    return {
        "id": int(space.id),
        "key": space.key,
        "name": space.name,
        "type": "global",
        "status": "current",
        "_links": {"webui": f"/display/{space.key}"},
        "_expandable": {},
    }


def _history_json(place: Place, page: Page) -> Json:
    first = page.versions[0]
    return {
        "latest": True,
        "createdBy": user_json(place, first.author),
        "createdDate": moment(first.at),
        "lastUpdated": version_json(place, page.latest),
        "_links": {"self": f"{place.base}/rest/api/content/{page.id}/history"},
    }


def _metadata_json(place: Place, page: Page, wanted: set[str]) -> Json:
    answer: Json = {}
    if "metadata.labels" in wanted:
        labels: list[JsonValue] = [label_json(one) for one in page.labels]
        answer["labels"] = {"results": labels, "start": 0, "limit": 200, "size": len(labels), "_links": {}}
    asked = {part.removeprefix("metadata.properties.") for part in wanted if part.startswith("metadata.properties.")}
    if asked or "metadata.properties" in wanted:
        known = page.properties
        answer["properties"] = {key: property_json(place, page, known[key]) for key in asked if key in known}
    return answer


def label_json(one: Label) -> Json:
    return {"prefix": one.prefix, "name": one.name, "id": one.id, "label": one.name}


def attachment_json(place: Place, one: Attachment) -> Json:
    latest = one.latest
    return {
        "id": one.id,
        "type": "attachment",
        "status": "current",
        "title": one.name,
        "version": {
            "by": user_json(place, latest.author),
            "when": moment(latest.at),
            "message": latest.comment,
            "number": latest.number,
            "minorEdit": False,
        },
        "metadata": {"mediaType": latest.media_type, "comment": latest.comment},
        "extensions": {"mediaType": latest.media_type, "fileSize": len(latest.content), "comment": latest.comment},
        "_links": {
            "download": f"/download/attachments/{one.page}/{one.name}?version={latest.number}",
            "self": f"{place.base}/rest/api/content/{one.page}/child/attachment/{one.id}",
        },
        "_expandable": {},
    }


def property_json(place: Place, page: Page, one: ContentProperty) -> Json:
    return {
        "id": one.id,
        "key": one.key,
        "value": one.value,
        "version": {"when": moment(one.at), "message": "", "number": one.version, "minorEdit": False},
        "_links": {"self": f"{place.base}/rest/api/content/{page.id}/property/{one.key}"},
        "_expandable": {},
    }


def comment_json(place: Place, page: Page, one: InlineComment) -> Json:
    resolution = "open" if one.resolution == "open" else "resolved"
    return {
        "id": one.id,
        "type": "comment",
        "status": "current",
        "title": f"Re: {page.title}",
        "body": {"storage": {"value": one.body, "representation": "storage"}},
        "extensions": {
            "location": "inline",
            "inlineProperties": {"originalSelection": one.selection, "markerRef": one.ref},
            "resolution": {"status": resolution},
        },
        "_links": {"webui": f"{place.webui(page)}&focusedCommentId={one.id}"},
        "_expandable": {},
    }

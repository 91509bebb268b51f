"""Confluence's REST version 1: all of Data Center, and what Cloud has kept of it.

On Cloud these are labels, attachments, properties and the search by CQL; its calls that create, read and update pages
answer 410 by now. `expand` is honoured for what the sandbox knows: body.storage, version, space, ancestors, history,
metadata.labels, metadata.properties and metadata.properties.KEY.
"""

import re
from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import JsonValue

from plugin.sandbox.confluence.cql import search
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.v1_shapes import (
    attachment_json,
    comment_json,
    label_json,
    page_json,
    property_json,
    user_json,
)
from plugin.sandbox.confluence.values import AttachmentVersion, Draft, Page, RefusedError, Status
from plugin.sandbox.confluence.wire import (
    Place,
    Route,
    author,
    may_see,
    moment,
    number_at,
    sent_object,
    text_at,
    visible_page,
    whole_number,
)
from plugin.sandbox.jira.values import Json

_AFTER_WRITING = "body.storage,history,space,version,ancestors"
_AFTER_READING = "history,space,version"


class VersionOne:
    """The handlers below /rest/api, over one site."""

    def __init__(self, site: ConfluenceSite, place: Place) -> None:
        self.site = site
        self.place = place

    def routes(self) -> list[Route]:
        """The routes of the site's dialect."""
        return self._shared_routes() + (self._page_routes() if self.place.dialect == "data center" else [])

    def _shared_routes(self) -> list[Route]:
        routes: list[Route] = [
            ("GET", "/user/current", self.current_user),
            ("GET", "/content/search", self.search),
            ("GET", "/content/<id>/label", self.list_labels),
            ("POST", "/content/<id>/label", self.add_labels),
            ("DELETE", "/content/<id>/label", self.remove_label),
            ("GET", "/content/<id>/child/attachment", self.list_attachments),
            ("POST", "/content/<id>/child/attachment", self.attach_new),
            ("POST", "/content/<id>/child/attachment/<attachment_id>/data", self.attach_again),
            ("GET", "/content/<id>/property", self.list_properties),
            ("POST", "/content/<id>/property", self.create_property),
            ("GET", "/content/<id>/property/<key>", self.get_property),
            ("PUT", "/content/<id>/property/<key>", self.update_property),
            ("DELETE", "/content/<id>/property/<key>", self.delete_property),
        ]
        if self.place.dialect == "cloud":
            routes.append(("PUT", "/content/<id>/child/attachment", self.attach))
        return routes

    def _page_routes(self) -> list[Route]:
        return [
            ("GET", "/content", self.list_pages),
            ("POST", "/content", self.create_page),
            ("GET", "/content/<id>", self.get_page),
            ("PUT", "/content/<id>", self.update_page),
            ("DELETE", "/content/<id>", self.delete_page),
            ("GET", "/content/<id>/history", self.history),
            ("GET", "/content/<id>/child/comment", self.list_comments),
            ("GET", "/content/<id>/child/page", self.list_children),
            ("GET", "/space", self.list_spaces),
            ("GET", "/space/<key>", self.get_space),
        ]

    def current_user(self) -> ResponseReturnValue:
        return user_json(self.place, author())

    def list_pages(self) -> ResponseReturnValue:
        space, title = request.args.get("spaceKey"), request.args.get("title")
        if request.args.get("type", "page") != "page":
            return self._many([])
        found = self.site.list_pages(space, self._statuses())
        return self._many_pages([one for one in found if title is None or one.title == title])

    def _statuses(self) -> tuple[Status, ...]:
        asked = request.args.get("status", "current")
        every: tuple[Status, ...] = ("current", "archived", "trashed")
        return every if asked == "any" else tuple(one for one in every if one == asked)

    def search(self) -> ResponseReturnValue:
        return self._many_pages(search(self.site, request.args.get("cql", "")))

    def create_page(self) -> ResponseReturnValue:
        body = sent_object()
        if text_at(body, "type") != "page":
            raise RefusedError(400, "This site creates content of type page only")
        key = text_at(body, "space", "key") or ""
        self.site.space(key)
        return self._written(self.site.create_page(key, _draft(body), author()))

    def get_page(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        if page.status not in self._statuses():
            raise RefusedError(404, f"No content found with id: ContentId{{id={id}}}")
        number = request.args.get("version", type=int)
        shown = page.version(number) if number else page.latest
        return page_json(self.site, self.place, page, shown, request.args.get("expand", _AFTER_READING))

    def update_page(self, id: str) -> ResponseReturnValue:
        body = sent_object()
        page = visible_page(self.site, id)
        draft = _draft(body)
        if "body" not in body:
            draft = Draft(draft.title, page.latest.body, draft.parent, draft.message, draft.minor)
        return self._written(self.site.update_page(id, draft, number_at(body, "version", "number"), author()))

    def _written(self, page: Page) -> ResponseReturnValue:
        return page_json(self.site, self.place, page, page.latest, request.args.get("expand", _AFTER_WRITING))

    def delete_page(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        if request.args.get("status") == "trashed":
            self.site.purge(id)
        else:
            self.site.set_status(id, "trashed")
        return "", 204

    def history(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        found = page_json(self.site, self.place, page, page.latest, "history,history.lastUpdated")["history"]
        return found if isinstance(found, dict) else {}

    def list_children(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        return self._many_pages(self.site.children(id))

    def list_comments(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        wanted = request.args.getlist("location")
        found = self.site.inline_comments(id) if not wanted or set(wanted) & {"inline", "resolved"} else []
        return self._many([comment_json(self.place, page, one) for one in found])

    def list_labels(self, id: str) -> ResponseReturnValue:
        return self._many([label_json(one) for one in visible_page(self.site, id).labels])

    def add_labels(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        sent = request.get_json(silent=True)
        given = [one for one in (sent if isinstance(sent, list) else [sent]) if isinstance(one, dict)]
        if not given:
            raise RefusedError(400, "The request's body has to be a label, or a list of labels")
        page = self.site.add_labels(id, [(one.get("prefix") or "global", one.get("name") or "") for one in given])
        return self._many([label_json(one) for one in page.labels])

    def remove_label(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        self.site.remove_label(id, request.args.get("name", ""))
        return "", 204

    def list_attachments(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        name = request.args.get("filename")
        found = [one for one in self.site.attachments_of(id) if name is None or one.name == name]
        return self._many([attachment_json(self.place, one) for one in found])

    def attach(self, id: str) -> ResponseReturnValue:
        """Creates the attachment, or a new version of the one that has the file's name."""
        visible_page(self.site, id)
        return self._many([attachment_json(self.place, self.site.attach(id, *self._sent_file()))])

    def attach_new(self, id: str) -> ResponseReturnValue:
        """Refused with 400 where the page has a file of this name."""
        visible_page(self.site, id)
        name, version = self._sent_file()
        if self.site.attachment_named(id, name):
            words = f"Cannot add a new attachment with same file name as an existing attachment: {name}"
            raise RefusedError(400, words)
        return self._many([attachment_json(self.place, self.site.attach(id, name, version))])

    def attach_again(self, id: str, attachment_id: str) -> ResponseReturnValue:
        """A new version of this attachment, under its old name."""
        visible_page(self.site, id)
        known = next((one for one in self.site.attachments_of(id) if one.id == attachment_id), None)
        if known is None:
            raise RefusedError(404, f"Page {id} has no attachment with id {attachment_id}")
        _, version = self._sent_file()
        return attachment_json(self.place, self.site.attach(id, known.name, version))

    def _sent_file(self) -> tuple[str, AttachmentVersion]:
        """The file of a multipart body; Confluence demands the header against forged forms."""
        if request.headers.get("X-Atlassian-Token") not in ("nocheck", "no-check"):
            raise RefusedError(403, "XSRF check failed: send the header X-Atlassian-Token: nocheck")
        file = request.files.get("file")
        if file is None or not file.filename or re.search(r"[/\\]", file.filename):
            raise RefusedError(400, "The request has to carry one file, named as file, with a plain file name")
        media_type = file.mimetype or "application/octet-stream"
        comment = request.form.get("comment", "")
        return file.filename, AttachmentVersion(0, file.read(), media_type, comment, author(), self.site.clock())

    def list_properties(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        return self._many([property_json(self.place, page, one) for one in page.properties.values()])

    def create_property(self, id: str) -> ResponseReturnValue:
        page, body = visible_page(self.site, id), sent_object()
        made = self.site.create_property(id, text_at(body, "key") or "", body.get("value"), author())
        return property_json(self.place, page, made)

    def get_property(self, id: str, key: str) -> ResponseReturnValue:
        return property_json(self.place, visible_page(self.site, id), self.site.property(id, key))

    def update_property(self, id: str, key: str) -> ResponseReturnValue:
        page, body = visible_page(self.site, id), sent_object()
        change = (number_at(body, "version", "number"), author())
        return property_json(self.place, page, self.site.update_property(id, key, body.get("value"), change))

    def delete_property(self, id: str, key: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        self.site.delete_property(id, key)
        return "", 204

    def list_spaces(self) -> ResponseReturnValue:
        keys = request.args.getlist("spaceKey")
        return self._many([self._space(key) for key in self.site.spaces if not keys or key in keys])

    def get_space(self, key: str) -> ResponseReturnValue:
        return self._space(key)

    def _space(self, key: str) -> Json:
        space = self.site.space(key)
        answer: Json = {
            "id": int(space.id),
            "key": space.key,
            "name": space.name,
            "type": "global",
            "status": "CURRENT",
            "creationDate": moment(space.created),
            "_links": {"webui": f"/display/{space.key}", "base": self.place.base},
        }
        if "homepage" in request.args.get("expand", ""):
            home = self.site.page(space.homepage)
            answer["homepage"] = page_json(self.site, self.place, home, home.latest, "")
        return answer

    def _many_pages(self, pages: Sequence[Page]) -> ResponseReturnValue:
        expand = request.args.get("expand", "")
        return self._many([page_json(self.site, self.place, one, one.latest, expand) for one in pages if may_see(one)])

    def _many(self, items: Sequence[Json]) -> ResponseReturnValue:
        start, limit = whole_number("start", 0, 1_000_000), whole_number("limit", 25, 200)
        part: list[JsonValue] = list(items[start : start + limit])
        links: Json = {"base": self.place.base, "context": self.place.context, "self": request.base_url}
        if start + limit < len(items):
            asked = "&".join(f"{k}={v}" for k, v in request.args.items() if k not in ("start", "limit"))
            path = request.path.removeprefix(self.place.context)
            links["next"] = f"{path}?{asked}&limit={limit}&start={start + limit}"
        return {"results": part, "start": start, "limit": limit, "size": len(part), "_links": links}


def _draft(body: Json) -> Draft:
    """The page in a version-1 body: its parent is the last of the ancestors."""
    ancestors = body.get("ancestors")
    last = ancestors[-1] if isinstance(ancestors, list) and ancestors else None
    version = body.get("version")
    return Draft(
        text_at(body, "title") or "",
        text_at(body, "body", "storage", "value") or "",
        text_at(last, "id") if isinstance(last, dict) else None,
        text_at(body, "version", "message") or "",
        isinstance(version, dict) and version.get("minorEdit") is True,
    )

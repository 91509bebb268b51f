"""Confluence Cloud's REST version 2: pages, their properties, comments, children, labels and attachments; spaces."""

from collections.abc import Sequence

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import JsonValue

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import (
    Attachment,
    ContentProperty,
    Draft,
    InlineComment,
    Label,
    Page,
    PageVersion,
    RefusedError,
    Space,
    Status,
    TitleTakenError,
)
from plugin.sandbox.confluence.wire import (
    Place,
    Route,
    author,
    cursor_page,
    may_see,
    moment,
    number_at,
    sent_object,
    text_at,
    visible_page,
)
from plugin.sandbox.jira.values import Json

_STATUSES: tuple[Status, ...] = ("current", "archived", "trashed")


class VersionTwo:
    """The handlers below /wiki/api/v2, over one site."""

    def __init__(self, site: ConfluenceSite, place: Place) -> None:
        self.site = site
        self.place = place

    def routes(self) -> list[Route]:
        return [
            ("GET", "/pages", self.list_pages),
            ("POST", "/pages", self.create_page),
            ("GET", "/pages/<id>", self.get_page),
            ("PUT", "/pages/<id>", self.update_page),
            ("DELETE", "/pages/<id>", self.delete_page),
            ("GET", "/pages/<id>/children", self.list_children),
            ("GET", "/pages/<id>/versions", self.list_versions),
            ("GET", "/pages/<id>/labels", self.list_labels),
            ("GET", "/pages/<id>/attachments", self.list_attachments),
            ("GET", "/pages/<id>/inline-comments", self.list_inline_comments),
            ("POST", "/inline-comments", self.create_inline_comment),
            ("GET", "/pages/<id>/properties", self.list_properties),
            ("POST", "/pages/<id>/properties", self.create_property),
            ("GET", "/pages/<id>/properties/<property_id>", self.get_property),
            ("PUT", "/pages/<id>/properties/<property_id>", self.update_property),
            ("DELETE", "/pages/<id>/properties/<property_id>", self.delete_property),
            ("GET", "/spaces", self.list_spaces),
            ("GET", "/spaces/<id>", self.get_space),
            ("GET", "/spaces/<id>/pages", self.list_pages_of_space),
            ("GET", "/labels/<id>/pages", self.list_pages_of_label),
        ]

    def list_pages(self) -> ResponseReturnValue:
        spaces, ids, title = _listed("space-id"), _listed("id"), request.args.get("title")
        found = [
            one
            for one in self._pages()
            if (not spaces or self.site.space(one.space).id in spaces)
            and (not ids or one.id in ids)
            and (title is None or one.title == title)
        ]
        return self._many([self._page(one) for one in found])

    def list_pages_of_space(self, id: str) -> ResponseReturnValue:
        key = self.site.space_by_id(id).key
        return self._many([self._page(one) for one in self._pages() if one.space == key])

    def list_pages_of_label(self, id: str) -> ResponseReturnValue:
        spaces = _listed("space-id")
        found = [one for one in self._pages() if id in {label.id for label in one.labels}]
        return self._many([self._page(one) for one in found if not spaces or self.site.space(one.space).id in spaces])

    def list_children(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        found = [one for one in self.site.children(id) if may_see(one)]
        space = self.site.space(page.space).id
        return self._many([{"id": one.id, "status": one.status, "title": one.title, "spaceId": space} for one in found])

    def _pages(self) -> list[Page]:
        """What the caller may see, in the statuses that were asked for; by default current and archived."""
        asked = _listed("status") or ["current", "archived"]
        statuses = [one for one in _STATUSES if one in asked]
        return [one for one in self.site.list_pages(statuses=statuses) if may_see(one)]

    def create_page(self) -> ResponseReturnValue:
        body = sent_object()
        space = self.site.space_by_id(text_at(body, "spaceId") or "")
        draft = Draft(text_at(body, "title") or "", _storage(body), text_at(body, "parentId"))
        page = self.site.create_page(space.key, draft, author())
        return self._page(page, page.latest, with_body=True)

    def get_page(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        if page.status not in (_listed("status") or _STATUSES):
            raise RefusedError(404, f"Page {id} is {page.status}")
        number = request.args.get("version", type=int)
        answer = self._page(page, page.version(number) if number else page.latest, _wants_storage())
        if request.args.get("include-labels") == "true":
            answer["labels"] = {"results": [_label(one) for one in page.labels], "meta": {"hasMore": False}}
        if request.args.get("include-properties") == "true":
            found: list[JsonValue] = [_property(one) for one in page.properties.values()]
            answer["properties"] = {"results": found, "meta": {"hasMore": False}}
        return answer

    def update_page(self, id: str) -> ResponseReturnValue:
        """All of id, status, title, body and version have to be there. A title that is taken is a conflict here."""
        body = sent_object()
        if missing := [one for one in ("id", "status", "title", "body", "version") if one not in body]:
            raise RefusedError(400, f"The request misses {', '.join(missing)}")
        if text_at(body, "id") != id or text_at(body, "status") != "current":
            raise RefusedError(400, f"The body has to name id {id} and the status current")
        visible_page(self.site, id)
        message = text_at(body, "version", "message") or ""
        draft = Draft(text_at(body, "title") or "", _storage(body), text_at(body, "parentId"), message)
        try:
            page = self.site.update_page(id, draft, number_at(body, "version", "number"), author())
        except TitleTakenError as error:
            raise RefusedError(409, error.words) from error
        return self._page(page, page.latest, with_body=True)

    def delete_page(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        if request.args.get("purge") == "true":
            self.site.purge(id)
        else:
            self.site.set_status(id, "trashed")
        return "", 204

    def list_versions(self, id: str) -> ResponseReturnValue:
        page = visible_page(self.site, id)
        return self._many([_version(one) for one in reversed(page.versions)])

    def list_labels(self, id: str) -> ResponseReturnValue:
        return self._many([_label(one) for one in visible_page(self.site, id).labels])

    def list_attachments(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        name = request.args.get("filename")
        found = [one for one in self.site.attachments_of(id) if name is None or one.name == name]
        return self._many([_attachment(one) for one in found])

    def list_inline_comments(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        asked = _listed("resolution-status")
        found = [one for one in self.site.inline_comments(id) if not asked or one.resolution in asked]
        return self._many([self._comment(one) for one in found])

    def create_inline_comment(self) -> ResponseReturnValue:
        body = sent_object()
        page = visible_page(self.site, text_at(body, "pageId") or "")
        selection = text_at(body, "inlineCommentProperties", "textSelection") or ""
        index = int(text_at(body, "inlineCommentProperties", "textSelectionMatchIndex") or 0)
        made = self.site.comment_inline(page.id, selection, _storage(body), author(), index)
        return self._comment(made), 201

    def list_properties(self, id: str) -> ResponseReturnValue:
        key = request.args.get("key")
        found = visible_page(self.site, id).properties.values()
        return self._many([_property(one) for one in found if key is None or one.key == key])

    def create_property(self, id: str) -> ResponseReturnValue:
        visible_page(self.site, id)
        body = sent_object()
        return _property(self.site.create_property(id, text_at(body, "key") or "", body.get("value"), author()))

    def get_property(self, id: str, property_id: str) -> ResponseReturnValue:
        return _property(self._property_by_id(id, property_id))

    def update_property(self, id: str, property_id: str) -> ResponseReturnValue:
        body, old = sent_object(), self._property_by_id(id, property_id)
        if text_at(body, "key") != old.key:
            raise RefusedError(400, f"The property {property_id} has the key {old.key}, which cannot change")
        change = (number_at(body, "version", "number"), author())
        return _property(self.site.update_property(id, old.key, body.get("value"), change))

    def delete_property(self, id: str, property_id: str) -> ResponseReturnValue:
        self.site.delete_property(id, self._property_by_id(id, property_id).key)
        return "", 204

    def _property_by_id(self, id: str, property_id: str) -> ContentProperty:
        for one in visible_page(self.site, id).properties.values():
            if one.id == property_id:
                return one
        raise RefusedError(404, f"Page {id} has no property with id {property_id}")

    def list_spaces(self) -> ResponseReturnValue:
        keys, ids = _listed("keys"), _listed("ids")
        found = [one for one in self.site.spaces.values() if not keys or one.key in keys]
        return self._many([_space(one) for one in found if not ids or one.id in ids])

    def get_space(self, id: str) -> ResponseReturnValue:
        space = self.site.space_by_id(id)
        told = _space(space)
        if request.args.get("include-operations") == "true":
            allowed = ["read"] if space.key in self.site.read_only else ["read", "create"]
            told["operations"] = {"results": [{"operation": one, "targetType": "page"} for one in allowed]}
        return told

    def _many(self, items: Sequence[Json]) -> ResponseReturnValue:
        part, following = cursor_page(items)
        links = {"base": self.place.base} | ({"next": following} if following else {})
        answer = jsonify({"results": list(part), "_links": links})
        if following:
            answer.headers["Link"] = f'<{following}>; rel="next", <{self.place.base}>; rel="base"'
        return answer

    def _page(self, page: Page, version: PageVersion | None = None, with_body: bool | None = None) -> Json:
        """The page; its body is there where storage was asked for. A home page has no parent, so no parentId."""
        shown = version or page.latest
        answer: Json = {
            "id": page.id,
            "status": page.status if shown is page.latest else "historical",
            "title": shown.title,
            "spaceId": self.site.space(page.space).id,
            "authorId": page.versions[0].author,
            "ownerId": page.versions[0].author,
            "lastOwnerId": None,
            "position": None,
            "createdAt": moment(page.versions[0].at),
            "version": _version(shown),
            "body": {},
            "_links": {
                "webui": self.place.webui(page),
                "editui": f"/pages/resumedraft.action?draftId={page.id}",
                "tinyui": f"/x/{int(page.id):x}",
            },
        }
        if page.parent:
            answer |= {"parentId": page.parent, "parentType": "page"}
        if version is not None:
            answer["_links"] = {**_mapping(answer["_links"]), "base": self.place.base}
        if _wants_storage() if with_body is None else with_body:
            answer["body"] = {"storage": {"representation": "storage", "value": shown.body}}
        return answer

    def _comment(self, one: InlineComment) -> Json:
        page = self.site.page(one.page)
        return {
            "id": one.id,
            "status": "current",
            "title": f"Re: {page.title}",
            "pageId": one.page,
            "version": {"number": 1, "createdAt": moment(one.at), "authorId": one.author, "minorEdit": False},
            "body": {"storage": {"representation": "storage", "value": one.body}},
            "resolutionStatus": one.resolution,
            "properties": {"inlineMarkerRef": one.ref, "inlineOriginalSelection": one.selection},
            "_links": {"webui": f"{self.place.webui(page)}?focusedCommentId={one.id}"},
        }


def _listed(name: str) -> list[str]:
    """A parameter that may repeat and may hold commas; empty where it is absent."""
    return [part for value in request.args.getlist(name) for part in value.split(",") if part]


def _wants_storage() -> bool:
    asked = request.args.get("body-format")
    if asked not in (None, "storage"):
        raise RefusedError(400, f"This site gives bodies as storage only, not as {asked!r}")
    return asked == "storage"


def _storage(body: Json) -> str:
    """The storage XML, sent as {representation, value} or as {storage: {value}}."""
    flat = text_at(body, "body", "value")
    kind = text_at(body, "body", "representation") if flat is not None else "storage"
    found = flat if flat is not None else text_at(body, "body", "storage", "value")
    if kind != "storage":
        raise RefusedError(400, f"This site takes bodies as storage only, not as {kind!r}")
    return found or ""


def _mapping(value: JsonValue) -> Json:
    return value if isinstance(value, dict) else {}


def _version(one: PageVersion) -> Json:
    return {
        "number": one.number,
        "message": one.message,
        "minorEdit": one.minor,
        "authorId": one.author,
        "createdAt": moment(one.at),
    }


def _property(one: ContentProperty) -> Json:
    version: Json = {
        "number": one.version,
        "message": "",
        "minorEdit": False,
        "authorId": one.author,
        "createdAt": moment(one.at),
    }
    return {"id": one.id, "key": one.key, "value": one.value, "version": version}


def _label(one: Label) -> Json:
    return {"id": one.id, "name": one.name, "prefix": one.prefix}


def _attachment(one: Attachment) -> Json:
    return {
        "id": one.id,
        "status": "current",
        "title": one.name,
        "createdAt": moment(one.versions[0].at),
        "pageId": one.page,
        "mediaType": one.latest.media_type,
        "comment": one.latest.comment,
        "fileSize": len(one.latest.content),
        "downloadLink": f"/download/attachments/{one.page}/{one.name}?version={one.latest.number}",
        "version": {"number": one.latest.number, "createdAt": moment(one.latest.at), "authorId": one.latest.author},
    }


def _space(one: Space) -> Json:
    return {
        "id": one.id,
        "key": one.key,
        "name": one.name,
        "type": "global",
        "status": "current",
        "homepageId": one.homepage,
        "createdAt": moment(one.created),
        "_links": {"webui": f"/spaces/{one.key}"},
    }

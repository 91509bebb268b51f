"""What only Confluence Data Center does: everything is version 1."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.confluence_client import ConfluenceClient
from plugin.atlassian.errors import Gone, Permanent
from plugin.atlassian.gateways import InlineComment, StoredPage
from plugin.atlassian.page_call import StoredProperty, moment, page_call, page_call_once

_WHOLE = {"expand": "body.storage,version,ancestors"}
_COMMENTS = {
    "location": ["inline", "resolved"],
    "depth": "all",
    "expand": "extensions.inlineProperties,extensions.resolution",
}


class DataCenterConfluence:
    """https://developer.atlassian.com/server/confluence/rest/v1000/"""

    def __init__(self, client: ConfluenceClient) -> None:
        self._client = client

    def myself(self) -> str:
        call = Call(method="GET", endpoint="user/current", what="ask who we are")
        return _user(self._client.ask(call, "rest/api/user/current"))

    def read(self, page_id: str) -> StoredPage:
        call = page_call("GET", "content/{id}", f"read page {page_id}")
        raw = self._client.ask(call, f"rest/api/content/{page_id}", params=_WHOLE)
        if raw["status"] != "current":
            raise Gone(f"page {page_id} at {self._client.base} is {raw['status']}.")
        return self._stored(raw)

    def named(self, space: str, title: str) -> StoredPage | None:
        call = Call(method="GET", endpoint="content", what=f"look for the page “{title}” in {space}")
        params = {"spaceKey": space, "title": title, "type": "page"} | _WHOLE
        found = self._client.ask(call, "rest/api/content", params=params)["results"]
        return next((self._stored(raw) for raw in found if raw["title"] == title), None)

    def author(self, page_id: str) -> str:
        call = page_call("GET", "content/{id}", f"read page {page_id}")
        raw = self._client.ask(call, f"rest/api/content/{page_id}", params={"expand": "history"})
        return _user(raw["history"]["createdBy"])

    def create(self, space: str, parent: str | None, title: str, body: str) -> StoredPage:
        call = Call(
            method="POST",
            endpoint="content",
            what=f"create the page “{title}” in {space}",
            idempotent=False,
            permission="Add page",
        )
        wanted: dict[str, Any] = {"type": "page", "title": title, "space": {"key": space}, "body": _storage(body)}
        raw = self._client.ask(
            call,
            "rest/api/content",
            params=_WHOLE,
            data=wanted | ({"ancestors": [{"id": parent}]} if parent else {}),
        )
        return self._stored(raw).model_copy(update={"body": body})

    def write(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage:
        """Not by the library's `update_page`: it reads the newest version first, so it overwrites what came between."""
        wanted = {
            "id": page.id,
            "type": "page",
            "title": title,
            "body": _storage(body),
            "version": {"number": page.version + 1, "message": message},
        }
        call = page_call("PUT", "content/{id}", f"update page {page.id}", "Edit page")
        raw = self._client.ask(call, f"rest/api/content/{page.id}", data=wanted)
        # The answer to a write cannot be expanded; an update without ancestors leaves the page where it is.
        return self._stored(raw).model_copy(update={"body": body, "parent": page.parent})

    def version(self, page_id: str, number: int) -> StoredPage:
        call = page_call("GET", "content/{id}", f"read version {number} of page {page_id}")
        asked = {"status": "historical", "version": number} | _WHOLE
        raw = self._client.ask(call, f"rest/api/content/{page_id}", params=asked)
        return self._stored(raw)

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]:
        call = page_call("GET", "content/{id}/child/comment", f"list the comments of page {page_id}")
        found: list[InlineComment] = []
        start, size = 0, 100
        while True:
            asked = _COMMENTS | {"start": start, "limit": size}
            raws = self._client.ask(call, f"rest/api/content/{page_id}/child/comment", params=asked)["results"]
            found += [one for raw in raws if (one := _comment(raw))]
            if len(raws) < size:
                return found
            start += size

    def property(self, page_id: str, name: str) -> StoredProperty | None:
        call = page_call("GET", "content/{id}/property/{key}", f"read the property of page {page_id}")
        try:
            raw = self._client.ask(call, f"rest/api/content/{page_id}/property/{name}", params={"expand": "version"})
        except Gone:
            return None
        value = raw.get("value")
        known = value if isinstance(value, dict) else {}
        return StoredProperty(id=name, value=known, version=raw["version"]["number"])

    def renew_property(self, page_id: str, name: str, known: StoredProperty, value: Mapping[str, Any]) -> None:
        call = page_call_once("PUT", "content/{id}/property/{key}", f"mark page {page_id}", "Edit page")
        wanted = {"key": name, "value": value, "version": {"number": known.version + 1}}
        self._client.ask(call, f"rest/api/content/{page_id}/property/{name}", data=wanted)

    def key_of(self, page_id: str, name: str) -> str | None:
        call = page_call("GET", "content/{id}/property/{key}", f"read the property of page {page_id}")
        try:
            value = self._client.ask(call, f"rest/api/content/{page_id}/property/{name}")["value"]
        except Gone:
            return None
        return str(value["key"]) if isinstance(value, dict) and "key" in value else None

    def set_key(self, page_id: str, name: str, key: str) -> None:
        call = page_call_once("POST", "content/{id}/property", f"mark page {page_id} as ours", "Edit page")
        self._client.ask(call, f"rest/api/content/{page_id}/property", data={"key": name, "value": {"key": key}})

    def may_create(self, space: str) -> bool | None:
        """Data Center tells its administrators alone: this says only whether there is such a space."""
        call = page_call("GET", "space/{key}", f"look for the space {space}")
        try:
            self._client.ask(call, f"rest/api/space/{space}")
        except Gone:
            raise Permanent(
                f"there is no space {space} at {self._client.base}, or the account may not see it."
            ) from None
        return None

    def _stored(self, raw: Mapping[str, Any]) -> StoredPage:
        above = raw.get("ancestors") or []
        return StoredPage(
            id=str(raw["id"]),
            title=raw["title"],
            version=raw["version"]["number"],
            body=((raw.get("body") or {}).get("storage") or {}).get("value", ""),
            url=f"{self._client.base}{raw['_links']['webui']}",
            parent=str(above[-1]["id"]) if above else None,
            at=moment(raw["version"].get("when")),
        )


def _storage(body: str) -> dict[str, Any]:
    return {"storage": {"value": body, "representation": "storage"}}


def _user(raw: Mapping[str, Any]) -> str:
    return str(raw.get("userKey") or raw["username"])


def _comment(raw: Mapping[str, Any]) -> InlineComment | None:
    """None for a reply or a comment on the page, which have no reference."""
    told = raw.get("extensions") or {}
    inline = told.get("inlineProperties") or {}
    ref = inline.get("markerRef") or inline.get("inlineMarkerRef")
    if not ref:
        return None
    resolved = (told.get("resolution") or {}).get("status") == "resolved"
    quoted = inline.get("originalSelection") or ""
    return InlineComment(ref=ref, quoted=quoted, state="resolved" if resolved else "open")

"""What only Confluence Cloud does: pages and properties are version 2, labels and attachments still version 1."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

from plugin.atlassian.call import Call
from plugin.atlassian.confluence_client import ConfluenceClient
from plugin.atlassian.errors import Gone, Permanent
from plugin.atlassian.gateways import CommentState, InlineComment, StoredPage
from plugin.atlassian.page_call import StoredProperty, moment, page_call, page_call_once


class CloudConfluence:
    """https://developer.atlassian.com/cloud/confluence/rest/v2/"""

    def __init__(self, client: ConfluenceClient) -> None:
        self._client = client
        self._space_ids: dict[str, str] = {}

    def myself(self) -> str:
        call = Call(method="GET", endpoint="user/current", what="ask who we are")
        return str(self._client.ask(call, "rest/api/user/current")["accountId"])

    def read(self, page_id: str) -> StoredPage:
        call = page_call("GET", "pages/{id}", f"read page {page_id}")
        raw = self._client.ask(call, f"api/v2/pages/{page_id}", params={"body-format": "storage"})
        if raw["status"] != "current":
            raise Gone(f"page {page_id} at {self._client.base} is {raw['status']}.")
        return self._stored(raw)

    def named(self, space: str, title: str) -> StoredPage | None:
        call = Call(method="GET", endpoint="pages", what=f"look for the page “{title}” in {space}")
        params = {"space-id": self._space_id(space), "title": title, "status": "current", "body-format": "storage"}
        found = self._client.ask(call, "api/v2/pages", params=params)["results"]
        return next((self._stored(raw) for raw in found if raw["title"] == title), None)

    def author(self, page_id: str) -> str:
        raw = self._client.ask(page_call("GET", "pages/{id}", f"read page {page_id}"), f"api/v2/pages/{page_id}")
        return str(raw["authorId"])

    def create(self, space: str, parent: str | None, title: str, body: str) -> StoredPage:
        call = Call(
            method="POST",
            endpoint="pages",
            what=f"create the page “{title}” in {space}",
            idempotent=False,
            permission="Add pages",
        )
        wanted = {"spaceId": self._space_id(space), "status": "current", "title": title, "body": _storage(body)}
        raw = self._client.ask(call, "api/v2/pages", data=wanted | ({"parentId": parent} if parent else {}))
        return self._stored(raw).model_copy(update={"body": body})

    def write(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage:
        wanted = {
            "id": page.id,
            "status": "current",
            "title": title,
            "body": _storage(body),
            "version": {"number": page.version + 1, "message": message},
        }
        call = page_call("PUT", "pages/{id}", f"update page {page.id}", "Edit pages")
        raw = self._client.ask(call, f"api/v2/pages/{page.id}", data=wanted)
        return self._stored(raw).model_copy(update={"body": body})

    def version(self, page_id: str, number: int) -> StoredPage:
        call = page_call("GET", "pages/{id}", f"read version {number} of page {page_id}")
        asked = {"body-format": "storage", "version": number}
        raw = self._client.ask(call, f"api/v2/pages/{page_id}", params=asked)
        return self._stored(raw)

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]:
        """All pages of the list, asked without a limit: with one, sites were seen to answer with nothing."""
        call = page_call("GET", "pages/{id}/inline-comments", f"list the comments of page {page_id}")
        path, asked = f"api/v2/pages/{page_id}/inline-comments", {"body-format": "storage"}
        found: list[InlineComment] = []
        while True:
            answer = self._client.ask(call, path, params=asked)
            found += [one for raw in answer["results"] if (one := _comment(raw))]
            following = (answer.get("_links") or {}).get("next")
            if not following:
                return found
            asked = dict(parse_qsl(urlsplit(following).query))

    def property(self, page_id: str, name: str) -> StoredProperty | None:
        call = page_call("GET", "pages/{id}/properties", f"read the property of page {page_id}")
        found = self._client.ask(call, f"api/v2/pages/{page_id}/properties", params={"key": name})["results"]
        raw = next((raw for raw in found if raw["key"] == name), None)
        if raw is None:
            return None
        value = raw.get("value")
        known = value if isinstance(value, dict) else {}
        return StoredProperty(id=str(raw["id"]), value=known, version=raw["version"]["number"])

    def renew_property(self, page_id: str, name: str, known: StoredProperty, value: Mapping[str, Any]) -> None:
        call = page_call_once("PUT", "pages/{id}/properties/{property-id}", f"mark page {page_id}", "Edit pages")
        wanted = {"key": name, "value": value, "version": {"number": known.version + 1}}
        self._client.ask(call, f"api/v2/pages/{page_id}/properties/{known.id}", data=wanted)

    def key_of(self, page_id: str, name: str) -> str | None:
        """The library's own call addresses properties by key; version 2 knows only numeric ids, found by `?key=`."""
        call = page_call("GET", "pages/{id}/properties", f"read the property of page {page_id}")
        found = self._client.ask(call, f"api/v2/pages/{page_id}/properties", params={"key": name})["results"]
        return next((_key(raw) for raw in found if raw["key"] == name), None)

    def set_key(self, page_id: str, name: str, key: str) -> None:
        call = page_call_once("POST", "pages/{id}/properties", f"mark page {page_id} as ours", "Edit pages")
        self._client.ask(call, f"api/v2/pages/{page_id}/properties", data={"key": name, "value": {"key": key}})

    def may_create(self, space: str) -> bool | None:
        call = Call(method="GET", endpoint="spaces/{id}", what=f"ask what we may do in the space {space}")
        asked = {"include-operations": "true"}
        told = self._client.ask(call, f"api/v2/spaces/{self._space_id(space)}", params=asked).get("operations")
        if told is None:
            return None
        return any((one["operation"], one["targetType"]) == ("create", "page") for one in told["results"])

    def _space_id(self, space: str) -> str:
        if space not in self._space_ids:
            call = Call(method="GET", endpoint="spaces", what=f"look for the space {space}")
            found = self._client.ask(call, "api/v2/spaces", params={"keys": space})["results"]
            if not found:
                raise Permanent(f"there is no space {space} at {self._client.base}, or the account may not see it.")
            self._space_ids[space] = str(found[0]["id"])
        return self._space_ids[space]

    def _stored(self, raw: Mapping[str, Any]) -> StoredPage:
        return StoredPage(
            id=str(raw["id"]),
            title=raw["title"],
            version=raw["version"]["number"],
            body=((raw.get("body") or {}).get("storage") or {}).get("value", ""),
            url=f"{self._client.base}{raw['_links']['webui']}",
            parent=str(raw["parentId"]) if raw.get("parentId") else None,
            at=moment(raw["version"].get("createdAt")),
        )


def _storage(body: str) -> dict[str, str]:
    return {"representation": "storage", "value": body}


def _key(raw: Mapping[str, Any]) -> str | None:
    value = raw.get("value")
    return str(value["key"]) if isinstance(value, dict) and "key" in value else None


def _comment(raw: Mapping[str, Any]) -> InlineComment | None:
    """None for one without a reference, which no marker can have."""
    told = raw.get("properties") or {}
    ref = told.get("inlineMarkerRef") or told.get("inline-marker-ref")
    if not ref:
        return None
    quoted = told.get("inlineOriginalSelection") or told.get("inline-original-selection") or ""
    state = raw.get("resolutionStatus")
    return InlineComment(ref=ref, quoted=quoted, state=state if state in get_args(CommentState) else "open")

"""The door to Confluence: what `ConfluenceGateway` promises, on Cloud and on Data Center."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from plugin.atlassian.call import Call
from plugin.atlassian.confluence_client import ConfluenceClient
from plugin.atlassian.confluence_cloud import CloudConfluence
from plugin.atlassian.confluence_data_center import DataCenterConfluence
from plugin.atlassian.errors import Conflict, Gone, Permanent
from plugin.atlassian.gateways import Dialect, InlineComment, StoredPage
from plugin.atlassian.page_call import StoredProperty, page_call, page_call_once

PROPERTY = "plumbline"
"""The key of our content property; its value is `{"key": …}` and fingerprints."""


class ConfluenceDialect(Protocol):
    """What Cloud and Data Center do differently."""

    def myself(self) -> str: ...

    def read(self, page_id: str) -> StoredPage: ...

    def named(self, space: str, title: str) -> StoredPage | None: ...

    def author(self, page_id: str) -> str: ...

    def create(self, space: str, parent: str | None, title: str, body: str) -> StoredPage: ...

    def write(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage: ...

    def version(self, page_id: str, number: int) -> StoredPage: ...

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]: ...

    def property(self, page_id: str, name: str) -> StoredProperty | None: ...

    def renew_property(self, page_id: str, name: str, known: StoredProperty, value: Mapping[str, Any]) -> None: ...

    def key_of(self, page_id: str, name: str) -> str | None: ...

    def set_key(self, page_id: str, name: str, key: str) -> None: ...

    def may_create(self, space: str) -> bool | None: ...


class ConfluenceDoor:
    """Implements `ConfluenceGateway`. Reaches the site at the first call, not when it is made."""

    def __init__(self, client: ConfluenceClient) -> None:
        self._client = client

    @property
    def dialect(self) -> Dialect:
        return self._client.dialect

    @cached_property
    def _speaks(self) -> ConfluenceDialect:
        return CloudConfluence(self._client) if self.dialect == "cloud" else DataCenterConfluence(self._client)

    @cached_property
    def _myself(self) -> str:
        return self._speaks.myself()

    def find(self, space: str, key: str) -> StoredPage | None:
        """Asks for the pages that carry the key's label, then believes only the property.

        The search index lags behind on a busy site, so a page made a moment ago may be missed; `create` meets it.
        """
        call = Call(method="GET", endpoint="content/search", what=f"look for our page {key} in {space}")
        cql = f'type = page and space = "{_in_cql(space)}" and label = "{label_of(key)}"'
        found = self._client.ask(call, "rest/api/content/search", params={"cql": cql, "limit": 25})["results"]
        for raw in found:
            if self._speaks.key_of(str(raw["id"]), PROPERTY) == key:
                return self.read(str(raw["id"]))
        return None

    def read(self, page_id: str) -> StoredPage:
        return self._speaks.read(page_id)

    def create(self, space: str, parent: str | None, title: str, body: str, key: str) -> StoredPage:
        """Converges: what an earlier try left behind, however far it came, is taken up and finished."""
        try:
            page = self._speaks.create(space, parent, title, body)
        except Conflict as taken:
            page = self._ours(space, title, key, taken)
        self._mark(page.id, key)
        self._add_label(page.id, label_of(key))
        return page

    def update(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage:
        try:
            return self._speaks.write(page, title, body, message)
        except Conflict:
            stands = self.read(page.id)
            if (stands.version, stands.title, stands.body) == (page.version + 1, title, body):
                return stands  # our own write, whose answer was lost
            raise

    def version(self, page_id: str, number: int) -> StoredPage | None:
        try:
            return self._speaks.version(page_id, number)
        except Gone:
            return None

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]:
        return self._speaks.inline_comments(page_id)

    def remember(self, page_id: str, key: str, marks: Mapping[str, str | int]) -> None:
        """By the property's own version; where somebody else was faster, once more."""
        for last in (False, True):
            known = self._speaks.property(page_id, PROPERTY)
            if known is None:
                return self._mark(page_id, key)
            value = {"key": key, **marks}
            if dict(known.value) == value:
                return None
            try:
                return self._speaks.renew_property(page_id, PROPERTY, known, value)
            except Conflict:
                if last:
                    raise
        return None

    def remembered(self, page_id: str) -> Mapping[str, Any]:
        known = self._speaks.property(page_id, PROPERTY)
        return known.value if known else {}

    def attached(self, page_id: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        start, size = 0, 100
        while True:
            raws = self._attachments(page_id, {"start": start, "limit": size})
            found |= {str(raw["title"]): _comment(raw) for raw in raws}
            if len(raws) < size:
                return found
            start += size

    def attach(self, page_id: str, name: str, content: bytes, mark: str) -> None:
        path, found = _files(page_id), self._attachments(page_id, {"filename": name})
        if not found:
            self._upload(page_id, path, (name, content, "image/png"), mark)
        elif _comment(found[0]) != mark:
            self._upload(page_id, f"{path}/{found[0]['id']}/data", (name, content, "image/png"), mark)

    def may_create(self, space: str) -> bool | None:
        return self._speaks.may_create(space)

    def page_named(self, space: str, title: str) -> StoredPage | None:
        return self._speaks.named(space, title)

    def _ours(self, space: str, title: str, key: str, taken: Conflict) -> StoredPage:
        """The page that holds the title, if an earlier try of ours made it; else the Conflict is raised."""
        page = self._speaks.named(space, title)
        if page is None:
            raise taken
        marked = self._speaks.key_of(page.id, PROPERTY)
        if marked == key or (marked is None and self._speaks.author(page.id) == self._myself):
            return page
        raise taken

    def _mark(self, page_id: str, key: str) -> None:
        if self._speaks.key_of(page_id, PROPERTY) == key:
            return
        try:
            self._speaks.set_key(page_id, PROPERTY, key)
        except (Conflict, Permanent):  # a property that is there is refused with 409 or 400, by version of Confluence
            if self._speaks.key_of(page_id, PROPERTY) != key:  # else another process of ours was faster
                raise

    def _add_label(self, page_id: str, label: str) -> None:
        """Adding a label that is there changes nothing. Version 1 on Cloud too: version 2 only reads labels."""
        call = page_call("POST", "content/{id}/label", f"label page {page_id}", "Edit pages")
        self._client.ask(call, f"rest/api/content/{page_id}/label", data=[{"prefix": "global", "name": label}])

    def _attachments(self, page_id: str, asked: Mapping[str, str | int]) -> Sequence[Mapping[str, Any]]:
        call = page_call("GET", "content/{id}/child/attachment", f"list the attachments of page {page_id}")
        found: Sequence[Mapping[str, Any]] = self._client.ask(call, _files(page_id), params=asked)["results"]
        return found

    def _upload(self, page_id: str, path: str, file: tuple[str, bytes, str], mark: str) -> None:
        call = page_call_once(
            "POST", "content/{id}/child/attachment", f"attach {file[0]} to page {page_id}", "Add attachments"
        )
        self._client.ask(
            call,
            path,
            files={"file": file},
            data={"comment": mark, "minorEdit": "true"},
            headers={"X-Atlassian-Token": "no-check", "Accept": "application/json"},
        )


def _files(page_id: str) -> str:
    return f"rest/api/content/{page_id}/child/attachment"


def label_of(key: str) -> str:
    """The page label by which the page of this key is looked for; two keys may share one, the property decides."""
    return f"{PROPERTY}-{re.sub(r'[^a-z0-9]+', '-', key.lower()).strip('-')}"[:255]


def _in_cql(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _comment(attachment: Mapping[str, Any]) -> str:
    """Where the comment of an attachment lies differs by version of Confluence."""
    for part in ("metadata", "extensions"):
        if found := (attachment.get(part) or {}).get("comment"):
            return str(found)
    return ""

"""Publishing without the last step: a gateway that reads the site, and keeps to itself what would be written."""

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from html import escape
from typing import Any

from plugin.atlassian.gateways import ConfluenceGateway, Dialect, InlineComment, StoredPage
from plugin.review.merge.outline import flat
from plugin.review.merge.tree import read

NOT_MADE = "not made yet"


class Rehearsal:
    """Answers as the site would after each write; the site itself hears only reads."""

    def __init__(self, gateway: ConfluenceGateway) -> None:
        self._gateway = gateway
        self.dialect: Dialect = gateway.dialect
        self.before: StoredPage | None = None
        self.written: StoredPage | None = None

    def find(self, space: str, key: str) -> StoredPage | None:
        return self._gateway.find(space, key)

    def read(self, page_id: str) -> StoredPage:
        if self.written is not None and self.written.id == page_id:
            return self.written
        return self._gateway.read(page_id)

    def create(self, space: str, parent: str | None, title: str, body: str, key: str) -> StoredPage:
        self.written = StoredPage(id=NOT_MADE, title=title, version=1, body=body, url="", parent=parent)
        return self.written

    def update(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage:
        self.before = self.before or page
        self.written = page.model_copy(update={"title": title, "body": body, "version": page.version + 1})
        return self.written

    def version(self, page_id: str, number: int) -> StoredPage | None:
        return self._gateway.version(page_id, number)

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]:
        return [] if page_id == NOT_MADE else self._gateway.inline_comments(page_id)

    def remember(self, page_id: str, key: str, marks: Mapping[str, str | int]) -> None:
        """Nothing is marked."""

    def remembered(self, page_id: str) -> Mapping[str, Any]:
        return self._gateway.remembered(page_id)

    def attached(self, page_id: str) -> Mapping[str, str]:
        return {} if page_id == NOT_MADE else self._gateway.attached(page_id)

    def attach(self, page_id: str, name: str, content: bytes, mark: str) -> None:
        """Nothing is attached."""

    def may_create(self, space: str) -> bool | None:
        return self._gateway.may_create(space)

    def page_named(self, space: str, title: str) -> StoredPage | None:
        return self._gateway.page_named(space, title)

    def diff(self) -> str:
        """A line for each block of the page, unified; empty where nothing would be written."""
        if self.written is None:
            return ""
        was = _lines(self.before.body) if self.before else []
        return "\n".join(unified_diff(was, _lines(self.written.body), "as it stands", "as it would be", lineterm=""))

    def html(self) -> str:
        """The page as a browser shows its markup, macros as plain text; empty where nothing would be written."""
        if self.written is None:
            return ""
        head = f'<meta charset="utf-8"><title>{escape(self.written.title)}</title>'
        return f"<!doctype html><html><head>{head}</head><body>{self.written.body}</body></html>\n"


def _lines(body: str) -> list[str]:
    return [str(block) for block in flat(read(body))]

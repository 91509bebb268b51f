"""A small Confluence in memory behind the gateway's protocol: versions, titles, trash, and what its editor stamps."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from plugin.atlassian.errors import Conflict, Gone
from plugin.atlassian.gateways import Dialect, InlineComment, StoredPage


def nothing() -> None:
    """What happens between two calls where a test plans nothing."""


class InMemoryConfluence:
    """Refuses stale versions and taken titles; stamps macros on a save, so that nobody reads quite what was sent."""

    dialect: Dialect = "cloud"

    def __init__(self) -> None:
        self.pages: dict[str, StoredPage] = {}
        self.keys: dict[str, tuple[str, str]] = {}
        self.versions: dict[tuple[str, int], StoredPage] = {}
        self.comments: dict[str, dict[str, InlineComment]] = {}
        self.marks: dict[str, Mapping[str, Any]] = {}
        self.files: dict[str, dict[str, tuple[str, bytes]]] = {}
        self.uploads: list[str] = []
        self.before_attaching: Callable[[], None] = nothing
        self.trashed: set[str] = set()
        self.reads = 0
        self.search_lags = False
        self.before_writing: Callable[[], None] = nothing
        self.after_writing: Callable[[], None] = nothing
        self._ids = count(1)

    def find(self, space: str, key: str) -> StoredPage | None:
        self.reads += 1
        if self.search_lags:
            return None
        found = (id for id, place in self.keys.items() if place == (space, key) and id not in self.trashed)
        return next((self.pages[id] for id in found), None)

    def read(self, page_id: str) -> StoredPage:
        self.reads += 1
        if page_id not in self.pages or page_id in self.trashed:
            raise Gone(f"page {page_id} is not there")
        return self.pages[page_id]

    def create(self, space: str, parent: str | None, title: str, body: str, key: str) -> StoredPage:
        self.before_writing()
        ours = self.page_named(space, title)
        if ours and self.keys.get(ours.id) == (space, key):
            return ours
        page = self._add(title, body, parent)
        self.keys[page.id] = (space, key)
        self.after_writing()
        return page

    def update(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage:
        self.before_writing()
        if self.read(page.id).version != page.version:
            raise Conflict(f"page {page.id} is at another version than {page.version}")
        written = self._save(page.id, title, body)
        self.after_writing()
        return written

    def version(self, page_id: str, number: int) -> StoredPage | None:
        return self.versions.get((page_id, number))

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]:
        return list(self.comments.get(page_id, {}).values())

    def remember(self, page_id: str, key: str, marks: Mapping[str, str | int]) -> None:
        self.marks[page_id] = marks

    def remembered(self, page_id: str) -> Mapping[str, Any]:
        return self.marks.get(page_id, {})

    def attached(self, page_id: str) -> Mapping[str, str]:
        self.reads += 1
        return {name: mark for name, (mark, _) in self.files.get(page_id, {}).items()}

    def attach(self, page_id: str, name: str, content: bytes, mark: str) -> None:
        self.before_attaching()
        self.uploads.append(name)
        self.files.setdefault(page_id, {})[name] = (mark, content)

    def may_create(self, space: str) -> bool | None:
        return True

    def page_named(self, space: str, title: str) -> StoredPage | None:
        return next((page for page in self.pages.values() if page.title == title), None)

    def by_people(self, title: str, body: str) -> StoredPage:
        """A page that somebody made by hand."""
        return self._add(title, body, None)

    def edit_by_people(self, page_id: str, old: str, new: str) -> None:
        """Somebody replaces words on the page and saves."""
        page = self.pages[page_id]
        assert old in page.body
        self._save(page_id, page.title, page.body.replace(old, new))

    def comment(self, page_id: str, words: str) -> None:
        """An inline comment: it changes the body and, as on Cloud, not the version."""
        page = self.pages[page_id]
        marked = f'<ac:inline-comment-marker ac:ref="r">{words}</ac:inline-comment-marker>'
        assert words in page.body
        self.pages[page_id] = page.model_copy(update={"body": page.body.replace(words, marked, 1)})
        self.versions[page_id, page.version] = self.pages[page_id]
        self.comments.setdefault(page_id, {})["r"] = InlineComment(ref="r", quoted=words)

    def rename_and_move(self, page_id: str, title: str, parent: str) -> None:
        page = self.pages[page_id]
        self.pages[page_id] = page.model_copy(update={"title": title, "parent": parent, "version": page.version + 1})

    def _add(self, title: str, body: str, parent: str | None) -> StoredPage:
        if self.page_named("", title):
            raise Conflict(f"a page called {title!r} is there already")
        id = str(next(self._ids))
        url = f"https://wiki.example/pages/{id}"
        self.pages[id] = StoredPage(id=id, title=title, version=1, body=_saved(body), url=url, parent=parent)
        self.versions[id, 1] = self.pages[id]
        return self.pages[id]

    def _save(self, page_id: str, title: str, body: str) -> StoredPage:
        page = self.pages[page_id]
        changed = {"title": title, "body": _saved(body), "version": page.version + 1}
        self.pages[page_id] = self.versions[page_id, page.version + 1] = page.model_copy(update=changed)
        return self.pages[page_id]


def _saved(body: str) -> str:
    """What Confluence is seen to rewrite: macro ids, entities for some characters, the order of parameters."""
    stamped = re.sub(r"(<ac:structured-macro)(?! ac:macro-id)", r'\1 ac:macro-id="m-1"', body)
    parameter = r"<ac:parameter [^>]*>[^<]*</ac:parameter>"
    return re.sub(f"({parameter})({parameter})", r"\2\1", stamped).replace("\u00a0", "&nbsp;")

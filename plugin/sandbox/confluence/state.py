"""A Confluence site in memory: spaces, pages with all their versions, attachments, labels, properties, inline comments.

It is safe to use from several threads: every change happens under one lock and replaces frozen values.
"""

import functools
import itertools
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar
from uuid import NAMESPACE_OID, uuid5

from pydantic import JsonValue

from plugin.sandbox.confluence.editors import Editor, saved_by, stored
from plugin.sandbox.confluence.storage import NotStorageError, marker_refs, parse, with_marker
from plugin.sandbox.confluence.values import (
    Attachment,
    AttachmentVersion,
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
from plugin.sandbox.jira.values import Person

P = ParamSpec("P")
R = TypeVar("R")

_LONGEST_TITLE = 255
_LARGEST_PROPERTY = 32_768


def _locked(
    method: Callable[Concatenate["ConfluenceSite", P], R],
) -> Callable[Concatenate["ConfluenceSite", P], R]:
    @functools.wraps(method)
    def run(site: "ConfluenceSite", /, *args: P.args, **kwargs: P.kwargs) -> R:
        with site.lock:
            return method(site, *args, **kwargs)

    return run


class ConfluenceSite:
    """The site's whole state. Authors are account ids; `people` are those who may sign in; it may grow.

    `clock` gives the moment of every change, in UTC. All refusals are `RefusedError`.
    """

    def __init__(
        self, people: Collection[Person] = (), clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.people = people
        self.clock = clock
        self.lock = RLock()
        self.spaces: dict[str, Space] = {}
        self.read_only: set[str] = set()
        """Keys of spaces to which nobody may add pages."""
        self.pages: dict[str, Page] = {}
        self.attachments: dict[str, Attachment] = {}
        self.comments: dict[str, InlineComment] = {}
        self.editor: Editor = "none"
        """With which people save pages; with any but none, the server too stamps what REST sends."""
        self.before_update: Callable[[str], None] | None = None
        """Called with a page's id before a version is looked at: what happens between a reading and a writing."""
        self._ids = itertools.count(65_537)

    def _next_id(self) -> str:
        return str(next(self._ids))

    @_locked
    def add_space(self, key: str, name: str, author: str) -> Space:
        """A new space with its home page, as Confluence makes one."""
        if key in self.spaces:
            raise RefusedError(400, f"A space already exists with key {key}")
        home = self._next_id()
        now = self.clock()
        space = self.spaces[key] = Space(self._next_id(), key, name, home, now)
        first = PageVersion(1, name, "<p></p>", author, now)
        self.pages[home] = Page(home, key, None, (first,))
        return space

    def space(self, key: str) -> Space:
        found = self.spaces.get(key)
        if found is None:
            raise RefusedError(404, f"No space with key : {key}")
        return found

    def space_by_id(self, id: str) -> Space:
        for one in list(self.spaces.values()):
            if one.id == id:
                return one
        raise RefusedError(404, f"Space with id {id} was not found, or you may not see it")

    def page(self, id: str) -> Page:
        """The page in whatever status it is; one that was purged is refused like one that never was."""
        found = self.pages.get(id)
        if found is None:
            raise RefusedError(404, f"No content found with id: ContentId{{id={id}}}")
        return found

    def list_pages(self, space: str | None = None, statuses: Sequence[Status] = ("current",)) -> list[Page]:
        """In the order in which they were created."""
        return [
            one for one in list(self.pages.values()) if one.status in statuses and (space is None or one.space == space)
        ]

    def children(self, id: str) -> list[Page]:
        return [one for one in self.list_pages() if one.parent == id]

    def ancestors(self, page: Page) -> list[Page]:
        """From the home page down to the parent."""
        line: list[Page] = []
        while page.parent and page.parent in self.pages:
            page = self.pages[page.parent]
            line.insert(0, page)
        return line

    @_locked
    def create_page(self, space: str, draft: Draft, author: str) -> Page:
        """Refused with 400 where the title is taken in the space, also by an archived page, or the body is no XML."""
        home = self.space(space).homepage
        if space in self.read_only:
            raise RefusedError(403, f"Nobody may add pages to the space {space}")
        parent = self.page(draft.parent or home)
        if parent.space != space or parent.status == "trashed":
            raise RefusedError(400, f"The parent {parent.id} is not a page of the space {space}")
        self._check(draft, space, id=None)
        body = self._as_stored(draft.body, 1)
        first = PageVersion(1, draft.title, body, author, self.clock(), draft.message, draft.minor)
        page = Page(self._next_id(), space, parent.id, (first,))
        self.pages[page.id] = page
        return page

    @_locked
    def update_page(self, id: str, draft: Draft, number: int, author: str) -> Page:
        """Saves version `number`, the current one plus 1 or else 409. A `parent` of None keeps its place."""
        if self.before_update is not None:
            self.before_update(id)
        page = self.page(id)
        if page.status != "current":
            raise RefusedError(404, f"No content found with id: ContentId{{id={id}}}")
        current = page.latest.number
        if number != current + 1:
            words = "Version must be incremented when updating a page."
            raise RefusedError(409, f"{words} Current Version: [{current}]. Provided version: [{number}]")
        self._check(draft, page.space, id)
        body = self._as_stored(draft.body, number)
        version = PageVersion(number, draft.title, body, author, self.clock(), draft.message, draft.minor)
        parent = draft.parent or page.parent
        if parent and parent != page.parent:
            self._check_move(page, parent)
        self.pages[id] = page = replace(page, parent=parent, versions=(*page.versions, version))
        self._settle_comments(page)
        return page

    def _as_stored(self, body: str, seed: int) -> str:
        return body if self.editor == "none" else stored(body, seed)

    @_locked
    def edit_page(self, id: str, author: str, change: Callable[[str], str] = str) -> Page:
        """Somebody opens the page in the site's editor, changes its body, and publishes."""
        page = self.page(id)
        number = page.latest.number + 1
        body = change(saved_by(self.editor, page.latest.body, number))
        self._check(Draft(page.title, body), page.space, id)
        version = PageVersion(number, page.title, body, author, self.clock())
        self.pages[id] = page = replace(page, versions=(*page.versions, version))
        self._settle_comments(page)
        return page

    def _check(self, draft: Draft, space: str, id: str | None) -> None:
        if not draft.title.strip() or len(draft.title) > _LONGEST_TITLE:
            raise RefusedError(400, f"A page's title has 1 to {_LONGEST_TITLE} characters, not {len(draft.title)}")
        try:
            parse(draft.body)
        except NotStorageError as error:
            raise RefusedError(400, str(error)) from error
        for other in self.list_pages(space, ("current", "archived")):
            if other.id != id and other.title.casefold() == draft.title.casefold():
                words = f"A page with this title already exists: A page already exists with the title {draft.title}"
                raise TitleTakenError(400, f"{words} in the space with key {space}")

    def _check_move(self, page: Page, parent: str) -> None:
        target = self.page(parent)
        if target.space != page.space or page.id in {target.id, *(one.id for one in self.ancestors(target))}:
            raise RefusedError(400, f"The page {page.id} cannot be moved under {parent}")

    def _settle_comments(self, page: Page) -> None:
        """A comment whose marker left the body has lost its place; one whose marker came back is open again."""
        refs = marker_refs(page.latest.body)
        for one in self.inline_comments(page.id):
            if one.resolution != "resolved":
                self.comments[one.id] = replace(one, resolution="open" if one.ref in refs else "dangling")

    @_locked
    def set_status(self, id: str, status: Status) -> Page:
        """Trashes, archives or restores a page; its children move up to its parent when it is trashed."""
        page = self.page(id)
        if page.parent is None:
            raise RefusedError(400, "A space's home page cannot be trashed or archived")
        if status == "trashed":
            for child in self.children(id):
                self.pages[child.id] = replace(child, parent=page.parent)
        self.pages[id] = page = replace(page, status=status)
        return page

    @_locked
    def purge(self, id: str) -> None:
        """Deletes a page for good; only a trashed one can be."""
        if self.page(id).status != "trashed":
            raise RefusedError(400, f"The page {id} is not in the trash; delete it first")
        del self.pages[id]

    @_locked
    def restrict(self, id: str, readers: Iterable[str]) -> None:
        """From now on only these account ids see the page; none at all means everybody."""
        self.pages[id] = replace(self.page(id), readers=frozenset(readers))

    @_locked
    def add_labels(self, id: str, names: Iterable[tuple[str, str]]) -> Page:
        """Adds labels given as (prefix, name); those that are there already stay as they are."""
        page = self.page(id)
        labels = list(page.labels)
        for prefix, name in names:
            if not name or any(character.isspace() for character in name):
                raise RefusedError(400, f"{name!r} is not a label: a label is one word")
            if (prefix, name.lower()) not in {(one.prefix, one.name) for one in labels}:
                labels.append(Label(self._label_id(name.lower()), name.lower(), prefix))
        self.pages[id] = page = replace(page, labels=tuple(labels))
        return page

    def _label_id(self, name: str) -> str:
        """One label has one id on every page that carries it."""
        known = (label.id for page in self.pages.values() for label in page.labels if label.name == name)
        return next(known, None) or self._next_id()

    @_locked
    def remove_label(self, id: str, name: str) -> None:
        page = self.page(id)
        self.pages[id] = replace(page, labels=tuple(one for one in page.labels if one.name != name.lower()))

    def property(self, id: str, key: str) -> ContentProperty:
        found = self.page(id).properties.get(key)
        if found is None:
            raise RefusedError(404, f"No property found with key {key} on content {id}")
        return found

    @_locked
    def create_property(self, id: str, key: str, value: JsonValue, author: str) -> ContentProperty:
        page = self.page(id)
        if not key or key in page.properties:
            raise RefusedError(400, f"A property with the key {key!r} exists already on content {id}; update it")
        return self._keep_property(page, ContentProperty(self._next_id(), key, value, 1, self.clock(), author))

    @_locked
    def update_property(self, id: str, key: str, value: JsonValue, change: tuple[int, str]) -> ContentProperty:
        """`change` is the new version's number, the current one plus 1 or else 409, and its author."""
        old, (number, author) = self.property(id, key), change
        if number != old.version + 1:
            raise RefusedError(409, f"Cannot update property {key}: its version is {old.version}, not {number - 1}")
        new = replace(old, value=value, version=number, at=self.clock(), author=author)
        return self._keep_property(self.page(id), new)

    def _keep_property(self, page: Page, new: ContentProperty) -> ContentProperty:
        if len(json.dumps(new.value)) > _LARGEST_PROPERTY:
            raise RefusedError(413, f"The value of property {new.key} is longer than {_LARGEST_PROPERTY} characters")
        self.pages[page.id] = replace(page, properties={**page.properties, new.key: new})
        return new

    @_locked
    def delete_property(self, id: str, key: str) -> None:
        self.property(id, key)
        page = self.page(id)
        self.pages[id] = replace(page, properties={k: v for k, v in page.properties.items() if k != key})

    def attachments_of(self, page: str) -> list[Attachment]:
        return [one for one in list(self.attachments.values()) if one.page == page]

    def attachment_named(self, page: str, name: str) -> Attachment | None:
        return next((one for one in self.attachments_of(page) if one.name == name), None)

    @_locked
    def attach(self, page: str, name: str, version: AttachmentVersion) -> Attachment:
        """Stores a file on the page: a new version of the one that has this name, else a new one."""
        self.page(page)
        old = self.attachment_named(page, name) or Attachment(f"att{self._next_id()}", page, name, ())
        new = replace(old, versions=(*old.versions, replace(version, number=len(old.versions) + 1)))
        self.attachments[new.id] = new
        return new

    def inline_comments(self, page: str) -> list[InlineComment]:
        return [one for one in list(self.comments.values()) if one.page == page]

    @_locked
    def comment_inline(self, page: str, selection: str, body: str, author: str, index: int = 0) -> InlineComment:
        """A person comments on words of the page: the marker goes into the body without a new version."""
        found = self.page(page)
        id = self._next_id()
        ref = str(uuid5(NAMESPACE_OID, id))
        try:
            marked = replace(found.latest, body=with_marker(found.latest.body, selection, ref, index))
        except ValueError as error:
            raise RefusedError(400, str(error)) from error
        self.pages[page] = replace(found, versions=(*found.versions[:-1], marked))
        self.comments[id] = InlineComment(id, page, ref, selection, body, author, self.clock())
        return self.comments[id]

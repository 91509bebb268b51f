"""What a Confluence site holds, as values. Nothing here changes; `ConfluenceSite` replaces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

Status = Literal["current", "trashed", "archived"]


class RefusedError(Exception):
    """What Confluence refuses, with its status and the sentence that its REST gives."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class TitleTakenError(RefusedError):
    """The space has another page of this title, current or archived."""


@dataclass(frozen=True)
class Space:
    id: str
    key: str
    name: str
    homepage: str
    created: datetime


@dataclass(frozen=True)
class PageVersion:
    """One version of a page as it was saved. `body` is storage format."""

    number: int
    title: str
    body: str
    author: str
    at: datetime
    message: str = ""
    minor: bool = False


@dataclass(frozen=True)
class ContentProperty:
    """JSON kept beside a page under a key. Its version counts from 1 and is not the page's."""

    id: str
    key: str
    value: JsonValue
    version: int
    at: datetime
    author: str


@dataclass(frozen=True)
class AttachmentVersion:
    number: int
    content: bytes
    media_type: str
    comment: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Attachment:
    """A file on a page. The id is `att…` as Confluence writes it; the last version is the current one."""

    id: str
    page: str
    name: str
    versions: tuple[AttachmentVersion, ...]

    @property
    def latest(self) -> AttachmentVersion:
        return self.versions[-1]


@dataclass(frozen=True)
class Label:
    id: str
    name: str
    prefix: str = "global"


@dataclass(frozen=True)
class InlineComment:
    """A comment on words of a page; its anchor is the marker with this `ref` in the page's body."""

    id: str
    page: str
    ref: str
    selection: str
    body: str
    author: str
    at: datetime
    resolution: Literal["open", "resolved", "dangling"] = "open"
    """Dangling once a version of the page was saved without the marker."""


@dataclass(frozen=True)
class Page:
    """A page with all that hangs on it, except its comments and attachments. The last version is the current one."""

    id: str
    space: str
    """The key of its space."""
    parent: str | None
    versions: tuple[PageVersion, ...]
    status: Status = "current"
    labels: tuple[Label, ...] = ()
    properties: Mapping[str, ContentProperty] = field(default_factory=dict)
    readers: frozenset[str] = frozenset()
    """Account ids that alone may see the page; empty where everybody may."""

    @property
    def latest(self) -> PageVersion:
        return self.versions[-1]

    @property
    def title(self) -> str:
        return self.latest.title

    def version(self, number: int) -> PageVersion:
        for one in self.versions:
            if one.number == number:
                return one
        raise RefusedError(404, f"No version {number} of content with id {self.id}")


@dataclass(frozen=True)
class Draft:
    """What somebody wants to save as a page. `parent` of None means the space's home page."""

    title: str
    body: str
    parent: str | None = None
    message: str = ""
    minor: bool = False

"""The two doors as the rest of the house sees them. Every call may raise `plugin.atlassian.errors`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from plugin.domain.frozen import Frozen
from plugin.domain.history import FieldChange
from plugin.domain.issue import LabelChange
from plugin.domain.jira_site import JiraSite
from plugin.domain.verdict import LinkWords

Dialect = Literal["cloud", "data center"]


class IssuePage(Frozen):
    """One page of raw issues as Jira's REST gives them: `{id, key, fields}`. `next` is None on the last page."""

    issues: tuple[Mapping[str, Any], ...]
    next: str | None


class Webhook(Frozen):
    """An administrator's webhook as Jira tells it. Its secret is never told, only whether it has one (None: not that).

    https://developer.atlassian.com/cloud/jira/platform/webhooks/
    """

    id: str
    name: str
    url: str
    events: tuple[str, ...]
    enabled: bool = True
    signed: bool | None = None


class Server(Frozen):
    """What a site says of itself. `time` is its clock, in UTC; None where it does not tell."""

    url: str
    version: str
    time: datetime | None = None


class Matched(Frozen):
    """What a site says of one query: ids of those of the issues asked about that it matches, or why it refuses it."""

    ids: frozenset[str] = frozenset()
    refused: str = ""
    """In the site's words; "" where it answered."""


class IdPage(Frozen):
    """One page of ids. `next` is None on the last page."""

    ids: tuple[str, ...]
    next: str | None


class Entry(Frozen):
    """One entry of an issue's changelog, at a moment in UTC. `actor` is None where nobody is named."""

    issue_id: str
    id: str
    at: datetime
    actor: str | None
    fields: frozenset[str]
    """Names of the fields that changed, as changelogs call them."""
    moves: tuple[FieldChange, ...] = ()
    """Its changes of status and assignee."""


class JiraGateway(Protocol):
    @property
    def dialect(self) -> Dialect:
        """Which product answers; may ask the site the first time, and so raise."""
        ...

    def myself(self) -> str:
        """Our account id (Cloud) or user key (Data Center)."""
        ...

    def site(self, with_versions_of: Sequence[str]) -> JiraSite:
        """What the site says of itself now; versions of the named projects, by key, as that takes a call for each."""
        ...

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """The issues with these ids or keys, fresh, in any order; one that is gone or hidden is simply not there."""
        ...

    def search(self, jql: str, fields: Sequence[str], page: str | None) -> IssuePage:
        """One page of a search, oldest `updated` first. `page` is the `next` of the page before, None for the first."""
        ...

    def ids(self, jql: str, page: str | None) -> IdPage:
        """One page of a search for ids alone, in the query's own order: by thousands, as nothing else is told."""
        ...

    def count(self, jql: str) -> int:
        """How many issues a bounded search would find; on Cloud an estimate, of which recent changes may be missing."""
        ...

    def matches(self, ids: Sequence[str], jqls: Sequence[str]) -> Sequence[Matched]:
        """Which of the issues each query matches now, in the order of the queries, which have no ORDER BY.

        Ids that are gone or hidden are matched by none.
        """
        ...

    def history(self, ids: Sequence[str]) -> Sequence[Entry]:
        """The entries that changed status or assignee of these issues, in any order; an issue that is gone has none."""
        ...

    def changelog(self, ids: Sequence[str]) -> Sequence[Entry]:
        """Every entry of the issues' changelogs, in any order; an issue that is gone has none."""
        ...

    def label_history(self, ids: Sequence[str]) -> Sequence[LabelChange]:
        """Who added and removed labels of these issues, and when, in any order; an issue that is gone has none."""
        ...

    def edit(
        self,
        issue_id: str,
        add: Sequence[str],
        remove: Sequence[str],
        provenance: Mapping[str, Any] | None,
        project: str | None = None,
    ) -> None:
        """One PUT: labels by verbs, and the property `plumbline` set (an empty object where `provenance` is None).

        `project` is the issue's, by key: whether an edit there may mail nobody is asked once; None: asked of the site.
        """
        ...

    def put_link(self, issue_id: str, link: LinkWords) -> None:
        """Creates or rewrites our one remote link (globalId `plumbline`)."""
        ...

    def remove_link(self, issue_id: str) -> None:
        """Removes our remote link; one that is not there is no error."""
        ...

    def browse_url(self, key: str) -> str:
        """The address of an issue, for people. Asks nobody."""
        ...

    def permissions(self, project: str | None = None) -> Mapping[str, bool]:
        """Our permissions by Jira's key, such as EDIT_ISSUES, in one project; None: those held anywhere at all."""
        ...

    def server(self) -> Server:
        """Needs no credentials: it proves that the address is right, not that the token is."""
        ...

    def token_ends(self) -> datetime | None:
        """When the first of our account's access tokens expires, in UTC; None where the site does not tell."""
        ...

    def provenance(self, issue_id: str) -> Mapping[str, Any] | None:
        """The property `plumbline` as it stands on the issue, None where there is none. Gone where it is not shown."""
        ...

    def remove_provenance(self, issue_id: str) -> None:
        """Removes the property; one that is not there is no error."""
        ...

    def register_webhook(self, name: str, url: str, events: Sequence[str], secret: str) -> None:
        """Registers an administrator's webhook once: one of the same name is updated in place."""
        ...

    def webhooks(self) -> Sequence[Webhook]:
        """Every administrator's webhook of the site. Forbidden to accounts that do not administer Jira."""
        ...

    def remove_webhook(self, id: str) -> None:
        """Removes it; one that is not there is no error."""
        ...


class StoredPage(Frozen):
    """A Confluence page as it stands. `body` is storage format."""

    id: str
    title: str
    version: int
    body: str
    url: str
    parent: str | None = None
    at: datetime | None = None
    """When this version was saved, in UTC; None where the site did not tell."""


CommentState = Literal["open", "reopened", "resolved", "dangling"]


class InlineComment(Frozen):
    """A comment on words of a page. Its marker in the body carries `ref`."""

    ref: str
    quoted: str
    """The words as they were when it was made."""
    state: CommentState = "open"
    """Data Center tells open and resolved only."""


class ConfluenceGateway(Protocol):
    @property
    def dialect(self) -> Dialect:
        """Which product answers; may ask the site the first time, and so raise."""
        ...

    def find(self, space: str, key: str) -> StoredPage | None:
        """The page in the space whose content property `plumbline` carries this `key`; never by title."""
        ...

    def read(self, page_id: str) -> StoredPage:
        """Raises Gone for a page that is trashed, archived or deleted."""
        ...

    def create(self, space: str, parent: str | None, title: str, body: str, key: str) -> StoredPage:
        """Creates the page and sets its content property. Conflict where the title is taken in the space."""
        ...

    def update(self, page: StoredPage, title: str, body: str, message: str) -> StoredPage:
        """Writes version `page.version` + 1. Conflict where the page has moved on."""
        ...

    def version(self, page_id: str, number: int) -> StoredPage | None:
        """The page as that version was saved, None where it is no longer kept."""
        ...

    def inline_comments(self, page_id: str) -> Sequence[InlineComment]:
        """Every inline comment of the page in whatever state, without its replies."""
        ...

    def remember(self, page_id: str, key: str, marks: Mapping[str, str | int]) -> None:
        """Keeps fingerprints beside the page, in our content property next to its `key`; never any of its text."""
        ...

    def remembered(self, page_id: str) -> Mapping[str, Any]:
        """What `remember` kept last; empty where that is nothing."""
        ...

    def attached(self, page_id: str) -> Mapping[str, str]:
        """The page's files by name, each with its comment, "" where it has none."""
        ...

    def attach(self, page_id: str, name: str, content: bytes, mark: str) -> None:
        """Uploads a PNG under its name, in place of a file that has it; `mark` becomes its comment."""
        ...

    def may_create(self, space: str) -> bool | None:
        """Whether we may add pages to the space; None where the site does not tell. Permanent where there is none."""
        ...

    def page_named(self, space: str, title: str) -> StoredPage | None:
        """A page by title: for a configured parent only, never to find our own."""
        ...

"""A frozen Review → its one page in Confluence. Values in, values out; what is done is at most one write.

A page is found by the id that the store kept, else by its content property, never by title. What people wrote on it is
kept: what we would write is merged into the page as it stands.
"""

import hashlib
import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from plugin.atlassian.errors import Conflict, DoorError, Gone, Permanent
from plugin.atlassian.gateways import ConfluenceGateway, StoredPage
from plugin.domain.frozen import Frozen
from plugin.review.attaching import attach
from plugin.review.charts import Picture
from plugin.review.merge.canon import NORM
from plugin.review.merge.memory import Memory, Placed, Span
from plugin.review.merge.nesting import check
from plugin.review.merge.tree import read
from plugin.review.model import Review
from plugin.review.page import render
from plugin.review.pictures import pictures
from plugin.review.rewrite import CommentsLostError, Rewriting, Rewritten, read_back, rewrite
from plugin.review.sameness import same
from plugin.review.storage import MalformedError
from plugin.review.text import title

logger = logging.getLogger(__name__)

ATTEMPTS = 3


class Place(Frozen):
    """Where reviews go: a space's key, and the title of the page under which they stand."""

    space: str
    parent: str | None = None
    """None: directly in the space."""


class PageRecord(Frozen):
    """What the store keeps of a page that we wrote."""

    page_id: str
    version: int
    """Confluence's version that our last write made."""
    body_read_back: str
    """The body as Confluence gave it back right after that write; anything else is people's work."""
    digest: str
    """SHA-256 of the body that we rendered."""
    rendered: str | None = None
    """What we rendered then; None where it is what was read back."""
    sent: str | None = None
    """What was sent, where people's work was merged into it."""
    noted: tuple[str, ...] = ()
    homeless: tuple[Span, ...] = ()
    sure: bool = True
    placed: Placed = Placed()
    """What became of inline comments in that write."""
    kept: tuple[str, ...] = ()
    """What that write moved into notes, as sentences."""

    @property
    def memory(self) -> Memory:
        return Memory(
            rendered=self.body_read_back if self.rendered is None else self.rendered,
            sent=self.sent,
            read_back=self.body_read_back,
            noted=self.noted,
            homeless=self.homeless,
            sure=self.sure,
        )


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT_TO_PEOPLE = "left to people"
    PARKED = "parked"
    ASKS = "asks"


SETTLED = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.LEFT_TO_PEOPLE)
"""Outcomes that need no person."""


class Published(Frozen):
    """What became of a review's page. `record` is what the store is to keep, None where nothing of ours is known."""

    outcome: Outcome
    record: PageRecord | None
    url: str | None = None
    words: str = ""
    """What a person should know, as sentences; empty where all went as usual."""
    placed: Placed = Placed()
    """What became of inline comments in this write."""
    kept: tuple[str, ...] = ()
    """People's changes to our parts that were moved into a note, as sentences."""


@dataclass(frozen=True)
class Page:
    """What a page is to be, whatever it tells."""

    key: str
    """By which it is found again after a loss of the store."""
    title: str
    body: str
    message: str
    """Of the version that a write makes: why it was written."""
    zone: str
    """In which the days of people's edits are told."""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class _Writing:
    """A page on its way to its place."""

    page: Page
    place: Place

    @property
    def key(self) -> str:
        return self.page.key

    @property
    def title(self) -> str:
        return self.page.title

    @property
    def body(self) -> str:
        return self.page.body

    @property
    def message(self) -> str:
        return self.page.message

    @property
    def zone(self) -> str:
        return self.page.zone

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()

    def record(self, page: StoredPage) -> PageRecord:
        """Of a page that holds nothing but what we rendered."""
        return PageRecord(
            page_id=page.id,
            version=page.version,
            body_read_back=page.body,
            digest=self.digest,
            rendered=self.body,
        )

    def merged(self, done: Rewritten) -> PageRecord:
        merged = done.merged
        known: dict[str, object] = {"sent": done.sent, "noted": merged.noted, "homeless": merged.homeless}
        known |= {"placed": merged.placed, "kept": merged.entries}
        return self.record(done.page).model_copy(update=known)


def page_key(review: Review) -> str:
    """The value by which a page is found again after a loss of the store."""
    return f"weekly/{review.product}/{review.week}"


def publish(gateway: ConfluenceGateway, review: Review, record: PageRecord | None, place: Place) -> Published:
    """The page of a week's review; see `publish_page`."""
    return publish_page(gateway, weekly_page(review), record, place)


def weekly_page(review: Review) -> Page:
    what = "draft" if review.draft else "review"
    return Page(
        key=page_key(review),
        title=title(review),
        body=render(review),
        message=f"Plumbline: {what} of {review.week}, rules version {review.rules_version}",
        zone=review.period.zone,
        pictures=pictures(review),
    )


def publish_page(gateway: ConfluenceGateway, page: Page, record: PageRecord | None, place: Place) -> Published:
    """Creates or updates the page; the same page again writes nothing, and reads once, with pictures twice.

    Conflicts are met by reading again, three times at most. Raises Retryable where the site cannot answer now, and
    Permanent (`forbidden`) where our account may not; any other refusal of the body parks the page.
    """
    writing = _Writing(page, place)
    conflict: Conflict | None = None
    for _ in range(ATTEMPTS):
        try:
            return _once(gateway, writing, record)
        except Conflict as met:
            conflict = met
        except (MalformedError, CommentsLostError) as fault:
            words = f"“{writing.title}” was left as it is: {fault}."
            return Published(outcome=Outcome.PARKED, record=record, words=words)
        except Gone:
            return Published(outcome=Outcome.ASKS, record=record, words=_gone(writing))
        except Permanent as refused:
            if refused.forbidden:
                raise
            words = f"Confluence refused “{writing.title}”: {refused}"
            return Published(outcome=Outcome.PARKED, record=record, words=words)
    words = f"“{writing.title}” changed under us {ATTEMPTS} times and was left as it is: {conflict}"
    return Published(outcome=Outcome.PARKED, record=record, words=words)


def _gone(writing: _Writing) -> str:
    return (
        f"The page “{writing.title}” was deleted, trashed or archived, and is not made again unasked: restore it in "
        "Confluence, or forget its record and publish the week again."
    )


def _once(gateway: ConfluenceGateway, writing: _Writing, record: PageRecord | None) -> Published:
    """Pictures are attached before the body that shows them is written, or right after the page was made."""
    if record is None:
        check(read(writing.body))
        found = gateway.find(writing.place.space, writing.key)
        if found is None:
            made = _create(gateway, writing)
            return _with(made, attach(gateway, made.record.page_id, writing.page.pictures)) if made.record else made
        words = attach(gateway, found.id, writing.page.pictures)
        return _with(_found_again(gateway, writing, found), words)
    page = gateway.read(record.page_id)
    words = attach(gateway, page.id, writing.page.pictures)
    return _with(_refresh(gateway, writing, page, record), words)


def _with(published: Published, words: str) -> Published:
    told = " ".join(one for one in (published.words, words) if one)
    return published.model_copy(update={"words": told})


def _refresh(gateway: ConfluenceGateway, writing: _Writing, page: StoredPage, record: PageRecord) -> Published:
    """The page is known: write only what differs, and only over our own words."""
    if writing.digest == record.digest:
        return Published(outcome=Outcome.UNCHANGED, record=record, url=page.url)
    check(read(writing.body))
    if same(page.body, writing.body):  # the answer to our last write was lost
        return Published(outcome=Outcome.UNCHANGED, record=writing.record(page), url=page.url)
    return _merge(gateway, writing, page, record.memory)


def _found_again(gateway: ConfluenceGateway, writing: _Writing, page: StoredPage) -> Published:
    """The page carries our key, but the store does not know it: what we wrote is in its history, if that is kept."""
    if same(page.body, writing.body):
        return Published(outcome=Outcome.UNCHANGED, record=writing.record(page), url=page.url)
    number = gateway.remembered(page.id).get("version", 1)
    ours = gateway.version(page.id, number) if isinstance(number, int) else None
    if ours is not None:
        memory = Memory(rendered=ours.body, read_back=ours.body, sure=number == 1)
        return _merge(gateway, writing, page, memory)
    wanted = Rewriting(body=writing.body, message=writing.message, zone=writing.zone, memory=None)
    done = rewrite(gateway, page, wanted)
    words = (
        f"Nothing is known of what Plumbline wrote on “{page.title}”, so nothing on it was replaced"
        f"{'; what was missing was added' if done.wrote else ''}."
    )
    return Published(outcome=Outcome.LEFT_TO_PEOPLE, record=None, url=page.url, words=words, placed=done.merged.placed)


def _merge(gateway: ConfluenceGateway, writing: _Writing, page: StoredPage, memory: Memory) -> Published:
    """People may have renamed or moved the page: their title and place stay."""
    wanted = Rewriting(body=writing.body, message=writing.message, zone=writing.zone, memory=memory)
    done = rewrite(gateway, page, wanted)
    record = writing.merged(done)
    if done.wrote:
        _remember(gateway, writing, record)
    wrote = Outcome.UPDATED if done.wrote else Outcome.UNCHANGED
    return Published(
        outcome=Outcome.PARKED if done.lost else wrote,
        record=record,
        url=page.url,
        words=" ".join(one for one in (done.words and f"{done.words}.", _what_became(done)) if one),
        placed=done.merged.placed,
        kept=done.merged.entries,
    )


def _what_became(done: Rewritten) -> str:
    """Of comments and of people's changes, what somebody should look at."""
    listed, kept = done.merged.placed.listed, len(done.merged.entries)
    told = []
    if listed:
        what = "1 inline comment has" if listed == 1 else f"{listed} inline comments have"
        told.append(f"{what} no place any more, and {'is' if listed == 1 else 'are'} listed at the foot of the page.")
    if kept:
        what = "1 change" if kept == 1 else f"{kept} changes"
        told.append(f"{what} of people’s to our parts {'is' if kept == 1 else 'are'} kept in notes on the page.")
    return " ".join(told)


def _remember(gateway: ConfluenceGateway, writing: _Writing, record: PageRecord) -> None:
    """A hint for the day on which the store is lost; its failure is no failure of the page."""
    try:
        gateway.remember(
            record.page_id, writing.key, {"version": record.version, "digest": record.digest, "norm": NORM}
        )
    except DoorError as fault:
        logger.info("page %s could not be marked with its version: %s", record.page_id, fault)


def _create(gateway: ConfluenceGateway, writing: _Writing) -> Published:
    parent, words = _parent(gateway, writing.place)
    try:
        written = gateway.create(writing.place.space, parent, writing.title, writing.body, writing.key)
    except Conflict:
        return _title_taken(gateway, writing)
    stored = read_back(gateway, written)
    if stored.version > 1 or not same(stored.body, writing.body):
        return _found_again(gateway, writing, stored)  # an earlier try made it, and the search did not know yet
    return Published(outcome=Outcome.CREATED, record=writing.record(stored), url=stored.url, words=words)


def _parent(gateway: ConfluenceGateway, place: Place) -> tuple[str | None, str]:
    """The parent's id; a configured parent that is not there is said, and the page goes to the space itself."""
    if place.parent is None:
        return None, ""
    found = gateway.page_named(place.space, place.parent)
    if found:
        return found.id, ""
    words = (
        f"The parent page “{place.parent}” does not exist in space {place.space}, so the review stands directly in the "
        "space: create the parent, or name another one in config/site.yaml, and move the review under it."
    )
    return None, words


def _title_taken(gateway: ConfluenceGateway, writing: _Writing) -> Published:
    """Somebody was faster. Another publisher of ours left the same body; anything else is a page of people's."""
    page = gateway.page_named(writing.place.space, writing.title)
    if page is None:
        raise Conflict(f"“{writing.title}” could not be created, though no page of that title is there now")
    if same(page.body, writing.body):
        return Published(outcome=Outcome.UNCHANGED, record=writing.record(page), url=page.url)
    words = (
        f"Space {writing.place.space} has another page called “{writing.title}”, which is not ours: "
        "rename or remove it, then the review is published."
    )
    return Published(outcome=Outcome.ASKS, record=None, url=page.url, words=words)

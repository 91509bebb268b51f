"""What Jira never sent: a search by `updated` from a cursor, page by page, through the same decisions as the digest."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.errors import DoorError
from plugin.domain.issue import Snapshot, Transition
from plugin.path.asking import Surroundings
from plugin.path.decide import Occasion, decide
from plugin.path.tags import unknown_objectives
from plugin.store import progress, snapshots, unhindered
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=5)
"""Jira's search lags behind its writes, and JQL knows minutes only."""

UNDERWAY = timedelta(minutes=2)
"""A change younger than this may still be on its way as a webhook: it is taken, but not counted as recovered."""

_OURS = ("labels", "updated")

FACT = "jira"

EVERY = timedelta(minutes=15)


def sweep_due(connection: Connection, now: datetime) -> bool:
    """Whether the last sweep that came to its end began long enough ago, or Jira could not be asked meanwhile.

    So an outage is over within a tick of Jira's return, and what was not told during it is found.
    """
    finished = progress.cursor_at(connection, progress.SWEPT)
    return finished is None or now - finished >= EVERY or not progress.is_well(connection, FACT)


@dataclass(frozen=True)
class _Cursors:
    """Names of how far the sweep of these very scopes is. A new scope begins anew: it may hold what never changes."""

    seen: str
    finished: str

    @classmethod
    def of(cls, book: RuleBook) -> "_Cursors":
        scopes = "\n".join(sorted(one.product.scope for one in book.products))
        name = sha256(scopes.encode()).hexdigest()[:16]
        return cls(seen=f"{progress.SWEEP} {name}", finished=f"{progress.SWEPT} {name}")


class Sweep:
    """With an empty cursor it is the first fill. The cursor moves with each page, so a killed sweep goes on there."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def run(self) -> int:
        """Sweeps to the end; returns how many changes were recovered. Raises DoorError where Jira cannot be asked."""
        book = self._around.book()
        if book is None or not book.products:
            return 0
        cursors = _Cursors.of(book)
        with self._around.engine.connect() as connection:
            position = progress.cursor_at(connection, cursors.seen)
            first = progress.cursor_at(connection, cursors.finished) is None
        started, recovered, page = self._around.clock(), 0, None
        jql = _jql(book, position)
        try:
            fields = self._around.fields_to_read()
            while True:
                found = self._around.jira.search(jql, fields, page)
                batch = self._read(found.issues, fields)
                history = self._history(batch)
                recovered += unhindered(partial(self._take, book, batch, history, first))
                page = found.next
                if page is None:
                    break
        except DoorError as error:
            self._note(Fact(name=FACT, ok=False, words=str(error), at=self._around.clock()))
            raise
        with self._around.engine.begin() as connection:
            for name in (progress.SWEPT, cursors.finished):
                progress.move_cursor(connection, name, started)
            progress.note(connection, unknown_objectives(connection, book, self._around.clock()))
        self._note(Fact(name=FACT, ok=True, words="Jira answers", at=self._around.clock()))
        return recovered

    def _read(self, raw: Iterable[Mapping[str, Any]], fields: Collection[str]) -> list[Snapshot]:
        """The issues of a page; one that cannot be read is said and left out, so that it stops no sweep."""
        batch = []
        for one in raw:
            try:
                batch.append(self._around.snapshot(one, fields))
            except ValueError as error:
                logger.warning("an issue of the sweep is left out: %s", error)
                name = f"issue {one.get('key') or one.get('id') or 'without a name'}"
                self._note(Fact(name=name, ok=False, words=str(error), at=self._around.clock()))
        return batch

    def _history(self, batch: Iterable[Snapshot]) -> list[Transition]:
        """Status changes of issues that are new or newer to us, from Jira's own history."""
        with self._around.engine.connect() as connection:
            known = snapshots.by_ids(connection, [one.id for one in batch])
        wanted = [one for one in batch if _is_news(one, known.get(one.id))]
        entered = self._around.jira.history([one.id for one in wanted]) if wanted else []
        return [*entered, *_beginnings(wanted, entered)]

    def _take(self, book: RuleBook, batch: list[Snapshot], history: list[Transition], first: bool) -> int:
        now = self._around.clock()
        with self._around.engine.begin() as connection:
            known = snapshots.by_ids(connection, [one.id for one in batch])
            newer = [one for one in batch if _is_news(one, known.get(one.id))]
            snapshots.upsert(connection, newer)
            snapshots.add_transitions(connection, history)
            merged = snapshots.by_ids(connection, [one.id for one in newer])
            self._decide(connection, book, merged.values())
            missed = [one for one in newer if _is_missed(one, known.get(one.id), now)]
            progress.count(connection, _tallies(newer, missed, first), now.date())
            if batch:
                progress.move_cursor(connection, _Cursors.of(book).seen, max(one.updated for one in batch))
        return 0 if first else len(missed)

    def _decide(self, connection: Connection, book: RuleBook, batch: Collection[Snapshot]) -> None:
        """Where one of them cannot be decided, the digest looks at them one by one; the sweep goes on."""
        now = self._around.clock()
        try:
            with connection.begin_nested():
                decision = decide(connection, book, batch, Occasion(now, self._around.link_url(connection)))
                snapshots.look_again(connection, decision.unexplained, now)
        except DBAPIError:
            raise
        except Exception:
            logger.exception("a page of %d issues is left to the digest", len(batch))
            snapshots.look_again(connection, [one.id for one in batch], now)

    def _note(self, fact: Fact) -> None:
        with self._around.engine.begin() as connection:
            progress.note(connection, fact)


def _jql(book: RuleBook, position: datetime | None) -> str:
    """Every product's scope, from the cursor on, oldest first. The bare number is JQL's epoch milliseconds."""
    scopes = " OR ".join(f"({one.product.scope})" for one in book.products)
    since = f" AND updated >= {int((position - OVERLAP).timestamp() * 1000)}" if position else ""
    return f"({scopes}){since} ORDER BY updated ASC"


def _beginnings(wanted: Iterable[Snapshot], entered: Iterable[Transition]) -> list[Transition]:
    """The status in which each issue was created: what its first change left, else the one that it still has."""
    first: dict[str, Transition] = {}
    for one in sorted(entered, key=lambda one: one.at):
        first.setdefault(one.issue_id, one)
    beginnings = []
    for snapshot in wanted:
        status = snapshot.fields.get("status")
        now = str(status.get("id") or "") if isinstance(status, dict) else ""
        begun = first[snapshot.id].from_status if snapshot.id in first else now
        created = snapshot.text("created")
        if begun and created:
            at = datetime.fromisoformat(created).astimezone(UTC)
            beginnings.append(Transition(issue_id=snapshot.id, at=at, to_status=begun, from_status=None))
    return beginnings


def _is_news(one: Snapshot, known: Snapshot | None) -> bool:
    """Whether it is newer than what is known; an issue that was gone and is shown again is news at any age."""
    return known is None or known.deleted or known.updated < one.updated


def _is_missed(one: Snapshot, known: Snapshot | None, now: datetime) -> bool:
    """Whether no webhook told us: our own writes, and what may still be under way, are not counted."""
    if one.updated > now - UNDERWAY:
        return False
    if known is None:
        return True
    return any(value != known.fields.get(name) for name, value in one.fields.items() if name not in _OURS)


def _tallies(newer: list[Snapshot], missed: list[Snapshot], first: bool) -> Counter[str]:
    return Counter({"filled": len(newer)} if first else {"recovered": len(missed)})

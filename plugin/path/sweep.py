"""What Jira never sent: a search by `updated` from a cursor, page by page, through the same decisions as the digest."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.errors import DoorError
from plugin.atlassian.gateways import Entry
from plugin.domain.issue import Snapshot
from plugin.path.asking import Surroundings
from plugin.path.scope import Scope, asked
from plugin.path.sync import LEASE, OVERLAP, Progress, Sync, Turn, turn
from plugin.path.tags import unknown_objectives
from plugin.path.taking import Taken, Taking, is_news
from plugin.store import accounts, progress, spans, unhindered
from plugin.store.accounts import Told
from plugin.store.progress import Fact
from plugin.store.syncs import Overtaken, Standing

UNDERWAY = timedelta(minutes=2)
"""A change younger than this may still be on its way as a webhook: it is taken, and counted when no delivery came."""

REMEMBERED = timedelta(days=2)
"""How long a change that was counted is known, so that a delivery which comes late does not count it again."""

_OURS = frozenset({"labels", "RemoteIssueLink"})
_TOLD_OTHERWISE = frozenset({"Link", "RemoteIssueLink"})
"""In a changelog: links, which Jira tells as events of their own or not at all."""

FACT = "jira"

EVERY = timedelta(minutes=15)


def sweep_due(connection: Connection, now: datetime) -> bool:
    """Whether the last sweep that came to its end began long enough ago, or Jira could not be asked meanwhile.

    So an outage is over within a tick of Jira's return, and what was not told during it is found.
    """
    finished = progress.cursor_at(connection, progress.SWEPT)
    return finished is None or now - finished >= EVERY or not progress.is_well(connection, FACT)


def _silent(done: int, of: int) -> None:
    """Nobody watches."""


class Sweep:
    """Where its scopes were never read to the end, it is the fill (`sync.py`); after that, what was missed."""

    def __init__(self, around: Surroundings, lease: timedelta = LEASE, tell: Progress = _silent) -> None:
        self._around, self._lease, self._tell = around, lease, tell

    def run(self) -> int:
        """To the end, or until another reader turns out to be at it; returns how many changes were recovered.

        Raises DoorError where Jira cannot be asked.
        """
        book = self._around.book()
        if book is None or not book.products:
            return 0
        with turn(self._around, Scope.of(book), self._lease) as claimed:
            if claimed is None:
                return 0
            mine, standing = claimed
            started = self._around.clock()
            try:
                recovered = self._read(book, mine, standing)
            except Overtaken:
                return 0
            except DoorError as error:
                self._note(Fact(name=FACT, ok=False, words=str(error), at=self._around.clock()))
                raise
            with self._around.engine.begin() as connection:
                progress.move_cursor(connection, progress.SWEPT, started)
                progress.note(connection, unknown_objectives(connection, book, self._around.clock()))
                progress.note(connection, Fact(name=FACT, ok=True, words="Jira answers", at=self._around.clock()))
        return recovered

    def _read(self, book: RuleBook, mine: Turn, standing: Standing) -> int:
        if standing.finished_at is None:
            asked(self._around, book, lambda scope: Sync(self._around, book, mine).fill(scope, standing, self._tell))
            return 0
        missed = _Missed(self._around, book, mine, standing)
        return asked(self._around, book, missed.find)

    def _note(self, fact: Fact) -> None:
        with self._around.engine.begin() as connection:
            progress.note(connection, fact)


class _Missed:
    """One sweep after the fill."""

    def __init__(self, around: Surroundings, book: RuleBook, mine: Turn, standing: Standing) -> None:
        self._around, self._mine, self._standing = around, mine, standing
        self._taking = Taking(around, book)
        position = standing.position
        self._since = position - OVERLAP if position else None

    def find(self, scope: Scope) -> int:
        fields, page, recovered = self._around.fields_to_read(), None, 0
        while True:
            self._mine.keep()
            found = self._around.jira.search(scope.since(self._since), fields, page)
            batch = self._taking.read(found.issues, fields)
            told = self._around.jira.changelog([one.id for one in batch]) if batch else ()
            recovered += unhindered(partial(self._take, batch, told))
            page = found.next
            if page is None:
                break
        with self._around.engine.begin() as connection:
            now = self._around.clock()
            accounts.close(connection, now - UNDERWAY)
            accounts.forget(connection, now - REMEMBERED)
        self._renew_spans()
        return recovered

    def _renew_spans(self) -> None:
        """So that plans and reviews find them made, each batch in a transaction of its own."""
        while unhindered(self._renew_some):
            self._mine.keep()

    def _renew_some(self) -> int:
        with self._around.engine.begin() as connection:
            return spans.refresh_some(connection)

    def _take(self, batch: list[Snapshot], told: Sequence[Entry]) -> int:
        with self._around.engine.begin() as connection:
            taken = self._taking.take(connection, batch, told)
            found = accounts.note(connection, self._account(batch, told, taken))
            self._mine.advance(connection, batch, 0)
        return len(found)

    def _account(self, batch: Collection[Snapshot], entries: Collection[Entry], taken: Taken) -> list[Told]:
        """What the histories tell of the time since the last sweep, and how each change would have reached us."""
        me = self._around.fields.myself() if entries else ""
        by_id = {one.id: one for one in batch}
        found = [(one.issue_id, one.id, one.at) for one in entries if one.issue_id in by_id and not _uncounted(one, me)]
        for one in batch:
            if created := one.text("created"):
                found.append((one.id, "created", datetime.fromisoformat(created).astimezone(UTC)))
        told = [self._told(id, change, at, by_id[id], taken) for id, change, at in found]
        return [one for one in told if one]

    def _told(self, id: str, change: str, at: datetime, snapshot: Snapshot, taken: Taken) -> Told | None:
        """How, if no delivery told of it; None where it is not of this sweep's time, or its delivery may still come."""
        if self._since and at < self._since:
            return None
        known = taken.known.get(id)
        by_sweep = is_news(snapshot, known) and (known is None or at > known.updated)
        if at > self._around.clock() - UNDERWAY:
            return Told(issue_id=id, change=change, at=at, how="open") if by_sweep else None
        if by_sweep:
            return Told(issue_id=id, change=change, at=at, how="recovered")
        filled = self._standing.finished_at
        if filled and at < filled:
            return None  # the fill brought it: before its end nobody was to tell us
        return Told(issue_id=id, change=change, at=at, how="lost")


def _uncounted(entry: Entry, me: str) -> bool:
    """Our own writes, and links."""
    return entry.fields <= _TOLD_OTHERWISE or (entry.actor == me and entry.fields <= _OURS)

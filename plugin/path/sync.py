"""The fill: every issue in scope, oldest `updated` first, page by page, through the same decisions as the digest.

How far it is stands in a row, moved in the transaction that takes the issues; so it goes on there after a kill, in
whichever process comes next, and two that run at once take turns.
"""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

from sqlalchemy import Connection

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.errors import Permanent
from plugin.atlassian.gateways import Entry
from plugin.domain.issue import Snapshot
from plugin.path.asking import Surroundings
from plugin.path.scope import Scope
from plugin.path.taking import Taking
from plugin.store import progress, syncs, unhindered
from plugin.store.syncs import Standing

Progress = Callable[[int, int], None]
"""Told how many issues are read, and of how many."""

OVERLAP = timedelta(minutes=5)
"""Jira's search lags behind its writes, and JQL knows minutes only."""

LEASE = timedelta(seconds=20)
"""How long a reader that says nothing keeps its turn; a page of Jira's answers takes seconds."""

_BATCH = 1000
"""Issues that one transaction takes: as many as Cloud tells the histories of in one answer."""

_ANEW = 20_000
"""Issues after which the search begins anew at the position: Data Center's offsets cost more the deeper they are."""


class Turn:
    """One reader's turn at a scope. Each step says that it goes on, and raises Overtaken where it no longer is ours."""

    def __init__(self, around: Surroundings, scope: Scope, lease: timedelta) -> None:
        self._around, self.scope, self._lease = around, scope, lease
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"

    def claim(self) -> Standing | None:
        with self._around.engine.begin() as connection:
            return syncs.claim(connection, self.scope.name, self.owner, self._lease, self._around.clock())

    def keep(self) -> None:
        with self._around.engine.begin() as connection:
            syncs.keep(connection, self.scope.name, self.owner, self._lease)

    def advance(self, connection: Connection, batch: list[Snapshot], read: int) -> None:
        """Also says that it goes on."""
        syncs.keep(connection, self.scope.name, self.owner, self._lease)
        if batch:
            newest = max(one.updated for one in batch)
            syncs.advance(connection, self.scope.name, self.owner, newest, read)

    def release(self) -> None:
        with self._around.engine.begin() as connection:
            syncs.release(connection, self.scope.name, self.owner)


@contextmanager
def turn(around: Surroundings, scope: Scope, lease: timedelta = LEASE) -> Iterator[tuple[Turn, Standing] | None]:
    """None where another reader has it."""
    mine = Turn(around, scope, lease)
    standing = mine.claim()
    if standing is None:
        yield None
        return
    try:
        yield mine, standing
    finally:
        mine.release()


class Sync:
    """Fills within a turn. Raises what the gateway raises; what was read until then is kept."""

    def __init__(self, around: Surroundings, book: RuleBook, mine: Turn) -> None:
        self._around, self._mine = around, mine
        self._taking = Taking(around, book)

    def fill(self, scope: Scope, standing: Standing, tell: Progress) -> None:
        position, done = standing.position, standing.done
        total = standing.total or self._estimate(scope) or 0
        tell(done, max(done, total))
        for batch, begun in self._batches(scope, position):
            read = sum(begun is None or one.updated > begun for one in batch)
            wanted = [one.id for one in batch] if standing.again else self._taking.unknown(batch)
            told = self._around.jira.history(wanted) if wanted else ()
            unhindered(partial(self._take, batch, told, standing.again, read))
            done += read
            tell(done, max(done, total))
        with self._around.engine.begin() as connection:
            syncs.finish(connection, self._mine.scope.name, self._mine.owner, self._around.clock())

    def _batches(self, scope: Scope, position: datetime | None) -> Iterator[tuple[list[Snapshot], datetime | None]]:
        """Up to a thousand issues at a time, each with the position at which their search began."""
        fields = self._around.fields_to_read()
        begun, page, batch, since_begun = position, None, list[Snapshot](), 0
        while True:
            self._mine.keep()
            found = self._around.jira.search(scope.since(_before(begun)), fields, page)
            batch += self._taking.read(found.issues, fields)
            since_begun, page = since_begun + len(found.issues), found.next
            if len(batch) < _BATCH and page is not None:
                continue
            yield batch, begun
            position = max((one.updated for one in batch), default=position)
            batch = []
            if page is None:
                return
            if since_begun >= _ANEW and _far_beyond(begun, position):
                begun, page, since_begun = position, None, 0

    def _take(self, batch: list[Snapshot], told: Sequence[Entry], again: bool, read: int) -> None:
        with self._around.engine.begin() as connection:
            taken = self._taking.take(connection, batch, told, again)
            progress.count(connection, {"filled": len(taken.taken)}, self._around.clock().date())
            self._mine.advance(connection, batch, read)

    def _estimate(self, scope: Scope) -> int | None:
        """Kept, so that whoever goes on tells the same. None where the site does not count."""
        try:
            total = self._around.jira.count(scope.jql)
        except Permanent as refused:
            if refused.forbidden:
                raise
            return None
        with self._around.engine.begin() as connection:
            syncs.estimate(connection, self._mine.scope.name, self._mine.owner, total)
        return total


def _before(position: datetime | None) -> datetime | None:
    return position - OVERLAP if position else None


def _far_beyond(begun: datetime | None, position: datetime | None) -> bool:
    """Whether a search from the position passes over most of what one from the beginning gives once more."""
    return position is not None and (begun is None or position - begun > 2 * OVERLAP)

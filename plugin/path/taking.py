"""Issues as Jira shows them, taken into the store and decided like any others: for fill, sweep and id sweep alike."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.gateways import Entry
from plugin.domain.history import FieldChange
from plugin.domain.issue import Snapshot
from plugin.path.asking import Surroundings
from plugin.path.decide import Occasion, decide
from plugin.store import history, progress, snapshots
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What became of a batch: the issues that were taken, and all of it as it was known before, by id."""

    taken: list[Snapshot]
    known: Mapping[str, Snapshot]


class Taking:
    def __init__(self, around: Surroundings, book: RuleBook) -> None:
        self._around, self._book = around, book

    def read(self, raw: Iterable[Mapping[str, Any]], fields: Collection[str]) -> list[Snapshot]:
        """The issues of a page; one that cannot be read is said and left out, so that it stops nothing."""
        batch = []
        for one in raw:
            try:
                batch.append(self._around.snapshot(one, fields))
            except ValueError as error:
                logger.warning("an issue is left out: %s", error)
                name = f"issue {one.get('key') or one.get('id') or 'without a name'}"
                with self._around.engine.begin() as connection:
                    progress.note(connection, Fact(name=name, ok=False, words=str(error), at=self._around.clock()))
        return batch

    def unknown(self, batch: Iterable[Snapshot]) -> list[str]:
        """Ids of those that are new or newer to us."""
        given = list(batch)
        with self._around.engine.connect() as connection:
            known = snapshots.by_ids(connection, [one.id for one in given])
        return [one.id for one in given if is_news(one, known.get(one.id))]

    def take(
        self, connection: Connection, batch: Collection[Snapshot], told: Collection[Entry], again: bool = False
    ) -> Taken:
        """Stores and decides what is newer than what is known; with `again` also what only has other fields.

        `told` are the histories of at least those.
        """
        known = snapshots.by_ids(connection, [one.id for one in batch])
        taken = [one for one in batch if is_news(one, known.get(one.id)) or (again and _differs(one, known[one.id]))]
        snapshots.upsert(connection, taken)
        self.remember(connection, told)
        news = {one.id for one in taken}
        merged = snapshots.by_ids(connection, news)
        self._decide(connection, merged.values())
        return Taken(taken, known)

    def remember(self, connection: Connection, told: Iterable[Entry]) -> None:
        """Moves of status and assignee, and other signs of life; where statuses are known, with their category."""
        entries = list(told)
        me = self._around.fields.myself() if entries else ""
        history.record(connection, (move for one in entries for move in one.moves or _sign_of_life(one, me)))

    def _decide(self, connection: Connection, batch: Collection[Snapshot]) -> None:
        """Where one of them cannot be decided, the digest looks at them one by one; the others go on."""
        now = self._around.clock()
        try:
            with connection.begin_nested():
                occasion = Occasion(now, self._around.link_url(connection), bulk=True)
                decision = decide(connection, self._book, batch, occasion)
                snapshots.look_again(connection, decision.unexplained, now)
        except DBAPIError:
            raise
        except Exception:
            logger.exception("a page of %d issues is left to the digest", len(batch))
            snapshots.look_again(connection, [one.id for one in batch], now)


def is_news(one: Snapshot, known: Snapshot | None) -> bool:
    """Whether it is newer than what is known; an issue that was gone and is shown again is news at any age."""
    return known is None or known.deleted or known.updated < one.updated


def _sign_of_life(entry: Entry, me: str) -> tuple[FieldChange, ...]:
    """An edit that moved nothing still says that somebody worked on the issue; a label of ours does not."""
    if entry.actor == me and entry.fields <= {"labels"}:
        return ()
    return (FieldChange(issue_id=entry.issue_id, change_id=entry.id, at=entry.at, field="other"),)


def _differs(one: Snapshot, known: Snapshot) -> bool:
    return known.updated == one.updated and any(value != known.fields.get(name) for name, value in one.fields.items())

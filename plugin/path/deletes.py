"""The id sweep: which issues Jira shows at all, compared with those that we hold as living, once a day.

It finds what no event told and no search by `updated` can: issues that are gone or no longer visible, and issues that
are shown again with an old `updated`, such as those of a restored project. Ids are kept in a table while it goes on, so
memory does not grow with the site, and every difference is asked for by id before anything is believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from plugin.alignment.rulebook import RuleBook
from plugin.path.asking import Surroundings
from plugin.path.scope import Scope, asked
from plugin.path.sync import LEASE, Turn, turn
from plugin.path.taking import Taking
from plugin.path.vanished import believed, mark_gone
from plugin.store import absent, progress, syncs
from plugin.store.progress import Fact
from plugin.store.syncs import Overtaken

EVERY = timedelta(days=1)
FACT = "deleted issues"

_AT_ONCE = 100


def deletes_due(connection: Connection, now: datetime, scope: str) -> bool:
    """Not before these scopes were read to the end once."""
    standing = syncs.standing(connection, scope)
    last = progress.cursor_at(connection, progress.COMPARED)
    return bool(standing and standing.finished_at) and (last is None or now - last >= EVERY)


@dataclass(frozen=True)
class Compared:
    """What an id sweep found. `held_back` were not marked: more were gone than is believed without a person's word."""

    gone: int = 0
    back: int = 0
    held_back: int = 0


class Deletes:
    def __init__(self, around: Surroundings, lease: timedelta = LEASE) -> None:
        self._around, self._lease = around, lease

    def run(self, believe: bool = False) -> Compared | None:
        """None where another reader is at it. With `believe`, however many are gone is taken for true.

        Raises DoorError where Jira cannot be asked.
        """
        book = self._around.book()
        if book is None or not book.products:
            return None
        with turn(self._around, Scope.of(book), self._lease) as claimed:
            if claimed is None or claimed[1].finished_at is None:
                return None
            one = _Comparison(self._around, book, claimed[0])
            try:
                found = one.run(believe)
            except Overtaken:
                return None
        return found


class _Comparison:
    def __init__(self, around: Surroundings, book: RuleBook, mine: Turn) -> None:
        self._around, self._book, self._mine = around, book, mine
        self._taking = Taking(around, book)

    def run(self, believe: bool) -> Compared:
        started = self._around.clock()
        with self._around.engine.begin() as connection:
            absent.forget(connection)
        back = asked(self._around, self._book, self._see)
        found = self._compare(None if believe else self._limit())
        with self._around.engine.begin() as connection:
            absent.forget(connection)
            progress.move_cursor(connection, progress.COMPARED, started)
            progress.note(connection, self._fact(found))
        return replace(found, back=found.back + back)

    def _see(self, scope: Scope) -> int:
        """Every id that Jira shows, page by page; what we do not hold as living is read. Returns how many came back."""
        page, back = None, 0
        while True:
            self._mine.keep()
            shown = self._around.jira.ids(f"({scope.jql}) ORDER BY key ASC", page)
            with self._around.engine.begin() as connection:
                strangers = absent.show(connection, shown.ids)
            for at in range(0, len(strangers), _AT_ONCE):
                self._mine.keep()
                back += len(self._read(strangers[at : at + _AT_ONCE]))
            page = shown.next
            if page is None:
                return back

    def _compare(self, limit: int | None) -> Compared:
        """What was not shown is asked for by id. Nothing is marked while it may be more than the limit."""
        gone: list[str] = []
        marked = back = 0
        last = ""
        while True:
            self._mine.keep()
            with self._around.engine.connect() as connection:
                unseen = absent.unseen(connection, last, _AT_ONCE)
            if not unseen:
                break
            last = unseen[-1]
            gone += sorted(set(unseen) - self._read(unseen, newer=True))
            if limit is None:
                marked, gone = marked + self._mark(gone), []
            elif len(gone) > limit:
                return Compared(held_back=len(gone))
        return Compared(gone=marked + self._mark(gone), back=back)

    def _read(self, ids: Sequence[str], newer: bool = False) -> set[str]:
        """Reads issues and takes them; returns those that Jira shows. `newer`: only what is newer than what is held."""
        fields = self._around.fields_to_read()
        batch = self._taking.read(self._around.jira.read(ids, fields), fields)
        if batch:
            told = self._around.jira.history([one.id for one in batch]) if not newer else ()
            with self._around.engine.begin() as connection:
                self._taking.take(connection, batch, told)
        return {one.id for one in batch}

    def _mark(self, ids: Sequence[str]) -> int:
        with self._around.engine.begin() as connection:
            mark_gone(connection, ids, self._around.clock())
        return len(ids)

    def _limit(self) -> int:
        with self._around.engine.connect() as connection:
            return believed(connection)

    def _fact(self, found: Compared) -> Fact:
        words = f"{found.gone} were found gone at the last look"
        if found.held_back:
            words = (
                f"more than {found.held_back - 1} issues are no longer shown by Jira, and none was marked deleted: look"
                " whether our account may still browse these projects; if they are gone, run"
                " `plumbline sync --believe-deletes`"
            )
        return Fact(name=FACT, ok=not found.held_back, words=words, at=self._around.clock())

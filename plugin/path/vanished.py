"""Issues that Jira does not show any more: a second look an hour later, and what is done once they are believed gone.

One 404 proves little: a permission may be gone for a moment, an index may lag. And many at once are no deletes.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from plugin.atlassian.errors import DoorError
from plugin.domain.issue import Snapshot
from plugin.path.asking import Surroundings
from plugin.store import accounts, changes, progress, snapshots, unhindered, unshown
from plugin.store.accounts import Told
from plugin.store.progress import Fact

AGAIN = timedelta(hours=1)
FACT = "issues not shown"

_FEW = 50
_SHARE = 0.02
"""So many, or this share of what we hold, are believed gone at once. More looks like a permission lost."""

_AT_ONCE = 100


def believed(connection: Connection) -> int:
    """How many issues may be gone at once before a person is asked."""
    return max(_FEW, int(snapshots.number_living(connection) * _SHARE))


def mark_gone(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """They are gone or not visible any more: nothing is decided or written for them until Jira shows them again."""
    snapshots.mark_deleted(connection, ids)
    for id in sorted(ids):
        changes.drop(connection, id)
    accounts.note(connection, [Told(issue_id=id, change="deleted", at=now, how="recovered") for id in ids])


class Vanished:
    """The second looks that are due."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def look(self) -> int:
        """Returns how many issues are gone. Where Jira cannot be asked, they are looked at later."""
        gone = 0
        while ids := self._due():
            try:
                shown = self._around.read(ids)
            except DoorError:
                break  # whoever needs an answer notes why there is none
            gone += unhindered(partial(self._believe, set(ids), shown))
        return gone

    def _due(self) -> list[str]:
        with self._around.engine.connect() as connection:
            return unshown.due(connection, self._around.clock() - AGAIN, _AT_ONCE)

    def _believe(self, ids: set[str], shown: Collection[Snapshot]) -> int:
        now = self._around.clock()
        with self._around.engine.begin() as connection:
            snapshots.upsert(connection, shown)
            seen = {one.id for one in shown}
            snapshots.look_again(connection, seen, now)
            unshown.ask_later(connection, ids - seen, now)
            number, most = unshown.number(connection), believed(connection)
            few = number <= most
            if few:
                mark_gone(connection, ids - seen, now)
            (progress.note_recovered if few else progress.note)(connection, _fact(number, few, now))
        return len(ids - seen) if few else 0


def _fact(number: int, few: bool, now: datetime) -> Fact:
    words = "Jira shows the issues that we hold, or few are gone at once"
    if not few:
        words = (
            f"Jira does not show {number:,} issues that it showed before, and none of them was marked deleted: look"
            " whether our account may still browse their projects; they are asked for again each hour."
            " If they are gone, run `plumbline sync --believe-deletes`"
        )
    return Fact(name=FACT, ok=few, words=words, at=now)

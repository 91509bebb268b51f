"""The end of the path: Change → Jira, once; its log; what echo to expect."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection

from plugin.atlassian.errors import Conflict, DoorError, Gone, Permanent, Retryable
from plugin.domain.verdict import Change
from plugin.path.asking import Surroundings
from plugin.store import changes, progress, snapshots, unhindered, unshown
from plugin.store.changes import Claimed, Delay
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)

_MOST = 5
"""Few, as they are written one after the other: others of this process may take the rest meanwhile."""
LEASE = timedelta(minutes=5)
"""How long a writer that says nothing keeps the changes that it claimed: longer than an edit and a link may take
together, with all their tries and time-outs."""

FACT = "jira writes"
"""Apart from whether Jira answers questions: an account may be allowed to read and not to write."""

_REFUSED_AGAIN = 300.0
"""Seconds until a change is tried again whose credentials or permission Jira refused."""

_EDITS = "EDIT_ISSUES"

MOST_TRIES = 4
"""So often an edit that fails by itself is sent; then it is parked for a day."""

_BETWEEN = 15.0
"""Seconds that such a change rests at least, beyond what the door waited between its own tries."""

_AWAY = 15.0
"""Seconds until Jira is tried again that answers nothing, or no write, at least."""


class Writer:
    """One worker's writer. Several may run at once: a change is held by one of them, until its lease runs out."""

    def __init__(self, around: Surroundings, owner: str, lease: timedelta = LEASE) -> None:
        self._around, self._owner, self._lease = around, owner, lease
        self._held: dict[str, str] = {}
        self._failed: tuple[Claimed, int] | None = None
        """The last change that failed by itself, with its tries, where none was written since."""

    def run(self) -> float | None:
        """Writes what is due; returns in how many seconds the next change is due, None where nothing waits."""
        while claimed := self._claim():
            for place, one in enumerate(claimed, 1):
                pause = self._write(one)
                if pause is not None:
                    with self._around.engine.begin() as connection:
                        changes.give_back(connection, claimed[place:], self._owner)
                    return pause
        with self._around.engine.begin() as connection:
            wait = changes.due_in(connection)
            if wait is not None and (cap := self._per_minute()):
                room, seconds = changes.room_for(connection, cap)
                wait = wait if room else max(wait, seconds)
            if wait is None:
                words = "nothing waits to be written"
                progress.note_recovered(connection, Fact(name=FACT, ok=True, words=words, at=self._around.clock()))
        return wait

    def _claim(self) -> list[Claimed]:
        cap = self._per_minute()
        with self._around.engine.begin() as connection:
            most = min(_MOST, changes.room_for(connection, cap)[0]) if cap else _MOST
            return changes.claim(connection, self._owner, most, self._lease) if most else []

    def _per_minute(self) -> int:
        """The site's own limit on issues written in a minute, 0 where there is none."""
        book = self._around.book()
        return book.configuration.site.writes_per_minute if book else 0

    def _write(self, claimed: Claimed) -> float | None:
        """Writes one change. Seconds for which nothing else is worth trying; None: the others may go on."""
        change = claimed.change
        if change.project in self._held:
            self._postpone(claimed, Delay(_REFUSED_AGAIN, self._held[change.project]))
            return None
        with self._around.engine.begin() as connection:
            mine = changes.renew(connection, claimed, self._owner, self._lease)
        if not mine:
            return None
        with self._around.engine.begin() as connection:
            seq = changes.expect(connection, change)
        try:
            self._send(claimed, seq)
        except Gone:
            unhindered(lambda: self._gone(change, seq))
            return None
        except DoorError as error:
            return self._not_written(claimed, seq, error)
        unhindered(lambda: self._written(claimed, seq))
        self._failed = None
        return None

    def _send(self, claimed: Claimed, seq: int) -> None:
        change = claimed.change
        if change.erased:
            self._erase(change)
            return
        if not change.edited:
            self._around.jira.edit(change.issue_id, change.add, change.remove, change.provenance, change.project)
        try:
            self._send_link(change)
        except DoorError:
            if not change.edited:
                unhindered(lambda: self._edited(claimed, seq))
            raise

    def _send_link(self, change: Change) -> None:
        if change.link_changed and change.link:
            self._around.jira.put_link(change.issue_id, change.link)
        elif change.link_changed:
            self._around.jira.remove_link(change.issue_id)

    def _edited(self, claimed: Claimed, seq: int) -> None:
        """The edit is on the issue and its link is not: the next try has the link alone to write."""
        change = claimed.change
        with self._around.engine.begin() as connection:
            snapshots.set_labels(connection, change.issue_id, change.add, change.remove)
            changes.leave_link(connection, claimed, self._owner)
            changes.sent(connection, seq, change.model_copy(update={"link_changed": False}), self._around.clock())

    def _erase(self, change: Change) -> None:
        """The property goes last: as long as it is there, so is the proof that we were."""
        jira = self._around.jira
        if change.remove:
            jira.edit(change.issue_id, (), change.remove, None, change.project)
        if change.link_changed:
            jira.remove_link(change.issue_id)
        jira.remove_provenance(change.issue_id)

    def _written(self, claimed: Claimed, seq: int) -> None:
        """Notes it in the order in which the digest takes the same rows: issue, change, what is ours, log."""
        change, now = claimed.change, self._around.clock()
        with self._around.engine.begin() as connection:
            snapshots.set_labels(connection, change.issue_id, change.add, change.remove)
            if not changes.finish(connection, claimed, self._owner):
                snapshots.look_again(connection, [change.issue_id], now)
            changes.sent(connection, seq, change, now)
            progress.count(connection, {"write done": 1}, now.date())
            words = "Jira takes our writes"
            for name in (FACT, _fact_of(change.project)):
                progress.note_recovered(connection, Fact(name=name, ok=True, words=words, at=now))

    def _gone(self, change: Change, seq: int) -> None:
        """One 404 may be a permission that is gone for a moment: `vanished.py` looks a second time, and it is decided
        again where it is shown."""
        with self._around.engine.begin() as connection:
            unshown.hide(connection, [change.issue_id], self._around.clock())
            changes.drop(connection, change.issue_id)
            changes.failed(connection, seq, "the issue is not shown")

    def _not_written(self, claimed: Claimed, seq: int, error: DoorError) -> float | None:
        """Keeps the work. Seconds for which nothing else is worth trying; None: the others may go on."""
        logger.warning("%s not written: %s", claimed.change.issue_key, error)
        match error:
            case Permanent(about="place"):
                self._refused_there(claimed, seq, error)
                return None
            case Permanent(about="account"):
                return self._all_wait(claimed, seq, error, _REFUSED_AGAIN)
            case Retryable(ordered=True):
                alone = error.reason == "jira-per-issue-on-write"
                pause = self._all_wait(claimed, seq, error, error.after)
                return None if alone else pause
            case Retryable() if self._is_away(claimed, error):
                return self._all_wait(claimed, seq, error, max(error.after, _AWAY))
            case Retryable() | Conflict():
                self._failed_by_itself(claimed, seq, error)
            case _:
                self._park(claimed, seq, str(error))
        return None

    def _all_wait(self, claimed: Claimed, seq: int, error: DoorError, after: float) -> float:
        """It is no fault of this change: it keeps its tries."""
        self._postpone(claimed, Delay(after, str(error)), seq)
        with self._around.engine.begin() as connection:
            self._note(connection, FACT, str(error))
        return after

    def _is_away(self, claimed: Claimed, error: Retryable) -> bool:
        """Whether it is Jira that is in trouble: it answers nothing, or the change before failed likewise.

        That one then has its tries back.
        """
        if self._failed:
            with self._around.engine.begin() as connection:
                changes.forgive(connection, *self._failed)
            return True
        try:
            self._around.jira.myself()
        except DoorError:
            return True
        self._failed = claimed, error.tries
        return False

    def _failed_by_itself(self, claimed: Claimed, seq: int, error: Retryable | Conflict) -> None:
        after, tries = (error.after, error.tries) if isinstance(error, Retryable) else (1.0, 1)
        if claimed.attempts + tries < MOST_TRIES:
            self._postpone(claimed, Delay(max(after, _BETWEEN), str(error), tries), seq)
        else:
            words = f"{claimed.change.issue_key} rests for a day after {MOST_TRIES} tries: {error}"
            self._park(claimed, seq, words, self._around.clock() + timedelta(days=1))

    def _park(self, claimed: Claimed, seq: int, words: str, again: datetime | None = None) -> None:
        """`again`: when the issue is looked at once more, and what is then still wanted is tried anew."""
        with self._around.engine.begin() as connection:
            if again:
                snapshots.look_again(connection, [claimed.change.issue_id], again)
            changes.park(connection, claimed, self._owner, words)
            changes.failed(connection, seq, words)

    def _refused_there(self, claimed: Claimed, seq: int, error: Permanent) -> None:
        """A permission is missing: in the whole project, whose changes are held, or on this issue, which is parked.

        An issue may be closed to edits by its security level or its workflow where its project is open.
        """
        change, name = claimed.change, _fact_of(claimed.change.project)
        everywhere = self._lacks_project(change.project)
        with self._around.engine.begin() as connection:
            changes.failed(connection, seq, str(error))
            if not everywhere:
                changes.park(connection, claimed, self._owner, str(error))
                return
            self._held[change.project] = str(error)
            changes.postpone(connection, claimed, self._owner, Delay(_REFUSED_AGAIN, str(error)))
            changes.hold(connection, change.project, _REFUSED_AGAIN, str(error))
            words = f"the changes of project {change.project} wait; those of others go on. {error}"
            self._note(connection, name, words)

    def _lacks_project(self, project: str) -> bool:
        """Whether our account may not edit in the project at all; where Jira does not say, it is taken to."""
        try:
            return not self._around.jira.permissions(project).get(_EDITS, False)
        except DoorError:
            return True

    def _postpone(self, claimed: Claimed, delay: Delay, seq: int | None = None) -> None:
        """`seq`: the line of the log that was begun for it."""
        with self._around.engine.begin() as connection:
            changes.postpone(connection, claimed, self._owner, delay)
            if seq is not None:
                changes.failed(connection, seq, delay.error)

    def _note(self, connection: Connection, name: str, words: str) -> None:
        progress.note(connection, Fact(name=name, ok=False, words=words, at=self._around.clock()))


def _fact_of(project: str) -> str:
    return f"{FACT} in {project}"

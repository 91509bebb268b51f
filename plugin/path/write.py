"""The end of the path: Change → Jira, once; its log; what echo to expect."""

import logging
from datetime import timedelta

from sqlalchemy import Connection

from plugin.atlassian.errors import Conflict, DoorError, Gone, Permanent, Retryable
from plugin.domain.verdict import Change
from plugin.path.asking import Surroundings
from plugin.store import changes, progress, snapshots, unhindered
from plugin.store.changes import Claimed
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)

_MOST = 25
LEASE = timedelta(minutes=2)
"""How long a writer that says nothing keeps the changes that it claimed."""

FACT = "jira writes"
"""Apart from whether Jira answers questions: an account may be allowed to read and not to write."""

_REFUSED_AGAIN = 300.0
"""Seconds until a change is tried again whose credentials or permission Jira refused."""

_EDITS = "EDIT_ISSUES"


class Writer:
    """One worker's writer. Several may run at once: a change is held by one of them, until its lease runs out."""

    def __init__(self, around: Surroundings, owner: str, lease: timedelta = LEASE) -> None:
        self._around, self._owner, self._lease = around, owner, lease
        self._held: dict[str, str] = {}

    def run(self) -> float | None:
        """Writes what is due; returns in how many seconds the next change is due, None where nothing waits."""
        while claimed := self._claim():
            for place, one in enumerate(claimed, 1):
                if not self._write(one):
                    with self._around.engine.begin() as connection:
                        changes.give_back(connection, claimed[place:], self._owner)
                    return _REFUSED_AGAIN
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

    def _write(self, claimed: Claimed) -> bool:
        """Writes one change. False where Jira refuses our account: then nothing else is worth trying now."""
        change = claimed.change
        if change.project in self._held:
            self._postpone(claimed, _REFUSED_AGAIN, self._held[change.project])
            return True
        with self._around.engine.begin() as connection:
            mine = changes.renew(connection, claimed, self._owner, self._lease)
        if not mine:
            return True
        with self._around.engine.begin() as connection:
            seq = changes.expect(connection, change)
        try:
            self._send(change)
        except Gone:
            unhindered(lambda: self._gone(change, seq))
            return True
        except DoorError as error:
            return self._not_written(claimed, seq, error)
        unhindered(lambda: self._written(claimed, seq))
        return True

    def _send(self, change: Change) -> None:
        jira = self._around.jira
        if change.erased:
            self._erase(change)
            return
        jira.edit(change.issue_id, change.add, change.remove, change.provenance, change.project)
        if change.link_changed and change.link:
            jira.put_link(change.issue_id, change.link)
        elif change.link_changed:
            jira.remove_link(change.issue_id)

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
        with self._around.engine.begin() as connection:
            snapshots.mark_deleted(connection, [change.issue_id])
            changes.drop(connection, change.issue_id)
            changes.failed(connection, seq, "the issue is gone")

    def _not_written(self, claimed: Claimed, seq: int, error: DoorError) -> bool:
        """Keeps the work: later, or parked where trying again changes nothing. False where our account is refused."""
        logger.warning("%s not written: %s", claimed.change.issue_key, error)
        if isinstance(error, Permanent) and error.about == "place":
            self._refused_there(claimed, seq, error)
            return True
        with self._around.engine.begin() as connection:
            changes.failed(connection, seq, str(error))
            if isinstance(error, Permanent) and not error.forbidden:
                changes.park(connection, claimed, self._owner, str(error))
                return True
            after = (
                error.after if isinstance(error, Retryable) else 1.0 if isinstance(error, Conflict) else _REFUSED_AGAIN
            )
            changes.postpone(connection, claimed, self._owner, after, str(error))
            if not isinstance(error, Conflict):
                self._note(connection, FACT, str(error))
        return not isinstance(error, Permanent)

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
            changes.postpone(connection, claimed, self._owner, _REFUSED_AGAIN, str(error))
            changes.hold(connection, change.project, _REFUSED_AGAIN, str(error))
            words = f"the changes of project {change.project} wait; those of others go on. {error}"
            self._note(connection, name, words)

    def _lacks_project(self, project: str) -> bool:
        """Whether our account may not edit in the project at all; where Jira does not say, it is taken to."""
        try:
            return not self._around.jira.permissions(project).get(_EDITS, False)
        except DoorError:
            return True

    def _postpone(self, claimed: Claimed, after: float, words: str) -> None:
        with self._around.engine.begin() as connection:
            changes.postpone(connection, claimed, self._owner, after, words)

    def _note(self, connection: Connection, name: str, words: str) -> None:
        progress.note(connection, Fact(name=name, ok=False, words=words, at=self._around.clock()))


def _fact_of(project: str) -> str:
    return f"{FACT} in {project}"

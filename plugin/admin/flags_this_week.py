"""Which flags of a plan would be written this week: what `plugin.path.quiet` would hold back is not among them."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta

from pydantic import Field
from sqlalchemy import Connection

from plugin.alignment.plan import without_flag
from plugin.alignment.rulebook import RuleBook
from plugin.domain.frozen import Frozen
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Change
from plugin.store import changes, flags


class HandedOut(Frozen):
    """What is left of each project's flags, and how many wait."""

    room: dict[str, int] = Field(default_factory=dict)
    waiting: dict[str, int] = Field(default_factory=dict)


class FlagsThisWeek:
    """Hands out what is left of each project's weekly flags, over all batches of one plan. Writes nothing."""

    def __init__(self, book: RuleBook, now: datetime, so_far: HandedOut) -> None:
        self._flag, self._cap = book.tag.unlinked_label, book.configuration.site.flags_per_week
        self._today = datetime.combine(book.today(now), time(), book.zone)
        self._monday = self._today - timedelta(days=self._today.weekday())
        self._room = dict(so_far.room)
        self.waiting = Counter(so_far.waiting)
        """How many flags wait for a later day or week, by project."""

    @property
    def so_far(self) -> HandedOut:
        return HandedOut(room=self._room, waiting=self.waiting)

    def within(
        self, connection: Connection, planned: Mapping[str, Change], batch: Collection[Snapshot]
    ) -> dict[str, Change | None]:
        """The changes as they would be written now: a flag that has to wait is left out of its change."""
        projects = {one.id: one.project_key for one in batch}
        wanting = [id for id, one in planned.items() if self._flag in one.add]
        if not wanting:
            return dict(planned)
        held = flags.flagged_since(connection, self._flag, wanting, self._today)
        granted = flags.about_to_be(connection, self._flag, wanting)
        for id in wanting:
            if id not in held and id not in granted and not self._takes(connection, projects[id]):
                held.add(id)
        there = changes.ours(connection, held)
        self.waiting.update(projects[id] for id in held)
        last = {id: there[id].link if id in there else None for id in held}
        return {id: without_flag(one, self._flag, last[id]) if id in held else one for id, one in planned.items()}

    def _takes(self, connection: Connection, project: str) -> bool:
        if not self._cap:
            return True
        if project not in self._room:
            used = flags.number_since(connection, self._flag, project, self._monday)
            self._room[project] = max(0, self._cap - used)
        self._room[project] -= 1
        return self._room[project] >= 0

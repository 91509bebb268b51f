"""From shadow to tag and back, and leaving a site as if we had never been there: one command each."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from plugin.configuration.modes import Extent, ModeError, in_shadow, otherwise, with_mode
from plugin.domain.product import Configuration, Mode
from plugin.path.asking import Surroundings
from plugin.path.write import FACT, Writer
from plugin.store import changes, configurations, progress, traces

AT_ONCE = 100
"""Issues between two words of progress."""

_LONGEST_PAUSE = 30.0

Progress = Callable[[int, int], None]
"""Told how many issues are done, and of how many."""


def promote(connection: Connection, extent: Extent, mode: Mode, said: tuple[str, str]) -> list[str]:
    """Puts a version in force that has this mode in the extent; returns sentences. `said` is who and why.

    The worker carries it out on every issue. Raises ModeError.
    """
    active = _active(connection)
    wanted = with_mode(active, extent, mode)
    version = configurations.apply(connection, wanted, *said)
    kept = otherwise(wanted, extent, mode)
    if version == active.version:
        return [f"nothing changed: {extent} is in mode {mode} already, by version {version}", *kept]
    if mode == "shadow":
        traces.drop_waiting(connection, extent)
    return [f"version {version} is in force: {extent} is in mode {mode}", *kept, _FILES]


_FILES = "where config/ is kept in files, say the same there, or the next `plumbline apply` takes it back"


@dataclass(frozen=True)
class Left:
    """How an untagging ended: how many issues still carry something of ours, and why nobody goes on with them."""

    issues: int
    words: str = ""


class Untagging:
    """Takes back what we wrote, and nothing else, by our own log. Killed and run again, it goes on where it was.

    Each issue is a Change through the writer, so limits, log and echoes are those of every other write; workers that
    run meanwhile write them too.
    """

    def __init__(self, around: Surroundings, owner: str, pause: Callable[[float], None]) -> None:
        self._around, self._pause = around, pause
        self._writer = Writer(around, owner)

    def run(self, extent: Extent, said: tuple[str, str], tell: Progress) -> Left:
        """Shadow first, so that nothing is put back. Raises ModeError, and DoorError where Jira cannot be asked."""
        self._to_shadow(extent, said)
        left = whole = self._left(extent)
        tell(0, whole)
        me = self._around.jira.myself() if whole else ""
        while left:
            self._plan(extent, me)
            wait = self._writer.run()
            before, left = left, self._left(extent)
            tell(whole - left, whole)
            if left and left == before:
                stuck = self._why_stuck(extent)
                if stuck or wait is None:
                    return Left(left, stuck or "other workers hold them; run it again")
                self._pause(min(max(wait, 0.1), _LONGEST_PAUSE))
        return Left(0)

    def _to_shadow(self, extent: Extent, said: tuple[str, str]) -> None:
        with self._around.engine.begin() as connection:
            configurations.apply(connection, in_shadow(_active(connection), extent), *said)
            traces.drop_waiting(connection, extent)

    def _plan(self, extent: Extent, me: str) -> None:
        with self._around.engine.begin() as connection:
            found = traces.erasures(connection, extent, me, AT_ONCE)
            changes.put(connection, {one.issue_id: one for one in found}, bulk=True)

    def _left(self, extent: Extent) -> int:
        with self._around.engine.connect() as connection:
            return traces.number_left(connection, extent)

    def _why_stuck(self, extent: Extent) -> str:
        with self._around.engine.connect() as connection:
            if parked := traces.number_parked(connection, extent):
                return f"Jira refuses {parked} of them for good; `plumbline doctor` may tell why"
            refused = [one.words for one in progress.facts(connection) if one.name == FACT and not one.ok]
        return refused[0] if refused else ""


def _active(connection: Connection) -> Configuration:
    active = configurations.active(connection)
    if active is None:
        raise ModeError("no configuration is in force yet; run `plumbline apply`")
    return active

"""The only ticker. Every minute it asks which work is due and missing, and wakes it; it does none of it itself."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import schedule

from plugin.domain.week import Deadline, Week

logger = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(minutes=15)


def due_weeks(now: datetime, zone: ZoneInfo, deadline: Deadline, done: Iterable[Week]) -> list[Week]:
    """The weeks whose deadline has passed and that are not done, oldest first.

    Every week since the first one that was done; where none was, the last two, so that the first page has a week to
    compare with.
    """
    last = Week.of(now, zone)
    while deadline.of(last, zone) > now:
        last = last.previous()
    finished = set(done)
    first = min(finished, key=lambda week: week.monday) if finished else last.previous()
    missing = []
    week = first
    while week.monday <= last.monday:
        if week not in finished:
            missing.append(week)
        week = week.next()
    return missing


class Cadence:
    """Ticks in one thread; whatever a tick raises is logged and the next one comes all the same.

    `schedule` remembers nothing over a restart and runs a raising job again at every poll, so it carries the tick and
    nothing else: what is due is read from the database.
    """

    def __init__(self, tick: Callable[[datetime], None], clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._tick, self._clock = tick, clock
        self._over = threading.Event()
        self._scheduler = schedule.Scheduler()
        self._scheduler.every(1).minutes.do(self.tick)

    def tick(self) -> None:
        try:
            self._tick(self._clock())
        except Exception:
            logger.exception("this minute's tick failed; the next one asks again")

    def run(self) -> None:
        """Ticks at once, then every minute, until `stop`."""
        self.tick()
        while not self._over.wait(1):
            self._scheduler.run_pending()

    def stop(self) -> None:
        self._over.set()

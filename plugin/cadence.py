"""The only ticker. Every minute it asks which work is due and missing, and wakes it; it does none of it itself."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import schedule

logger = logging.getLogger(__name__)


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

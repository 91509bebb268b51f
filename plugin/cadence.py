"""The only ticker. Every minute it asks which work is due and missing, and wakes it; it does none of it itself."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import schedule

logger = logging.getLogger(__name__)

MINUTE = 60


class Cadence:
    """Ticks in one thread; whatever a tick raises is logged and the next one comes all the same.

    `schedule` remembers nothing over a restart and runs a raising job again at every poll, so it carries the tick and
    nothing else: what is due is read from the database. `every` is in seconds.
    """

    def __init__(
        self,
        tick: Callable[[datetime], None],
        every: int = MINUTE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tick, self._clock = tick, clock
        self._over = threading.Event()
        self._scheduler = schedule.Scheduler()
        self._scheduler.every(every).seconds.do(self.tick)

    def tick(self) -> None:
        try:
            self._tick(self._clock())
        except Exception:
            logger.exception("a tick failed; the next one asks again")

    def run(self) -> None:
        """Ticks at once, then at its pace, until `stop`."""
        self.tick()
        while not self._over.wait(1):
            self._scheduler.run_pending()

    def stop(self) -> None:
        self._over.set()

"""Jobs: Procrastinate carries wake-ups to any worker; the rows are the truth.

A job says only "look now". Losing one, doing one twice, or finding one stalled does no harm, so no `lock` and no
`retry=` is used: in version 3.10 a retry under a queueing lock that a waiting job holds blocks the key for good.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Literal

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from procrastinate.types import TimeDeltaParams

from plugin.store import database_address

logger = logging.getLogger(__name__)

Kind = Literal["digest", "write", "site", "sweep", "deletes", "collect", "review", "close", "plan", "compare"]
KINDS: tuple[Kind, ...] = (
    "digest",
    "write",
    "site",
    "sweep",
    "deletes",
    "collect",
    "review",
    "close",
    "plan",
    "compare",
)

_WORKER_SILENT = 30.0
"""Seconds without a heartbeat after which a worker counts as gone."""


class Waker:
    """Defers wake-ups from synchronous code. One that already waits is success."""

    def __init__(self, url: str) -> None:
        self._app = App(
            connector=SyncPsycopgConnector(
                conninfo=database_address(url), min_size=0, max_size=2, timeout=5, kwargs={"connect_timeout": 5}
            )
        )
        self._opening = threading.Lock()
        self._open = False

    def wake(self, kind: Kind) -> None:
        """Some worker will look at this kind of work soon. Raises what the database raises."""
        self._defer(kind, queueing_lock=kind)

    def wake_later(self, kind: Kind, seconds: float) -> None:
        """The same, not before that many seconds; apart from `wake`, which it must not hold back."""
        self._defer(kind, queueing_lock=f"{kind} later", seconds=max(1, round(seconds)))

    def close(self) -> None:
        if self._open:
            self._app.close()

    def _defer(self, kind: Kind, queueing_lock: str, seconds: int = 0) -> None:
        with self._opening:
            if not self._open:
                self._app.open()
                self._open = True
        later: TimeDeltaParams | None = {"seconds": seconds} if seconds else None
        with contextlib.suppress(AlreadyEnqueued):
            self._app.configure_task(kind, queueing_lock=queueing_lock, schedule_in=later).defer()


class Bell:
    """Wakes the digest soon after it is rung, at most ten times a second in a process, never in the ringer's thread.

    A longer pause is time that every change waits before it is written.
    """

    def __init__(self, wake: Callable[[], None], pause: float = 0.1) -> None:
        self._wake, self._pause = wake, pause
        self._rung, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        self._rung.set()

    def close(self) -> None:
        self._over.set()
        self._rung.set()
        self._thread.join(timeout=10)

    def _listen(self) -> None:
        while True:
            self._rung.wait()
            if self._over.is_set():
                return
            self._rung.clear()
            try:
                self._wake()
            except Exception:  # the deliveries are stored; the next tick wakes the digest as well
                logger.exception("could not wake the digest; the cadence will")
            self._over.wait(self._pause)


def work(url: str, tasks: Mapping[Kind, Callable[[], None]], concurrency: int = 4) -> None:
    """Runs a worker until SIGINT or SIGTERM. A task that raises ends its wake-up; its rows bring the work back."""
    app = App(connector=PsycopgConnector(conninfo=database_address(url), max_size=concurrency + 2))
    for kind, task in tasks.items():
        app.task(name=kind, pass_context=False)(_guarded(kind, task))
    app.run_worker(
        concurrency=concurrency,
        listen_notify=True,
        delete_jobs="always",
        shutdown_graceful_timeout=20,
        fetch_job_polling_interval=5,
        stalled_worker_timeout=_WORKER_SILENT,
    )


def end_stalled(url: str) -> int:
    """Deletes the jobs of workers that are gone; returns how many. Their rows' leases bring the work back."""
    return asyncio.run(_end_stalled(url))


async def _end_stalled(url: str) -> int:
    app = App(connector=PsycopgConnector(conninfo=database_address(url), min_size=1, max_size=1))
    async with app.open_async():
        stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_WORKER_SILENT))
        for job in stalled:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    return len(stalled)


def _guarded(kind: Kind, task: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            task()
        except Exception:
            logger.exception("%s ended early; its rows are still there and the cadence wakes it again", kind)

    return run

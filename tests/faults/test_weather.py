"""Some hundred changes while everything goes wrong, in one process; `test_storm` has thousands and real processes.

A kill is made here by breaking off the worker at any statement that it is about to send: its transaction is taken back,
its claims and leases stay, as after kill -9. Leases last no time, so that the next worker takes over at once. Nobody
waits: pauses move the clock of throttle and retries instead, and due times of the database come at once.
"""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from random import Random

import pytest
from sqlalchemy import Engine, event, func, update

from plugin.app import Application
from plugin.atlassian.errors import DoorError
from plugin.atlassian.gateways import JiraGateway
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_door import JiraDoor
from plugin.atlassian.throttle import Throttle
from plugin.atlassian.transport import Timing, Transport
from plugin.path.digest import Digest
from plugin.path.sweep import Sweep
from plugin.path.write import Writer
from plugin.sandbox.jira.write_limit import WriteLimit
from plugin.store.tables import change
from tests.faults.accounts import Accounts
from tests.faults.people import People, configuration, prepare
from tests.faults.weather import Weather
from tests.house import House, housed
from webhooks.inbox import delivery

CHANGES = 200
NO_TIME = timedelta(0)
SEEDS = [int(one) for one in os.environ.get("PLUMBLINE_SEED", "1,2,3").split(",")]


class KilledError(BaseException):
    """Nobody catches it: the worker is gone."""


@dataclass
class Watch:
    """Seconds that only grow: the machine's own, and those that somebody would have slept."""

    slept: float = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


class Executioner:
    """Breaks off the worker before its n-th statement from now; the web's threads are left alone."""

    def __init__(self, engine: Engine) -> None:
        self.left: int | None = None
        self.kills = 0
        self._thread = threading.get_ident()
        event.listen(engine, "before_cursor_execute", self._count)
        event.listen(engine, "commit", self._count)

    def _count(self, *_: object) -> None:
        if self.left is None or threading.get_ident() != self._thread:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.kills += 1
            raise KilledError


@dataclass
class Storm:
    """One house in bad weather, and what its workers do next, by chance."""

    house: House
    watch: Watch
    executioner: Executioner
    chance: Random
    workers: int = 0

    def step(self) -> None:
        what = self.chance.random()
        if what < 0.25:
            self.work(self.digest, killed=self.chance.random() < 0.2)
        elif what < 0.45:
            self.work(self.write, killed=self.chance.random() < 0.2)
        elif what < 0.47:
            self.work(self.sweep, killed=self.chance.random() < 0.2)
        elif what < 0.55:
            self.wait()

    def work(self, step: Callable[[], object], *, killed: bool = False) -> None:
        self.workers += 1
        self.executioner.left = self.chance.randrange(60) if killed else None
        try:
            step()
        except (KilledError, DoorError):
            pass
        finally:
            self.executioner.left = None

    def digest(self) -> None:
        Digest(self.house.app.around, self.house.app.inbox, f"worker {self.workers}", NO_TIME).run()

    def write(self) -> None:
        Writer(self.house.app.around, f"worker {self.workers}", NO_TIME).run()

    def sweep(self) -> None:
        Sweep(self.house.app.around, NO_TIME).run()

    def wait(self) -> None:
        """For whatever somebody asked to wait for."""
        self.watch.sleep(60)
        with self.house.app.engine.begin() as connection:
            connection.execute(update(change).values(due_at=func.now()))
            connection.execute(update(delivery).where(delivery.c.state == "waiting").values(due_at=func.now()))

    def calm_down(self) -> None:
        """One sweep and one comparison of ids, on a day on which flags may come back and fights are over."""
        assert self.house.sandbox.sender.drained(30)
        self.house.later(timedelta(days=2))
        self.wait()
        self.sweep()
        self.house.compare(believe=True)
        for _ in range(20):
            assert self.house.sandbox.sender.drained(30)
            self.house.digest()
            self.house.write()
            self.wait()
            if not self.house.sandbox.sender.waiting and not self.left():
                return
        raise AssertionError(f"the path does not run dry: {self.left()} are left")

    def left(self) -> int:
        with self.house.app.engine.connect() as connection:
            waiting = connection.scalar(func.count(change.c.issue_id).select().where(change.c.parked_at.is_(None)))
        return (waiting or 0) + self.house.app.inbox.waiting().number


@dataclass(frozen=True)
class Sleepless(Application):
    """Its door to Jira moves the watch instead of sleeping."""

    watch: Watch = field(default_factory=Watch)
    seed: int = 0

    @cached_property
    def jira(self) -> JiraGateway:
        access = self.settings.jira
        timing = Timing(sleep=self.watch.sleep, now=self.clock, between=Random(f"jitter {self.seed}").uniform)
        return JiraDoor(JiraClient(access, Transport(access.base, Throttle(self.watch), timing)))


@contextmanager
def storm(database: str, seed: int) -> Iterator[Storm]:
    watch = Watch()
    with housed(
        database,
        plain=True,
        as_wired=lambda app: Sleepless(app.settings, app.database_url, app.clock, watch=watch, seed=seed),
    ) as house:
        limit: WriteLimit = house.sandbox.app.extensions["write limit"]
        limit.ticks = watch
        yield Storm(house, watch, Executioner(house.app.engine), Random(f"workers {seed}"))
        gc.collect()  # so that a connection which a kill left open is told by the test that left it


@pytest.mark.parametrize("seed", SEEDS)
def test_after_bad_weather_every_tag_is_right_and_every_event_accounted_for(database: str, seed: int) -> None:
    print(f"\nPLUMBLINE_SEED={seed}")
    with storm(database, seed) as one:
        sandbox = one.house.sandbox
        one.house.apply(configuration())
        prepare(sandbox.jira)
        one.house.listen()
        weather = Weather(seed)
        witness = weather.begin(sandbox)
        people = People(sandbox.jira, Random(f"people {seed}"))
        while people.made < CHANGES:
            people.change()
            one.step()
        weather.fair = True
        accounts = Accounts(sandbox, one.house.app.engine, weather, witness)
        rest = accounts.nothing_rests_without_cause()
        one.calm_down()
        print(accounts.close(one.executioner.kills), rest, sep="; ")

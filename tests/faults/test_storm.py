"""Thousands of changes while everything goes wrong and everything is killed in turn: real processes, a real server.

`make faults` runs it; PLUMBLINE_CHANGES says how many changes are made instead of 10,000, PLUMBLINE_SEED which ones.
"""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psutil
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from plugin.sandbox.jira.webhooks_out import Pace
from plugin.sandbox.serve import RunningSandbox
from plugin.store import migrate, progress
from plugin.store.embedded import EmbeddedPostgres
from plugin.store.progress import SWEPT
from plugin.store.tables import change, issue
from tests.faults.accounts import Accounts
from tests.faults.people import People, configuration, prepare
from tests.faults.weather import Weather
from tests.processes import postmaster_of, runs, until
from tests.running_house import RunningHouse, apply, running_house
from webhooks.inbox import delivery

CHANGES = int(os.environ.get("PLUMBLINE_CHANGES", "10000"))
SEED = int(os.environ.get("PLUMBLINE_SEED", "1"))
VICTIMS = ("web-1", "worker-1", "database", "worker-2")
BETWEEN_KILLS = max(25, CHANGES // 100)
"""Changes of people; on every machine the same number of kills."""
AHEAD = 2
"""Days that go by at the end: flags may come back, and fights are over."""
MOST_UNDER_WAY = min(100, CHANGES // 20)
"""Deliveries that wait in the sandbox, at most, before people pause."""
PATIENCE = 120.0
"""Seconds within which deliveries that wait reach a web that was killed and came back."""
WRITERS = 4
"""Writes that may be under way at once: two workers, each with the job that runs and one that takes its place."""


@dataclass
class Killer:
    """Kills the next victim after so many changes."""

    house: RunningHouse
    server: EmbeddedPostgres
    kills: int = 0

    def __post_init__(self) -> None:
        self._next = itertools.cycle(VICTIMS)

    def look(self, made: int) -> None:
        if made % BETWEEN_KILLS:
            return
        victim = next(self._next)
        if victim == "database":
            self._kill_the_database()
        elif victim in self.house.supervisor.pids():
            self.house.kill(victim)
        self.kills += 1

    def _kill_the_database(self) -> None:
        postmaster = psutil.Process(postmaster_of(self.server.data))
        postmaster.kill()
        until(lambda: not runs(postmaster.pid))
        self.server.restart()


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    with (
        tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder,
        EmbeddedPostgres(Path(folder), notice=lambda _: None) as one,
    ):
        yield one


@pytest.mark.long
def test_after_a_storm_every_tag_is_right_and_every_event_accounted_for(
    server: EmbeddedPostgres, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with capfd.disabled():
        print(f"\nPLUMBLINE_SEED={SEED} PLUMBLINE_CHANGES={CHANGES}")
    migrate(server.url)
    ahead = tmp_path / "days ahead"
    ahead.write_text("0")
    sandbox = RunningSandbox("cloud")
    sandbox.sender.pace = Pace(first=0.5)  # so that most deliveries outlast a web that was killed, as Jira's do
    prepare(sandbox.jira)
    weather = Weather(SEED, hanging=(*[0.2] * 19, 4.0))
    with sandbox, running_house(server.url, tmp_path / "logs", sandbox) as house:
        apply(house.engine, configuration())
        house.environment |= {"PLUMBLINE_TEST_DAYS_AHEAD": str(ahead), "PLUMBLINE_TEST_LEASE": "40"}
        house.start("web")
        house.start_impatient("worker", "cadence")
        house.start_impatient("worker", number=2)
        house.listen()
        house.until(house.swept)
        witness, killer = weather.begin(sandbox), Killer(house, server)
        people = People(sandbox.jira, Random(f"people {SEED}"), most=max(60, CHANGES // 8))
        began = time.monotonic()
        while people.made < CHANGES:
            people.change()
            killer.look(people.made)
            house.until(lambda: sandbox.sender.waiting <= MOST_UNDER_WAY, within=PATIENCE)
        weather.fair = True
        accounts = Accounts(sandbox, house.engine, weather, witness)
        wait(house, lambda: not left(house))
        rest = accounts.nothing_rests_without_cause()
        ahead.write_text(str(AHEAD))
        wait(house, lambda: swept_since_then(house) and not left(house, AHEAD))
        said = accounts.close(killer.kills * WRITERS)
        with capfd.disabled():
            print(f"{said}; {rest}; {killer.kills} kills in {time.monotonic() - began:.0f} s")


def wait(house: RunningHouse, over: Callable[[], bool]) -> None:
    """Until it is over; what is left then stands in the failure."""
    try:
        house.until(over, within=60 + CHANGES / 5)
    except AssertionError as error:
        error.add_note(f"left: {left(house, AHEAD)}")
        raise


def left(house: RunningHouse, ahead: int = 0) -> dict[str, int]:
    """What is on its way, by kind; so many days ahead what is parked now is, too."""
    now = datetime.now(UTC) + timedelta(days=ahead)
    changes = select(func.count()).select_from(change)
    wanted = {
        "deliveries": select(func.count()).select_from(delivery).where(delivery.c.state == "waiting"),
        "changes": changes if ahead else changes.where(change.c.parked_at.is_(None)),
        "issues": select(func.count()).select_from(issue).where(issue.c.look_at <= now, issue.c.deleted.is_(False)),
    }
    try:
        with house.engine.connect() as connection:
            found = {name: connection.scalar(one) or 0 for name, one in wanted.items()}
    except OperationalError:
        return {"the database": 1}
    found["in the sandbox"] = house.sandbox.sender.waiting
    return {name: number for name, number in found.items() if number}


def swept_since_then(house: RunningHouse) -> bool:
    with house.engine.connect() as connection:
        found = progress.cursor_at(connection, SWEPT)
    return found is not None and found > datetime.now(UTC) + timedelta(days=AHEAD - 1)

"""The fill of a large site: how much memory web and worker take, and whether an issue costs more at its end.

The sandbox makes its issues from their numbers, so it needs no memory for them. CPU time is that of the worker and of
PostgreSQL together, since others may use the machine.
"""

import os
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from plugin.sandbox.jira.lazy import LazySite
from plugin.sandbox.serve import RunningSandbox
from plugin.store import snapshots
from plugin.store.embedded import EmbeddedPostgres
from plugin.store.tables import sync
from tests.house import configuration
from tests.running_house import RunningHouse, apply, running_house

ISSUES = int(os.environ.get("PLUMBLINE_BENCH_ISSUES", "50000"))
MOST_MEMORY = 300 * 2**20
MOST_GROWTH = 1.2
"""CPU time per issue in the last fifth, to that in the second: the first one warms up."""

_FIFTHS = 5
_LOOK = 0.5
_LONGEST_SILENCE = 120.0


@pytest.mark.bench
def test_a_large_site_is_filled_within_bounds(database: str, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with (
        RunningSandbox("cloud", jira=LazySite(ISSUES)) as sandbox,
        running_house(database, tmp_path, sandbox) as house,
    ):
        apply(house.engine, configuration("BIG", mode="shadow"))
        house.start("web", "worker", "cadence")
        began = time.monotonic()
        peak, spent = _watched(house, postgres)
        seconds = time.monotonic() - began
        with house.engine.connect() as connection:
            assert snapshots.number_living(connection) == ISSUES
    per_fifth = [after - before for before, after in pairwise(spent)]
    growth = per_fifth[-1] / per_fifth[1]
    print(
        f"\nfill of {ISSUES:,} issues: web + worker {peak / 2**20:.0f} MB at most (bound {MOST_MEMORY / 2**20:.0f}); "
        f"{seconds:.0f} s, {ISSUES / seconds:,.0f} issues a second; CPU per issue "
        f"{', '.join(f'{one / ISSUES * _FIFTHS * 1000:.2f}' for one in per_fifth)} ms by fifths, "
        f"last to second {growth:.2f} (bound {MOST_GROWTH})"
    )
    assert peak <= MOST_MEMORY
    assert growth <= MOST_GROWTH


def _watched(house: RunningHouse, postgres: EmbeddedPostgres) -> tuple[int, list[float]]:
    """The most memory that web and worker held together, and the CPU seconds spent when each fifth was done."""
    peak, spent, last, moved = 0, [0.0], -1, time.monotonic()
    while True:
        peak = max(peak, _memory(house))
        with house.engine.connect() as connection:
            row = connection.execute(select(sync.c.done, sync.c.finished_at)).first()
        done, finished = (row.done, row.finished_at) if row else (0, None)
        if done != last:
            last, moved = done, time.monotonic()
        assert time.monotonic() - moved < _LONGEST_SILENCE, f"nothing moves at {done} of {ISSUES}"
        while len(spent) <= _FIFTHS and (done >= ISSUES * len(spent) / _FIFTHS or finished):
            spent.append(_cpu(house, postgres))
        if finished:
            return peak, spent
        time.sleep(_LOOK)


def _memory(house: RunningHouse) -> int:
    """Proportional, so that pages which a process shares with its children count once."""
    found = 0
    for name, pid in house.supervisor.pids().items():
        if name.startswith(("web", "worker")):
            for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
                found += getattr(one.memory_full_info(), "pss", 0) or one.memory_info().rss
    return found


def _cpu(house: RunningHouse, postgres: EmbeddedPostgres) -> float:
    """Seconds of the worker and of PostgreSQL's processes that are there, and those that they have reaped."""
    master = int((postgres.cluster / "postmaster.pid").read_text().split()[0])
    worker = next(pid for name, pid in house.supervisor.pids().items() if name.startswith("worker"))
    processes = [psutil.Process(worker), psutil.Process(master), *psutil.Process(master).children()]
    times = [one.cpu_times() for one in processes]
    return sum(one.user + one.system for one in times) + sum(
        one.children_user + one.children_system for one in times[:2]
    )

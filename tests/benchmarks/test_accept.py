"""Accepted deliveries a second with storing and without, on the same server in one run, and their ratio."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

import psycopg
import pytest

from plugin.serving import THREADS
from plugin.supervisor import Part, Supervisor, free_port
from tests.benchmarks.posting import Load
from tests.house import SECRET
from tests.running_house import ROOT, SOON

LOAD = Load(deliveries=2000, body_bytes=6000)
ROUNDS = 5
LEAST_KEPT = 0.15
"""Of the rate without storing. Measured: 0.25 on two busy cores that also ran the clients and PostgreSQL."""

SIDES = {"storing": "plugin.app:create_web", "not storing": "tests.benchmarks.storing_nothing:create_web"}


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "logs", lambda _: None) as one:
        yield one


@pytest.fixture
def clients() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(LOAD.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def serve(supervisor: Supervisor, side: str, database: str) -> tuple[str, int]:
    """Granian with one process, as `plumbline web` starts it; only the application differs."""
    port = free_port()
    argv = [sys.executable, "-m", "granian", SIDES[side], "--factory", "--interface", "wsgi", "--workers", "1"]
    argv += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    argv += ["--blocking-threads", str(THREADS), "--backpressure", str(8 * THREADS)]
    environment = {
        "PYTHONPATH": str(ROOT),
        "PLUMBLINE_DATABASE_URL": database,
        "PLUMBLINE_JIRA_URL": "http://127.0.0.1:9",
        "PLUMBLINE_JIRA_TOKEN": "unused",
        "PLUMBLINE_CONFLUENCE_URL": "http://127.0.0.1:9",
        "PLUMBLINE_WEBHOOK_SECRETS": SECRET,
    }
    supervisor.start(Part(side, argv, environment, f"http://127.0.0.1:{port}/healthz"))
    supervisor.wait_ready(side, within=SOON)
    return "127.0.0.1", port


def rows(database: str) -> int:
    """How many deliveries are stored."""
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT count(*) FROM delivery").fetchone()
        return int(found[0]) if found else 0


@pytest.mark.bench
def test_storing_keeps_a_good_part_of_the_rate(
    supervisor: Supervisor, clients: ProcessPoolExecutor, database: str
) -> None:
    addresses = {side: serve(supervisor, side, database) for side in SIDES}
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    stored = dict.fromkeys(SIDES, 0)
    for number in range(ROUNDS):
        for side in (list(SIDES), list(reversed(SIDES)))[number % 2]:
            before = rows(database)
            rate, accepted = LOAD.post(clients, addresses[side], f"{side} {number}")
            assert accepted == LOAD.deliveries
            stored[side] += rows(database) - before
            rates[side].append(rate)
    assert stored == {"storing": ROUNDS * LOAD.deliveries, "not storing": 0}

    storing, not_storing = median(rates["storing"]), median(rates["not storing"])
    print(
        f"\n{ROUNDS} rounds of {LOAD.deliveries} signed deliveries of {LOAD.body_bytes} bytes over "
        f"{LOAD.processes * LOAD.connections} kept connections, granian with one process and {THREADS} threads, "
        f"{os.cpu_count()} cores for server, PostgreSQL and clients together"
    )
    for side, found in rates.items():
        print(f"{side:>12}: {median(found):6.0f} accepted a second (from {min(found):.0f} to {max(found):.0f})")
    print(f"       ratio: {storing / not_storing:6.2f}, at least {LEAST_KEPT} is asked for")
    assert storing / not_storing >= LEAST_KEPT

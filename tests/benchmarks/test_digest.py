"""Deliveries that change no verdict: how many are digested a second, beside how many are accepted in the same run."""

import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import pytest

from plugin.store import migrate
from plugin.supervisor import Supervisor
from tests.benchmarks.bulk import caught, issues_told, settled_issues, size, store
from tests.benchmarks.posting import Load
from tests.benchmarks.test_accept import clients, rows, serve, supervisor  # noqa: F401 - fixtures among them
from tests.house import House, housed

ROUNDS = 3
ISSUES, CHANGES = 200, 2000
LEAST = 2.0
"""Digested for each accepted."""


class NotReachedError(AssertionError):
    """The bound, and nothing else, is not met."""


def digest_rate(house: House, number: int) -> tuple[float, list[bytes]]:
    """Deliveries a second, of edits to summaries that no rule reads."""
    issues = list(house.sandbox.jira.issues.values())
    with caught(house) as bodies:
        for one in range(CHANGES):
            house.sandbox.jira.edit_issue(issues[one % len(issues)].id, summary=f"Round {number}, words {one}")
    store(house, bodies)
    began = time.perf_counter()
    planned = house.digest()
    seconds = time.perf_counter() - began
    assert planned == 0
    assert not house.app.inbox.waiting().number
    return len(bodies) / seconds, bodies


@pytest.mark.bench
@pytest.mark.xfail(strict=True, raises=NotReachedError, reason="not reached: 0.77")
def test_digesting_what_changes_nothing_is_twice_as_fast_as_accepting(
    supervisor: Supervisor,  # noqa: F811
    clients: ProcessPoolExecutor,  # noqa: F811
    database: str,
    empty_database: str,
) -> None:
    migrate(empty_database)
    load = Load(deliveries=CHANGES, body_bytes=6000)
    address = serve(supervisor, "storing", empty_database)
    with housed(database, plain=True) as house:
        settled_issues(house, ISSUES)
        asked = len(house.sandbox.faults.requests)
        accepted, digested = [], []
        for number in range(ROUNDS):
            rate, count = load.post(clients, address, f"round {number}")
            assert count == CHANGES
            assert rows(empty_database) == (number + 1) * CHANGES
            accepted.append(rate)
            rate, bodies = digest_rate(house, number)
            digested.append(rate)
        assert len(house.sandbox.faults.requests) == asked
    ratio = median(digested) / median(accepted)
    print(
        f"\n{ROUNDS} rounds of {CHANGES} deliveries, digested: {size(bodies)} bytes about {issues_told(bodies)} "
        "issues, "
        f"accepted: {load.body_bytes} bytes over {load.processes * load.connections} connections\n"
        f" accepted: {median(accepted):6.0f} a second\n digested: {median(digested):6.0f} a second\n"
        f"    ratio: {ratio:6.2f}, at least {LEAST} is asked for"
    )
    if ratio < LEAST:
        raise NotReachedError(f"{ratio:.2f}")

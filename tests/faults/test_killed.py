"""kill -9 of each process in the middle of its work: nothing is lost, nothing is done twice."""

import contextlib
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, update

from plugin.admin.replay import Target
from plugin.sandbox.faults import Hanging
from plugin.store.tables import change
from tests.house import SECRET, TAG
from tests.processes import runs
from tests.running_house import RunningHouse, apply, running_house

CLIENTS = 4


@pytest.fixture
def house(database: str, tmp_path: Path) -> Iterator[RunningHouse]:
    with running_house(database, tmp_path / "logs") as found:
        apply(found.engine)
        yield found


def test_a_worker_killed_between_accept_and_write_leaves_the_tag_to_the_next_one(house: RunningHouse) -> None:
    """The write is under way, held up by Jira, when the worker dies; its lease runs out and it is written again."""
    house.start("web")
    house.start_impatient("worker", "cadence")
    house.listen()
    house.sandbox.faults.add(Hanging(method="PUT", path="/issue/", seconds=600))
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.until(lambda: not house.sandbox.faults.planned)
    assert house.sandbox.sender.counts.delivered >= 1, "the delivery was answered 200"
    assert house.held_changes() == 1
    assert not issue.labels

    killed = house.kill("worker-1")
    house.until(lambda: set(issue.labels) == {TAG} and issue.remote_links)
    assert not runs(killed)
    house.until(lambda: not house.held_changes())
    assert len(issue.remote_links) == 1
    house.sandbox.faults.stopping.set()  # the call of the dead worker ends without doing anything
    assert sum("labels" in {item.field for item in one.items} for one in issue.history) == 1


def test_a_worker_killed_before_its_delivery_is_digested_leaves_it_to_the_next_one(house: RunningHouse) -> None:
    """No worker runs while deliveries are accepted; they wait in the inbox, and the first worker takes them all."""
    house.start("web")
    house.listen()
    issues = [house.sandbox.jira.create_issue("CHK", f"Wallet {n}", components=["Wallet"]) for n in range(5)]
    assert house.sandbox.sender.drained()
    assert list(house.deliveries().values()) == ["waiting"] * 5
    house.start_impatient("worker", "cadence")
    house.until(lambda: all(set(one.labels) == {TAG} for one in issues))
    assert set(house.calls_by_path("PUT", r"/issue/\d+$").values()) == {1}


def test_a_lease_that_has_not_run_out_keeps_others_away(house: RunningHouse) -> None:
    house.start("web")
    house.start_impatient("worker", "cadence")
    house.listen()
    house.sandbox.faults.add(Hanging(method="PUT", path="/issue/", seconds=600))
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.until(lambda: not house.sandbox.faults.planned)
    with house.engine.begin() as connection:
        connection.execute(update(change).values(lease_until=func.now() + timedelta(hours=1)))
    house.kill("worker-1")
    other = house.sandbox.jira.create_issue("CHK", "Pay by card", components=["Wallet"])
    house.until(lambda: set(other.labels) == {TAG})
    assert not issue.labels


def test_what_a_killed_web_had_answered_with_200_is_in_the_inbox(house: RunningHouse) -> None:
    house.start("web")
    with posting(house) as accepted:
        for _ in range(2):
            house.until(partial(grown, accepted, len(accepted) + 20))
            killed = house.kill("web-1")
            house.until(partial(ended, killed))
        house.until(partial(grown, accepted, len(accepted) + 20))
    assert accepted.keys() <= house.deliveries().keys()
    assert len(accepted) >= 60


def grown(accepted: dict[str, int], to: int) -> bool:
    return len(accepted) >= to


def ended(pid: int) -> bool:
    return not runs(pid)


@contextlib.contextmanager
def posting(house: RunningHouse) -> Iterator[dict[str, int]]:
    """Clients that post without a pause until the block ends; yields what was answered with 200, by identifier."""
    accepted: dict[str, int] = {}
    over = threading.Event()
    target = Target(house.post_to, SECRET)

    def post(client: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            body = json.dumps({"webhookEvent": "jira:issue_updated", "timestamp": number, "client": client}).encode()
            headers = target.headers(f"{client}-{number}", body)
            with contextlib.suppress(requests.RequestException):
                answer = requests.post(house.post_to, body, headers=headers, timeout=5)
                if answer.status_code == 200:
                    accepted[headers["X-Atlassian-Webhook-Identifier"]] = client

    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(post, client) for client in range(CLIENTS)]
        try:
            yield accepted
        finally:
            over.set()
    for one in running:
        one.result()

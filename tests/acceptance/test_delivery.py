"""A delivery's whole way through real processes: from the POST to the label on the issue, and to the weekly page."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest
import requests

from plugin.domain.week import Week
from plugin.sandbox.confluence.values import Page
from plugin.sandbox.jira.values import Issue
from tests.house import OBJECTIVE, TAG
from tests.processes import runs, until
from tests.running_house import ROOT, SOON, RunningHouse, alone, apply, lasting, running_house

ZONE = ZoneInfo(lasting().site.time_zone)


@pytest.fixture
def house(database: str, tmp_path: Path) -> Iterator[RunningHouse]:
    with running_house(database, tmp_path / "logs") as found:
        apply(found.engine)
        yield found


def last_week() -> Week:
    return Week.of(datetime.now(UTC), ZONE).previous()


def worked_on_last_week(house: RunningHouse, summary: str) -> Issue:
    """Created and begun in the middle of last week; Jira tells of it only now."""
    jira = house.sandbox.jira
    middle = last_week().start(ZONE) + timedelta(days=2, hours=10)
    now, jira.clock = jira.clock, lambda: middle
    issue = jira.create_issue("CHK", summary, components=["Wallet"])
    jira.transition(issue.key, "In Progress")
    jira.clock = now
    return issue


def weekly_pages(house: RunningHouse) -> list[Page]:
    """Of frozen weeks; within two days of a deadline there is a draft of the running one beside them."""
    pages = house.sandbox.confluence.list_pages("PROD")
    return [page for page in pages if "week" in page.title and "draft, not frozen" not in page.latest.body]


def page_of(house: RunningHouse, week: Week) -> list[Page]:
    return [page for page in weekly_pages(house) if f"week {week.number} of" in page.title]


def test_a_delivery_becomes_a_tag_with_its_why_and_a_line_of_the_weekly_page(house: RunningHouse) -> None:
    house.start("web", "worker")
    house.listen()
    issue = worked_on_last_week(house, "Pay by wallet")
    house.until(lambda: set(issue.labels) == {TAG} and issue.remote_links)
    assert not house.swept(), "the delivery alone led to the tag: nothing else could have told of the issue"
    house.until(lambda: set(house.deliveries().values()) == {"settled"})
    why = json.dumps(issue.properties["plumbline"])
    assert f'"objective": "{OBJECTIVE}"' in why
    assert "wallet-work" in why
    (link,) = issue.remote_links
    assert "Fewer people give up" in str(link.object["title"])
    assert "Wallet is the way" in str(link.object["summary"])

    house.start("cadence")
    house.until(lambda: len(weekly_pages(house)) == 2)
    (page,) = page_of(house, last_week())
    assert "Fewer people give up" in page.latest.body
    assert "1 of 1" in page.latest.body.replace("\u00a0", " "), "the issue is counted as aligned, with its denominator"


def test_two_workers_and_two_cadences_write_each_thing_once(house: RunningHouse) -> None:
    issues = [house.sandbox.jira.create_issue("CHK", f"Wallet {n}", components=["Wallet"]) for n in range(8)]
    house.start("web", "worker", "cadence")
    house.start("worker", "cadence", number=2)
    house.listen()
    issues += [house.sandbox.jira.create_issue("CHK", f"Cards {n}", components=["Wallet"]) for n in range(8)]
    house.until(lambda: all(set(one.labels) == {TAG} for one in issues))
    house.until(lambda: len(weekly_pages(house)) == 2)
    assert house.sandbox.sender.drained(SOON)
    house.until(lambda: "waiting" not in house.deliveries().values())
    assert house.calls_by_path("PUT", r"/issue/\d+$") == dict.fromkeys((one.id for one in issues), 1)
    assert Counter(page.latest.number for page in weekly_pages(house)) == {1: 2}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_every_process(house: RunningHouse, tmp_path: Path, number: signal.Signals) -> None:
    environment = alone(house, PLUMBLINE_DATA=str(tmp_path / "data"))
    up = subprocess.Popen([sys.executable, "-m", "plugin", "up"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(f"{house.url}/readyz") and len(children(up.pid)) >= 4, SOON)
        everything = [up.pid, *children(up.pid)]
        up.send_signal(number)
        assert up.wait(SOON) == 0
        assert not [pid for pid in everything if runs(pid)]
    finally:
        for pid in children(up.pid):
            psutil.Process(pid).kill()
        up.kill()
        up.wait()


def children(pid: int) -> list[int]:
    """Web, its server's own process, worker and cadence; the parts have groups of their own, not another parent."""
    try:
        return [one.pid for one in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False

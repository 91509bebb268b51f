"""From a delivery that is accepted to its change on the issue, in round trips of a Jira that answers in 20 ms."""

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from plugin.domain.product import Configuration, ExemptClass
from plugin.sandbox.jira.values import Issue
from plugin.sandbox.serve import RunningSandbox
from plugin.store.tables import change, write_log
from tests.house import TAG
from tests.running_house import RunningHouse, apply, lasting, running_house
from webhooks.inbox import delivery

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUND_TRIP = 0.020
"""Seconds."""
RATE, SECONDS = 50, 10
"""Deliveries a second, and for how long."""
OF_INTEREST = 5
"""One of so many deliveries changes a verdict; the others are about issues whose verdict stays."""
MEDIAN, NINETY_NINTH = 10, 50
"""Round trips, at most."""


class NotReachedError(AssertionError):
    """The bound, and nothing else, is not met."""


def slow(app: "WSGIApplication") -> "WSGIApplication":
    """Each call of REST takes a round trip."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        time.sleep(ROUND_TRIP)
        return app(environ, start_response)

    return answer


def configuration() -> Configuration:
    given = lasting()
    exempt = ExemptClass(id="lights-on", when="issuetype = Bug")
    return given.model_copy(update={"site": given.site.model_copy(update={"exempt": (exempt,)})})


def change_evenly(house: RunningHouse, issues: list[Issue]) -> float:
    """Each issue once, RATE a second; returns how many a second it came to."""
    jira, began = house.sandbox.jira, time.monotonic()
    for number, one in enumerate(issues):
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        if number % OF_INTEREST:
            jira.edit_issue(one.id, summary="Other words")
        else:
            jira.edit_issue(one.id, components=["Wallet"])
    return len(issues) / (time.monotonic() - began)


def settled(house: RunningHouse) -> bool:
    waiting = select(func.count()).select_from(delivery).where(delivery.c.state == "waiting")
    with house.engine.connect() as connection:
        changes = connection.scalar(select(func.count()).select_from(change))
        return not (changes or connection.scalar(waiting) or house.sandbox.sender.waiting)


def round_trips(house: RunningHouse, wanted: set[str]) -> list[float]:
    """Of each wanted issue: from its delivery to the end of its write, by the clocks of one machine."""
    with house.engine.connect() as connection:
        accepted: dict[str, datetime] = {}
        rows = connection.execute(select(delivery.c.issue_id, delivery.c.received_at).order_by(delivery.c.received_at))
        for id, at in rows:
            accepted.setdefault(id, at)
        done = connection.execute(select(write_log.c.issue_id, write_log.c.done_at)).all()
    assert {id for id, _ in done} == wanted
    assert len(done) == len(wanted)
    return [(at - accepted[id]).total_seconds() / ROUND_TRIP for id, at in done]


@pytest.mark.bench
@pytest.mark.xfail(strict=True, raises=NotReachedError, reason="not reached: 529 and 849 on two crowded cores")
def test_a_change_is_written_within_ten_round_trips(database: str, tmp_path: Path) -> None:
    sandbox = RunningSandbox("cloud", wrapper=slow)
    jira = sandbox.jira
    jira.add_component("CHK", "Wallet")
    issues = [jira.create_issue("CHK", f"Work {n}", type="Bug") for n in range(RATE * SECONDS)]
    changed = issues[::OF_INTEREST]
    with sandbox, running_house(database, tmp_path / "logs", sandbox) as house:
        apply(house.engine, configuration())
        house.start("web", "worker", "cadence")
        house.until(house.swept, within=60)
        house.listen()
        rate = change_evenly(house, issues)
        house.until(lambda: all(TAG in one.labels for one in changed), within=60)
        house.until(lambda: settled(house), within=60)
        found = round_trips(house, {one.id for one in changed})
    middle, late = median(found), quantiles(found, n=100)[98]
    print(
        f"\n{len(issues)} deliveries, {rate:.0f} a second, {len(found)} of them change a verdict; Jira answers in "
        f"{ROUND_TRIP * 1000:.0f} ms; an edit and a link each; one web, one worker\n"
        f"         median: {middle:6.1f} round trips, at most {MEDIAN} are asked for\n"
        f"99th percentile: {late:6.1f} round trips, at most {NINETY_NINTH} are asked for"
    )
    assert rate > 0.9 * RATE
    if middle > MEDIAN or late > NINETY_NINTH:
        raise NotReachedError(f"{middle:.1f} and {late:.1f} round trips")

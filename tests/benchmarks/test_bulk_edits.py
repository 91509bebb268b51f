"""A bulk edit that changes no verdict asks nothing of Jira; one that changes every verdict is bound by its limit."""

import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from plugin.app import Application
from plugin.atlassian.gateways import JiraGateway
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_door import JiraDoor
from plugin.atlassian.nearness import Limit
from plugin.atlassian.throttle import CLOUD, Throttle
from plugin.atlassian.transport import Timing, Transport
from plugin.domain.product import ExemptClass
from plugin.sandbox.jira.values import Issue
from tests.benchmarks.bulk import caught, issues_told, size, store
from tests.house import TAG, House, configuration, housed

ISSUES = 10_000
CHANGED = 100
"""Issues of the bulk edit that changes every verdict."""
LIMITS = CLOUD.model_copy(update={"writes": (Limit(calls=3, seconds=1),)})
"""A site that takes 3 edits a second, so that its limit, and not this machine, says how long 100 of them take."""
MOST_EDITS, MOST_TIME = 1.05, 1.2


@dataclass(frozen=True)
class Limited(Application):
    """The application at a site with these limits."""

    @cached_property
    def jira(self) -> JiraGateway:
        access = self.settings.jira
        return JiraDoor(JiraClient(access, Transport(access.base, Throttle(time.monotonic, LIMITS), Timing())))


def exempt_issues(house: House, number: int) -> list[Issue]:
    """Known, decided, and with nothing to be written on them."""
    jira, given = house.sandbox.jira, configuration()
    jira.add_component("CHK", "Wallet")
    made = [jira.create_issue("CHK", f"Work {n}", type="Bug") for n in range(number)]
    exempt = ExemptClass(id="lights-on", when="issuetype = Bug")
    house.apply(given.model_copy(update={"site": given.site.model_copy(update={"exempt": (exempt,)})}))
    house.app.fields.myself()  # asked for once
    house.sweep()
    assert house.write() is None
    return made


def digest_edits(house: House, issues: list[Issue], **edit: Any) -> tuple[list[bytes], int]:
    """Edits them all, digests what is told; returns that, and how many changes were planned."""
    with caught(house) as bodies:
        for one in issues:
            house.sandbox.jira.edit_issue(one.id, **edit)
    store(house, bodies)
    planned = house.digest()
    assert not house.app.inbox.waiting().number
    return bodies, planned


@pytest.mark.bench
def test_a_bulk_edit_that_changes_no_verdict_asks_nothing_of_jira(database: str) -> None:
    with housed(database, plain=True) as house:
        issues = exempt_issues(house, ISSUES)
        tagged = issues[:CHANGED]
        digest_edits(house, tagged, components=["Wallet"])
        house.write_until_done()
        assert all(set(one.labels) == {TAG} for one in tagged)
        asked = len(house.sandbox.faults.requests)
        bodies, planned = digest_edits(house, issues, priority="High")
        assert house.write() is None
        calls = len(house.sandbox.faults.requests) - asked
    print(
        f"\n{len(bodies)} deliveries of {size(bodies)} bytes about {issues_told(bodies)} issues, {CHANGED} of them "
        f"tagged, the others exempt: {planned} changes, {calls} calls, 0 are asked for"
    )
    assert (len(bodies), planned, calls) == (ISSUES, 0, 0)


@pytest.mark.bench
def test_a_bulk_edit_that_changes_every_verdict_is_as_fast_as_the_site_allows(database: str) -> None:
    with housed(database, plain=True, as_wired=lambda app: Limited(app.settings, app.database_url, app.clock)) as house:
        issues = exempt_issues(house, CHANGED)
        digest_edits(house, issues[:1], components=["Wallet"])
        house.write_until_done()  # permissions are asked for once
        before = len(house.sandbox.faults.requests)
        changed = issues[1:]
        bodies, planned = digest_edits(house, changed, components=["Wallet"])
        assert planned == len(changed)
        began = time.monotonic()
        house.write_until_done()
        seconds = time.monotonic() - began
        made = Counter(
            "link" if one.path.endswith("/remotelink") else one.method
            for one in list(house.sandbox.faults.requests)[before:]
        )
        assert all(set(one.labels) == {TAG} and len(one.remote_links) == 1 for one in issues)
    least = LIMITS.least_seconds("PUT", len(changed))
    print(
        f"\n{len(bodies)} issues of {size(bodies)} bytes, every verdict changed; the site takes "
        f"{LIMITS.writes[0].calls} edits a second\n"
        f"edits: {made['PUT'] / len(changed):.2f} an issue, at most {MOST_EDITS} are asked for; "
        f"links: {made['link'] / len(changed):.2f} an issue\n"
        f" time: {seconds:.1f} s, the limit's least is {least:.1f} s: {seconds / least:.2f} times, at most {MOST_TIME} "
        "are asked for"
    )
    assert made["PUT"] <= MOST_EDITS * len(changed)
    assert made["link"] == len(changed)
    assert seconds <= MOST_TIME * least

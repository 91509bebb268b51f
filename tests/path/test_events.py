"""Every kind of event that Jira may send, small and after its published descriptions, through the whole path.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from plugin.sandbox.jira.values import Issue
from plugin.store import snapshots
from plugin.store.tables import issue
from tests.house import FLAG, TAG, House, configuration, housed
from webhooks.delivery import Delivery
from webhooks.events import HANDLED, IGNORED, Kind
from webhooks.inbox import delivery

_SUBJECTS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.SPRINT: {"sprint": {"id": 4, "self": "https://x.example", "state": "active", "name": "Sprint 4"}},
    Kind.VERSION: {"version": {"id": "10000", "name": "1.0", "released": True, "projectId": 10000}},
    Kind.PROJECT: {"project": {"id": 10001, "key": "WAL", "name": "Wallet", "projectLead": {"accountId": "5b10"}}},
}
"""The things that an event may be about beside issues."""


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(configuration())
        yield found


def deliver(house: House, *bodies: bytes) -> list[str]:
    """Each in a batch of its own; how each ended."""
    ids = []
    for body in bodies:
        given = Delivery.from_http({}, body, datetime.now(UTC))
        if reason := IGNORED.get(given.event):
            house.app.inbox.store_ignored(given, reason)
        else:
            house.app.inbox.store(given, body)
        house.digest()
        ids.append(given.id)
    with house.app.engine.connect() as connection:
        rows = connection.execute(select(delivery.c.id, delivery.c.outcome, delivery.c.state))
        ended = {row.id: row.outcome or row.state for row in rows}
    return [ended[id] for id in ids]


def said(name: str, **more: Any) -> bytes:
    return json.dumps({"webhookEvent": name, "timestamp": 1_790_000_000_000, **more}).encode()


def wallet_work(house: House) -> Issue:
    return house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])


def thin(one: Issue, kind: Kind) -> Mapping[str, Any]:
    """What an event of that kind says of an issue."""
    match kind:
        case Kind.LINK:
            return {"issueLink": {"id": 1, "sourceIssueId": int(one.id), "destinationIssueId": int(one.id)}}
        case Kind.WORKLOG:
            return {"worklog": {"id": "1", "issueId": one.id, "timeSpentSeconds": 60, "author": {"accountId": "5b10"}}}
        case Kind.COMMENT:
            return {"comment": {"id": "1", "body": "Done"}, "issue": {"id": one.id, "key": one.key}}
        case _:
            return {"issue": {"id": one.id, "key": one.key}}


ABOUT_ISSUES = [name for name, kind in HANDLED.items() if kind not in {*_SUBJECTS, Kind.DELETED}]
ABOUT_OTHERS = [name for name, kind in HANDLED.items() if kind in _SUBJECTS]


def test_every_event_about_an_issue_leads_to_its_tag(house: House) -> None:
    for name in ABOUT_ISSUES:
        one = wallet_work(house)
        (outcome,) = deliver(house, said(name, **thin(one, HANDLED[name])))
        house.write()
        assert house.labels(one.key) == {TAG}, (name, outcome)


def test_an_event_about_anything_else_is_settled_and_said(house: House) -> None:
    outcomes = deliver(house, *[said(name, **_SUBJECTS[HANDLED[name]]) for name in ABOUT_OTHERS])
    assert set(outcomes) == {"noted", "project"}
    assert set(deliver(house, *[said(name) for name in IGNORED])) == {"ignored"}
    assert deliver(house, said("jira:issue_frobnicated"), b'{"hello": 1}') == ["unknown", "unknown"]


@pytest.mark.parametrize("naming", ["id", "key"])
def test_a_body_of_jira_automation_leads_to_a_refresh(house: House, naming: str) -> None:
    one = wallet_work(house)
    deliver(house, json.dumps({"issue": {naming: one.id if naming == "id" else one.key}, "why": "a rule ran"}).encode())
    house.write()
    assert house.labels(one.key) == {TAG}


def test_the_issues_of_a_project_go_and_come_back_with_it(house: House) -> None:
    one = wallet_work(house)
    house.sweep()
    house.write()
    gone, back = ("project_soft_deleted", "project_restored_deleted")
    about = {"project": {"id": 10000, "key": "CHK", "name": "Checkout"}}
    assert deliver(house, said(gone, **about)) == ["project"]
    with house.app.engine.connect() as connection:
        assert snapshots.by_ids(connection, [one.id])[one.id].deleted
    house.sandbox.jira.edit_issue(one.key, components=[])
    assert deliver(house, said(back, **about)) == ["project"]
    with house.app.engine.connect() as connection:
        assert not snapshots.by_ids(connection, [one.id])[one.id].deleted
    house.sweep()
    house.write()
    assert house.labels(one.key) == {FLAG}


def test_an_issue_deleted_before_its_project_does_not_come_back_with_it(house: House) -> None:
    one, other = wallet_work(house), wallet_work(house)
    house.sweep()
    about = {"project": {"id": 10000, "key": "CHK", "name": "Checkout"}}
    deliver(house, said("jira:issue_deleted", issue={"id": one.id, "key": one.key}))
    deliver(house, said("project_archived", **about))
    deliver(house, said("project_restored_archived", **about))
    with house.app.engine.connect() as connection:
        known = snapshots.by_ids(connection, [one.id, other.id])
    assert (known[one.id].deleted, known[other.id].deleted) == (True, False)


def test_half_a_pair_of_surrogates_in_a_summary_loses_nothing(house: House) -> None:
    house.listen()
    one = wallet_work(house)
    house.settle()
    whole = {
        "id": one.id,
        "key": one.key,
        "fields": {
            "summary": "Pay \ud83d by wallet \ud83d\ude00 \\ud83d",
            "updated": "2099-01-01T00:00:00.000+0000",
            "project": {"id": "10000", "key": "CHK", "name": "Checkout"},
            "issuetype": {"id": "10001", "name": "Story"},
            "status": {"id": "1", "name": "To Do", "statusCategory": {"key": "new"}},
            "labels": ["theirs"],
            "components": [{"id": "1", "name": "Wallet"}],
        },
    }
    body = said("jira:issue_updated", user={"accountId": "somebody"}, issue=whole)
    answer = house.post(body)
    assert answer == 200
    house.digest()
    with house.app.engine.connect() as connection:
        fields = connection.scalar(select(issue.c.fields).where(issue.c.id == one.id))
    assert fields is not None
    assert fields["summary"] == "Pay \ufffd by wallet \U0001f600 \\ud83d"

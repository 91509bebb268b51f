"""Sprints and versions that are renamed, merged or closed, accounts that go, and bodies that are written oddly.

Jira changes no issue's `updated` for the first two: only their own events tell.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from plugin.domain.product import Configuration, Rule
from plugin.sandbox.jira.catalogue import SPRINT
from plugin.sandbox.jira.values import Dialect, Issue, Version
from plugin.store import snapshots, verdicts
from plugin.store.tables import history, issue
from plugin.store.verdicts import Override
from tests.house import FLAG, OBJECTIVE, TAG, House, configuration, housed
from webhooks.delivery import Delivery
from webhooks.inbox import delivery


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect, plain=True) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        yield found


@pytest.fixture
def cloud(database: str) -> Iterator[House]:
    with housed(database, plain=True) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        yield found


def ruled(when: str) -> Configuration:
    given = configuration()
    (product,) = given.products
    rules = {"rules": (Rule(id="one", objective=OBJECTIVE, when=when),)}
    return given.model_copy(update={"products": (product.model_copy(update=rules),)})


def hear(house: House, name: str, **more: Any) -> str:
    """The event by itself through the digest; its outcome."""
    body = json.dumps({"timestamp": 1_790_000_000_000, **more, "webhookEvent": name}).encode()
    given = Delivery.from_http({}, body, datetime.now(UTC))
    house.app.inbox.store(given, body)
    house.digest()
    house.write_until_done()
    return house.app.inbox.endings([given.id])[given.id].outcome


def read_in(house: House) -> None:
    house.sweep()
    house.digest()
    house.write_until_done()


def carrying(house: House, version: Version) -> Issue:
    """Under the sandbox's hand, as when the version changes: `updated` stays."""
    one = house.sandbox.jira.create_issue("CHK", "Pay")
    one.fix_versions = [version]
    return one


def test_a_renamed_version_is_read_afresh_for_the_issues_that_carry_it_alone(house: House) -> None:
    house.apply(ruled('fixVersion = "Wallet 2"'))
    moved, other = carrying(house, Version("10077", "Wallet 1")), carrying(house, Version("10078", "Card"))
    read_in(house)
    assert (house.labels(moved.key), house.labels(other.key)) == ({FLAG}, {FLAG})
    moved.fix_versions = [Version("10077", "Wallet 2")]
    house.sweep()
    assert house.labels(moved.key) == {FLAG}, "the sweep does not see it"
    asked = len(house.sandbox.faults.requests)
    hear(house, "jira:version_updated", version={"id": "10077", "name": "Wallet 2", "projectId": 10000})
    assert (house.labels(moved.key), house.labels(other.key)) == ({TAG}, {FLAG})
    reads = [one for one in list(house.sandbox.faults.requests)[asked:] if "issue/bulkfetch" in one.path]
    assert len(reads) <= 1


def test_a_merged_version_is_read_afresh_and_costs_nothing_where_no_rule_asks(house: House) -> None:
    house.apply(ruled('fixVersion = "Wallet 2"'))
    one = carrying(house, Version("10077", "Wallet 1"))
    read_in(house)
    one.fix_versions = [Version("10079", "Wallet 2")]
    hear(house, "jira:version_merged", version={"id": "10077", "name": "Wallet 1"}, mergedTo={"id": "10079"})
    assert house.labels(one.key) == {TAG}
    house.apply(ruled("component = Wallet"))
    read_in(house)
    asked = len(house.sandbox.faults.requests)
    hear(house, "jira:version_deleted", version={"id": "10079", "name": "Wallet 2"})
    assert len(house.sandbox.faults.requests) == asked


def sprint(house: House, id: int, name: str, state: str) -> Any:
    if house.sandbox.dialect == "cloud":
        return [{"id": id, "name": name, "state": state, "boardId": 1}]
    return [
        f"com.atlassian.greenhopper.service.sprint.Sprint@1f[id={id},rapidViewId=1,state={state.upper()},name={name}]"
    ]


def test_a_sprint_that_starts_is_read_afresh(house: House) -> None:
    house.app.around.fields.site()
    house.apply(ruled("sprint in openSprints()"))
    field = SPRINT[house.sandbox.dialect]
    one, other = (house.sandbox.jira.create_issue("CHK", "Pay") for _ in range(2))
    one.custom[field], other.custom[field] = sprint(house, 7, "W3", "future"), sprint(house, 77, "W4", "future")
    read_in(house)
    assert (house.labels(one.key), house.labels(other.key)) == ({FLAG}, {FLAG})
    one.custom[field] = sprint(house, 7, "W3", "active")
    hear(house, "sprint_started", sprint={"id": 7, "state": "active", "name": "W3"})
    assert (house.labels(one.key), house.labels(other.key)) == ({TAG}, {FLAG})
    with house.app.engine.connect() as connection:
        known = snapshots.by_ids(connection, [other.id])[other.id]
    assert field in known.fields, "what another sprint's issues say stays known"


@pytest.mark.parametrize("naming", ["accountId", "key"])
def test_of_a_deleted_account_nothing_stays(cloud: House, naming: str) -> None:
    gone = cloud.sandbox.jira.catalogue.person("Ada Novak").id
    cloud.apply(configuration())
    one = cloud.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"], assignee="Ada Novak")
    read_in(cloud)
    with cloud.app.engine.begin() as connection:
        verdicts.add_overrides(connection, [Override(one.id, TAG, "set", gone, datetime.now(UTC))])
    hear(cloud, "jira:issue_frobnicated", user={naming: gone})
    assert hear(cloud, "user_deleted", user={naming: gone}) == "forgotten"
    with cloud.app.engine.connect() as connection:
        (fields,) = connection.scalars(select(issue.c.fields))
        assert gone not in json.dumps(fields)
        assert [made.actor for made in verdicts.overrides(connection, [one.id])[one.id]] == [None]
        assert connection.scalar(select(func.count()).where(delivery.c.actor == gone)) == 0
    assert cloud.labels(one.key) == {TAG}, "what that person did stays"


def whole(one: Issue, **fields: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "key": one.key,
        "fields": {
            "summary": "Pay by wallet",
            "updated": "2099-01-01T00:00:00.000+0000",
            "project": {"id": "10000", "key": "CHK", "name": "Checkout"},
            "issuetype": {"id": "10001", "name": "Story"},
            "status": {"id": "3", "name": "In Arbeit", "statusCategory": {"key": "indeterminate"}},
            "labels": [],
            "components": [{"id": "1", "name": "Wallet"}],
            **fields,
        },
    }


def test_a_changelog_in_another_language_tells_the_same(cloud: House) -> None:
    """`field` is in the site's language, `fieldId` is not."""
    cloud.apply(configuration())
    one = cloud.sandbox.jira.create_issue("CHK", "Pay by wallet")
    read_in(cloud)
    status = {"field": "Bearbeitungsstatus", "fieldId": "status", "from": "1", "to": "3", "toString": "In Arbeit"}
    labels = {"field": "Stichwörter", "fieldId": "labels", "fromString": FLAG, "toString": TAG}
    given = {"issue": whole(one, labels=[TAG], components=[]), "changelog": {"id": "77", "items": [status, labels]}}
    hear(cloud, "jira:issue_updated", user={"accountId": "ada"}, **given)
    with cloud.app.engine.connect() as connection:
        entered = select(history.c.to_value).where(history.c.issue_id == one.id, history.c.field == "status")
        assert "3" in connection.scalars(entered).all()
        made = {said.label: said.kind for said in verdicts.overrides(connection, [one.id])[one.id]}
        assert verdicts.of(connection, [one.id])[one.id].objective == OBJECTIVE, "a person's tag wins"
    assert made == {TAG: "set", FLAG: "removed"}


def test_a_body_without_an_actor_is_a_persons_of_whom_nothing_is_known(cloud: House) -> None:
    cloud.apply(configuration())
    one = cloud.sandbox.jira.create_issue("CHK", "Pay by wallet")
    read_in(cloud)
    labels = {"field": "labels", "fieldId": "labels", "fromString": FLAG, "toString": TAG}
    given = {"issue": whole(one, labels=[TAG], components=[]), "changelog": {"id": "77", "items": [labels]}}
    hear(cloud, "jira:issue_updated", **given)
    with cloud.app.engine.connect() as connection:
        (tag,) = [said for said in verdicts.overrides(connection, [one.id])[one.id] if said.label == TAG]
        assert (tag.kind, tag.actor) == ("set", None)
        assert verdicts.of(connection, [one.id])[one.id].objective == OBJECTIVE


def test_a_timestamp_in_text_and_a_misspelt_account_are_kept_as_what_they_mean(cloud: House) -> None:
    cloud.apply(configuration())
    one = cloud.sandbox.jira.create_issue("CHK", "Pay by wallet")
    read_in(cloud)
    moved = {"field": "status", "fieldId": "status", "from": "1", "to": "3"}
    labels = {"field": "labels", "fieldId": "labels", "fromString": "", "toString": TAG}
    hear(
        cloud,
        "jira:issue_updated",
        timestamp="1720046912109",
        user={"accoundId": "ada"},
        issue=whole(one, labels=[FLAG, TAG], assignee={"accoundId": "ada"}),
        changelog={"id": "77", "items": [moved, labels]},
    )
    at = datetime(2024, 7, 3, 22, 48, 32, 109000, UTC)
    with cloud.app.engine.connect() as connection:
        assert connection.scalar(select(history.c.at).where(history.c.change_id == "77")) == at.timestamp() * 1000
        assert snapshots.by_ids(connection, [one.id])[one.id].fields["assignee"] == {"id": "ada"}
        (made,) = verdicts.overrides(connection, [one.id])[one.id]
        assert (made.actor, made.at) == ("ada", at)

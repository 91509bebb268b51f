"""What a batch of deliveries comes to, however it was cut: gathered, followed event by event, and digested."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.domain.issue import Snapshot
from plugin.domain.reading import read_issue
from plugin.path.gather import GONE, Group, Outcome, follow, gather
from plugin.store import snapshots
from tests.house import House, configuration, housed
from webhooks.delivery import Delivery

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
STALE = Outcome("stale", "older than what is known")
DELETED = Outcome("deleted")


@dataclass(frozen=True)
class Body:
    id: str
    body: bytes
    received_at: datetime = NOON


def at(minutes: int) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def whole(minutes: int, event: str = "jira:issue_updated", **fields: Any) -> dict[str, Any]:
    """A body with the whole issue 10001, last updated so many minutes after noon."""
    kind, status = {"id": "3", "name": "Task"}, {"id": "1", "name": "To Do", "statusCategory": {"key": "new"}}
    told = {"project": {"id": "1", "key": "CHK"}, "issuetype": kind, "status": status, "labels": [], "components": []}
    told |= {"summary": "Pay", "created": at(0), "updated": at(minutes)} | fields
    return {"webhookEvent": event, "issue": {"id": "10001", "key": "CHK-1", "fields": told}}


THIN = {"webhookEvent": "comment_created", "issue": {"id": "10001", "key": "CHK-1"}}
GOODBYE = "jira:issue_deleted"


def gathered(*bodies: Mapping[str, Any]) -> Group:
    claimed = [Body(str(number), json.dumps(body).encode()) for number, body in enumerate(bodies)]
    (group,) = gather(claimed, read_issue).groups.values()
    return group


def seen(minutes: int, *, deleted: bool = False) -> Snapshot:
    return read_issue(whole(minutes)["issue"]).model_copy(update={"deleted": deleted})


def test_what_is_older_than_an_event_before_it_is_stale() -> None:
    course = follow(gathered(whole(2), whole(1), whole(2), whole(3)), None, None)
    assert course.endings == [None, STALE, None, None]
    assert course.newest
    assert course.newest.updated == NOON + timedelta(minutes=3)


def test_what_is_older_than_the_store_is_stale_and_leaves_nothing() -> None:
    course = follow(gathered(whole(1)), seen(2), None)
    assert (course.endings, course.newest, course.undecided) == ([STALE], None, [])


def test_a_refresh_makes_stale_what_comes_behind_it() -> None:
    course = follow(gathered(whole(1), THIN, whole(2)), None, seen(3))
    assert course.endings == [None, None, STALE]
    assert course.asking == [1]


def test_where_all_are_whole_jira_was_asked_for_the_first() -> None:
    course = follow(gathered(whole(1), whole(2)), None, seen(2))
    assert (course.endings, course.asking) == ([None, None], [0])


def test_a_thin_event_of_an_issue_that_jira_does_not_show_is_gone() -> None:
    assert follow(gathered(whole(1), THIN), None, None).endings == [None, GONE]


def test_a_deletion_ends_what_came_before_it_in_the_batch() -> None:
    course = follow(gathered(whole(1), THIN, whole(2, GOODBYE), THIN), None, None)
    overtaken = Outcome("deleted", "before it was decided")
    assert course.endings == [overtaken, overtaken, DELETED, GONE]
    assert course.deleted


@pytest.mark.parametrize("known", [None, seen(2, deleted=True)])
def test_a_last_update_behind_the_deletion_raises_nothing_from_the_dead(known: Snapshot | None) -> None:
    events = [whole(2)] if known else [whole(2, GOODBYE), whole(2)]
    course = follow(gathered(*events), known, None)
    assert course.endings[-1] == STALE
    assert course.deleted


@pytest.mark.parametrize(("labels", "relabelled"), [([], False), (["no-objective"], True)])
def test_other_labels_than_were_known_are_noticed_whoever_set_them(labels: list[str], relabelled: bool) -> None:
    assert follow(gathered(whole(2, labels=labels)), seen(1), None).relabelled is relabelled


def test_an_issue_that_comes_back_lives() -> None:
    assert not follow(gathered(whole(3)), seen(2, deleted=True), None).deleted
    assert not follow(gathered(THIN), seen(2, deleted=True), seen(2)).deleted


def test_a_field_that_the_newest_leaves_out_is_taken_from_those_before() -> None:
    course = follow(gathered(whole(1, priority={"id": "1", "name": "High"}), whole(2, summary="Pay twice")), None, None)
    assert course.newest
    assert (course.newest.name("priority"), course.newest.text("summary")) == ("High", "Pay twice")


def test_events_under_id_and_key_keep_their_order() -> None:
    claimed = [
        Body(str(number), json.dumps(body).encode())
        for number, body in enumerate([whole(1), {"issueKey": "CHK-1"}, whole(2)])
    ]
    groups = gather(claimed, read_issue).groups
    assert sorted(groups) == ["10001", "CHK-1"]
    for merged in (groups["10001"].merged(groups["CHK-1"]), groups["CHK-1"].merged(groups["10001"])):
        assert merged.deliveries == ["0", "1", "2"]


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(configuration())
        yield found


def deliver(house: House, *bodies: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All of them in one batch; how each ended."""
    ids = []
    for body in bodies:
        raw = json.dumps(body).encode()
        delivery = Delivery.from_http({}, raw, house.clock())
        house.app.inbox.store(delivery, raw)
        ids.append(delivery.id)
    house.digest()
    ended = house.app.inbox.endings(ids)
    return [(ended[id].outcome, ended[id].reason) for id in ids]


def test_an_update_behind_its_deletion_stays_without_effect(house: House) -> None:
    assert deliver(house, whole(2, GOODBYE)) == [("deleted", "")]
    assert deliver(house, whole(2)) == [STALE]
    with house.app.engine.connect() as connection:
        assert snapshots.by_ids(connection, ["10001"])["10001"].deleted


def test_each_delivery_of_a_batch_has_its_own_outcome(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay", components=["Wallet"], named=("10001", "CHK-1"), at=NOON)
    assert deliver(house, whole(2), whole(1), THIN) == [("unaligned", ""), STALE, ("unaligned", "refreshed")]
    assert house.labels(issue.key) == set()


def test_a_link_has_the_outcome_of_its_first_end(house: House) -> None:
    jira = house.sandbox.jira
    served = jira.create_issue("CHK", "Pay", components=["Wallet"])
    lonely = jira.create_issue("CHK", "Rename a table")
    ends = {"sourceIssueId": int(lonely.id), "destinationIssueId": int(served.id)}
    link = {"webhookEvent": "issuelink_created", "issueLink": ends}
    comment = {"webhookEvent": "comment_created", "issue": {"id": served.id, "key": served.key}}
    assert deliver(house, comment, link) == [("aligned", "refreshed"), ("unaligned", "refreshed")]


def test_a_child_that_waits_for_its_parent_alone_is_not_read_again(house: House) -> None:
    jira = house.sandbox.jira
    epic = jira.create_issue("CHK", "Wallets", type="Epic", components=["Wallet"], named=("10900", "CHK-9"), at=NOON)
    jira.create_issue("CHK", "Pay", named=("10001", "CHK-1"), at=NOON)
    assert deliver(house, whole(1, parent={"id": epic.id, "key": epic.key})) == [("aligned", "")]

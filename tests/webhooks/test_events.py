import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.webhooks.conftest import NOW
from webhooks.delivery import Delivery, UnreadableError
from webhooks.events import HANDLED, IGNORED, ChangelogItem, IssueEvent, Kind, decode

Payload = Callable[[str], bytes]


def read(body: object) -> tuple[IssueEvent, ...]:
    return decode(json.dumps(body).encode(), NOW)


def test_every_real_payload_is_a_delivery_and_something_that_happened(payloads: list[Path]) -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for path in payloads:
        Delivery.from_http({}, path.read_bytes(), NOW)
        events = decode(path.read_bytes(), NOW)
        seen[events[0].kind.value, events[0].complete] += 1
    assert seen == {
        ("updated", True): 65,
        ("updated", False): 3,
        ("created", True): 15,
        ("deleted", True): 2,
        ("comment", False): 12,
        ("link", False): 3,
        ("hint", False): 2,
        ("project", False): 2,
        ("version", False): 2,
    }


def test_all_but_sprints_versions_and_projects_lead_to_an_issue(payloads: list[Path]) -> None:
    for path in payloads:
        for event in decode(path.read_bytes(), NOW):
            if event.kind in (Kind.SPRINT, Kind.VERSION, Kind.PROJECT):
                assert event.subject, path.name
            else:
                assert event.issue_id, path.name


def test_a_payload_tells_actor_moment_and_change(payload: Payload) -> None:
    (event,) = decode(payload("webhooks_issue_updated_move-issue.json"), NOW)
    assert (event.kind, event.complete, event.moved, event.deleted) == (Kind.UPDATED, True, True, False)
    assert (event.issue_id, event.issue_key) == ("12490", "INDEV-130")
    assert ChangelogItem("Key", None, None, None, "TCP-2", "INDEV-130") in event.changelog
    assert ChangelogItem("project", "project", "10169", "10105", "Test Classic Project", "Internal Development") in (
        event.changelog
    )
    assert event.at == NOW  # its timestamp is local time without a zone


def test_a_deleted_issue_is_marked(payload: Payload) -> None:
    (event,) = decode(payload("plugin-jira__webhook-issue-deleted.json"), NOW)
    assert (event.deleted, event.issue_id, event.complete) == (True, "10303", True)
    assert event.at == datetime(2019, 7, 3, 18, 5, 36, 176000, UTC)


def test_a_comment_of_data_center_leads_to_its_issue_by_its_own_address(payload: Payload) -> None:
    (event,) = decode(payload("webhook-server-comment-created.json"), NOW)
    assert (event.kind, event.issue_id, event.actor, event.fields) == (Kind.COMMENT, "10013", "levbrouk", None)


def test_a_comment_with_a_thin_issue_is_not_complete(payload: Payload) -> None:
    (event,) = decode(payload("webhook-cloud-comment-created.json"), NOW)
    assert event.fields is not None
    assert not event.complete
    assert "labels" not in event.fields


def test_a_link_speaks_of_both_issues(payload: Payload) -> None:
    events = decode(payload("webhooks_issuelink_created.json"), NOW)
    assert [(one.kind, one.issue_id, one.complete) for one in events] == [
        (Kind.LINK, "11442", False),
        (Kind.LINK, "11961", False),
    ]


def test_an_issue_printed_as_placeholders_is_not_complete(payload: Payload) -> None:
    (event,) = decode(payload("jira-body.hist.json"), NOW)
    assert (event.issue_id, event.complete) == ("26313", False)


@pytest.mark.parametrize(
    ("body", "id", "key"),
    [
        ({"issue": {"key": "CHK-7"}}, None, "CHK-7"),
        ({"issue": {"id": 10007, "key": "CHK-7", "fields": {"labels": []}}}, "10007", "CHK-7"),
        ({"issue": "CHK-7"}, None, "CHK-7"),
        ({"issue": 10007}, "10007", None),
        ({"issueKey": "CHK-7", "why": "typed by people"}, None, "CHK-7"),
        ({"issue_id": "10007"}, "10007", None),
        ({"id": "10007", "key": "CHK-7", "fields": {}}, "10007", "CHK-7"),
        ({"webhookEvent": "", "key": "CHK-7"}, None, "CHK-7"),
    ],
)
def test_a_body_without_event_name_is_a_hint(body: object, id: str | None, key: str | None) -> None:
    (event,) = read(body)
    assert (event.kind, event.issue_id, event.issue_key, event.complete) == (Kind.HINT, id, key, False)


@pytest.mark.parametrize(
    "body", [{}, {"id": "10656"}, {"webhookEvent": "jira:issue_teleported"}, {"issue": "not a key"}, {"key": 7}]
)
def test_what_nobody_knows_is_unknown(body: object) -> None:
    (event,) = read(body)
    assert (event.kind, event.issue_id, event.issue_key) == (Kind.UNKNOWN, None, None)


def test_an_unknown_event_still_names_its_issue() -> None:
    (event,) = read({"webhookEvent": "jira:issue_teleported", "issue": {"id": "1", "key": "CHK-1"}})
    assert (event.kind, event.event, event.issue_id) == (Kind.UNKNOWN, "jira:issue_teleported", "1")


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        (1720046912109, datetime(2024, 7, 3, 22, 48, 32, 109000, UTC)),
        ("1720046912109", datetime(2024, 7, 3, 22, 48, 32, 109000, UTC)),
        ("2024-07-04T01:48:32.109+0300", datetime(2024, 7, 3, 22, 48, 32, 109000, UTC)),
        ("2018-12-20 15:45:59,695", NOW),
        ("12/25/2019, 10:21:33 AM,180", NOW),
        (10**18, NOW),
        ([], NOW),
        (None, NOW),
    ],
)
def test_the_moment_is_jiras_where_it_can_be_read_and_ours_else(timestamp: object, at: datetime) -> None:
    (event,) = read({"webhookEvent": "sprint_started", "timestamp": timestamp, "sprint": {"id": 46}})
    assert (event.at, event.subject) == (at, "46")


@pytest.mark.parametrize(
    "odd",
    [
        {"issue": [], "changelog": "none", "user": 7, "comment": [], "worklog": "x"},
        {"issue": {"id": {}, "key": [], "fields": []}, "changelog": {"items": {"field": "x"}}},
        {"issue": {"id": "1", "key": "CHK-1", "fields": {"updated": 7}}, "changelog": {"items": [None, 7, {}]}},
        {"issue": {"fields": {"updated": True, "project": {}, "status": {}, "issuetype": {}}}},
    ],
)
@pytest.mark.parametrize("name", [*HANDLED, "user_created", "jira:issue_teleported"])
def test_no_shape_makes_it_fail(name: str, odd: dict[str, object]) -> None:
    assert not any(event.complete for event in read({"webhookEvent": name} | odd))


def test_ignored_names_have_reasons_and_are_not_handled() -> None:
    assert not set(IGNORED) & set(HANDLED)
    assert all(len(reason) > 10 for reason in IGNORED.values())
    (event,) = read({"webhookEvent": "user_created", "user": {"accountId": "5b1"}})
    assert event.kind is Kind.IGNORED


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a":' * 500 + b"1" + b"}" * 500])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        decode(body, NOW)

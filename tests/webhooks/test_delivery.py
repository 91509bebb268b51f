import json
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.webhooks.conftest import NOW
from webhooks.delivery import Delivery, UnreadableError
from webhooks.surrogates import without_halves


def read(body: object, headers: dict[str, str] | None = None) -> Delivery:
    return Delivery.from_http(headers or {}, json.dumps(body).encode(), NOW)


def test_a_delivery_of_jira_cloud_is_read_whole() -> None:
    headers = {
        "X-Atlassian-Webhook-Identifier": "9f6f4e2e-1",
        "X-Atlassian-Webhook-Retry": "2",
        "X-Atlassian-Webhook-Flow": "Secondary",
    }
    body = {
        "timestamp": 1720046912109,
        "webhookEvent": "jira:issue_updated",
        "user": {"accountId": "5b1", "key": "anna", "name": "anna", "displayName": "Anna"},
        "issue": {"id": "10666", "key": "CHK-108", "fields": {}},
    }
    assert read(body, headers) == Delivery(
        id="9f6f4e2e-1",
        received_at=NOW,
        event="jira:issue_updated",
        actor="5b1",
        issue_id="10666",
        issue_key="CHK-108",
        retry=2,
        flow="Secondary",
    )


@pytest.mark.parametrize(
    ("user", "actor"),
    [
        ({"accoundId": "5b1", "key": "anna"}, "5b1"),
        ({"accountID": "5b1"}, "5b1"),
        ({"key": "JIRAUSER10100", "name": "anna"}, "JIRAUSER10100"),
        ({"name": "anna"}, "anna"),
        ({"displayName": "Anna"}, None),
        ("[Object]", None),
        (None, None),
    ],
)
def test_the_actor_is_an_id_however_the_site_spells_it(user: object, actor: str | None) -> None:
    assert read({"webhookEvent": "jira:issue_updated", "user": user}).actor == actor


@pytest.mark.parametrize(
    ("body", "id", "key"),
    [
        ({"issue": {"id": 10666, "key": "CHK-1"}}, "10666", "CHK-1"),
        ({"issue": "CHK-1"}, None, "CHK-1"),
        ({"issue": {"id": "1 OR 1=1", "key": "CHK-1) OR project = SEC"}}, None, None),
        ({"issue": ["CHK-1"]}, None, None),
        ({"issueKey": "CHK-1"}, None, "CHK-1"),
        ({"issue": {"id": "1" * 40, "key": 7}}, None, None),
    ],
)
def test_only_what_jira_would_use_as_id_or_key_is_taken(body: object, id: str | None, key: str | None) -> None:
    found = read(body)
    assert (found.issue_id, found.issue_key) == (id, key)


def test_odd_types_count_as_absent() -> None:
    found = read(
        {"webhookEvent": ["x"], "timestamp": {}, "user": 7, "issue": None}, {"X-Atlassian-Webhook-Retry": "no"}
    )
    assert (found.event, found.actor, found.issue_id, found.retry, found.flow) == ("", None, None, 0, None)


def test_without_an_identifier_the_body_is_its_own() -> None:
    body = b'{"timestamp": "2018-12-20 15:45:59,695", "webhookEvent": "comment_deleted"}'
    first = Delivery.from_http({}, body, NOW)
    again = Delivery.from_http({}, body, NOW + timedelta(minutes=1))
    assert first.id == again.id == "sha256:" + sha256(body).hexdigest()


def test_a_body_without_a_timestamp_is_new_each_time() -> None:
    body = b'{"issue": "CHK-1"}'
    later = Delivery.from_http({}, body, NOW + timedelta(minutes=1))
    assert Delivery.from_http({}, body, NOW).id != later.id


@pytest.mark.parametrize("identifier", ["", "a b", "x" * 201, "é"])
def test_an_identifier_that_no_jira_sends_is_not_taken(identifier: str) -> None:
    headers = {"X-Atlassian-Webhook-Identifier": identifier}
    assert read({"timestamp": 1}, headers).id.startswith("sha256:")


def test_what_no_column_holds_is_taken_out() -> None:
    found = read({"webhookEvent": "a\x00b" + "c" * 500, "user": {"key": "x\x00"}})
    assert (found.event[:3], len(found.event), found.actor) == ("abc", 200, "x")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{",
        b'{"a": ' + b"[" * 100_000,
        b'{"webhookEvent": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
        b"\xff\xfe",
        b'{"a": "\xff"}',
        b'{"timestamp": ' + b"9" * 100_000 + b"}",
    ],
)
def test_a_body_that_is_no_json_is_said_so_without_its_content(body: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^the body is not JSON: [a-zA-Z ]+ at line 1 column \d+$"):
        Delivery.from_http({}, body, NOW)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb'"\ud83d"', rb'"\ufffd"'),
        (rb'"\ude00\ud83d"', rb'"\ufffd\ufffd"'),
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (rb'"\\\uD83D\n"', rb'"\\\ufffd\n"'),
        (rb'"\ud83d\ud83d\ude00"', rb'"\ufffd\ud83d\ude00"'),
    ],
)
def test_only_half_a_pair_of_surrogates_is_replaced(body: bytes, read: bytes) -> None:
    assert without_halves(body) == read


@pytest.mark.parametrize("body", [b"[]", b'"secret"', b"7", b"null"])
def test_json_that_is_no_object_is_said_so(body: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^the body is JSON but not an object; Jira sends an object$"):
        Delivery.from_http({}, body, NOW)

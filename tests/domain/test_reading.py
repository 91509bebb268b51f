import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.domain.reading import read_fields, read_issue

PERSON = {
    "self": "https://site/rest/api/2/user?accountId=5b1",
    "accountId": "5b1",
    "emailAddress": "anna@example.com",
    "avatarUrls": {"48x48": "https://avatars/anna"},
    "displayName": "Anna Example",
    "active": True,
}
FIELDS: dict[str, Any] = {
    "summary": "Pay fast",
    "updated": "2019-02-16T13:10:32.523-0800",
    "project": {"self": "x", "id": "10000", "key": "CHK", "name": "Checkout", "avatarUrls": {}},
    "issuetype": {"id": "10001", "name": "Story", "subtask": False, "iconUrl": "x", "hierarchyLevel": 0},
    "status": {"id": "3", "name": "Doing", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Progress"}},
}


def raw(**fields: object) -> dict[str, Any]:
    return {"id": "10040", "key": "CHK-41", "fields": FIELDS | fields}


def test_an_issue_is_read_in_the_shapes_of_a_snapshot() -> None:
    found = read_issue(
        raw(
            priority={"self": "x", "id": "2", "name": "High", "iconUrl": "x"},
            resolution=None,
            labels=["wallet"],
            components=[{"self": "x", "id": "1", "name": "Wallet", "description": "d"}],
            fixVersions=[{"id": "5", "name": "v1", "released": True, "archived": False, "description": "d"}],
            parent={"id": "10028", "key": "CHK-4", "self": "x", "fields": {"summary": "Epic"}},
            assignee=PERSON,
            reporter=None,
            created="2019-02-15T19:01:52.971-0800",
            resolutiondate=None,
            duedate="2019-03-01",
            issuelinks=[
                {
                    "id": "7",
                    "type": {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                    "outwardIssue": {"id": "8", "key": "CHK-8"},
                }
            ],
            comment={"comments": [{"author": PERSON, "body": "x"}]},
            watches={"watchCount": 3},
        )
    )
    assert (found.id, found.key, found.deleted) == ("10040", "CHK-41", False)
    assert found.updated == datetime(2019, 2, 16, 21, 10, 32, 523000, UTC)
    assert found.fields == {
        "summary": "Pay fast",
        "updated": "2019-02-16T21:10:32.523+00:00",
        "project": {"id": "10000", "key": "CHK", "name": "Checkout"},
        "issuetype": {"id": "10001", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "status": {
            "id": "3",
            "name": "Doing",
            "category": {"id": "4", "key": "indeterminate", "name": "In Progress"},
        },
        "priority": {"id": "2", "name": "High"},
        "resolution": None,
        "labels": ["wallet"],
        "components": [{"id": "1", "name": "Wallet"}],
        "fixVersions": [{"id": "5", "name": "v1", "released": True, "archived": False}],
        "parent": {"id": "10028", "key": "CHK-4"},
        "assignee": {"id": "5b1"},
        "reporter": None,
        "created": "2019-02-16T03:01:52.971+00:00",
        "resolutiondate": None,
        "duedate": "2019-03-01",
        "watches": 3,
        "issuelinks": [
            {
                "id": "7",
                "type": {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                "outwardIssue": {"id": "8", "key": "CHK-8"},
            }
        ],
    }


def test_rest_2_rest_3_and_a_webhook_give_the_same_snapshot() -> None:
    document = {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Pay "}, {"type": "text", "text": "fast"}]}
        ],
    }
    webhook = read_issue(raw(description="Pay *fast*", updated=1550351432523, environment=None))
    assert read_issue(raw(description="Pay *fast*\r\n", environment="")) == webhook
    empty = {"type": "doc", "version": 1, "content": []}
    assert read_issue(raw(description=document, environment=empty)) == webhook


def test_a_field_that_did_not_come_is_unknown_and_one_that_came_empty_is_empty() -> None:
    found = read_issue(raw(components=[], description=None))
    assert found.labels is None
    assert "labels" not in found.fields
    assert (found.fields["components"], found.fields["description"]) == ([], "")


@pytest.mark.parametrize("odd", ["[Object]", 7.5, True, [[]]])
@pytest.mark.parametrize(
    "name", ["priority", "project", "issuetype", "status", "assignee", "issuelinks", "fixVersions"]
)
def test_a_shape_that_jira_never_gives_is_unknown(name: str, odd: object) -> None:
    assert read_fields({name: odd}) == {}


@pytest.mark.parametrize("odd", ["yesterday", "2017-11-20T16: 16: 24.518+0300", "", [], {}])
def test_a_moment_that_cannot_be_read_is_unknown(odd: object) -> None:
    assert read_fields({"created": odd, "resolutiondate": odd, "duedate": "soon"}) == {}


@pytest.mark.parametrize(
    ("person", "id"),
    [
        (PERSON, "5b1"),
        ({"accoundId": "5b1", "displayName": "Anna"}, "5b1"),
        ({"accountID": "5b1", "key": "anna", "name": "anna"}, "5b1"),
        ({"key": "JIRAUSER10100", "name": "anna", "displayName": "Anna"}, "JIRAUSER10100"),
        ({"self": "https://site/rest/api/2/user?username=anna", "displayName": "Anna"}, "anna"),
    ],
)
def test_people_are_ids(person: dict[str, Any], id: str) -> None:
    assert read_fields({"assignee": person, "customfield_1": [person], "customfield_2": {"lead": person}}) == {
        "assignee": {"id": id},
        "customfield_1": [{"id": id}],
        "customfield_2": {"lead": {"id": id}},
    }


def test_custom_fields_are_what_jira_sent() -> None:
    option = {"self": "https://site/option/1", "id": "1", "value": "Red", "child": {"id": "2", "value": "Dark"}}
    document = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "words"}]}]}
    custom = {"customfield_1": option, "customfield_2": 3.5, "customfield_3": None, "customfield_4": document}
    assert read_fields(custom) == {
        "customfield_1": {"id": "1", "value": "Red", "child": {"id": "2", "value": "Dark"}},
        "customfield_2": 3.5,
        "customfield_3": None,
        "customfield_4": "words",
    }


def test_what_no_column_holds_is_left_out() -> None:
    deep: object = 1
    for _ in range(10_000):
        deep = [deep]
    odd = {"customfield_1": float("nan"), "customfield_2": "a\x00b", "customfield_3": deep, "labels": ["x\x00"]}
    assert read_fields(odd) == {"customfield_2": "ab", "labels": ["x"]}


def test_a_whole_issue_without_parent_has_none() -> None:
    assert read_issue(raw()).fields["parent"] is None
    assert "parent" not in read_fields(FIELDS)


@pytest.mark.parametrize(
    ("fields", "parent"),
    [
        ({"customfield_10006": "CHK-4"}, {"id": "", "key": "CHK-4"}),
        ({"customfield_10006": None}, None),
        ({"customfield_10006": None, "parent": {"id": "9", "key": "CHK-9"}}, {"id": "9", "key": "CHK-9"}),
        ({"customfield_10006": "CHK-4", "parent": {"id": "9", "key": "CHK-9"}}, {"id": "9", "key": "CHK-9"}),
    ],
)
def test_data_centers_epic_link_is_the_parent_of_what_is_no_subtask(fields: dict[str, Any], parent: object) -> None:
    assert read_issue(raw(**fields), epic_link="customfield_10006").fields["parent"] == parent


def test_without_the_epic_link_field_the_parent_is_unknown() -> None:
    assert "parent" not in read_issue(raw(), epic_link="customfield_10006").fields


def test_a_field_that_was_asked_for_and_did_not_come_is_empty() -> None:
    asked = ("labels", "resolution", "description", "customfield_7", "priority", "summary")
    found = read_issue(raw(priority="[Object]"), asked=asked)
    assert [found.fields[name] for name in asked[:4]] == [[], None, "", None]
    assert "priority" not in found.fields
    assert found.fields["summary"] == "Pay fast"


@pytest.mark.parametrize(
    "updated", [None, "", "yesterday", "2017-11-20T16: 16: 24.518+0300", "2019-02-16T13:10:32", []]
)
def test_without_a_readable_updated_the_issue_has_to_be_read_afresh(updated: object) -> None:
    with pytest.raises(ValueError, match=r"issue CHK-41 came without a readable `updated`.*read it afresh"):
        read_issue(raw(updated=updated))


@pytest.mark.parametrize("issue", [{}, {"id": "1"}, {"id": "1", "key": "CHK-1", "fields": None}, {"fields": FIELDS}])
def test_without_its_id_key_or_fields_it_has_to_be_read_afresh(issue: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="read it afresh"):
        read_issue(issue)


def test_no_real_payload_leaves_a_person_in_its_snapshot() -> None:
    folder = Path(__file__).parents[2].parent / "shared" / "payloads"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    read = 0
    for path in folder.glob("*.json"):
        body = json.loads(path.read_bytes())
        issue = body.get("issue") if isinstance(body, dict) else None
        if not issue or "updated" not in issue["fields"] or "16: 16" in issue["fields"]["updated"]:
            continue
        snapshot = read_issue(issue)
        kept = json.dumps(snapshot.model_dump(mode="json"), ensure_ascii=False)
        for field in ("assignee", "reporter", "creator"):
            person = issue["fields"].get(field) or {}
            assert snapshot.fields.get(field) is None or str(snapshot.fields[field]).startswith("{'id': ")
            assert "emailAddress" not in person or person["emailAddress"] not in kept, path.name
        assert "avatar" not in kept, path.name
        read += 1
    assert read == 82

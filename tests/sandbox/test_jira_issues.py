"""One issue over REST: what an edit does to it, what is refused, and what others then read."""

import pytest
import requests

from plugin.sandbox.serve import RunningSandbox
from tests.sandbox.asking import Asking


def make_issue(sandbox: RunningSandbox) -> None:
    jira = sandbox.jira
    jira.create_issue("CHK", "Checkout in one step", type="Epic")
    jira.create_issue(
        "CHK",
        "Remember the card",
        type="Story",
        labels=["mobile"],
        components=["Wallet"],
        parent="CHK-1",
        description="h2. Why\n\nPeople *leave*.\n\n* one\n* two",
    )


def test_one_put_edits_labels_by_verbs_and_sets_the_property(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    ask = Asking(any_sandbox)
    body = {
        "update": {"labels": [{"add": "objective-a"}, {"remove": "mobile"}, {"remove": "not-there"}]},
        "properties": [{"key": "plumbline", "value": {"state": "aligned", "rules": ["a"]}}],
    }
    assert ask("PUT", "issue/CHK-2", body).status_code == 204
    assert ask.read("issue/CHK-2", fields="labels")["fields"] == {"labels": ["objective-a"]}
    issue = any_sandbox.jira.issue("CHK-2")
    assert issue.properties == {"plumbline": {"state": "aligned", "rules": ["a"]}}
    told = issue.history[-1]
    assert told.author == any_sandbox.jira.catalogue.service.id
    assert [(item.field, item.before[1], item.after[1]) for item in told.items] == [("labels", "mobile", "objective-a")]
    assert issue.updated == told.created


def test_an_edit_that_changes_nothing_leaves_no_trace(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    issue = any_sandbox.jira.issue("CHK-2")
    before = issue.updated
    assert Asking(any_sandbox)("PUT", "issue/CHK-2", {"update": {"labels": [{"add": "mobile"}]}}).status_code == 204
    assert (issue.updated, issue.history) == (before, [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"update": {"labels": [{"add": "two words"}]}}, "labels"),
        ({"update": {"labels": [{"add": "x" * 256}]}}, "labels"),
        ({"fields": {"labels": []}, "update": {"labels": [{"add": "a"}]}}, "labels"),
        ({"fields": {"components": [{"name": "Nowhere"}], "summary": "New"}}, "components"),
        ({"fields": {"summary": ""}}, "summary"),
        ({"fields": {"customfield_99999": 1}}, "customfield_99999"),
    ],
)
def test_a_wrong_edit_is_refused_by_field_and_changes_nothing(
    any_sandbox: RunningSandbox, body: object, field: str
) -> None:
    make_issue(any_sandbox)
    refused = Asking(any_sandbox)("PUT", "issue/CHK-2", body)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == [field]
    issue = any_sandbox.jira.issue("CHK-2")
    assert (issue.summary, issue.labels, issue.history) == ("Remember the card", ["mobile"], [])


def test_an_epic_is_the_parent_on_cloud(sandbox: RunningSandbox) -> None:
    make_issue(sandbox)
    fields = Asking(sandbox).read("issue/CHK-2", fields="parent,summary")["fields"]
    assert (fields["parent"]["key"], fields["parent"]["fields"]["issuetype"]["name"]) == ("CHK-1", "Epic")


def test_an_epic_is_a_custom_field_on_data_center(sandbox_dc: RunningSandbox) -> None:
    make_issue(sandbox_dc)
    ask = Asking(sandbox_dc)
    epic_link = next(one["id"] for one in ask.read("field") if one["name"] == "Epic Link")
    fields = ask.read("issue/CHK-2")["fields"]
    assert fields[epic_link] == "CHK-1"
    assert "parent" not in fields
    assert ask("PUT", "issue/CHK-2", {"fields": {epic_link: None}}).status_code == 204
    assert sandbox_dc.jira.issue("CHK-2").parent is None
    assert sandbox_dc.jira.issue("CHK-1").children == []


def test_description_is_adf_on_cloud_and_wiki_text_on_data_center(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    told = Asking(any_sandbox).read("issue/CHK-2")["fields"]["description"]
    if any_sandbox.dialect == "data center":
        assert told == "h2. Why\n\nPeople *leave*.\n\n* one\n* two"
        return
    assert [block["type"] for block in told["content"]] == ["heading", "paragraph", "bulletList"]
    assert told["content"][1]["content"][1] == {"type": "text", "text": "leave", "marks": [{"type": "strong"}]}


def test_created_over_rest_and_read_back(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    ask = Asking(any_sandbox)
    fields = {"project": {"key": "CHK"}, "issuetype": {"name": "Bug"}, "summary": "It fails", "labels": ["b", "a"]}
    made = ask("POST", "issue", {"fields": fields})
    assert made.status_code == 201
    read = ask.read(f"issue/{made.json()['id']}")
    assert (read["key"], read["fields"]["labels"], read["fields"]["status"]["name"]) == ("CHK-3", ["a", "b"], "To Do")


def test_a_moved_issue_keeps_its_id_and_answers_to_both_keys(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    id = any_sandbox.jira.issue("CHK-2").id
    any_sandbox.jira.move("CHK-2", "WAL")
    ask = Asking(any_sandbox)
    assert [ask.read(f"issue/{name}")["key"] for name in ("CHK-2", "WAL-1", id)] == ["WAL-1"] * 3


def test_a_deleted_issue_is_gone_and_frees_its_children(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    ask = Asking(any_sandbox)
    assert ask("DELETE", "issue/CHK-1").status_code == 204
    assert ask("GET", "issue/CHK-1").status_code == 404
    assert any_sandbox.jira.issue("CHK-2").parent is None


def test_who_is_not_known_who_may_not_and_who_may_not_see(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    jira = any_sandbox.jira
    jira.projects["WAL"].visible_to = frozenset({jira.catalogue.person("Ada Novak").id})
    jira.create_issue("WAL", "Secret")
    label = {"update": {"labels": [{"add": "x"}]}}
    stranger = requests.put(f"{any_sandbox.url}/rest/api/2/issue/CHK-2", json=label, auth=("a", "b"), timeout=5)
    assert stranger.status_code == 401
    assert Asking(any_sandbox, "Guest")("PUT", "issue/CHK-2", label).status_code == 403
    assert Asking(any_sandbox, "Ben Okafor")("GET", "issue/WAL-1").status_code == 404
    assert Asking(any_sandbox, "Ada Novak")("GET", "issue/WAL-1").status_code == 200
    assert jira.issue("CHK-2").labels == ["mobile"]


def test_a_quiet_edit_mails_nobody_only_from_an_administrator(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    cloud = any_sandbox.dialect == "cloud"
    edits = [("Plumbline", "one", 204, 0), ("Ben Okafor", "two", 204 if cloud else 403, 1 if cloud else 0)]
    for who, label, status, mails in edits:
        body = {"update": {"labels": [{"add": label}]}}
        assert Asking(any_sandbox, who)("PUT", "issue/CHK-2", body, notifyUsers="false").status_code == status
        assert any_sandbox.jira.mails == mails


def test_a_property_is_made_read_replaced_and_removed(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    ask, path = Asking(any_sandbox), "issue/CHK-2/properties/plumbline"
    if any_sandbox.dialect == "cloud":
        assert [ask("PUT", path, {"a": n}).status_code for n in (1, 2)] == [201, 200]
        assert ask.read(path) == {"key": "plumbline", "value": {"a": 2}}
        assert ask("PUT", path, "x" * 32_769).status_code == 400
    else:
        any_sandbox.jira.set_property("CHK-2", "plumbline", "text")
    assert [one["key"] for one in ask.read("issue/CHK-2/properties")["keys"]] == ["plumbline"]
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).status_code == 404


def test_the_remote_link_of_a_global_id_is_rewritten_in_place(sandbox: RunningSandbox) -> None:
    make_issue(sandbox)
    ask, path = Asking(sandbox), "issue/CHK-2/remotelink"
    links = [{"globalId": "plumbline", "object": {"title": title, "url": "http://x"}} for title in ("Old", "New")]
    assert [ask("POST", path, link).status_code for link in links] == [201, 200]
    assert [link.object["title"] for link in sandbox.jira.issue("CHK-2").remote_links] == ["New"]
    assert ask("DELETE", path, globalId="plumbline").status_code == 204
    assert ask("DELETE", path, globalId="plumbline").status_code == 404
    assert sandbox.jira.issue("CHK-2").remote_links == []


def test_a_transition_resolves_and_reopening_clears_it(any_sandbox: RunningSandbox) -> None:
    make_issue(any_sandbox)
    ask = Asking(any_sandbox)
    ids = {one["name"]: one["id"] for one in ask.read("issue/CHK-2/transitions")["transitions"]}
    issue = any_sandbox.jira.issue("CHK-2")
    assert ask("POST", "issue/CHK-2/transitions", {"transition": {"id": ids["Done"]}}).status_code == 204
    assert (issue.status.name, issue.resolution is None, issue.resolved) == ("Done", False, issue.updated)
    assert ask("POST", "issue/CHK-2/transitions", {"transition": {"id": ids["To Do"]}}).status_code == 204
    assert (issue.resolution, issue.resolved) == (None, None)

"""Reading many issues: search of both dialects, bulk reads, and the JQL that decides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.search import run
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jql.words import parse
from plugin.sandbox.serve import RunningSandbox
from tests.sandbox.asking import Asking

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def fill(jira: JiraSite) -> None:
    """Seven issues, one a minute: odd ones labelled, the last one secret."""
    jira.projects["WAL"].visible_to = frozenset({"somebody"})
    for number in range(1, 7):
        labels = ["odd"] if number % 2 else []
        components = ["Basket"] if number == 2 else []
        at = START + timedelta(minutes=number, seconds=30)
        jira.create_issue("CHK", f"Issue {number}", at=at, labels=labels, components=components)
    jira.create_issue("WAL", "Secret", at=START + timedelta(minutes=7), labels=["odd"])


@pytest.mark.parametrize(
    ("jql", "numbers"),
    [
        ('updated >= "2026-11-02 09:03" ORDER BY updated ASC', [3, 4, 5, 6]),
        (f"updated >= {int(START.timestamp() * 1000) + 210_000} ORDER BY updated", [3, 4, 5, 6]),
        ('updated < "2026-11-02 09:03" ORDER BY updated DESC', [2, 1]),
        ("labels = odd ORDER BY created DESC", [5, 3, 1]),
        ("labels != odd ORDER BY id", []),
        ("labels is empty ORDER BY id", [2, 4, 6]),
        ("component = basket", [2]),
        ("component != Basket OR key = CHK-1 ORDER BY id", [1]),
        ("NOT (labels is empty OR key in (CHK-1, CHK-3))", [5]),
        ("project in (CHK) AND labels = odd AND id in (10001, 10002) ORDER BY updated ASC", [1]),
        ('(project = "Checkout") AND statusCategory = "To Do" AND updated >= "2026-11-02 09:06"', [6]),
        ("issuetype = Bug OR assignee is not empty", []),
    ],
)
def test_jql_finds(jql: str, numbers: list[int]) -> None:
    jira = JiraSite.with_defaults()
    fill(jira)
    found = run(jira, parse(jql), jira.catalogue.service)
    assert [issue.key for issue in found] == [f"CHK-{number}" for number in numbers]


@pytest.mark.parametrize(
    "jql",
    [
        "project = NOPE",
        "project = WAL",
        "key = CHK-99",
        "id in (99999)",
        "wombats = 4",
        "component = Nope",
        "status changed",
        "labels in membersOf(admins)",
        "labels >= a",
        "updated >= yesterday",
        "labels = ",
        "(labels = a",
        "labels = a ORDER BY rank",
        "labels = a labels = b",
        "assignee = nobody",
        'summary = "x"',
        "created in (now())",
        "issuetype = standardIssueTypes()",
    ],
)
def test_jql_that_is_not_decided_is_refused(jql: str) -> None:
    jira = JiraSite.with_defaults()
    fill(jira)
    with pytest.raises(JiraError) as refused:
        list(run(jira, parse(jql), jira.catalogue.service))
    assert refused.value.status == 400


def test_updated_is_read_in_the_zone_of_the_asker() -> None:
    jira = JiraSite.with_defaults()
    fill(jira)
    query = parse('updated >= "2026-11-02 10:05" ORDER BY updated ASC')
    berliner = replace(jira.catalogue.service, time_zone="Europe/Berlin")
    assert [issue.key for issue in run(jira, query, berliner)] == ["CHK-5", "CHK-6"]


def pages(ask: Asking, **asked: str) -> list[dict[str, Any]]:
    """All pages of a Cloud search, by their tokens."""
    found = [ask.read("search/jql", **asked)]
    while "nextPageToken" in found[-1]:
        found.append(ask.read("search/jql", nextPageToken=found[-1]["nextPageToken"], **asked))
    return found


@pytest.mark.parametrize("order", ["updated ASC", "id DESC"])
def test_cloud_pages_by_token_without_a_total(sandbox: RunningSandbox, order: str) -> None:
    fill(sandbox.jira)
    asked = {"jql": f"project = CHK ORDER BY {order}", "fields": "labels", "maxResults": "4"}
    found = pages(Asking(sandbox), **asked)
    assert [page["isLast"] for page in found] == [False, True]
    assert all("total" not in page for page in found)
    numbers = [issue["key"] for page in found for issue in page["issues"]]
    expected = [f"CHK-{number}" for number in range(1, 7)]
    assert numbers == (expected if order == "updated ASC" else expected[::-1])
    assert set(found[0]["issues"][0]["fields"]) == {"labels"}


def test_what_changes_while_paging_is_seen_again_and_nothing_is_missed(sandbox: RunningSandbox) -> None:
    fill(sandbox.jira)
    ask, asked = Asking(sandbox), {"jql": "project = CHK ORDER BY updated ASC", "fields": "key", "maxResults": "2"}
    page = ask.read("search/jql", **asked)
    keys = [one["key"] for one in page["issues"]]
    sandbox.jira.label("CHK-1", ["again"])
    while "nextPageToken" in page:
        page = ask.read("search/jql", nextPageToken=page["nextPageToken"], **asked)
        keys += [one["key"] for one in page["issues"]]
    assert keys == ["CHK-1", "CHK-2", "CHK-3", "CHK-4", "CHK-5", "CHK-6", "CHK-1"]


def test_cloud_tells_only_ids_unless_fields_are_named(sandbox: RunningSandbox) -> None:
    fill(sandbox.jira)
    assert Asking(sandbox).read("search/jql", jql="key = CHK-1")["issues"] == [{"id": "10001"}]
    posted = Asking(sandbox)("POST", "search/jql", {"jql": "key = CHK-1", "fields": ["summary"]})
    assert posted.json()["issues"][0]["fields"] == {"summary": "Issue 1"}


def test_cloud_refuses_the_unbounded_and_the_old(sandbox: RunningSandbox) -> None:
    ask = Asking(sandbox)
    assert ask("GET", "search/jql", jql="ORDER BY updated").status_code == 400
    assert ask("GET", "search/jql", jql="labels = a", nextPageToken="nonsense").status_code == 400
    assert ask("GET", "search", jql="labels = a").status_code == 410
    assert ask("GET", "/rest/api/2/search", jql="labels = a").status_code == 410


def test_search_lags_behind_unless_an_issue_is_reconciled(sandbox: RunningSandbox) -> None:
    sandbox.jira.search_lag = timedelta(hours=1)
    issue = sandbox.jira.create_issue("CHK", "Just now")
    ask = Asking(sandbox)
    assert ask.read("search/jql", jql="project = CHK")["issues"] == []
    found = ask.read("search/jql", jql="project = CHK", reconcileIssues=issue.id)
    assert found["issues"] == [{"id": issue.id}]


def test_data_center_pages_by_start_with_a_total(sandbox_dc: RunningSandbox) -> None:
    fill(sandbox_dc.jira)
    ask = Asking(sandbox_dc)
    asked = {"jql": "project = CHK ORDER BY updated ASC", "fields": "summary", "maxResults": "4", "startAt": "4"}
    page = ask("GET", "search", **asked).json()
    assert (page["startAt"], page["total"], [one["key"] for one in page["issues"]]) == (4, 6, ["CHK-5", "CHK-6"])


def test_bulk_fetch_tells_what_is_missing(sandbox: RunningSandbox) -> None:
    fill(sandbox.jira)
    body = {"issueIdsOrKeys": ["CHK-2", "10001", "CHK-99", "WAL-1"], "fields": ["labels"]}
    told = Asking(sandbox)("POST", "issue/bulkfetch", body).json()
    assert [one["key"] for one in told["issues"]] == ["CHK-2", "CHK-1"]
    assert [one["id"] for one in told["issueErrors"]] == ["CHK-99", "WAL-1"]


def test_changelogs_in_bulk_by_field_and_page(sandbox: RunningSandbox) -> None:
    jira = sandbox.jira
    fill(jira)
    for key in ("CHK-1", "CHK-2"):
        jira.transition(key, "In Progress")
        jira.label(key, ["x"])
        jira.transition(key, "Done")
    ask, keys, token = Asking(sandbox), [], None
    while token != "":
        body = {"issueIdsOrKeys": ["CHK-1", "CHK-2"], "fieldIds": ["status"], "maxResults": 3}
        page = ask("POST", "changelog/bulkfetch", body | ({"nextPageToken": token} if token else {})).json()
        token = page.get("nextPageToken", "")
        keys += [(one["issueId"], len(one["changeHistories"])) for one in page["issueChangeLogs"]]
    assert keys == [("10001", 2), ("10002", 1), ("10002", 1)]
    assert [one["items"][0]["field"] for one in ask.read("issue/CHK-1/changelog")["values"]] == [
        "status",
        "labels",
        "status",
    ]

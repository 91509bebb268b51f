"""Cloud's jql/match and jql/parse."""

from typing import Any

import pytest

from plugin.sandbox.serve import RunningSandbox
from tests.sandbox.asking import Asking


@pytest.fixture
def ask(sandbox: RunningSandbox) -> Asking:
    jira = sandbox.jira
    jira.projects["WAL"].visible_to = frozenset({"somebody"})
    jira.create_issue("CHK", "Pay by wallet", labels=["odd"])
    jira.create_issue("CHK", "Fill the basket")
    jira.create_issue("WAL", "Secret", labels=["odd"])
    return Asking(sandbox)


def matched(ask: Asking, *jqls: str) -> list[dict[str, Any]]:
    answer = ask("POST", "jql/match", {"jqls": list(jqls), "issueIds": [10001, 10002, 10003, 4711]})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["matches"]
    return found


def test_each_query_tells_the_issues_that_it_matches(ask: Asking) -> None:
    found = matched(ask, "labels = odd", "labels != odd OR summary ~ baskets", "project = CHK ORDER BY created")
    assert [one["matchedIssues"] for one in found] == [[10001], [10002], [10001, 10002]]
    assert all(one["errors"] == [] for one in found)


def test_a_wrong_query_does_not_spoil_the_others(ask: Asking) -> None:
    wrong, right, hidden = matched(ask, "universe = 42", "labels = odd", "project = WAL")
    assert wrong["matchedIssues"] == []
    assert "universe" in wrong["errors"][0]
    assert right["matchedIssues"] == [10001]
    assert "WAL" in hidden["errors"][0]


def test_too_much_at_once_is_refused(ask: Asking) -> None:
    assert ask("POST", "jql/match", {"jqls": ["labels = a"] * 101, "issueIds": [1]}).status_code == 400
    assert ask("POST", "jql/match", {"jqls": ["labels = a"], "issueIds": list(range(1001))}).status_code == 400


def parsed(ask: Asking, validation: str, *queries: str) -> list[dict[str, Any]]:
    answer = ask("POST", "jql/parse", {"queries": list(queries)}, validation=validation)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["queries"]
    return found


def test_a_right_query_tells_its_structure(ask: Asking) -> None:
    jql = 'NOT (labels in (a, "b c") OR due is not EMPTY) AND created >= startOfDay("-1d") ORDER BY updated DESC'
    (told,) = parsed(ask, "strict", jql)
    denied, since = told["structure"]["where"]["clauses"]
    assert told["structure"]["where"]["operator"] == "and"
    assert denied["operator"] == "not"
    assert denied["clauses"][0]["clauses"][0]["operand"]["values"] == [
        {"value": "a", "encodedValue": "a"},
        {"value": "b c", "encodedValue": '"b c"'},
    ]
    assert denied["clauses"][0]["clauses"][1]["operand"]["keyword"] == "empty"
    assert since["operand"] == {
        "function": "startOfDay",
        "arguments": ["-1d"],
        "encodedOperand": 'startOfDay("-1d")',
    }
    assert told["structure"]["orderBy"]["fields"][0]["direction"] == "desc"


def test_validation_says_what_is_checked(ask: Asking) -> None:
    for validation, errors, structure in (("strict", True, False), ("warn", True, True), ("none", False, True)):
        (told,) = parsed(ask, validation, "universe = 42")
        assert ("errors" in told, "structure" in told) == (errors, structure)
    (broken,) = parsed(ask, "none", "labels =")
    assert "the end of the query" in broken["errors"][0]

"""What a condition decides, from the documented semantics (Atlassian's pages on JQL operators and fields)."""

from collections.abc import Mapping

import pytest

from plugin.jql import Condition, JqlRefused, SiteFacts, View
from plugin.jql import compile as compile_jql

SITE = SiteFacts()

ISSUE: Mapping[str, object] = {
    "id": "10501",
    "key": "CHK-5",
    "project": {"id": "10000", "key": "CHK", "name": "Checkout"},
    "issuetype": {"id": "10001", "name": "Bug", "subtask": False},
    "status": {"id": "3", "name": "In Review", "category": {"id": "4", "key": "indeterminate", "name": "In Progress"}},
    "priority": {"id": "2", "name": "High"},
    "labels": ["Retry", "wallet"],
    "components": [{"id": "11", "name": "Fred"}, {"id": "12", "name": "Bob"}],
    "fixVersions": [{"id": "21", "name": "2.0", "released": False, "archived": False}],
    "parent": {"id": "10400", "key": "CHK-1"},
}
BARE: Mapping[str, object] = {
    "id": "10502",
    "key": "CHK-6",
    "project": {"id": "10000", "key": "CHK", "name": "Checkout"},
    "status": None,
    "priority": None,
    "labels": [],
    "components": [],
    "fixVersions": [],
    "parent": None,
}
UNKNOWN: Mapping[str, object] = {"id": "10503", "key": "CHK-7"}


def compiled(jql: str) -> Condition:
    return compile_jql(jql, SITE)


def answers(jql: str) -> tuple[bool | None, bool | None]:
    condition = compiled(jql)
    return condition.decide(ISSUE).matched, condition.decide(BARE).matched


@pytest.mark.parametrize(
    "jql",
    [
        "project = CHK",
        "project = chk",
        'project = "checkout"',
        "project = 10000",
        "type = bug",
        "issueType = 10001",
        "workType in (Story, BUG)",
        'status = "in review"',
        "status = 3",
        'statusCategory = "In Progress"',
        "statusCategory = indeterminate",
        "statusCategory = 4",
        "statusCategory != Done",
        "priority = high",
        "labels = retry",
        "labels in (other, Wallet)",
        "labels IS NOT EMPTY",
        "labels != EMPTY",
        "component = fred",
        "component = 12",
        "component not in (mary, 13)",
        'fixVersion = "2.0"',
        "fixVersion = 2.0",
        "parent = CHK-1",
        "parent = chk-1",
        "parent = 10400",
        "key = CHK-5",
        "issuekey = chk-5",
        "id = 10501",
        "issue in (CHK-4, (CHK-5, CHK-6))",
        "project = CHK AND NOT labels = other",
        "NOT (labels = other OR component = mary)",
        "NOT NOT type = bug",
        "! type = story",
        # AND binds closer than OR, NOT closer than AND.
        "type = bug OR type = story AND labels = other",
        "NOT type = story AND labels = retry",
        r'labels = "retr\u0079"',
    ],
)
def test_it_matches(jql: str) -> None:
    assert compiled(jql).decide(ISSUE).matched is True


@pytest.mark.parametrize(
    "jql",
    [
        "project = WAL",
        "project != chk",
        # An issue that has bob and fred has fred, so `!= fred` does not match it.
        "component != fred",
        "component not in (mary, fred)",
        "NOT component = fred",
        "labels is EMPTY",
        "labels = retr",
        "(type = bug OR type = story) AND labels = other",
        "parent not in (CHK-1, CHK-2)",
        "key != CHK-5",
        "labels = 'ret\\nry'",
    ],
)
def test_it_does_not_match(jql: str) -> None:
    assert compiled(jql).decide(ISSUE).matched is False


@pytest.mark.parametrize("field", ["status", "priority", "labels", "component", "fixVersion", "parent"])
def test_empty_never_matches_a_comparison_only_is_empty(field: str) -> None:
    assert [
        compiled(f"{field} {rest}").decide(BARE).matched
        for rest in ("= 1", "!= 1", "in (1, 2)", "not in (1, 2)", "is not EMPTY", "!= null", "not in (EMPTY, 1)")
    ] == [False] * 7
    assert [compiled(f"NOT {field} {rest}").decide(BARE).matched for rest in ("= 1", "!= 1", "in (1)")] == [False] * 3
    assert [
        compiled(f"{field} {rest}").decide(BARE).matched
        for rest in ("is EMPTY", "= null", "in (EMPTY)", "in (1, EMPTY)", "!= 1 OR PARENT IS EMPTY")
    ] == [True] * 5
    assert compiled(f"NOT {field} is not EMPTY").decide(BARE).matched is True


def test_an_absent_field_is_unknown_and_named() -> None:
    for jql in ("labels = a", "labels != a", "labels is EMPTY", "NOT labels in (a)"):
        assert compiled(jql).decide(UNKNOWN).matched is None
        assert compiled(jql).decide(UNKNOWN).missing == ("labels",)
    outcome = compiled("status = Open AND (component = a OR priority = b) AND key = CHK-7").decide(UNKNOWN)
    assert outcome.matched is None
    assert outcome.missing == ("status", "components", "priority")


def test_unknown_joins_as_kleene_says() -> None:
    assert compiled("key = CHK-7 OR labels = a").decide(UNKNOWN).matched is True
    assert compiled("key = CHK-8 AND labels = a").decide(UNKNOWN).matched is False
    assert compiled("key = CHK-8 OR labels = a").decide(UNKNOWN).matched is None
    assert compiled("NOT (key = CHK-7 AND labels = a)").decide(UNKNOWN).matched is None
    assert compiled("key = CHK-7 OR labels = a").decide(UNKNOWN).missing == ()


def test_a_category_is_unknown_where_the_status_does_not_tell_it() -> None:
    outcome = compiled("statusCategory = Done").decide({"key": "A-1", "status": {"id": "3", "name": "Open"}})
    assert (outcome.matched, outcome.missing) == (None, ("status",))


def test_a_field_of_an_unknown_shape_is_unknown_not_empty() -> None:
    assert compiled("component is EMPTY").decide({"key": "A-1", "components": "Fred"}).matched is None
    assert compiled("labels is EMPTY").decide({"key": "A-1", "labels": {"a": 1}}).matched is None


def test_a_projects_key_wins_over_anothers_name() -> None:
    other = {"id": "1", "key": "X-1", "project": {"id": "2", "key": "X", "name": "CHK"}}
    assert compiled("project = CHK").decide(other).matched is True
    knowing = SiteFacts(project_keys=frozenset({"CHK", "X"}))
    assert compile_jql("project = CHK", knowing).decide(other).matched is False
    assert compile_jql("project = chk", knowing).decide(ISSUE).matched is True
    assert compile_jql("project = checkout", knowing).decide(ISSUE).matched is True


def test_it_says_what_it_saw() -> None:
    outcome = compiled("project = CHK and (labels = x or NOT component in (mary) or parent is not empty)").decide(ISSUE)
    assert outcome.seen == (
        ("project = CHK", "Checkout"),
        ("component NOT IN (mary)", "Fred, Bob"),
        ("parent IS NOT empty", "CHK-1"),
    )
    assert compiled("labels is EMPTY").decide(BARE).seen == (("labels IS EMPTY", "empty"),)
    assert compiled("labels = x").decide(ISSUE).seen == ()


def test_it_names_the_fields_that_it_reads() -> None:
    assert compiled("component = a or statusCategory = done or key = A-1").needs == {"components", "status"}
    assert compiled("").needs == frozenset()


def test_sorting_is_accepted_and_ignored_with_a_notice() -> None:
    condition = compiled("project = CHK ORDER BY created DESC, rank")
    assert condition.decide(ISSUE).matched is True
    assert "ORDER BY is ignored" in condition.notices[0]


def test_a_blank_condition_matches_everything_and_says_so() -> None:
    assert answers(" \n") == (True, True)
    assert compiled("").notices == ("The condition is blank: it matches every issue.",)


def test_one_view_serves_many_conditions() -> None:
    view = View(ISSUE)
    assert [compiled(jql).decide(view).matched for jql in ("labels = retry", "labels = x", "labels is EMPTY")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("jql", "at", "words"),
    [
        ("status WAS Open", 1, "asks for the issue's history"),
        ("project = A AND NOT status CHANGED", 21, "asks for the issue's history"),
        ("component = currentUser()", 13, "currentUser() cannot be decided: it depends on who asks"),
        ("labels in (a, myFunction(1))", 15, "myFunction() cannot be decided"),
        ("labels ~ web", 1, "labels takes =, !=, IN, NOT IN, IS, IS NOT"),
        ("key is EMPTY", 1, "every issue has a key"),
        ("key in (EMPTY)", 1, "every issue has a key"),
        ("statusCategory = EMPTY", 1, "every status has a category"),
        ("key = CHK", 7, "such as ABC-12"),
        ("project = CHK and parent = epic", 28, "`epic` names no issue"),
        ("statusCategory in (Done, Doing)", 26, "the categories are"),
        ("watcher = x", 1, "who watches an issue does not travel with it"),
        ("compnent = x", 1, "Did you mean component?"),
        ("nonsense = x", 1, "It decides project, issuetype"),
        ("issue.property[a].b = 1", 1, "entity properties do not travel"),
        ("project[x] = 1", 1, "does not decide the field project[x]"),
    ],
)
def test_it_refuses_by_name_and_place_with_the_reason(jql: str, at: int, words: str) -> None:
    with pytest.raises(JqlRefused) as refused:
        compiled(jql)
    assert words in str(refused.value)
    assert refused.value.column == at

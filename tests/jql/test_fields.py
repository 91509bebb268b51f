"""Each kind of field with its operators, from Atlassian's pages on JQL fields, functions and text search."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from plugin.jql import JqlError, JqlRefused, SiteFacts
from plugin.jql import compile as compile_jql

DUBLIN = SiteFacts(
    fields={
        "customfield_10016": "Story Points",
        "customfield_10020": "Sprint",
        "customfield_10030": "Team",
        "customfield_10040": "Go live",
        "customfield_10050": "Twice",
        "customfield_10051": "Twice",
    },
    time_zone=ZoneInfo("Europe/Dublin"),
    week_starts="monday",
    timer=True,
)
NOW = datetime(2026, 7, 15, 12, 0, tzinfo=UTC)  # a Wednesday, 13:00 in Dublin

ISSUE: Mapping[str, object] = {
    "id": "10501",
    "key": "CHK-5",
    "issuetype": {"id": "10001", "name": "Bug", "subtask": False},
    "summary": "Payment fails on a full screen",
    "description": "",
    "assignee": {"id": "5b10a2844c20165700ede21g"},
    "reporter": None,
    "resolution": None,
    "created": "2026-07-14T23:30:00+00:00",
    "updated": "2026-07-15T11:00:00Z",
    "resolutiondate": None,
    "duedate": "2026-07-17",
    "fixVersions": [{"id": "21", "name": "2.0", "released": False, "archived": False}],
    "versions": [{"id": "20", "name": "1.9", "released": True, "archived": False}],
    "customfield_10016": 5.0,
    "customfield_10020": [{"id": 7, "name": "Week 29", "state": "active"}],
    "customfield_10030": {"id": "77", "value": "Wallet", "child": {"id": "78", "value": "Cards"}},
    "customfield_10040": "2026-08-01",
}


def matched(jql: str) -> bool | None:
    return compile_jql(jql, DUBLIN).decide(ISSUE, NOW).matched


@pytest.mark.parametrize(
    "jql",
    [
        # Text: words in any order and case, all of them; phrases; prefixes; words that must not be there.
        "summary ~ PAYMENT",
        'summary ~ "screen payment"',
        r'summary ~ "\"full screen\""',
        'summary ~ "pay*"',
        'summary ~ "payment -card"',
        'summary ~ "payment NOT card"',
        "summary !~ card",
        "description IS EMPTY",
        "NOT description ~ card OR summary ~ fails",
        # People by id only.
        "assignee = 5B10a2844c20165700ede21g",
        "reporter is EMPTY",
        # Resolution, where unresolved means empty.
        "resolution = Unresolved",
        "resolution in (Unresolved, Fixed)",
        "resolution is EMPTY",
        # Moments, in the site's zone: 23:30 in UTC is half past midnight of the next day in Dublin's summer.
        'created >= "2026-07-15"',
        "created < '2026/07/15 00:31'",
        'created = "2026-07-15 00:30"',
        "created > 1784000000000",
        "updated >= -2h",
        "updated < -30m",
        'updated > "-1w 2d"',
        "created >= startOfDay()",
        "created >= startOfWeek()",
        "created < startOfDay(1h)",
        'created < endOfMonth("-0")',
        "resolved is EMPTY",
        # Dates.
        "due = 2026-07-17",
        "due = 2d",
        "due >= now()",
        "due <= endOfWeek()",
        "due < startOfMonth(1)",
        "due in (2026-07-16, 2026-07-17)",
        # Functions that the issue itself answers.
        "fixVersion in unreleasedVersions()",
        "affectedVersion in releasedVersions()",
        "issuetype in standardIssueTypes()",
        "issuetype not in subTaskIssueTypes()",
        "sprint in openSprints()",
        # Custom fields by name and by number.
        '"Story Points" = 5',
        '"story points" > 4.5',
        "cf[10016] <= 5",
        "cf[10016] in (3, 5)",
        "Sprint = 7",
        'Sprint = "week 29"',
        "team = wallet",
        "Team[Dropdown] = cards",
        '"Go live" > 2026-07-31',
        '"Go live" <= "2026-08-01 00:00"',
        '"Go live" >= startOfMonth(1)',
    ],
)
def test_it_matches(jql: str) -> None:
    assert matched(jql) is True


@pytest.mark.parametrize(
    "jql",
    [
        "summary ~ pay",
        'summary ~ "payment card"',
        r'summary ~ "\"screen full\""',
        "summary !~ payment",
        # An empty text has no words: neither ~ nor !~ matches it.
        "description ~ a",
        "description !~ a",
        "NOT description ~ a",
        "assignee != 5b10a2844c20165700ede21g",
        "reporter != x",
        "resolution != Unresolved",
        "resolution != Fixed",
        'created <= "2026-07-15"',
        'created = "2026-07-14 23:30"',
        "resolved < 2030-01-01",
        "NOT resolved < 2030-01-01",
        "updated >= -1h AND updated > -59m",
        "due = 1d",
        "due != 2026-07-17",
        "fixVersion in releasedVersions()",
        "issuetype in subtaskIssueTypes()",
        "sprint in closedSprints()",
        '"Story Points" != 5.00',
        '"Story Points" > 5',
        "NOT cf[10016] <= 5",
    ],
)
def test_it_does_not_match(jql: str) -> None:
    assert matched(jql) is False


def test_a_custom_field_that_the_issue_does_not_carry_is_unknown() -> None:
    outcome = compile_jql("cf[99] > 3 AND cf[98] = x", DUBLIN).decide(ISSUE, NOW)
    assert (outcome.matched, outcome.missing) == (None, ("customfield_99", "customfield_98"))


@pytest.mark.parametrize(
    ("jql", "holding"),
    [
        ("priority > Medium", ["Highest", "High"]),
        ("priority >= medium", ["Highest", "High", "Medium"]),
        ("priority < High", ["Medium", "Low"]),
        ("NOT priority < High", ["Highest", "High"]),
        ("priority > Highest", []),
    ],
)
def test_priorities_are_ordered_by_the_sites_own_list(jql: str, holding: list[str]) -> None:
    names = ("Highest", "High", "Medium", "Low")
    condition = compile_jql(jql, SiteFacts(priorities=names))
    assert [one for one in names if condition.decide({"key": "A-1", "priority": {"name": one}}).matched] == holding
    assert condition.decide({"key": "A-1", "priority": None}).matched is False


def test_a_sprint_of_data_center_is_read() -> None:
    told = (
        "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=3,state=ACTIVE,name=Week 29,goal=<null>]"
    )
    issue = {"key": "A-1", "customfield_10020": [told]}
    for jql in ("sprint in openSprints()", "sprint = 7", 'sprint = "Week 29"'):
        assert compile_jql(jql, DUBLIN).decide(issue).matched is True
    assert compile_jql("sprint in closedSprints()", DUBLIN).decide(issue).matched is False


@pytest.mark.parametrize(
    ("function", "start"),
    [
        ("startOfDay()", "2026-07-14T23:00:00+00:00"),
        ('startOfDay("-1")', "2026-07-13T23:00:00+00:00"),
        ("startOfWeek()", "2026-07-12T23:00:00+00:00"),
        ('startOfWeek("+1d")', "2026-07-13T23:00:00+00:00"),
        ("startOfMonth(-1M)", "2026-05-31T23:00:00+00:00"),
        ('startOfMonth("30m")', "2026-06-30T23:30:00+00:00"),
        # Winter time: Dublin's midnight is then UTC's.
        ("startOfYear()", "2026-01-01T00:00:00+00:00"),
        ("startOfYear(1)", "2027-01-01T00:00:00+00:00"),
        ("startOfMonth(-8)", "2025-11-01T00:00:00+00:00"),
        ("now()", "2026-07-15T12:00:00+00:00"),
    ],
)
def test_functions_of_dates_count_in_the_sites_zone(function: str, start: str) -> None:
    same = compile_jql(f"updated = {function}", DUBLIN)
    assert same.decide({"key": "A-1", "updated": start}, NOW).matched is True


def test_the_end_of_next_month_is_its_last_day() -> None:
    end = compile_jql("due = endOfMonth(1)", DUBLIN)
    february = datetime(2026, 1, 30, tzinfo=UTC)
    assert end.decide({"key": "A-1", "duedate": "2026-02-28"}, february).matched is True


def test_a_condition_that_moves_with_the_clock_says_so() -> None:
    assert compile_jql("created >= -1w", DUBLIN).depends_on_clock is True
    assert compile_jql("cf[10040] < now()", DUBLIN).depends_on_clock is True
    assert compile_jql("created >= 2026-01-01 AND cf[1] > 3", DUBLIN).depends_on_clock is False
    with pytest.raises(ValueError, match="depends on the clock"):
        compile_jql("created >= -1w", DUBLIN).decide(ISSUE)


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("created >= -1w", "changes with the clock"),
        ("due < now()", "changes with the clock"),
        ("created >= yesterday", "is no date; write 2026-10-01"),
        ('created = "2026-13-01"', "is no date"),
        ("created >= startOfYear(90000)", "further away than"),
        ('created >= "-99999w 99999w"', "further away than"),
        ("created >= 99999999999999999999", "is no date"),
        ("created >= endOfMonth(1q)", "An increment is a number"),
        ("summary = x", "summary takes IN, NOT IN, IS, IS NOT, ~, !~"),
        ('summary ~ "a OR b"', "Join two clauses with OR"),
        ('summary ~ "*ing"', "wildcard stands at the end"),
        ('summary ~ "--"', "no word"),
        ('assignee = "Jane Doe"', "account id"),
        ("assignee = jane@example.org", "`@` is a reserved character"),
        ('assignee in (a, "jane@example.org")', "account id"),
        ("assignee = currentUser()", "depends on who asks"),
        ("issuetype in standardIssueTypes(ABC)", "takes no argument"),
        ("fixVersion >= 2.0", "order of this site's versions is not known"),
        ("Twice = 1", "cf[10050] and cf[10051]"),
        ('"Story Point" = 1', "Did you mean Story Points?"),
        ("text ~ x", "Search the texts of the issue"),
        ("filter = 10", "Paste the filter's own clauses"),
        ("priority > High", "order of this site's priorities is not known"),
    ],
)
def test_it_refuses_with_the_reason_and_the_way_round(jql: str, words: str) -> None:
    still = SiteFacts(fields=DUBLIN.fields)
    with pytest.raises(JqlError) as refused:
        compile_jql(jql, still)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("jql", "noticed"),
    [
        ("component != a", True),
        ("component NOT IN (a, b)", True),
        ("NOT labels = a", True),
        ("component != a OR component IS EMPTY", False),
        ("component != a AND component IS NOT EMPTY", False),
        ("component != a AND component IN (b, c)", False),
        ("component IS NOT EMPTY", False),
        ("status != Done", False),
        ("component = a", False),
    ],
)
def test_a_negation_that_loses_empty_fields_is_noticed(jql: str, noticed: bool) -> None:
    assert ["leaves out issues without a value" in one for one in compile_jql(jql, DUBLIN).notices] == [True] * noticed


def test_refusals_are_a_kind_of_error_in_the_text() -> None:
    with pytest.raises(JqlRefused) as refused:
        compile_jql("project = A\n  AND watcher = x", DUBLIN)
    assert (refused.value.line, refused.value.column, refused.value.start) == (2, 7, 18)
    assert "  AND watcher = x\n        ^^^^^^^" in str(refused.value)

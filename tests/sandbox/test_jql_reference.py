"""The sandbox's evaluator on the vendor's own statements, by field and operator."""

from datetime import UTC, date, datetime

import pytest

from plugin.sandbox.jira.catalogue import STORY_POINTS
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jql.reference import meets
from plugin.sandbox.jql.words import parse

NOW = datetime(2026, 11, 22, 16, 37, tzinfo=UTC)
"""A Sunday."""


@pytest.fixture
def site() -> JiraSite:
    """CHK-1 is full, CHK-2 as empty as an issue can be, CHK-3 a sub-task of CHK-2, CHK-4 has two of what can be two."""
    jira = JiraSite.with_defaults(clock=lambda: NOW)
    for name, released in (("1.0", True), ("1.5", False), ("2.0", False)):
        jira.add_version("CHK", name, released)
    jira.create_issue(
        "CHK",
        "The wallet wins on a full screen",
        at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        type="Bug",
        priority="High",
        components=["Wallet"],
        fix_versions=["1.5"],
        labels=["Odd"],
        assignee="Ada Novak",
        description="It runs",
        due=date(2026, 11, 23),
        custom={STORY_POINTS["cloud"]: 3},
    )
    jira.create_issue("CHK", "Nothing", at=datetime(2026, 11, 1, tzinfo=UTC), priority="Low")
    jira.create_issue("CHK", "Part of nothing", type="Sub-task", parent="CHK-2", at=datetime(2026, 10, 1, tzinfo=UTC))
    jira.create_issue("CHK", "Both", components=["Wallet", "Basket"], fix_versions=["1.0", "2.0"], at=NOW)
    jira.link_issues("CHK-1", "Blocks", "CHK-4", at=NOW)
    return jira


@pytest.mark.parametrize(
    ("jql", "numbers"),
    [
        # an empty field meets no comparison, denied or not; NOT is no complement
        ("component = wallet", [1, 4]),
        ("component != wallet", []),
        ("NOT component = Basket", [1]),
        ("component NOT IN (Basket)", [1]),
        ("NOT (component = Wallet AND due is EMPTY)", [1]),
        ("component in (Basket, EMPTY)", [2, 3, 4]),
        ("component not in (Basket, EMPTY)", [1]),
        ("component != EMPTY", [1, 4]),
        ("NOT component is not empty", [2, 3]),
        ("resolution = Unresolved", [1, 2, 3, 4]),
        # AND binds tighter than OR
        ("key = CHK-2 OR key = CHK-1 AND labels = nothing", [2]),
        ("!(key = CHK-2 || key = CHK-1) & project = Checkout", [3, 4]),
        # the site's orders
        ("priority > Medium", [1]),
        ("NOT priority >= Medium", [2]),
        ("fixVersion < 1.5", [4]),
        ("fixVersion > 1.0", [1, 4]),
        ("fixVersion in unreleasedVersions()", [1, 4]),
        ("fixVersion not in releasedVersions(CHK)", [1]),
        ("key > CHK-2", [3, 4]),
        ('key ~ "*-3"', [3]),
        ("issuetype in subTaskIssueTypes()", [3]),
        ("parent = CHK-2", [3]),
        ("parent is EMPTY", [1, 2, 4]),
        ("hierarchyLevel < 0", [3]),
        ("labels = odd", [1]),
        ('assignee in (currentUser(), "ada@example.com")', [1]),
        ("reporter = currentUser()", []),
        # texts
        ("summary ~ win", [1]),
        (r'summary ~ "\"full screen\""', [1]),
        (r'summary ~ "\"screen full\""', []),
        ('summary ~ "wall*"', [1]),
        ('summary ~ "both OR wallet"', [1, 4]),
        ('summary ~ "nothing -part"', [2]),
        ("description !~ run", []),
        ("description !~ walk", [1]),
        ("text ~ running", [1]),
        # moments and days
        ("created >= -3d", [1, 4]),
        ("created > startOfDay()", [4]),
        ("created < startOfMonth()", [3]),
        ('created <= startOfMonth("0")', [2, 3]),
        ("created >= startOfWeek()", [4]),
        ("created >= startOfWeek(-1)", [1, 4]),
        ("updated = now()", [1, 4]),
        ('due = "1d"', [1]),
        ("due > now()", [1]),
        ('due != "2026-11-23"', []),
        # one's own fields and links
        ('"Story point estimate" > 2', [1]),
        ("cf[10016] = 3.0", [1]),
        ('issueLinkType = "is blocked by"', [4]),
        ("issueLinkType = Blocks", [1, 4]),
        ("issue in linkedIssues(CHK-1, blocks)", [4]),
    ],
)
def test_a_query_finds(site: JiraSite, jql: str, numbers: list[int]) -> None:
    test = meets(site, site.catalogue.service, parse(jql).where)
    assert [int(one.key[4:]) for one in site.issues.values() if test(one)] == numbers


@pytest.mark.parametrize(
    "jql",
    [
        "project = CHK AND universe = 42",
        "summary = a",
        "labels ~ a",
        "text !~ a",
        "component > Wallet",
        "statusCategory is EMPTY",
        "due in (startOfDay())",
        'due < "5h"',
        'created > startOfDay("+1x")',
        "issue.property[key].a = 1",
        "status WAS Done",
        "x = (a, b)",
        "priority > EMPTY",
        "labels in a",
        "labels in (a,)",
        r'labels = "\d"',
        "(" * 300 + "labels = a" + ")" * 300,
        "labels = a order by",
    ],
)
def test_a_query_is_refused(site: JiraSite, jql: str) -> None:
    with pytest.raises(JiraError) as refused:
        meets(site, site.catalogue.service, parse(jql).where)
    assert refused.value.status == 400


def test_weeks_begin_on_monday_where_the_site_says_so(site: JiraSite) -> None:
    site.iso_weeks = True
    test = meets(site, site.catalogue.service, parse("created >= startOfWeek()").where)
    assert [one.key for one in site.issues.values() if test(one)] == ["CHK-1", "CHK-4"]

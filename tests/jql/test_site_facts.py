"""Fields that an issue and what its site says of itself decide together, each with its source.

[F] https://support.atlassian.com/jira-service-management-cloud/docs/jql-fields/
"""

from dataclasses import replace

import pytest

from plugin.jql import JqlRefused, ProjectFacts, SiteFacts
from plugin.jql import compile as compile_jql

SITE = SiteFacts(
    every_field=True,
    fields={"customfield_1": "Launch", "customfield_2": "Points", "customfield_3": "Crew", "customfield_4": "Odd"},
    kinds={"customfield_1": "date", "customfield_2": "number", "customfield_3": "text"},
    priorities=("Urgent", "Normal"),
    priority_ids=("9", "3"),
    projects={
        "CHK": ProjectFacts("software", frozenset({"payments", "10000"}), (("7", "2.0"), ("5", "10.0"))),
        "OPS": ProjectFacts("business"),
    },
    levels={"10": 1, "11": 0},
    values={"status": ("Open", "Done")},
    hours_per_day=6,
    days_per_week=4,
    timer=True,
)
ISSUE = {
    "key": "CHK-12",
    "project": {"id": "1", "key": "CHK", "name": "Checkout"},
    "issuetype": {"id": "10", "name": "Epic", "subtask": False},
    "priority": {"id": "3", "name": "Normal as it was called"},
    "fixVersions": [{"id": "5", "name": "10.0"}],
    "security": {"id": "4", "name": "Staff"},
    "votes": 3,
    "watches": 0,
    "timeoriginalestimate": 6 * 3600,
    "timeestimate": None,
    "timespent": 90 * 60,
    "customfield_1": "2026-10-01",
    "customfield_2": 5,
    "customfield_4": "2026-10-01",
}
TABLE = (
    # [F] category and projectType: = != IN; a project without a category is empty
    ("category = Payments", True),
    ("category IN (10000, x)", True),
    ("category != Payments", False),
    ("projectType = software", True),
    ("projectType != software", False),
    # [F] hierarchyLevel: numbers, 1 epic, 0 standard, -1 sub-task
    ("hierarchyLevel = 1", True),
    ("hierarchyLevel < 1", False),
    # [F] votes, watchers: numbers, never empty
    ("votes >= 3", True),
    ("watchers > 0", False),
    # [F] durations, in the site's working hours: a day has 6 here, a week 4 days
    ("originalEstimate = 1d", True),
    ('originalEstimate < "1w"', True),
    ('timeSpent = "1h 30m"', True),
    ("timeSpent > 90", False),
    ("remainingEstimate IS EMPTY", True),
    ("remainingEstimate != 1h", False),
    # [F] key: < and > within a project, ~ with wildcards
    ("key > CHK-9", True),
    ("key < OPS-99", False),
    ("NOT key > CHK-9", False),
    ('key ~ "chk-1*"', True),
    ('key !~ "*2"', False),
    # [F] versions "use the version order set up by your admin, not a numeric or alphabetic order"
    ('fixVersion > "2.0"', True),
    ('fixVersion < "10.0"', False),
    # [F] priority in the site's order, also under a name that it does not bear any more
    ("priority < Urgent", True),
    ("priority < 9", True),
    ("level = Staff", True),
    # [F] date fields: days, whether or not the site tells that the field is one
    ("Launch = 2026-10-01", True),
    ('Launch < "2026-10-01 23:00"', False),
    ('Odd < "2026-10-01 23:00"', False),
    ('Odd <= "2026-10-01 23:00"', True),
    ("Points IN (4, 5.0)", True),
)


@pytest.mark.parametrize(("jql", "matched"), TABLE)
def test_an_issue_and_its_site_decide(jql: str, matched: bool) -> None:
    assert compile_jql(jql, SITE).decide(ISSUE).matched is matched


@pytest.mark.parametrize(
    ("jql", "missing"),
    [
        ('fixVersion > "2.0"', "fixVersions"),
        ("category = Payments", "project"),
        ("hierarchyLevel = 0", "issuetype"),
        ("votes > 1", "votes"),
    ],
)
def test_what_the_site_did_not_tell_is_unknown_and_no_guess(jql: str, missing: str) -> None:
    strange = {"key": "NEW-1", "project": {"key": "NEW"}, "fixVersions": [{"id": "99", "name": "x"}]}
    strange["issuetype"] = {"id": "77", "subtask": False}
    outcome = compile_jql(jql, SITE).decide(strange)
    assert (outcome.matched, outcome.missing) == (None, (missing,))


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("Points ~ x", "Points cannot be compared by ~"),
        ("Crew = x", "Crew cannot be compared by ="),
        ("Lunch > 2026-10-01", "Did you mean Launch?"),
        ("cf[99] = x", "This site has no field cf[99]"),
        ("originalEstimate > soon", "Write 30m, 4h, 2d"),
        ("fixVersion > 3.0", "no version of the projects"),
        ("resolution > Done", "resolutions are ordered by the site's own list"),
        ("workratio > 50", "Compare the two"),
        ("priority > High", "this site has Urgent, Normal"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_the_way_round(jql: str, words: str) -> None:
    with pytest.raises(JqlRefused) as refused:
        compile_jql(jql, SITE)
    assert words in str(refused.value)
    lenient = compile_jql(f"project = CHK AND {jql}", SITE, lenient=True)
    assert len(lenient.lost) == 1
    assert lenient.decide(ISSUE).matched is None
    assert lenient.decide({**ISSUE, "project": {"key": "OPS"}}).matched is False


def test_without_the_facts_it_says_what_is_missing() -> None:
    bare = replace(SITE, projects={}, priorities=())
    for jql, words in (("category = x", "not known of this site"), ("fixVersion > 1.0", "releasedVersions()")):
        with pytest.raises(JqlRefused, match="not known") as refused:
            compile_jql(jql, bare)
        assert words in str(refused.value)


def test_a_rule_that_goes_by_a_stem_or_a_stale_count_says_so() -> None:
    assert any("payments as payment" in one for one in compile_jql('summary ~ "payments"', SITE).notices)
    assert not compile_jql('summary ~ "pay*"', SITE).notices
    assert any("no event tells" in one for one in compile_jql("votes > 1", SITE).notices)
    assert not compile_jql("statusCategory = new", SITE).notices

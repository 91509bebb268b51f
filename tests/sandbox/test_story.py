"""The story: believable at any day of the year, the same each time, and with a configuration that fits it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from plugin.configuration import load
from plugin.sandbox.confluence_state import ConfluenceSite
from plugin.sandbox.jira_state import JiraSite
from plugin.sandbox.jira_values import Dialect
from plugin.sandbox.story import tell
from plugin.sandbox.story_calendar import Quarters
from plugin.sandbox.story_configuration import write_configuration
from plugin.sandbox.story_plan import plan

SUNDAY = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
DAYS = [SUNDAY, *(datetime(2027, month, day, 9, 30, tzinfo=UTC) for month, day in ((1, 1), (2, 12), (4, 5), (8, 31)))]


def told(now: datetime = SUNDAY, dialect: Dialect = "cloud") -> tuple[JiraSite, ConfluenceSite]:
    jira = JiraSite(dialect, clock=lambda: now)
    confluence = ConfluenceSite(jira.catalogue.people.values(), jira.clock)
    tell(jira, confluence, now)
    return jira, confluence


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_its_configuration_loads_without_a_fault(now: datetime, tmp_path: Path) -> None:
    write_configuration(tmp_path, plan(now.date()))
    product = load(tmp_path, now.date()).products[0]
    active = [one for one in product.objectives if one.active_on(now.date())]
    assert len(active) == 6
    assert {one.stream for one in active} == {"checkout", "wallet", "risk"}


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_nothing_happens_after_now_or_before_its_creation(now: datetime) -> None:
    jira, _ = told(now)
    for issue in jira.issues.values():
        moments = [issue.created, *(one.created for one in issue.history)]
        assert moments == sorted(moments)
        assert moments[-1] <= now
        assert issue.updated <= now


def test_the_same_day_tells_the_same_story() -> None:
    one, other = told()[0], told()[0]
    assert [(i.key, i.summary, i.status.name, i.updated, i.assignee) for i in one.issues.values()] == [
        (i.key, i.summary, i.status.name, i.updated, i.assignee) for i in other.issues.values()
    ]


def test_both_dialects_tell_the_same_issues() -> None:
    cloud, data_center = told()[0], told(dialect="data center")[0]
    assert {(i.key, i.summary) for i in cloud.issues.values()} == {
        (i.key, i.summary) for i in data_center.issues.values()
    }


def test_work_happens_on_working_days() -> None:
    jira, _ = told()
    days = Counter(entry.created.weekday() for issue in jira.issues.values() for entry in issue.history)
    assert set(days) == {0, 1, 2, 3, 4}


def test_no_two_issues_have_the_same_words() -> None:
    jira, _ = told()
    assert not [one for one, times in Counter(i.summary for i in jira.issues.values()).items() if times > 1]
    texts = Counter(i.description for i in jira.issues.values() if i.description)
    assert not [one for one, times in texts.items() if times > 1]


def test_confluence_has_a_parent_for_the_reviews() -> None:
    _, confluence = told()
    titles = {one.title: one for one in confluence.list_pages("PROD")}
    assert titles["Product"].id == confluence.space("PROD").homepage
    assert titles["Product alignment"].parent == titles["Product"].id


def test_quarters_lie_end_to_end_around_any_day() -> None:
    for number in range(800):
        today = date(2026, 1, 1) + timedelta(days=number)
        quarters = Quarters.around(today)
        assert quarters.before.first < quarters.before.last < quarters.running.first <= today <= quarters.running.last
        assert quarters.running.first - quarters.before.last == timedelta(days=1)
        assert (today - quarters.running.first).days >= 28

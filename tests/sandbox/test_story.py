"""The story: believable at any day of the year, the same each time, and with a configuration that fits it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from plugin.alignment import Facts, RuleBook, align
from plugin.configuration import load
from plugin.domain.reading import read_issue
from plugin.domain.verdict import Reason, State, Verdict
from plugin.jql import SiteFacts
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Draft
from plugin.sandbox.jira.render import Renderer
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Dialect, Item
from plugin.sandbox.jira.webhooks_out import Counts
from plugin.sandbox.serve import RunningSandbox
from plugin.sandbox.story.calendar import Quarters
from plugin.sandbox.story.configuration import write_configuration
from plugin.sandbox.story.plan import plan
from plugin.sandbox.story.summary import summary
from plugin.sandbox.story.tell import tell

DUBLIN = ZoneInfo("Europe/Dublin")
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


def verdicts(jira: JiraSite, now: datetime, folder: Path) -> dict[str, Verdict]:
    """By issue id, as the configuration that the story writes decides them."""
    write_configuration(folder, plan(now.astimezone(DUBLIN).date()))
    book = RuleBook(load(folder, now.date()), SiteFacts())
    renderer = Renderer(jira, jira.catalogue.service, "2")
    raw = [renderer.issue(one, ["*all"]) for one in jira.issues.values()]
    return align([Facts(read_issue(one, asked=["parent"])) for one in raw], book, {}, now)


def worked_on(jira: JiraSite, start: datetime) -> Iterator[str]:
    """Ids of issues that entered a status in the week from `start`, or were in progress in it."""
    end = start + timedelta(days=7)
    for issue in jira.issues.values():
        entered = [(issue.created, "new")]
        entered += [
            (one.created, category(jira, item)) for one in issue.history for item in one.items if item.field == "status"
        ]
        until = [at for at, _ in entered[1:]] + [datetime.max.replace(tzinfo=UTC)]
        if any(
            start <= at < end or (kind == "indeterminate" and at < end and left > start)
            for (at, kind), left in zip(entered, until, strict=True)
        ):
            yield issue.id


def category(jira: JiraSite, item: Item) -> str:
    return jira.catalogue.status(item.after[1] or "").category.key


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_each_of_the_last_weeks_says_something(now: datetime, tmp_path: Path) -> None:
    jira, _ = told(now)
    decided = verdicts(jira, now, tmp_path)
    monday = datetime.combine(now.date() - timedelta(days=now.weekday()), time.min, DUBLIN)
    shares = []
    for weeks in (1, 2, 3):
        found = [decided[id] for id in worked_on(jira, monday - timedelta(weeks=weeks))]
        states = Counter(one.state for one in found)
        share = {state: count / len(found) for state, count in states.items()}
        assert 40 <= len(found) <= 90
        assert 0.5 <= share[State.ALIGNED] <= 0.67
        assert 0.15 <= share[State.EXEMPT] <= 0.28
        assert 0.12 <= share[State.UNALIGNED] <= 0.25
        served = Counter((one.objective or "")[: -len("-2026q4-1")] + (one.objective or "")[-2:] for one in found)
        assert served["risk-1"] < 0.25 * 0.15 * len(found)
        assert served["wallet-1"] > 0.20 * len(found)
        shares.append(share[State.ALIGNED])
    assert len(set(shares)) > 1


def test_unlinked_work_in_progress_has_different_reasons(tmp_path: Path) -> None:
    jira, _ = told()
    decided = verdicts(jira, SUNDAY, tmp_path)
    reasons = Counter(
        decided[one.id].reason
        for one in jira.issues.values()
        if one.status.category.key == "indeterminate" and decided[one.id].state is State.UNALIGNED
    )
    assert 10 <= reasons.total() <= 16
    assert set(reasons) == {
        Reason.NO_PARENT,
        Reason.NO_RULE,
        Reason.OBJECTIVE_ENDED,
        Reason.PARENT_WITHOUT_OBJECTIVE,
    }


def test_every_rule_of_the_quarter_decides_something(tmp_path: Path) -> None:
    jira, _ = told()
    used = {one.rule for one in verdicts(jira, SUNDAY, tmp_path).values()}
    rules = load(tmp_path, SUNDAY.date()).products[0].rules
    assert {one.id for one in rules} <= used


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


def test_the_summary_counts_what_the_sites_hold_and_shows_the_best_examples() -> None:
    jira, confluence = told()
    service = jira.catalogue.service
    assert summary(jira, confluence, Counts())["issue_url"] is None
    in_progress = [one for one in jira.issues.values() if one.status.name == "In Progress"]
    by_rule, inherited = [one for one in in_progress if one.type.name == "Story" and one.description][:2]
    for issue, how in ((by_rule, "rule"), (inherited, "inherited")):
        jira.label(issue.key, add=["objective-checkout-1"], by=service.id)
        jira.set_property(issue.key, "plumbline", {"how": how})
    flagged = next(one for one in in_progress if one.type.name == "Task")
    jira.label(flagged.key, add=["no-objective"], by=service.id)
    for week in ("2026-W45", "2026-W46", "2026-W44"):
        page = confluence.create_page("PROD", Draft(f"Acme Pay, {week}", "<p>1</p>"), service.id)
        confluence.create_property(page.id, "plumbline", {"key": f"weekly/acme-pay/{week}"}, service.id)
    newest = next(one for one in confluence.list_pages("PROD") if one.title == "Acme Pay, 2026-W46")
    assert summary(jira, confluence, Counts(delivered=7, refused=1, given_up=2)) == {
        "deliveries": 7,
        "lost": 2,
        "tagged": 2,
        "flagged": 1,
        "pages": 3,
        "issue_url": f"http://localhost/browse/{by_rule.key}",
        "flagged_url": f"http://localhost/browse/{flagged.key}",
        "page_url": f"http://localhost/wiki/spaces/PROD/pages/{newest.id}/Acme+Pay%2C+2026-W46",
    }


def test_its_addresses_open() -> None:
    """As a newcomer would: started from the command line's parts, read over HTTP."""
    jira = JiraSite(clock=lambda: SUNDAY)
    with RunningSandbox(jira=jira) as sandbox:
        tell(jira, sandbox.confluence, SUNDAY)
        jira.label("CHK-400", add=["objective-checkout-1"])
        jira.label("WAL-200", add=["no-objective"])
        page = sandbox.confluence.create_page("PROD", Draft("Acme Pay, week 46", "<p>1</p>"), jira.catalogue.service.id)
        sandbox.confluence.create_property(
            page.id, "plumbline", {"key": "weekly/acme-pay/2026-W46"}, "557058:plumbline"
        )
        said = requests.get(f"{sandbox.url}/sandbox/summary", timeout=5).json()
        for name, words in (("issue_url", "CHK-400"), ("flagged_url", "WAL-200"), ("page_url", "Acme Pay, week 46")):
            answer = requests.get(said[name], timeout=5)
            assert answer.status_code == 200
            assert words in answer.text

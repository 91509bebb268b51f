"""The one path, step by step: what the sandbox and the store contain after each."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from plugin.sandbox.jira.values import Dialect
from plugin.store import accounts, reviews
from tests.house import FLAG, OBJECTIVE, TAG, House, configuration, housed


@pytest.fixture(params=["cloud", "data center"])
def dialect(request: pytest.FixtureRequest) -> Dialect:
    found: Dialect = request.param
    return found


@pytest.fixture
def house(database: str, dialect: Dialect) -> Iterator[House]:
    with housed(database, dialect) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(configuration())
        yield found


def test_the_first_sweep_fills_tags_and_flags(house: House) -> None:
    served = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    lonely = house.sandbox.jira.create_issue("CHK", "Rename a table")
    house.sweep()
    house.write()
    assert house.labels(served.key) == {TAG}
    assert house.labels(lonely.key) == {FLAG}
    issue = house.sandbox.jira.issue(served.key)
    assert f'"objective": "{OBJECTIVE}"' in json.dumps(issue.properties["plumbline"])
    (link,) = issue.remote_links
    assert "Fewer people give up" in str(link.object["title"])


def test_a_webhook_leads_to_a_tag_and_its_echo_to_nothing(house: House) -> None:
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.settle()
    assert house.labels(issue.key) == {TAG}
    writes = house.calls("PUT", f"/issue/{issue.id}")
    house.settle()
    assert house.calls("PUT", f"/issue/{issue.id}") == writes == 1


def test_what_serves_no_goal_any_more_loses_its_tag_and_gets_the_flag(house: House) -> None:
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.settle()
    house.sandbox.jira.edit_issue(issue.key, components=[])
    house.settle()
    assert house.labels(issue.key) == {FLAG}


def test_children_follow_their_parent_at_any_depth(house: House) -> None:
    house.listen()
    epic = house.sandbox.jira.create_issue("CHK", "Wallets", type="Epic")
    story = house.sandbox.jira.create_issue("CHK", "A story", parent=epic.key)
    task = house.sandbox.jira.create_issue("CHK", "A sub-task", type="Sub-task", parent=story.key)
    house.settle()
    assert house.labels(task.key) == {FLAG}
    house.sandbox.jira.edit_issue(epic.key, components=["Wallet"])
    house.settle()
    assert house.labels(task.key) == house.labels(story.key) == {TAG}


def test_shadow_mode_decides_everything_and_writes_nothing(house: House) -> None:
    house.apply(configuration(mode="shadow"))
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    house.write()
    assert house.labels(issue.key) == set()
    assert house.calls("PUT") == 0


def test_new_work_is_flagged_when_its_grace_is_over(house: House) -> None:
    house.apply(configuration(grace=timedelta(days=1)))
    issue = house.sandbox.jira.create_issue("CHK", "Rename a table")
    house.sweep()
    house.write()
    assert house.labels(issue.key) == set()
    house.later(timedelta(days=1, minutes=1))
    house.digest()
    house.write()
    assert house.labels(issue.key) == {FLAG}


def test_a_tag_that_a_person_removed_stays_away(house: House) -> None:
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.settle()
    house.sandbox.jira.label(issue.key, remove=[TAG])
    house.settle()
    house.sandbox.jira.edit_issue(issue.key, summary="Pay by any wallet")
    house.settle()
    assert TAG not in house.labels(issue.key)


def test_a_second_sweep_finds_what_no_webhook_told_and_counts_it(house: House) -> None:
    house.sweep()
    made = house.app.around.clock() - timedelta(minutes=10)
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"], at=made)
    house.sweep()
    house.write()
    assert house.labels(issue.key) == {TAG}
    with house.app.engine.connect() as connection:
        day = house.app.around.clock().date()
        assert [one.recovered for one in accounts.per_day(connection, made.date(), day)] == [1]


def test_a_lost_answer_leads_to_no_second_write_of_anything(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.lose_the_answer("PUT", "/issue/")
    house.lose_the_answer("POST", "/remotelink")
    house.sweep()
    house.write_until_done()
    assert house.labels(issue.key) == {TAG}
    assert len(house.sandbox.jira.issue(issue.key).remote_links) == 1


def test_a_tag_that_a_person_set_and_withdrew_is_ours_when_we_set_it_later(house: House) -> None:
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Pay by card")
    house.settle()
    house.sandbox.jira.label(issue.key, add=[TAG])
    house.settle()
    house.sandbox.jira.label(issue.key, remove=[TAG])
    house.settle()
    house.later(timedelta(days=1))
    house.sandbox.jira.edit_issue(issue.key, components=["Wallet"])
    house.settle()
    assert house.labels(issue.key) == {TAG}
    house.sandbox.jira.edit_issue(issue.key, components=[])
    house.settle()
    assert TAG not in house.labels(issue.key)


def test_the_review_is_one_page_however_often_it_is_made(house: House) -> None:
    house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    house.review()
    house.review()
    weeks = [page for page in house.sandbox.confluence.list_pages("PROD") if "week" in page.title]
    assert len(weeks) == 2, "the last two weeks"
    assert {page.latest.number for page in weeks} == {1}
    with house.app.engine.connect() as connection:
        assert [page.outcome for page in reviews.pages(connection)] == ["created", "created"]

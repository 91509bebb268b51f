"""Tags that people changed while nobody told us: nothing is written before Jira's history says who did it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from plugin.checks import Checks
from plugin.path.tags import UNKNOWN
from plugin.sandbox.faults import Failing
from plugin.sandbox.jira.values import Dialect, Issue
from plugin.store import snapshots, verdicts
from plugin.store.verdicts import Override
from tests.house import FLAG, TAG, House, configuration, housed


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


def tagged(house: House) -> Issue:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    work(house)
    assert house.labels(issue.key) == {TAG}
    return issue


def flagged(house: House, parent: str | None = None) -> Issue:
    issue = house.sandbox.jira.create_issue("CHK", "Rename a table", parent=parent)
    work(house)
    assert house.labels(issue.key) == {FLAG}
    return issue


def work(house: House) -> None:
    """No webhook comes: everything is found by the sweep."""
    house.sweep()
    house.digest()
    house.write()


def flag_again(house: House) -> None:
    """An issue is flagged at most once a day, so a flag that may come back does so on the next."""
    house.later(timedelta(days=1))
    house.settle()


def said(house: House, issue: Issue) -> list[Override]:
    with house.app.engine.connect() as connection:
        return verdicts.overrides(connection, [issue.id]).get(issue.id, [])


def person(house: House) -> str:
    catalogue = house.sandbox.jira.catalogue
    return next(id for id in catalogue.people if id != catalogue.service.id)


def test_a_tag_that_a_person_removed_unseen_is_not_put_back(house: House) -> None:
    issue, ada = tagged(house), person(house)
    house.sandbox.jira.label(issue.key, remove=[TAG], by=ada)
    work(house)
    assert house.labels(issue.key) == {FLAG}
    assert [(one.label, one.kind, one.actor) for one in said(house, issue)] == [(TAG, "removed", ada)]


def test_a_lost_delivery_followed_by_one_that_says_nothing_of_tags_is_no_reason_to_put_it_back(house: House) -> None:
    issue, ada = tagged(house), person(house)
    house.sandbox.jira.label(issue.key, remove=[TAG], by=ada)
    house.listen()
    house.sandbox.jira.edit_issue(issue.key, summary="Pay by any wallet", by=ada)
    house.settle()
    assert house.labels(issue.key) == {FLAG}
    assert [(one.kind, one.actor) for one in said(house, issue)] == [("removed", ada)]


def test_a_tag_that_a_person_set_unseen_wins(house: House) -> None:
    issue, ada = flagged(house), person(house)
    house.sandbox.jira.label(issue.key, add=[TAG], by=ada)
    work(house)
    assert house.labels(issue.key) == {TAG}
    assert [(one.label, one.kind, one.actor) for one in said(house, issue)] == [(TAG, "set", ada)]


def test_a_tag_from_the_issues_birth_is_a_persons(house: House) -> None:
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Rename a table", labels=[TAG])
    house.settle()
    assert house.labels(issue.key) == {TAG}
    assert [(one.label, one.kind) for one in said(house, issue)] == [(TAG, "set")]


def test_where_the_history_cannot_be_had_the_difference_counts_as_a_persons(house: House, dialect: Dialect) -> None:
    issue = tagged(house)
    house.sweep()
    house.sandbox.jira.label(issue.key, remove=[TAG])
    seen = house.sandbox.jira.issue(issue.id)
    forget_labels(house, seen)
    path = "changelog/bulkfetch" if dialect == "cloud" else "/search"
    house.sandbox.faults.add(Failing(method="POST", path=path, status=400))
    house.digest()
    house.write()
    assert TAG not in house.labels(issue.key)
    assert [(one.kind, one.actor) for one in said(house, issue)] == [("removed", None)]


def test_while_jira_cannot_be_asked_nothing_is_written(house: House, dialect: Dialect) -> None:
    issue, ada = tagged(house), person(house)
    house.sandbox.jira.label(issue.key, remove=[TAG], by=ada)
    forget_labels(house, house.sandbox.jira.issue(issue.id))
    path = "changelog/bulkfetch" if dialect == "cloud" else "/search"
    house.sandbox.faults.add(Failing(method="POST", path=path, status=401))
    house.digest()
    house.write()
    assert house.labels(issue.key) == set()
    assert said(house, issue) == []
    house.later(timedelta(minutes=6))
    house.digest()
    house.write()
    assert house.labels(issue.key) == {FLAG}
    assert [(one.kind, one.actor) for one in said(house, issue)] == [("removed", ada)]


def test_a_removal_of_ours_whose_answer_was_lost_is_no_persons(house: House) -> None:
    issue = tagged(house)
    house.sandbox.jira.edit_issue(issue.key, components=[])
    house.sweep()
    house.lose_the_answer("PUT", f"/issue/{issue.id}")
    house.sandbox.faults.add(Failing(method="PUT", path=f"/issue/{issue.id}", status=400))
    house.write()
    assert house.labels(issue.key) == {FLAG}
    work(house)
    assert said(house, issue) == []
    house.sandbox.jira.edit_issue(issue.key, components=["Wallet"])
    work(house)
    assert house.labels(issue.key) == {TAG}


def test_a_flag_that_a_person_removed_stays_away_until_the_parent_changes(house: House) -> None:
    house.listen()
    first, second = (house.sandbox.jira.create_issue("CHK", name, type="Epic") for name in ("One", "Two"))
    issue = house.sandbox.jira.create_issue("CHK", "Rename a table", parent=first.key)
    house.settle()
    house.sandbox.jira.label(issue.key, remove=[FLAG])
    house.settle()
    house.sandbox.jira.edit_issue(issue.key, summary="Rename two tables")
    house.settle()
    flag_again(house)
    assert house.labels(issue.key) == set()
    house.sandbox.jira.edit_issue(issue.key, parent=second.key)
    house.settle()
    flag_again(house)
    assert house.labels(issue.key) == {FLAG}
    assert "removed" not in [one.kind for one in said(house, issue)]


def test_a_flag_that_was_removed_just_before_the_parent_changed_comes_back(house: House) -> None:
    house.listen()
    first, second = (house.sandbox.jira.create_issue("CHK", name, type="Epic") for name in ("One", "Two"))
    issue = house.sandbox.jira.create_issue("CHK", "Rename a table", parent=first.key)
    house.settle()
    house.sandbox.jira.label(issue.key, remove=[FLAG])
    house.sandbox.jira.edit_issue(issue.key, parent=second.key)
    house.settle()
    flag_again(house)
    assert house.labels(issue.key) == {FLAG}


def test_a_flag_that_a_person_removed_comes_back_under_other_rules(house: House) -> None:
    house.listen()
    issue = flagged(house)
    house.sandbox.jira.label(issue.key, remove=[FLAG])
    house.settle()
    flag_again(house)
    assert house.labels(issue.key) == set()
    house.apply(configuration("CHK, WAL"))
    flag_again(house)
    assert house.labels(issue.key) == {FLAG}


def test_a_label_that_names_no_objective_is_left_alone_and_reported(house: House) -> None:
    typing_error = "objective-chekcout-1"
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", labels=[typing_error], components=["Wallet"])
    work(house)
    assert house.labels(issue.key) == {typing_error, TAG}
    assert f"{typing_error} on 1 ({issue.key})" in reported(house)
    house.sandbox.jira.label(issue.key, remove=[typing_error])
    work(house)
    assert "every label with our prefix names an active objective" in reported(house)


def reported(house: House) -> str:
    found = {one.name: one.words for one in Checks(house.app.engine, house.app.inbox).all()}
    return found[UNKNOWN]


def forget_labels(house: House, issue: Issue) -> None:
    """The store has read the issue as it is now, and looks at it."""
    with house.app.engine.begin() as connection:
        snapshots.set_labels(connection, issue.id, [], [TAG])
        snapshots.look_again(connection, [issue.id], house.clock())

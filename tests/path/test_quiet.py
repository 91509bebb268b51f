"""The quiet contract: how often issues are flagged, who waits, who fights, and how fast we write at most."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from plugin.checks import Checks
from plugin.domain.product import Configuration
from plugin.sandbox.jira.values import Dialect, Issue
from plugin.store import changes, flags
from plugin.store.tables import write_log
from tests.house import FLAG, TAG, House, configuration, housed

WEEK = timedelta(days=7)


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        for project in ("CHK", "WAL"):
            found.sandbox.jira.add_component(project, "Wallet")
        found.apply(configuration("CHK, WAL"))
        yield found


def limited(**limits: int) -> Configuration:
    given = configuration("CHK, WAL")
    return given.model_copy(update={"site": given.site.model_copy(update=limits)})


def lonely(house: House, number: int, project: str = "CHK") -> list[Issue]:
    return [house.sandbox.jira.create_issue(project, f"Rename table {at}") for at in range(number)]


def go(house: House) -> None:
    house.sweep()
    house.digest()
    house.write_until_done()


def flagged(house: House, issues: list[Issue]) -> list[str]:
    return [one.key for one in issues if FLAG in house.labels(one.key)]


def test_so_many_a_week_in_each_project_and_the_rest_waits(house: House) -> None:
    house.apply(limited(flags_per_week=2))
    chk, wal = lonely(house, 5), lonely(house, 1, "WAL")
    go(house)
    assert len(flagged(house, chk)) == 2
    assert len(flagged(house, wal)) == 1
    assert all(not house.sandbox.jira.issue(one.key).remote_links for one in chk if one.key not in flagged(house, chk))
    with house.app.engine.connect() as connection:
        assert flags.not_yet_flagged(connection, FLAG, "acme-pay") == 3
    house.review()
    bodies = [page.latest.body for page in house.sandbox.confluence.list_pages("PROD")]
    assert any("3 of the open ones are not yet flagged: at most 2 a week" in body for body in bodies)


def test_the_oldest_work_in_progress_comes_first(house: House) -> None:
    house.apply(limited(flags_per_week=2))
    issues = lonely(house, 4)
    start = datetime.now(UTC) - timedelta(days=1)
    house.sandbox.jira.transition(issues[3].key, "In Progress", at=start)
    house.sandbox.jira.transition(issues[2].key, "In Progress", at=start + timedelta(hours=1))
    go(house)
    assert flagged(house, issues) == [issues[2].key, issues[3].key]


def test_a_new_week_has_room_for_those_who_waited(house: House) -> None:
    house.apply(limited(flags_per_week=2))
    issues = lonely(house, 5)
    go(house)
    for expected in (4, 5):
        house.later(WEEK)
        house.digest()
        house.write_until_done()
        assert len(flagged(house, issues)) == expected
        age_by_a_week(house)


def age_by_a_week(house: House) -> None:
    """The database's clock does not go forward with ours."""
    with house.app.engine.begin() as connection:
        connection.execute(update(write_log).values(sent_at=write_log.c.sent_at - WEEK))


def test_who_is_linked_while_waiting_is_tagged_at_once(house: House) -> None:
    house.apply(limited(flags_per_week=1))
    issues = lonely(house, 3)
    go(house)
    waiting = next(one for one in issues if not house.labels(one.key))
    house.sandbox.jira.edit_issue(waiting.key, components=["Wallet"])
    go(house)
    assert house.labels(waiting.key) == {TAG}


def test_a_wrong_tag_goes_at_once_though_the_flag_has_to_wait(house: House) -> None:
    house.apply(limited(flags_per_week=1))
    served = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    lonely(house, 1)
    go(house)
    assert house.labels(served.key) == {TAG}
    house.sandbox.jira.edit_issue(served.key, components=[])
    go(house)
    assert house.labels(served.key) == set()
    assert not house.sandbox.jira.issue(served.key).remote_links


def test_a_flag_is_set_once_a_day_and_taken_off_at_once(house: House) -> None:
    (issue,) = lonely(house, 1)
    for components, expected in (([], {FLAG}), (["Wallet"], {TAG}), ([], set())):
        house.sandbox.jira.edit_issue(issue.key, components=components)
        go(house)
        assert house.labels(issue.key) == expected
    house.later(timedelta(days=1))
    house.digest()
    house.write_until_done()
    assert house.labels(issue.key) == {FLAG}


def test_a_fight_ends_with_a_sentence_that_names_the_other(house: House) -> None:
    """Ben's automation takes the component away as soon as the tag is there, and puts it back when it is gone."""
    house.listen()
    ben = house.sandbox.jira.catalogue.person("Ben Okafor").id
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet")
    writes = 0
    for at in range(9):
        house.sandbox.jira.edit_issue(issue.key, components=[] if at % 2 else ["Wallet"], by="Ben Okafor")
        house.settle()
        writes = house.calls("PUT", f"/issue/{issue.id}")
    assert writes <= 7
    with house.app.engine.connect() as connection:
        assert changes.counts(connection) == (0, 1)
    (told,) = [one for one in Checks(house.app.engine, house.app.inbox).all() if one.name == "changes"]
    assert not told.ok
    assert ben in told.words
    assert issue.key in told.words


def test_whom_no_webhook_names_is_said_to_be_unknown(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet")
    for at in range(9):
        house.sandbox.jira.edit_issue(issue.key, components=[] if at % 2 else ["Wallet"], by="Ben Okafor")
        house.sweep()
        house.write()
    assert house.calls("PUT", f"/issue/{issue.id}") <= 7
    with house.app.engine.connect() as connection:
        (words,) = changes.parked_words(connection, 5)
    assert "somebody whose changes no webhook told us" in words


def test_rules_that_turn_are_no_fight(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    go(house)
    given = configuration("CHK, WAL")
    (product,) = given.products
    without = given.model_copy(update={"products": (product.model_copy(update={"rules": ()}),)})
    for _ in range(4):
        for one in (without, given):
            house.apply(one)
            house.digest()
            house.write_until_done()
    assert TAG in house.labels(issue.key)
    with house.app.engine.connect() as connection:
        assert changes.counts(connection) == (0, 0)


def test_no_more_issues_a_minute_than_the_site_allows(house: House) -> None:
    house.apply(limited(writes_per_minute=3))
    issues = lonely(house, 5)
    house.sweep()
    wait = house.write()
    assert len(flagged(house, issues)) == 3
    assert wait is not None
    assert 0 < wait <= 60
    assert house.write() is not None
    assert len(flagged(house, issues)) == 3
    with house.app.engine.begin() as connection:
        connection.execute(update(write_log).values(sent_at=write_log.c.sent_at - timedelta(minutes=1)))
    assert house.write() is None
    assert len(flagged(house, issues)) == 5

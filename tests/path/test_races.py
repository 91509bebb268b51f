"""What happens between a decision and its write: newer decisions, people's edits, echoes that come late."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, true, update
from werkzeug.wrappers import Response

from plugin.atlassian.retry import LONGEST_WAIT_IN_THREAD, MOST_TRIES
from plugin.path.write import LEASE, Writer
from plugin.sandbox.jira.values import Issue
from plugin.store import changes, snapshots
from plugin.store.changes import Claimed, Delay
from plugin.store.tables import change, verdict, written
from tests.house import FLAG, TAG, House, configuration, housed
from webhooks.delivery import Delivery

SOON = timedelta(minutes=2)


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(configuration())
        found.listen()
        yield found


def make(house: House) -> Issue:
    return house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])


def digest_all(house: House) -> None:
    assert house.sandbox.sender.drained(30)
    house.digest()


def hold(house: House) -> Claimed:
    with house.app.engine.begin() as connection:
        (held,) = changes.claim(connection, "another", 25, SOON)
    return held


def kill(house: House) -> None:
    with house.app.engine.begin() as connection:
        connection.execute(update(change).values(lease_until=func.now()))


def test_what_is_no_longer_wanted_is_not_written_after_a_failed_try(house: House) -> None:
    issue = make(house)
    digest_all(house)
    held = hold(house)
    house.apply(configuration(mode="shadow"))
    house.digest()
    with house.app.engine.begin() as connection:
        changes.postpone(connection, held, "another", Delay(0, "Jira was away"))
    house.write_until_done()
    assert house.labels(issue.key) == set()


def test_what_is_no_longer_wanted_is_not_written_by_who_takes_over_from_a_killed_writer(house: House) -> None:
    issue = make(house)
    digest_all(house)
    hold(house)
    house.apply(configuration(mode="shadow"))
    house.digest()
    kill(house)
    house.write_until_done()
    assert house.labels(issue.key) == set()


def test_a_refusal_parks_no_newer_change(house: House) -> None:
    issue = make(house)
    digest_all(house)
    held = hold(house)
    house.sandbox.jira.edit_issue(issue.key, components=[])
    digest_all(house)
    with house.app.engine.begin() as connection:
        changes.park(connection, held, "another", "Jira refused it")
    house.write_until_done()
    assert house.labels(issue.key) == {FLAG}


def test_a_change_that_was_replaced_while_it_waited_its_turn_is_not_sent(house: House) -> None:
    issue = make(house)
    digest_all(house)
    writer = Writer(house.app.around, "another", LEASE)
    (held,) = writer._claim()
    house.sandbox.jira.edit_issue(issue.key, components=[])
    digest_all(house)
    assert writer._write(held) is None
    assert house.labels(issue.key) == set()
    house.settle()
    assert house.labels(issue.key) == {FLAG}
    assert house.calls("PUT", f"/issue/{issue.id}") == 1


def test_an_edit_that_was_on_its_way_during_our_write_does_not_hide_it(house: House) -> None:
    """The edit tells the labels from before our write, and is digested after it; then our echo comes."""
    issue = make(house)
    house.settle()
    house.sandbox.jira.edit_issue(issue.key, components=[])
    digest_all(house)
    house.sandbox.jira.edit_issue(issue.key, components=["Wallet"])
    assert house.sandbox.sender.drained(30)
    house.write()
    assert house.labels(issue.key) == {FLAG}
    assert house.sandbox.sender.drained(30)
    inbox = house.app.inbox
    edit, echo = (one.id for one in inbox.claim("another"))
    inbox.postpone([edit], timedelta(0), "")
    house.digest()
    inbox.postpone([echo], timedelta(0), "")
    house.settle()
    assert house.labels(issue.key) == {TAG}


def test_an_echo_that_waited_for_hours_is_no_word_of_a_person(house: House) -> None:
    issue = make(house)
    digest_all(house)
    house.write()
    house.later(timedelta(hours=2))
    digest_all(house)
    house.sandbox.jira.edit_issue(issue.key, components=[])
    house.settle()
    assert house.labels(issue.key) == {FLAG}


def test_the_echo_of_a_write_that_nothing_crossed_decides_nothing(house: House) -> None:
    make(house)
    house.settle()
    with house.app.engine.connect() as connection:
        assert connection.scalar(select(verdict.c.decided_at < written.c.at).join(written, true()))


def test_a_deletion_stands_against_an_update_of_the_same_moment_that_another_worker_stores(house: House) -> None:
    """Neither digest knew the issue when it read what is known, so that no row could be held."""
    issue = make(house)
    told = house.app.around.read([issue.id])
    with house.app.engine.begin() as connection:
        snapshots.upsert_told(connection, told)
        snapshots.mark_deleted(connection, [issue.id])
    with house.app.engine.begin() as connection:
        snapshots.upsert_told(connection, told)
        assert snapshots.by_ids(connection, [issue.id])[issue.id].deleted


def test_an_issue_that_is_shown_again_lives_though_nothing_of_it_changed(house: House) -> None:
    issue = make(house)
    house.sweep()
    with house.app.engine.begin() as connection:
        snapshots.mark_deleted(connection, [issue.id])
    house.sweep()
    with house.app.engine.connect() as connection:
        assert not snapshots.by_ids(connection, [issue.id])[issue.id].deleted


def test_half_a_pair_of_surrogates_stops_no_sweep(database: str) -> None:
    with housed(database) as house:
        issue = house.sandbox.jira.create_issue("CHK", "Pay by \ud83d wallet")
        house.apply(configuration())
        house.sweep()
        house.write()
        assert house.labels(issue.key) == {FLAG}


@pytest.mark.parametrize("body", ["<html>Please log in</html>", "{}", "null"])
def test_an_answer_that_is_not_the_apis_parks_nothing(house: House, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not about one delivery: as soon as Jira answers again, all of them are digested."""
    issue = make(house)
    house.settle()
    with monkeypatch.context() as patch:
        patch.setattr(house.sandbox.app, "wsgi_app", Response(body))
        raw = json.dumps({"webhookEvent": "comment_created", "issue": {"id": issue.id, "key": issue.key}}).encode()
        house.app.inbox.store(Delivery.from_http({}, raw, house.clock()), raw)
        house.digest()
    assert house.app.inbox.waiting().number == 1


def test_a_write_with_all_its_tries_and_time_outs_ends_before_its_lease(house: House) -> None:
    access = house.app.settings.jira
    longest = MOST_TRIES * (access.connect_timeout + access.read_timeout) + LONGEST_WAIT_IN_THREAD
    assert timedelta(seconds=2 * longest) < LEASE, "an edit and a link"

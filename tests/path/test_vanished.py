"""Issues that Jira does not show: one 404 is no proof, a second is, and many at once ask a person."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from plugin.path import vanished
from plugin.sandbox.faults import Failing
from plugin.sandbox.jira.values import Dialect, Issue
from plugin.store import changes, progress
from plugin.store.tables import issue
from tests.house import TAG, House, configuration, housed

HOUR = timedelta(hours=1)


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(configuration())
        yield found


def held(house: House, number: int = 1) -> list[Issue]:
    """Issues that we hold, with a tag that is not written yet."""
    jira = house.sandbox.jira
    made = [jira.create_issue("CHK", "Pay by wallet", components=["Wallet"]) for _ in range(number)]
    house.sweep()
    return made


def hint(house: House, *issues: Issue) -> None:
    """Somebody did something to them, and the event does not say what."""
    for one in issues:
        assert house.post(json.dumps({"issue": {"id": one.id}, "why": f"a rule ran {one.id}"}).encode()) == 200
    house.digest()


def look(house: House) -> None:
    house.later(HOUR)
    house.digest()


def living(house: House) -> set[str]:
    with house.app.engine.connect() as connection:
        return set(connection.scalars(select(issue.c.id).where(issue.c.deleted.is_(False))))


def check(house: House) -> progress.Fact | None:
    with house.app.engine.connect() as connection:
        return next((one for one in progress.facts(connection) if one.name == vanished.FACT), None)


def test_what_is_not_shown_twice_with_an_hour_between_is_gone(house: House) -> None:
    gone, here = held(house, 2)
    house.sandbox.jira.delete_issue(gone.key)
    hint(house, gone, here)
    assert living(house) == {gone.id, here.id}
    house.later(HOUR / 2)
    house.digest()
    assert living(house) == {gone.id, here.id}
    look(house)
    assert living(house) == {here.id}
    with house.app.engine.connect() as connection:
        assert changes.waiting(connection, gone.id) is None
    assert check(house) is None


def test_an_issue_that_was_hidden_for_a_moment_stays_and_is_written(house: House) -> None:
    (one,) = held(house)
    jira = house.sandbox.jira
    hidden = jira.issues.pop(one.id)
    hint(house, one)
    house.write()
    jira.issues[one.id] = hidden
    look(house)
    assert living(house) == {one.id}
    house.later(HOUR)
    house.digest()
    assert living(house) == {one.id}, "the first look is forgotten once it is shown"
    house.write()
    assert house.labels(one.key) == {TAG}


def test_a_404_on_writing_gets_a_second_look(house: House) -> None:
    (one,) = held(house)
    house.sandbox.app.extensions["faults"].add(Failing(method="PUT", path=f"/issue/{one.id}$", status=404))
    assert house.write() is None
    assert house.labels(one.key) == set()
    assert living(house) == {one.id}
    look(house)
    house.write()
    assert house.labels(one.key) == {TAG}

    house.sandbox.jira.edit_issue(one.key, components=[])
    house.sweep()
    house.sandbox.jira.delete_issue(one.key)
    house.write()
    assert living(house) == {one.id}
    look(house)
    assert living(house) == set()
    assert house.write() is None


def test_many_at_once_ask_a_person_and_mark_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vanished, "_FEW", 2)
    issues = held(house, 4)
    jira = house.sandbox.jira
    hidden = {one.id: jira.issues.pop(one.id) for one in issues[:3]}
    hint(house, *issues[:3])
    look(house)
    assert len(living(house)) == 4
    found = check(house)
    assert found is not None
    assert not found.ok
    assert "does not show 3 issues" in found.words

    jira.issues.update(dict(list(hidden.items())[:2]))
    look(house)
    assert living(house) == {one.id for one in issues if one is not issues[2]}
    found = check(house)
    assert found is not None
    assert found.ok

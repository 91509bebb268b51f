"""What cannot be decided is set aside and said; its neighbours go on, whichever way they came."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from plugin.alignment import verdicts
from plugin.alignment.facts import Ancestors, Facts
from plugin.alignment.rulebook import RuleBook
from plugin.domain.verdict import Verdict
from plugin.path import decide
from plugin.store import progress
from tests.house import FLAG, TAG, House, configuration, housed

POISON = "A poisonous summary"


@pytest.fixture
def house(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    def align(batch: Sequence[Facts], book: RuleBook, above: Ancestors, now: datetime) -> Mapping[str, Verdict]:
        if any(one.snapshot.text("summary") == POISON for one in batch):
            raise ZeroDivisionError("a rule that raises")
        return verdicts.align(batch, book, above, now)

    monkeypatch.setattr(decide, "align", align)
    with housed(database) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(configuration())
        yield found


def facts(house: House) -> dict[str, str]:
    with house.app.engine.connect() as connection:
        return {one.name: one.words for one in progress.facts(connection) if not one.ok}


def test_a_delivery_that_cannot_be_decided_is_parked_alone(house: House) -> None:
    house.listen()
    with house.sandbox.jira.bulk_change():
        before = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        poison = house.sandbox.jira.create_issue("CHK", POISON)
        after = house.sandbox.jira.create_issue("CHK", "Rename a table")
    assert house.sandbox.sender.drained(30)
    house.digest()
    house.write()
    assert (house.labels(before.key), house.labels(after.key)) == ({TAG}, {FLAG})
    assert house.labels(poison.key) == set()
    ago = house.clock() - timedelta(hours=1)
    assert [one.number for one in house.app.inbox.counts(ago) if one.outcome == "parked"] == [1]


def test_an_issue_that_the_sweep_finds_is_set_aside_alone(house: House) -> None:
    poison = house.sandbox.jira.create_issue("CHK", POISON)
    good = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    house.digest()
    house.write()
    assert house.labels(good.key) == {TAG}
    assert "a rule that raises" in facts(house)[f"issue {poison.key}"]


def test_objectives_that_end_with_the_day_are_noticed_without_an_event(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    house.digest()
    house.write()
    assert house.labels(issue.key) == {TAG}
    house.later(timedelta(days=100))
    house.digest()
    house.write()
    assert house.labels(issue.key) == {FLAG}

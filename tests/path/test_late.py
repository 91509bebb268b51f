"""What comes late, and what changes two levels above an issue."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from plugin.domain.product import Rule
from plugin.store.tables import override
from tests.house import OBJECTIVE, TAG, House, configuration, housed
from webhooks.inbox import delivery


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as one:
        one.apply(configuration())
        yield one


def test_an_echo_that_comes_hours_late_is_still_ours(house: House) -> None:
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    assert house.sandbox.sender.drained(30)
    house.digest()
    house.write()
    assert house.sandbox.sender.drained(30)
    house.later(timedelta(hours=5))
    house.digest()
    assert house.labels(issue.key) == {TAG}
    with house.app.engine.connect() as connection:
        assert connection.execute(select(override)).all() == []
        assert "echo" in set(connection.scalars(select(delivery.c.outcome)))


def test_who_stands_below_is_looked_at_when_only_a_grandparent_changed(house: House) -> None:
    jira = house.sandbox.jira
    old, new = (jira.create_issue("CHK", name, type="Epic") for name in ("Old", "New"))
    story = jira.create_issue("CHK", "A story", parent=old.key)
    task = jira.create_issue("CHK", "A part", type="Sub-task", parent=story.key)
    given = configuration()
    (product,) = given.products
    below = Rule(id="below", objective=OBJECTIVE, when=f"issuetype = Sub-task AND key IN childIssuesOf({new.key})")
    rules = {"rules": (*product.rules, below)}
    house.apply(given.model_copy(update={"products": (product.model_copy(update=rules),)}))
    house.sweep()
    house.digest()
    house.write()
    assert TAG not in house.labels(task.key)
    house.listen()
    jira.edit_issue(story.key, parent=new.key)
    house.settle()
    assert TAG not in house.labels(story.key)  # its own verdict is the same, so nothing of it was written
    assert TAG in house.labels(task.key)

"""`rules verify` over the demo's story: no difference as it stands, and a planted one is found and named."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import bindparam, text

from plugin.admin.verifying import Verification, told, verify
from plugin.cli import main
from plugin.domain.product import Configuration, Rule
from plugin.sandbox.jira.values import Dialect
from tests.house import House, configuration, environment, housed, tell_the_story

ALL = 10_000


def verified(house: House) -> Verification:
    book = house.app.around.book()
    assert book is not None
    return verify(house.app.around, book, ALL)


def with_rules(*when: str) -> Configuration:
    product = configuration().products[0]
    objective = product.objectives[0].id
    rules = tuple(Rule(id=f"r{at}", objective=objective, when=one, why="because") for at, one in enumerate(when))
    return configuration().model_copy(update={"products": (product.model_copy(update={"rules": rules}),)})


@pytest.fixture(params=["cloud", "data center"])
def house(request: pytest.FixtureRequest, database: str) -> Iterator[House]:
    with housed(database, request.param) as one:
        yield one


def plant(house: House, key: str, field: str, value: str) -> None:
    """Alters what we know of the issue, behind Jira's back; `value` is JSON."""
    statement = text(
        "UPDATE issue SET fields = jsonb_set(fields, ARRAY[:field], CAST(:value AS jsonb)) WHERE key = :key"
    )
    with house.app.engine.begin() as connection:
        done = connection.execute(statement, {"field": field, "value": value, "key": key})
    assert done.rowcount == 1


def forget(house: House, key: str, field: str) -> None:
    statement = text("UPDATE issue SET fields = fields - :field WHERE key = :key").bindparams(bindparam("field"))
    with house.app.engine.begin() as connection:
        connection.execute(statement, {"field": field, "key": key})


@pytest.mark.parametrize("dialect", ["cloud", "data center"])
def test_the_story_s_rules_are_decided_as_the_site_decides_them(database: str, dialect: Dialect) -> None:
    with housed(database, dialect) as house:
        tell_the_story(house)
        house.sweep()
        found = verified(house)
        assert list(told(found)) == [
            f"{found.conditions} conditions over {found.issues} issues: 0 differences, 0 unknown to us"
        ]
        assert found.issues == len(house.sandbox.jira.issues)
        assert found.conditions > 10


def test_a_planted_difference_is_found_and_named(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay", components=["Wallet"], labels=["odd"])
    house.sandbox.jira.create_issue("CHK", "Fill the basket", components=["Basket"])
    house.apply(with_rules('project = CHK AND (component = Wallet OR labels = "even") ORDER BY created'))
    house.sweep()
    assert not verified(house).differences
    plant(house, issue.key, "components", '[{"id": "77", "name": "Basket"}]')
    found = verified(house)
    (one,) = found.differences
    assert (one.key, one.name, one.clause, one.value) == (issue.key, "rule r0", "component = Wallet", "Basket")
    assert (one.ours, one.theirs) == (False, True)
    assert next(told(found)) == (
        f"{issue.key} · rule r0: we say no, the site says yes · component = Wallet, where it holds Basket"
    )


def test_what_is_unknown_to_us_is_no_difference(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay", components=["Wallet"])
    house.apply(with_rules("component = Wallet"))
    house.sweep()
    forget(house, issue.key, "components")
    found = verified(house)
    assert not found.differences
    assert [(one.key, one.clause, one.ours, one.theirs) for one in found.unknown] == [
        (issue.key, "component = Wallet", None, True)
    ]


def test_what_the_site_refuses_is_told_and_the_other_clauses_are_compared(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay", labels=["okr-1", "odd"])
    house.apply(with_rules('labels IN glob("okr-*") AND labels != even'))
    house.sweep()
    found = verified(house)
    assert {name for name, _ in found.refused} == {"rule r0", 'rule r0: labels IN glob("okr-*")'}
    assert not found.differences
    plant(house, issue.key, "labels", '["okr-1", "even"]')
    (one,) = verified(house).differences
    assert (one.clause, one.value, one.ours, one.theirs) == ("labels != even", "okr-1, even", False, True)


def test_what_changed_meanwhile_is_set_aside(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay", components=["Wallet"])
    gone = house.sandbox.jira.create_issue("CHK", "Gone", components=["Wallet"])
    house.apply(with_rules("component = Wallet"))
    house.sweep()
    house.sandbox.jira.edit_issue(issue.key, components=(), at=house.clock() + timedelta(seconds=5))
    house.sandbox.jira.delete_issue(gone.key)
    found = verified(house)
    assert found.set_aside == (issue.key, gone.key)
    assert found.issues == 0
    assert not found.differences


@pytest.fixture
def run(house: House, database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, value in environment(house.sandbox, database).items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(main, words, catch_exceptions=False)


def test_the_command_ends_with_1_where_anything_differs(house: House, run: Callable[..., Result]) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay", components=["Wallet"])
    nothing = run("rules", "verify")
    assert nothing.exit_code == 2
    assert "plumbline apply" in nothing.output
    house.apply(with_rules("component = Wallet"))
    house.sweep()
    assert run("rules", "verify", "--issues", "5").exit_code == 0
    plant(house, issue.key, "components", "[]")
    differing = run("rules", "verify")
    assert differing.exit_code == 1
    assert f"{issue.key} · rule r0: we say no, the site says yes" in differing.output

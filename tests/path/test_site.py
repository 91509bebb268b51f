"""What the site says of itself: read once a day, the same for every process, and a field that vanishes is said."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from plugin.domain.product import Configuration, Rule
from plugin.path.site import FACT, known_book, known_facts, note_lost, site_due
from plugin.sandbox.jira.catalogue import PRIORITIES
from plugin.sandbox.jira.values import Json, Named
from plugin.store import progress, sites, snapshots, verdicts
from tests.house import OBJECTIVE, TAG, House, configuration, housed

TEAM = "customfield_10050"


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as one:
        one.sandbox.jira.add_field(TEAM, "Team", "select")
        yield one


def ruled(*conditions: str) -> Configuration:
    """One rule for each condition, all for the one objective, behind the rule for Wallet."""
    given = configuration()
    (product,) = given.products
    rules = [Rule(id=f"r{at}", objective=OBJECTIVE, when=when) for at, when in enumerate(conditions)]
    return given.model_copy(update={"products": (product.model_copy(update={"rules": (*product.rules, *rules)}),)})


def rename(house: House, name: str) -> None:
    site = house.sandbox.jira
    told: list[Json] = [one | {"name": name} if one["id"] == TEAM else one for one in site.fields]
    site.fields[:] = told


def check(house: House) -> progress.Fact:
    with house.app.engine.begin() as connection:
        return next(one for one in progress.facts(connection) if one.name == FACT)


def test_the_site_is_read_once_a_day_and_grows_a_revision_only_where_it_says_something_else(house: House) -> None:
    house.app.site()
    with house.app.engine.connect() as connection:
        first = sites.known(connection)
        assert first is not None
        assert not site_due(connection, house.clock() + timedelta(hours=23))
        assert site_due(connection, house.clock() + timedelta(hours=25))
    assert first.site.names[TEAM] == "Team"
    assert first.site.priorities == tuple((one.id, one.name) for one in PRIORITIES)
    assert set(first.site.projects) == set(house.sandbox.jira.projects)
    house.app.site()
    rename(house, "Crew")
    with house.app.engine.connect() as connection:
        assert sites.revision(connection) == first.revision
    house.app.site()
    with house.app.engine.connect() as connection:
        assert sites.revision(connection) == first.revision + 1


def test_only_what_the_rules_ask_of_the_site_has_all_issues_looked_at_again(house: House) -> None:
    jira = house.sandbox.jira
    jira.create_issue("CHK", "Of the team", custom={TEAM: {"id": "7", "value": "Payments"}})
    house.apply(ruled("component = Basket"))
    house.sweep()
    house.digest()
    jira.add_field("customfield_10077", "Weather", "select")
    jira.add_project("NEW", "Newcomer")
    house.app.site()
    assert waiting(house) == 0, "neither that the site is known, nor what no rule speaks of, decides anything"
    house.apply(ruled("Team = Payments"))
    house.digest()
    rename(house, "Crew")
    house.app.site()
    assert waiting(house) == 1


def waiting(house: House) -> int:
    book = house.app.around.book()
    assert book is not None
    with house.app.engine.connect() as connection:
        return snapshots.number_due(connection, book.version, house.clock())


def test_a_field_by_name_and_the_sites_own_order_of_priorities_decide(house: House) -> None:
    jira = house.sandbox.jira
    jira.catalogue.priorities.insert(0, Named("77", "Blocker"))
    chosen = jira.create_issue("CHK", "Of the team", custom={TEAM: {"id": "7", "value": "Payments"}})
    blocking = jira.create_issue("CHK", "Above Highest, and its id the last", priority="Blocker")
    other = jira.create_issue("CHK", "Neither", priority="Highest")
    house.app.site()
    house.apply(ruled("Team = Payments", "priority > Highest"))
    house.sweep()
    house.write()
    assert TAG in house.labels(chosen.key)
    assert TAG in house.labels(blocking.key)
    assert TAG not in house.labels(other.key)


def test_a_rule_whose_field_is_renamed_is_undecided_and_said_and_its_neighbours_go_on(house: House) -> None:
    jira = house.sandbox.jira
    tagged = jira.create_issue("CHK", "Of the team", custom={TEAM: {"id": "7", "value": "Payments"}})
    house.app.site()
    house.apply(ruled("Team = Payments AND project = CHK"))
    house.sweep()
    house.write()
    assert TAG in house.labels(tagged.key)
    rename(house, "Crew")
    house.app.site()
    wallet = jira.create_issue("CHK", "By the neighbour", components=["Wallet"])
    house.sweep()
    house.digest()
    house.write()
    assert TAG in house.labels(wallet.key)
    assert TAG in house.labels(tagged.key)  # what was said before stays until the rule can be decided again
    said = check(house)
    assert not said.ok
    assert "rule r0 of acme-pay is undecided: Plumbline does not decide the field Team" in said.words
    with house.app.engine.connect() as connection:
        undecided = verdicts.of(connection, [tagged.id])[tagged.id]
    assert undecided.missing == ("Team = Payments",)
    asked = house.calls("POST", "bulkfetch")
    house.later(timedelta(minutes=10))
    house.digest()
    assert house.calls("POST", "bulkfetch") == asked  # Jira cannot tell what it does not have
    rename(house, "Team")
    house.app.site()
    assert check(house).ok


def test_a_site_that_was_never_read_leaves_such_rules_undecided(house: House) -> None:
    with house.app.engine.begin() as connection:
        book = known_book(connection, ruled("Team = Payments"))
        assert book is not None
        assert known_facts(connection).fields == {}
        note_lost(connection, book, house.clock())
    assert not check(house).ok

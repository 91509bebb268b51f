"""`plumbline webhook`: what the sandbox's Jira then has registered, and what people are told."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from plugin.admin.webhook import Wanted, in_jiras_words
from plugin.cli import main
from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.jira.webhooks_registry import Registry, Webhook
from tests.house import SECRET, House, configuration, environment, housed
from webhooks.events import SUBSCRIBED

ADDRESS = "https://plumbline.example/webhooks/jira"


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        given = configuration()
        site = given.site.model_copy(update={"public_url": "https://plumbline.example"})
        found.apply(given.model_copy(update={"site": site}))
        yield found


def run(house: House, *words: str, **settings: str) -> Result:
    env = {**environment(house.sandbox, house.app.database_url), **settings}
    return CliRunner().invoke(main, ["webhook", *words], env=env)


def registered(house: House) -> list[Webhook]:
    registry: Registry = house.sandbox.app.extensions["webhooks"]
    return list(registry.webhooks.values())


def as_ben(house: House) -> dict[str, str]:
    """An account that may work, and may not administer Jira."""
    ben = house.sandbox.jira.catalogue.person("Ben Okafor")
    email = (ben.email or "") if house.sandbox.dialect == "cloud" else ""
    return {"PLUMBLINE_JIRA_EMAIL": email, "PLUMBLINE_JIRA_TOKEN": ben.token}


def test_it_is_registered_with_its_events_and_its_secret(house: House) -> None:
    assert run(house, "install").exit_code == 0
    (hook,) = registered(house)
    assert (hook.url, hook.secret, hook.events, hook.enabled) == (ADDRESS, SECRET, SUBSCRIBED, True)


def test_a_second_time_changes_what_is_there(house: House) -> None:
    run(house, "install", "--url", "https://old.example")
    again = run(house, "install")
    assert again.exit_code == 0
    assert "it leads to https://old.example/webhooks/jira instead of https://plumbline.example" in again.output
    assert [hook.url for hook in registered(house)] == [ADDRESS]


def test_one_of_another_name_at_our_address_is_taken_over(house: House) -> None:
    house.app.jira.register_webhook("Typed by Ada", ADDRESS, ["jira:issue_created"], "")
    run(house, "install")
    (hook,) = registered(house)
    assert (hook.name, hook.secret, hook.events) == ("Typed by Ada", SECRET, SUBSCRIBED)


def test_what_works_is_told_to_those_who_ask(house: House) -> None:
    missing = run(house, "status")
    assert missing.exit_code == 1
    assert "not registered" in missing.output
    run(house, "install")
    found = run(house, "status")
    assert found.exit_code == 0
    assert "no delivery ever came" in found.output


def test_what_is_wrong_with_it_is_told(house: House) -> None:
    house.app.jira.register_webhook("Plumbline", ADDRESS, ["jira:issue_created", "jira:issue_updated"], "")
    found = run(house, "status")
    assert found.exit_code == 1
    assert "it leaves out Issue: deleted; Issue link: created, deleted; Sprint" in found.output
    assert "it has no secret" in found.output


def test_it_is_removed_and_others_stay(house: House) -> None:
    house.app.jira.register_webhook("Other", "https://other.example/hook", ["jira:issue_created"], "")
    run(house, "install")
    assert run(house, "remove").exit_code == 0
    assert [hook.name for hook in registered(house)] == ["Other"]
    again = run(house, "remove")
    assert (again.exit_code, "there is none of ours" in again.output) == (0, True)


def test_who_may_not_is_told_what_an_administrator_has_to_enter(house: House) -> None:
    found = run(house, "install", **as_ben(house))
    assert found.exit_code == 1
    for words in (
        ADDRESS,
        "Plumbline",
        "PLUMBLINE_WEBHOOK_SECRETS",
        "Issue: created, updated, deleted",
        "Sprint: crea",
    ):
        assert words in found.output
    assert SECRET not in found.output
    assert registered(house) == []
    assert run(house, "status", **as_ben(house)).exit_code == 1


def test_a_wrong_token_is_no_lack_of_permission(house: House) -> None:
    found = run(house, "install", PLUMBLINE_JIRA_TOKEN="wrong")
    assert found.exit_code == 2
    assert "the token was not accepted" in found.output
    assert "administrator of Jira can enter" not in found.output


def test_a_token_in_the_address_is_never_shown(house: House) -> None:
    token = "long-and-random"
    settings = {"PLUMBLINE_WEBHOOK_SECRETS": "", "PLUMBLINE_WEBHOOK_URL_TOKEN": token}
    told = [run(house, word, **settings) for word in ("install", "status", "install", "remove")]
    told.append(run(house, "install", **settings, **as_ben(house)))
    assert all(token not in one.output for one in told)
    assert [one.exit_code for one in told] == [0, 0, 0, 0, 1]


def test_without_an_address_it_says_where_to_give_one(house: House) -> None:
    house.apply(configuration())
    found = run(house, "install")
    assert found.exit_code == 2
    assert "--url" in found.output
    assert run(house, "install", "--url", "plumbline.example").exit_code == 2


@pytest.mark.parametrize("base", ["https://x.example", "https://x.example/", "https://x.example/webhooks/jira"])
def test_the_receivers_path_is_given_or_not(house: House, base: str) -> None:
    assert Wanted.of(house.app.settings, base).url == "https://x.example/webhooks/jira"


def test_jiras_words_name_every_event_that_is_wanted() -> None:
    told = in_jiras_words(SUBSCRIBED)
    assert sum(line.count(",") + 1 for line in told) == len(SUBSCRIBED)
    assert Wanted(address=ADDRESS, secret=SecretStr("s")).events == SUBSCRIBED

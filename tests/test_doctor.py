"""`plumbline doctor` in a house around the sandbox: what it says of what is well, and of what was broken."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from plugin.atlassian.jira_data_center import first_end
from plugin.cli import main
from plugin.doctor import Finding, Patient, code, examine
from plugin.doctor.jira import webhook
from plugin.domain.product import Configuration, ReviewPlan, Rule
from plugin.sandbox.jira.catalogue import STORY_POINTS
from plugin.sandbox.jira.values import Dialect
from plugin.settings import Settings
from tests.house import SECRET, House, configuration, environment, housed
from webhooks.events import SUBSCRIBED

ADDRESS = "https://plumbline.example"


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        found.apply(with_rule("component = Wallet"))
        yield found


def with_rule(when: str, review: ReviewPlan | None = None) -> Configuration:
    given = configuration()
    (product,) = given.products
    rule = Rule(id="wallet-work", objective=product.objectives[0].id, when=when)
    site = given.site.model_copy(update={"public_url": ADDRESS, "review": review or given.site.review})
    return given.model_copy(update={"site": site, "products": (product.model_copy(update={"rules": (rule,)}),)})


def examined(house: House, issue: str | None = None, **settings: str) -> dict[str, Finding]:
    app = house.app
    if settings:
        found = Settings.read({**environment(house.sandbox, app.database_url), **settings})
        app = replace(app, settings=found)
    try:
        return {one.name: one for one in examine(Patient(app.settings, app.around, app.confluence, app.inbox), issue)}
    finally:
        if app is not house.app:
            app.close()


def run(house: House, *words: str) -> Result:
    env = environment(house.sandbox, house.app.database_url)
    return CliRunner().invoke(main, ["doctor", *words], env=dict(env))


def with_everything(house: House) -> None:
    """A worker's heart beats, a sweep came to its end, the webhook is there and has told something."""
    house.listen()
    house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.settle()
    house.sweep()
    url = f"{ADDRESS}/webhooks/jira"
    jira = house.app.jira
    for hook in jira.webhooks():
        jira.remove_webhook(hook.id)
    jira.register_webhook("Plumbline", url, SUBSCRIBED, SECRET)
    with house.app.engine.begin() as connection:
        connection.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))


def test_a_well_site_is_well(house: House) -> None:
    with_everything(house)
    found = run(house)
    assert found.exit_code == 0, found.output
    assert " 0 not ok" in found.output
    assert f"answers, {house.sandbox.dialect}" in found.output


def test_every_fault_ends_with_a_code_of_its_own(house: House) -> None:
    """One at a time, where all else is well; address, token, permission, field and webhook have tests below."""
    with_everything(house)
    assert code(examined(house).values()) == 0
    house.sandbox.jira.token_ends[house.sandbox.jira.catalogue.service.id] = datetime.now(UTC) + timedelta(days=3)
    assert code(examined(house).values()) == (13 if house.sandbox.dialect == "data center" else 0)
    house.sandbox.jira.token_ends.clear()
    assert code(examined(house, PLUMBLINE_CONFLUENCE_URL="http://127.0.0.1:9").values()) == 18
    house.apply(with_rule("component = Wallet", ReviewPlan(space="NIX")))
    assert code(examined(house).values()) == 19
    found = run(house)
    assert found.exit_code == 19
    told = next(line for line in found.output.splitlines() if line.startswith("not ok"))
    assert "space" in told
    assert "NIX" in told
    assert found.output.splitlines()[-1].endswith("; begin with space (exit code 19)")
    house.apply(with_rule("component = Wallet"))
    house.later(timedelta(minutes=5))
    assert code(examined(house).values()) == 17


def test_the_same_as_json(house: House) -> None:
    found = run(house, "--json")
    told = json.loads(found.stdout)
    assert told["well"] is False
    assert found.exit_code == 16
    assert {"name", "state", "words", "remedy"} == set(told["findings"][0])


def test_a_new_site_is_told_what_is_missing(house: House) -> None:
    found = examined(house)
    wrong = {name for name, one in found.items() if one.state == "not ok"}
    assert wrong == {"worker", "cadence", "webhook", "last delivery"}
    assert all(found[name].remedy for name in wrong)
    assert code(found.values()) == 16, "the webhook comes before those who wait for it"


def test_a_wrong_token_is_named_and_the_rest_goes_on(house: House) -> None:
    own = house.sandbox.jira.catalogue.service.token
    found = examined(house, PLUMBLINE_JIRA_TOKEN="wrong", PLUMBLINE_CONFLUENCE_TOKEN=own)
    assert found["jira address"].state == "ok"
    assert found["token"].state == "not ok"
    assert "permission" not in found["token"].remedy
    assert code(found.values()) == 12
    assert found["database"].state == "ok"
    assert found["confluence"].state == "ok"


def test_a_wrong_address_is_named(house: House) -> None:
    found = examined(house, PLUMBLINE_JIRA_URL="http://127.0.0.1:9")
    assert found["jira address"].state == "not ok"
    assert "127.0.0.1:9" in found["jira address"].words
    assert code(found.values()) == 11
    assert "token" not in found


def test_permissions_are_told_project_by_project(house: House) -> None:
    guest = house.sandbox.jira.catalogue.person("Guest")
    email = (guest.email or "") if house.sandbox.dialect == "cloud" else ""
    found = examined(house, PLUMBLINE_JIRA_TOKEN=guest.token, PLUMBLINE_JIRA_EMAIL=email)
    assert found["“Browse projects”"].state == "ok"
    assert (found["“Edit issues”"].state, found["“Link issues”"].state) == ("not ok", "not ok")
    assert "CHK" in found["“Edit issues”"].words
    assert "watchers in CHK get mail" in found["mail"].words
    assert code(found.values()) == 14
    assert found["webhook"].state == "not known"
    assert examined(house)["mail"].words == "our edits send no mail to watchers"


def test_a_project_that_is_not_there_is_named(house: House) -> None:
    house.apply(configuration("CHK, NIX"))
    assert "NIX" in examined(house)["project NIX"].words


def test_a_field_that_vanished_names_its_rule(house: House) -> None:
    number = STORY_POINTS[house.sandbox.dialect].rpartition("_")[2]
    house.apply(with_rule(f"cf[{number}] > 3"))
    assert examined(house)["fields"].state == "ok"
    house.apply(with_rule("cf[99999] > 3"))
    assert code(examined(house).values()) == 15
    found = examined(house)["fields"]
    assert found.state == "not ok"
    assert (
        "rule wallet-work of acme-pay cannot be decided on this site: This site has no field cf[99999]" in found.words
    )


def test_a_field_that_was_renamed_names_its_rule_and_what_it_is_called_now(house: House) -> None:
    house.sandbox.jira.add_field("customfield_10777", "Wallet size (EUR)", "float")
    house.apply(with_rule('"Wallet size" > 3'))
    found = examined(house)["fields"]
    assert found.state == "not ok"
    assert "wallet-work" in found.words
    assert "Is “Wallet size (EUR)” meant?" in found.words


def test_the_clocks_are_compared(house: House) -> None:
    assert examined(house)["clock"].state == "ok"
    house.later(timedelta(minutes=5))
    found = examined(house)["clock"]
    assert found.state == "not ok"
    assert "300 s apart" in found.words or "299 s apart" in found.words


def test_the_webhook_is_held_against_what_it_should_be(house: House) -> None:
    house.app.jira.register_webhook("Plumbline", "https://old.example/webhooks/jira", ["jira:issue_created"], "")
    found = examined(house)["webhook"]
    assert found.state == "not ok"
    assert "https://old.example" in found.words


def test_a_last_delivery_of_yesterday_is_no_proof(house: House) -> None:
    now = datetime.now(UTC)
    (_, told) = webhook(house.app.jira, None, now - timedelta(days=2), now)
    assert told.state == "not known"


def test_space_and_parent_are_looked_for(house: House) -> None:
    assert examined(house)["space"].state == ("ok" if house.sandbox.dialect == "cloud" else "not known")
    house.apply(with_rule("component = Wallet", ReviewPlan(space="PROD", parent="Nowhere")))
    assert examined(house)["parent page"].state == "not ok"
    house.apply(with_rule("component = Wallet", ReviewPlan(space="NIX")))
    assert examined(house)["space"].state == "not ok"


def test_a_space_that_is_closed_to_us_is_told_where_the_site_tells(house: House) -> None:
    house.sandbox.confluence.read_only.add("PROD")
    assert examined(house)["space"].state == ("not ok" if house.sandbox.dialect == "cloud" else "not known")


@pytest.mark.parametrize("before", [None, {"objective": "a", "clauses": []}])
def test_the_property_is_tried_and_restored(house: House, before: dict[str, object] | None) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Any", labels=["theirs"])
    if before is not None:
        house.sandbox.jira.set_property(issue.key, "plumbline", before)  # type: ignore[arg-type]  # invariant dict
    writes = house.calls("PUT", f"/issue/{issue.id}")
    found = examined(house, issue.key)["property"]
    assert found.state == "ok"
    now = house.sandbox.jira.issue(issue.key)
    assert now.properties.get("plumbline") == before
    assert now.labels == ["theirs"]
    assert house.calls("PUT", f"/issue/{issue.id}") - writes == (1 if before is None else 2)


def test_an_issue_that_is_not_shown_is_said(house: House) -> None:
    assert examined(house, "CHK-999")["property"].state == "not ok"


def test_an_old_database_is_told_to_migrate(house: House) -> None:
    with house.app.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    found = examined(house)["database"]
    assert found.state == "not ok"
    assert "0002" in found.words
    assert "plumbline migrate" in found.remedy


def test_without_a_database_jira_is_still_looked_at(house: House) -> None:
    env = environment(house.sandbox, "postgresql://nobody@127.0.0.1:1/nothing")
    told = CliRunner().invoke(main, ["doctor"], env=dict(env))
    assert told.exit_code == 10
    assert "not ok     database" in told.output
    assert "jira address" in told.output


def test_the_day_on_which_a_token_ends_is_told_where_the_site_tells(house: House) -> None:
    me = house.sandbox.jira.catalogue.service.id
    assert examined(house)["token expiry"].state == "not known"
    for days, state in ((3, "not ok"), (90, "ok")):
        house.sandbox.jira.token_ends[me] = datetime.now(UTC) + timedelta(days=days)
        found = examined(house)["token expiry"]
        assert found.state == (state if house.sandbox.dialect == "data center" else "not known")


def test_the_first_of_several_tokens_to_end_counts() -> None:
    tokens: list[dict[str, str | None]] = [
        {"expiringAt": "2027-06-28T12:51:54.000+02:00"},
        {"name": "for ever"},
        {"expiringAt": None},
    ]
    assert first_end(tokens) == datetime(2027, 6, 28, 10, 51, 54, tzinfo=UTC)
    assert first_end([]) is None

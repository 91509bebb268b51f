"""Rules from a draft into force and back again, as an admin does it over HTTP."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from plugin.admin import drafts as deeds
from plugin.configuration import ConfigurationFaults
from plugin.configuration.loader import load_texts
from plugin.store import configurations
from plugin.store.tables import activity
from tests.console.browsing import Browser, admins, viewers
from tests.house import OBJECTIVE, House, configuration

HOSTILE = "</textarea><script>alert(1)</script>\"'&"
NEW = {"product": "acme-pay", "objective": OBJECTIVE, "why": "Tills are where people pay", "priority": "90"}


def save(browser: Browser, values: dict[str, str], path: str = "/rules/new") -> None:
    """Sends the editor's form as it was filled, with what a person changed in it."""
    seen = re.search(r'name="seen" value="([^"]*)"', browser.get(path).text)
    assert seen
    answer = browser.post(path, {"deed": "save", "seen": seen[1], **values})
    assert answer.status_code == 302, answer.text


def mark(browser: Browser) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', browser.get("/draft").text)
    assert found
    return found[1]


def apply(browser: Browser, version: int, seen: str | None = None) -> int:
    values = {"why": "Because of tills", "confirmed": f"version {version}", "mark": seen or mark(browser)}
    return browser.post("/draft/apply", values, form="/draft").status_code


def plan(house: House, browser: Browser) -> str:
    assert browser.post("/draft/plan", form="/draft").status_code == 302
    assert "It waits for the worker" in browser.get("/draft").text
    assert browser.get("/draft/progress").json == {
        "over": False,
        "words": "It waits for the worker.",
        "done": 0,
        "of": 0,
    }
    house.app.plan()
    assert browser.get("/draft/progress").json == {"over": True}
    return browser.get("/draft").text


def in_force(house: House) -> tuple[int, set[str]]:
    with house.app.engine.connect() as connection:
        found = configurations.active(connection)
    assert found
    return found.version, {one.id for one in found.products[0].rules}


def test_a_rule_goes_from_a_draft_by_way_of_a_plan_into_force_and_back(house: House, app: Flask) -> None:
    key = house.sandbox.jira.create_issue("CHK", "Till crashes", labels=["till"]).key
    house.sweep()
    house.write()
    browser = admins(house, app)
    assert "You have no draft" in browser.get("/draft").text
    save(browser, {**NEW, "id": "tills", "when": "labels = till"})
    assert in_force(house) == (1, {"wallet-work"})
    assert "rule tills is new" in browser.get("/draft").text
    assert "tills" in browser.get("/rules").text
    assert apply(browser, 1) == 409, "nothing is applied unseen"

    told = plan(house, browser)
    assert re.search(r"1 of \d+ issues would move", told)
    assert f'href="/issue/{key}"' in told
    assert in_force(house)[0] == 1
    assert (
        browser.post("/draft/apply", {"why": "x", "confirmed": "yes", "mark": mark(browser)}, form="/draft").status_code
        == 400
    )
    assert in_force(house)[0] == 1
    assert apply(browser, 1) == 302
    assert in_force(house) == (2, {"wallet-work", "tills"})
    assert "You have no draft" in browser.get("/draft").text
    house.digest()
    house.write_until_done()
    assert f"objective-{OBJECTIVE}" in house.labels(key)
    page = browser.get("/rules/history").text
    assert "Because of tills" in page
    assert "rule tills is new" in page
    assert f'href="/issue/{key}"' in browser.get("/rules/acme-pay/tills").text

    assert (
        browser.post(
            "/rules/history/1/back", {"why": "Wrong", "confirmed": "version 1", "active": "1"}, form="/rules/history/1"
        ).status_code
        == 409
    )
    assert in_force(house)[0] == 2
    back = {"why": "Wrong", "confirmed": "version 1", "active": "2"}
    assert browser.post("/rules/history/1/back", back, form="/rules/history/1").status_code == 302
    assert in_force(house) == (3, {"wallet-work"})
    house.digest()
    house.write_until_done()
    assert f"objective-{OBJECTIVE}" not in house.labels(key)
    with house.app.engine.connect() as connection:
        deeds_told = list(connection.execute(select(activity.c.what, activity.c.why).order_by(activity.c.seq)))
    assert [(what, why) for what, why in deeds_told if "password" not in what] == [
        ("Wrote the rule “tills” of acme-pay in a draft.", ""),
        ("Had the draft upon version 1 planned.", ""),
        ("Put version 2 of the rules in force.", "Because of tills"),
        ("Took the rules back to version 1, as version 3.", "Wrong"),
    ]


def test_a_change_after_the_plan_is_planned_again(house: House, app: Flask) -> None:
    browser = admins(house, app)
    save(browser, {**NEW, "id": "tills", "when": "labels = till"})
    plan(house, browser)
    planned = mark(browser)
    save(browser, {**NEW, "id": "tills", "when": "labels = tills"}, "/rules/acme-pay/tills")
    assert "was changed since it was planned" in browser.get("/draft").text
    assert apply(browser, 1, planned) == 409
    assert apply(browser, 1) == 409
    assert in_force(house)[0] == 1


def test_of_two_admins_the_second_sees_the_conflict_and_nothing_is_overwritten(house: House, app: Flask) -> None:
    first, second = admins(house, app), viewers(house, app, "admin")
    changed = {"id": "wallet-work", "objective": OBJECTIVE, "priority": "100", "why": "w"}
    save(first, {**changed, "when": "component = Wallet AND labels = early"}, "/rules/acme-pay/wallet-work")
    save(first, {**NEW, "id": "firsts", "when": "labels = early"})
    save(second, {**changed, "when": "component = Wallet AND labels = late"}, "/rules/acme-pay/wallet-work")
    save(second, {**NEW, "id": "seconds", "when": "labels = late"})
    plan(house, first)
    plan(house, second)
    assert apply(first, 1) == 302
    assert apply(second, 1) == 409
    assert in_force(house) == (2, {"wallet-work", "firsts"})
    page = second.get("/draft").text
    assert "Version 2 came into force meanwhile" in page
    assert "rule firsts is new" in page
    assert page.count('value="mine"') == 1, "only what both changed is asked for"
    clash = "side acme-pay › rules › wallet-work"
    assert second.post("/draft/rebase", {"mark": mark(second)}, form="/draft").status_code == 400
    assert second.post("/draft/rebase", {"mark": mark(second), clash: "mine"}, form="/draft").status_code == 302
    page = second.get("/draft").text
    assert "meanwhile" not in page
    assert "rule seconds is new" in page
    assert "rule firsts" not in page
    assert apply(second, 2) == 409, "what it would do is another thing now"
    plan(house, second)
    assert apply(second, 2) == 302
    with house.app.engine.connect() as connection:
        found = configurations.active(connection)
    assert found
    assert {one.id: one.when for one in found.products[0].rules} == {
        "wallet-work": "component = Wallet AND labels = late",
        "firsts": "labels = early",
        "seconds": "labels = late",
    }


def test_a_form_that_was_filled_before_somebody_else_changed_the_rule_overwrites_nothing(
    house: House, app: Flask
) -> None:
    one, other = admins(house, app), admins(house, app)
    old = re.search(r'name="seen" value="([^"]*)"', one.get("/rules/acme-pay/wallet-work").text)
    assert old
    values = {"id": "wallet-work", "objective": OBJECTIVE, "when": "labels = mine", "why": "", "priority": "100"}
    save(other, {**values, "when": "labels = other"}, "/rules/acme-pay/wallet-work")
    answer = one.post("/rules/acme-pay/wallet-work", {**values, "deed": "save", "seen": old[1]})
    assert answer.status_code == 409
    assert "labels = mine" in answer.text, "what was typed is not lost"
    assert "labels = other" in other.get("/rules/acme-pay/wallet-work").text


@pytest.mark.parametrize("condition", ["component = ", "compnent = Wallet", "status was Done", HOSTILE])
def test_a_condition_that_cannot_be_decided_is_not_saved_and_says_where(
    house: House, app: Flask, condition: str
) -> None:
    browser = admins(house, app)
    answer = browser.post("/rules/new", {**NEW, "id": "x", "when": condition, "deed": "save", "seen": ""})
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.text
    assert "Line 1, character" in answer.text
    assert "<script>alert" not in answer.text
    live = browser.post("/rules/check", {"product": "acme-pay", "when": condition}, form="/rules/new").json
    assert live
    assert live["wrong"]["message"]
    assert live["wrong"]["line"] == 1
    assert "You have no draft" in browser.get("/draft").text


def test_the_live_check_counts_and_names_what_the_reader_may_see(house: House, app: Flask) -> None:
    for number in range(3):
        house.sandbox.jira.create_issue("CHK", f"{HOSTILE} {number}", labels=["till"])
    house.sweep()
    browser = admins(house, app)
    found = browser.post("/rules/check", {"product": "acme-pay", "when": "labels = till"}, form="/rules/new").json
    assert found
    assert found["wrong"] is None
    assert found["matches"]["matched"] == 3
    assert found["matches"]["whole"]
    assert [one["summary"] for one in found["matches"]["examples"]] == [f"{HOSTILE} {one}" for one in range(3)]
    assert "<script>alert" not in found["html"]
    words = browser.get("/rules/words").json
    assert words
    assert "component" in words["fields"]
    assert "till" in words["values"]["labels"]


def test_hostile_words_stay_words_on_every_page(house: House, app: Flask) -> None:
    browser = admins(house, app)
    values = {**NEW, "id": "tills", "when": 'summary ~ "<b>script</b>"', "why": HOSTILE}
    save(browser, values)
    plan(house, browser)
    assert apply(browser, 1) == 302
    save(browser, {**values, "why": HOSTILE + "!"}, "/rules/acme-pay/tills")
    pages = (
        "/rules",
        "/rules/acme-pay/tills",
        "/draft",
        "/draft/files?name=products/acme-pay.yaml",
        "/rules/history",
        "/rules/history/2",
        "/activity",
    )
    for path in pages:
        text = browser.get(path).text
        assert "<script>alert" not in text, path
        assert "<b>script" not in text, path
        assert " style=" not in text, path


def test_files_hold_the_console_to_reading(house: House, app: Flask) -> None:
    browser = admins(house, app)
    save(browser, {**NEW, "id": "tills", "when": "labels = till"})
    token = browser.token_on("/tokens")
    files = configuration()
    house.apply(files.model_copy(update={"site": files.site.model_copy(update={"managed_by": "files"})}))
    for path in ("/rules", "/rules/acme-pay/wallet-work", "/rules/history", "/draft"):
        page = browser.get(path).text
        assert "managed by files" in page, path
        assert 'value="save"' not in page, path
    paths = [
        one.rule
        for one in app.url_map.iter_rules()
        if "POST" in (one.methods or ()) and one.rule.startswith(("/rules", "/draft", "/objectives"))
    ]
    assert len(paths) >= 8
    for path in paths:
        if path == "/rules/check":
            continue
        there = path.replace("<product>", "acme-pay").replace("<id>", "wallet-work").replace("<int:version>", "1")
        answer = browser.client.post(there, data={"csrf_token": token, "deed": "save"})
        assert answer.status_code == 409, path
    assert in_force(house)[0] == 2


def test_a_version_is_exported_as_files_that_load_again(house: House, app: Flask) -> None:
    browser = admins(house, app)
    answer = browser.get("/rules/history/1/export.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plumbline-version-1.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    again = load_texts(files, datetime.now(UTC).date())
    assert again.model_copy(update={"version": 1}) == configuration().model_copy(update={"version": 1})
    assert browser.get("/rules/history/1/files/products/acme-pay.yaml").text == files["products/acme-pay.yaml"]
    assert browser.get("/rules/history/9/export.zip").status_code == 404


def test_a_file_with_faults_is_kept_and_told_and_not_planned(house: House, app: Flask) -> None:
    browser = admins(house, app)
    text = browser.get("/rules/history/1/files/products/acme-pay.yaml").text
    values = {"name": "products/acme-pay.yaml", "text": text.replace("when:", "wen:"), "mark": ""}
    assert browser.post("/draft/files", values).status_code == 302
    page = browser.get("/draft").text
    assert "&#39;wen&#39; is not known" in page
    assert browser.post("/draft/plan", form="/draft").status_code == 409
    assert browser.post("/draft/discard", {"mark": mark(browser)}, form="/draft").status_code == 302
    assert "You have no draft" in browser.get("/draft").text


def test_the_list_is_sorted_filtered_and_linked_by_its_address(house: House, app: Flask) -> None:
    browser = admins(house, app)
    for id in ("aaa", "zzz"):
        save(browser, {**NEW, "id": id, "when": f"labels = {id}", "why": f"{id} is why"})
    plan(house, browser)
    assert apply(browser, 1) == 302

    def order(query: str) -> list[str]:
        page = viewers(house, app).get(f"/rules?{query}").text
        return re.findall(r'<a href="/rules/acme-pay/([a-z-]+)"', page)

    assert order("sort=rule") == ["aaa", "wallet-work", "zzz"]
    assert order("sort=rule&order=down") == ["zzz", "wallet-work", "aaa"]
    assert order("q=ZZZ") == ["zzz"]
    assert order("show=idle&sort=rule")[0] == "aaa"
    assert order("show=nonsense&sort=nonsense&page=-3") == ["aaa", "zzz", "wallet-work"]
    assert order("objective=none-such") == []


def test_a_plan_of_a_draft_with_faults_says_so(house: House, app: Flask) -> None:
    """Faults may come after the plan was asked for: the worker looks again."""
    browser = admins(house, app)
    save(browser, {**NEW, "id": "tills", "when": "labels = till"})
    with house.app.engine.connect() as connection:
        draft = deeds.begun(connection, "admin", house.clock())
        assert draft
        with pytest.raises(ConfigurationFaults):
            deeds.loaded(connection, {**draft.files, "site.yaml": "nonsense: 1"}, house.clock())

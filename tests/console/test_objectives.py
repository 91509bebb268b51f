"""Objectives proposed, agreed, ended and carried over: edits of the draft, in force once it is applied."""

import re
from datetime import timedelta

from flask import Flask

from plugin.domain.product import Configuration
from plugin.domain.week import Quarter
from plugin.store import configurations
from tests.console.browsing import Browser, admins, viewers
from tests.console.test_rules import HOSTILE, apply, mark, plan
from tests.house import OBJECTIVE, House

HERE = f"/objectives/acme-pay/{OBJECTIVE}"


def in_force(house: House) -> Configuration:
    with house.app.engine.connect() as connection:
        found = configurations.active(connection)
    assert found
    return found


def propose(browser: Browser, values: dict[str, str], path: str = "/objectives/new") -> int:
    page = browser.get(path).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    quarter = re.search(r'name="quarter" value="([^"]*)"', page)
    assert quarter
    values = {"product": "acme-pay", "stream": "checkout", "quarter": quarter[1], "seen": seen[1], **values}
    return browser.post(path, values).status_code


def test_an_objective_lives_by_edits_of_the_draft(house: House, app: Flask) -> None:
    browser, today = admins(house, app), house.clock().date()
    here = Quarter.of(today)
    then = here.next()
    assert propose(browser, {"id": "more", "title": HOSTILE, "quarter": str(then), "planned_share": "40"}) == 302
    page = browser.get(f"/objectives?quarter={then}").text
    assert "in your draft" in page
    assert "40 %" in page
    assert "<script>alert" not in page
    assert "more" not in viewers(house, app).get(f"/objectives?quarter={then}").text, "a draft is its admin's"
    assert browser.post("/objectives/acme-pay/more/agree", form="/objectives").status_code == 302
    assert browser.post(f"{HERE}/carry-over", {"rules": "yes"}, form="/objectives").status_code == 302
    assert browser.post(f"{HERE}/end", {"day": str(here.last)}, form="/objectives").status_code == 302
    assert in_force(house).version == 1
    plan(house, browser)
    assert apply(browser, 1) == 302
    product = in_force(house).products[0]
    carried = f"{OBJECTIVE}-{str(then).lower().replace('-', '')}"
    told = {one.id: (one.life(today), one.quarter) for one in product.objectives}
    assert told == {OBJECTIVE: ("active", here), "more": ("agreed", then), carried: ("proposed", then)}
    ended = product.objective(OBJECTIVE)
    assert ended
    assert ended.life(here.last + timedelta(days=1)) == "ended"
    assert [(one.objective, one.when) for one in product.rules] == [
        (OBJECTIVE, "component = Wallet"),
        (carried, "component = Wallet"),
    ]


def test_what_does_not_fit_says_so_and_loses_nothing(house: House, app: Flask) -> None:
    browser = admins(house, app)
    wrong = {"id": "x", "title": "Kept words", "key_results": "conversion up"}
    answer = browser.post(
        "/objectives/new", {**wrong, "product": "acme-pay", "stream": "checkout", "quarter": "2026-Q4"}
    )
    assert answer.status_code == 409
    assert "is no key result" in answer.text
    assert "Kept words" in answer.text
    assert browser.post(f"{HERE}/end", {"day": "soon"}, form="/objectives").status_code == 400
    assert browser.post(f"{HERE}/celebrate", form="/objectives").status_code == 404
    assert "You have no draft" in browser.get("/draft").text
    assert (
        propose(browser, {"title": "T", "key_results": "conversion: from 61 to 68", "planned_share": "140%"}, HERE)
        == 302
    )
    page = browser.get("/draft").text
    assert "is not a share" in page
    assert browser.post("/draft/discard", {"mark": mark(browser)}, form="/draft").status_code == 302
    assert in_force(house).version == 1

"""Unlinked work in the console: looked through, exported, linked many at once; and pairs that are dismissed."""

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from plugin.app import web
from plugin.store import likenesses
from plugin.store.tables import activity, override
from plugin.suggestions.duplicates import Pair
from tests.console.browsing import Browser, admins, viewers
from tests.house import FLAG, OBJECTIVE, TAG, House, configuration, housed


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.apply(configuration("CHK, WAL"))
        jira = found.sandbox.jira
        jira.create_issue("CHK", "=HYPERLINK(1) calculated")
        for title in ("Rotate certificates", "Migrate the build"):
            jira.create_issue("CHK", title)
        jira.transition("CHK-2", "In Progress")
        jira.create_issue("WAL", "Quarterly <b>audit</b>")
        jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        found.sweep()
        found.write_until_done()
        yield found


@pytest.fixture
def app(house: House) -> Flask:
    found = web(house.app)
    found.testing = True
    return found


def linked(browser: Browser, *keys: str, sure: bool = False, objective: str = OBJECTIVE) -> tuple[int, str, str]:
    given = {"objective": objective, "csrf_token": browser.token_on("/unlinked"), **({"sure": "1"} if sure else {})}
    answer = browser.client.post("/unlinked/link", data={**given, "key": list(keys)})
    return answer.status_code, answer.text, answer.location or ""


def test_the_list_shows_what_is_asked_for_and_keeps_it_in_the_address(house: House, app: Flask) -> None:
    browser = admins(house, app)
    whole = browser.get("/unlinked").text
    assert "4 open issues serve no objective" in whole
    assert "Pay by wallet" not in whole
    assert "Quarterly &lt;b&gt;audit" in whole
    assert "1 open issue serves" not in whole
    assert "CHK-2" in browser.get("/unlinked?reason=no+parent").text
    assert "0 open issues" in browser.get("/unlinked?reason=objective+ended").text
    assert "0 open issues" in browser.get("/unlinked?age=365&order=age").text
    filtered = browser.get("/unlinked?stream=acme-pay/checkout&order=key").text
    assert "unlinked.csv?stream=acme-pay/checkout&amp;order=key" in filtered
    assert browser.get("/unlinked?age=x&order=y&stream=z&reason=w&after=-4").status_code == 200


def test_the_export_calculates_nothing_and_names_what_the_reader_may_see(house: House, app: Flask) -> None:
    answer = viewers(house, app).get("/unlinked.csv?order=key")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:2] == ["key", "summary"]
    assert [row[0] for row in rows[1:]] == ["CHK-1", "CHK-2", "CHK-3", "WAL-1"]
    assert rows[1][1] == "'=HYPERLINK(1) calculated"


def test_many_are_linked_by_one_deed_and_written_on_the_one_path(house: House, app: Flask) -> None:
    browser = admins(house, app)
    assert house.labels("CHK-2") == {FLAG}
    code, page, _ = linked(browser, "CHK-2", "CHK-3")
    assert code == 200
    assert "Link 2 issues to “Fewer people give up”?" in page
    assert "Rotate certificates" in page
    assert house.labels("CHK-2") == {FLAG}, "nothing is linked before it is confirmed"
    code, _, location = linked(browser, "CHK-2", "CHK-3", sure=True)
    assert code == 302
    assert "0 of 2 linked" in browser.get(location).text
    house.digest()
    house.write_until_done()
    assert house.labels("CHK-2") == house.labels("CHK-3") == {TAG}
    assert house.labels("CHK-1") == {FLAG}
    followed = browser.get(location).text
    assert "2 of 2 linked" in followed
    assert f"written: label {TAG}" in followed
    with house.app.engine.connect() as connection:
        deeds = list(connection.scalars(select(activity.c.what)))
        actors = set(connection.scalars(select(override.c.actor)))
    assert "Linked 2 issues to “Fewer people give up”: CHK-2, CHK-3." in deeds
    assert actors == {"console:admin"}
    assert "2 open issues serve no objective" in browser.get("/unlinked").text


def test_a_link_is_a_persons_word_and_another_person_may_take_it_away(house: House, app: Flask) -> None:
    house.listen()
    linked(admins(house, app), "CHK-2", sure=True)
    house.settle()
    assert house.labels("CHK-2") == {TAG}
    house.sweep()
    house.settle()
    assert house.labels("CHK-2") == {TAG}
    house.sandbox.jira.label("CHK-2", remove=[TAG])
    house.settle()
    assert TAG not in house.labels("CHK-2"), "what a person took away is not put back"
    assert "CHK-2" in admins(house, app).get("/unlinked").text


def test_nothing_is_linked_where_one_may_not_be(house: House, app: Flask) -> None:
    browser = admins(house, app)
    for keys, objective in ((("CHK-2", "NONE-1"), OBJECTIVE), (("CHK-2",), "nobody-1"), ((), OBJECTIVE)):
        code, page, _ = linked(browser, *keys, sure=True, objective=objective)
        assert code == 400
        assert "Nothing was changed." in page
    with house.app.engine.connect() as connection:
        assert connection.execute(select(override)).all() == []
    assert linked(viewers(house, app), "CHK-2", sure=True)[0] == 403
    assert browser.get("/unlinked/linked/20200101T000000.000000Z").status_code == 404


def test_an_admin_dismisses_a_pair_for_good(house: House, app: Flask) -> None:
    one, other = (house.sandbox.jira.issue(key).id for key in ("CHK-2", "WAL-1"))
    with house.app.engine.begin() as connection:
        likenesses.keep_pairs(connection, [Pair(one=one, other=other, likeness=0.9, words=("audit",))])
    browser = admins(house, app)
    assert "WAL-1" in browser.get("/duplicates").text
    given = {"one": one, "other": other}
    viewer = viewers(house, app)
    token = {"csrf_token": viewer.token_on("/duplicates")}
    assert viewer.client.post("/duplicates/dismiss", data=given | token).status_code == 403
    answer = browser.post("/duplicates/dismiss", given, form="/duplicates")
    assert "Dismissed: CHK-2 WAL-1." in browser.get(answer.location).text
    assert "No duplicates" not in browser.get("/duplicates").text
    assert browser.post("/duplicates/dismiss", given, form="/duplicates").status_code == 404
    assert "Said that CHK-2 and WAL-1 are no duplicates." in browser.get("/activity").text

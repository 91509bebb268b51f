"""Who comes in, and who does not."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from plugin.console.door import who
from plugin.console.door.signing_in import REFUSALS, first_visit_link
from plugin.store.tables import activity, local_admin, sign_in
from tests.console.browsing import PASSWORD, Browser, admins, viewers
from tests.house import House


def test_the_first_visit_sets_the_password_once(house: House, app: Flask) -> None:
    link, browser = first_visit_link(house.app.engine, ""), Browser(app)
    assert link
    assert browser.post(link, {"password": "short", "again": "short"}).status_code == 400
    assert browser.post(link, {"password": PASSWORD, "again": PASSWORD + "!"}).status_code == 400
    assert browser.get("/").location == "/sign-in?next=/"
    assert browser.post(link, {"password": PASSWORD, "again": PASSWORD}).location == "/"
    assert browser.get("/").status_code == 200
    assert browser.get(link).status_code == 404
    assert first_visit_link(house.app.engine, "") is None
    with house.app.engine.connect() as connection:
        kept = connection.scalar(select(local_admin.c.password)) or ""
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_a_newer_link_ends_the_older(house: House, app: Flask) -> None:
    older, newer = (first_visit_link(house.app.engine, "") for _ in range(2))
    assert older
    assert newer
    assert Browser(app).get(older).status_code == 404
    assert Browser(app).get(newer).status_code == 200


def test_signing_in_changes_the_session_and_signing_out_ends_it(house: House, app: Flask) -> None:
    browser = admins(house, app)
    browser.post("/sign-out", form="/tokens")
    assert browser.get("/").status_code == 302
    with browser.client.session_transaction() as planted:
        planted["sign_in"] = "known to somebody else"
    assert browser.post("/sign-in", {"password": PASSWORD}).status_code == 302
    with browser.client.session_transaction() as held:
        assert held["sign_in"] != "known to somebody else"
        mine = held["sign_in"]
    thief = Browser(app)
    with thief.client.session_transaction() as stolen:
        stolen["sign_in"] = mine
    assert thief.get("/").status_code == 200
    browser.post("/sign-out", form="/tokens")
    assert thief.get("/").status_code == 302, "signing out ends it wherever its cookie lies"


@pytest.mark.parametrize(
    ("column", "age"), [("seen_at", who.IDLE), ("began_at", who.LONGEST)], ids=["idle", "absolute"]
)
def test_a_sign_in_runs_out(house: House, app: Flask, column: str, age: timedelta) -> None:
    browser = admins(house, app)
    with house.app.engine.begin() as connection:
        connection.execute(update(sign_in).values({column: func.now() - age}))
    assert browser.get("/").status_code == 302


def test_wrong_passwords_lock_the_address_and_not_the_admin(house: House, app: Flask) -> None:
    admins(house, app)
    stranger, owner = Browser(app, "198.51.100.9"), Browser(app, "192.0.2.7")
    answers = [stranger.post("/sign-in", {"password": f"guess {one}"}).status_code for one in range(REFUSALS + 1)]
    assert answers == [401] * REFUSALS + [429]
    locked = stranger.post("/sign-in", {"password": PASSWORD})
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert owner.post("/sign-in", {"password": PASSWORD}).status_code == 302


def test_before_a_password_is_set_nobody_signs_in(app: Flask) -> None:
    assert Browser(app).post("/sign-in", {"password": ""}).status_code == 401


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\nx", "\\\\evil", "x"],
)
def test_the_way_back_never_leads_to_another_site(house: House, app: Flask, wanted: str) -> None:
    admins(house, app)
    answer = Browser(app).post("/sign-in", {"password": PASSWORD, "next": wanted})
    assert answer.location == "/"


def test_the_way_back_leads_to_the_page_that_was_asked_for(house: House, app: Flask) -> None:
    admins(house, app)
    browser = Browser(app)
    asked = browser.get("/activity?before=7")
    assert asked.location == "/sign-in?next=/activity?before%3D7"
    assert browser.post("/sign-in", {"password": PASSWORD, "next": "/activity?before=7"}).location == (
        "/activity?before=7"
    )


def test_no_form_is_taken_without_its_token(house: House, app: Flask) -> None:
    browser = admins(house, app)
    for path in ("/tokens", "/sign-out", "/tokens/1/revoke", "/sign-in"):
        assert browser.client.post(path, data={"name": "x", "scope": "read"}).status_code == 400
    assert browser.get("/").status_code == 200


OPEN = {"door.sign_in", "door.try_password", "door.first_visit", "door.set_password"}
ELSEWHERE = ("/webhooks/", "/healthz", "/readyz", "/api/")
"""Those who prove themselves otherwise: the webhook receiver, the checks, the API."""


PLACEHOLDERS = {
    "<product>": "acme-pay",
    "<id>": "wallet-work",
    "<int:version>": "1",
    "<step>": "agree",
    "<path:name>": "site.yaml",
}


def test_every_route_asks_who_comes(house: House, app: Flask) -> None:
    """Nobody, a viewer, an admin: whatever is not open or an admin's is a viewer’s; a new route is closed by itself."""
    views = app.view_functions
    guarded = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(ELSEWHERE) or rule.endpoint.endswith("static"):
            continue
        path = rule.rule.replace("<int:id>", "1").replace("<token>", "none").replace("<key>", "CHK-1")
        for placeholder, value in PLACEHOLDERS.items():
            path = path.replace(placeholder, value)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            nobody = Browser(app).client.open(path, method=method)
            viewer = viewers(house, app).client.open(path, method=method)
            if rule.endpoint in OPEN:
                assert nobody.status_code in (200, 400, 404), rule.endpoint
                continue
            guarded += 1
            expected = 400 if method == "POST" else 302
            assert nobody.status_code == expected, f"{method} {path} lets in who has not signed in"
            if method == "GET":
                assert nobody.location.startswith("/sign-in?next=")
                limited = getattr(views[rule.endpoint], "admins_only", False)
                assert (viewer.status_code == 403) == limited, f"{path}: {viewer.status_code}"
    assert guarded > 6


def test_a_viewer_changes_nothing_of_an_admins(house: House, app: Flask) -> None:
    viewer = viewers(house, app)
    token = viewer.token_on("/")
    answer = viewer.client.post("/tokens", data={"csrf_token": token, "name": "mine", "scope": "read"})
    assert answer.status_code == 403
    assert "mine" not in admins(house, app).get("/tokens").text


def test_every_answer_carries_the_policy_and_pages_are_not_kept(house: House, app: Flask) -> None:
    for path in ("/sign-in", "/", "/healthz", "/nowhere"):
        answer = Browser(app).get(path, headers={"Accept": "text/html"})
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = admins(house, app).get("/")
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script>" not in page.text
    assert " style=" not in page.text


def test_the_cookie_is_http_only_and_secure_over_https(house: House, app: Flask) -> None:
    plain, safe = app.test_client().get("/sign-in"), app.test_client().get("/sign-in", base_url="https://x.example")
    assert "HttpOnly" in plain.headers["Set-Cookie"]
    assert "SameSite=Lax" in plain.headers["Set-Cookie"]
    assert "Secure" not in plain.headers["Set-Cookie"]
    assert "Secure" in safe.headers["Set-Cookie"]


def test_deeds_are_told_and_stay(house: House, app: Flask) -> None:
    browser = admins(house, app)
    made = browser.post("/tokens", {"name": "The board's <b>script</b>", "scope": "read"})
    assert "plumbline_" in made.text
    assert "<b>script" not in made.text
    assert "Made the API token “The board&#39;s &lt;b&gt;script&lt;/b&gt;”" in browser.get("/activity").text
    with house.app.engine.connect() as connection:
        whats = list(connection.scalars(select(activity.c.what).order_by(activity.c.seq)))
    assert whats[0] == "Set the password of the local admin."
    assert browser.post("/tokens/1/revoke", form="/tokens").status_code == 302
    assert browser.post("/tokens/1/revoke", form="/tokens").status_code == 404


def test_deliveries_need_no_session_and_no_token(house: House, app: Flask) -> None:
    """What guards the console asks nothing of Jira."""
    assert app.test_client().post("/webhooks/jira", data=b"{}").status_code == 401
    assert "Set-Cookie" not in app.test_client().get("/healthz").headers

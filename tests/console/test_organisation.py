"""Signing in with an organisation's accounts, against a provider on loopback."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from plugin.app import web
from tests.console.browsing import Browser
from tests.console.organisation import CLIENT, SECRET, Provider, providing
from tests.house import House, configuration, housed


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as found:
        yield found


@pytest.fixture
def honest(provider: Provider) -> Provider:
    """As it is before a test changes what it says."""
    fresh = Provider(key=provider.key)
    provider.claims, provider.signing, provider.wrong = fresh.claims, None, {}
    return provider


@pytest.fixture
def house(database: str, honest: Provider) -> Iterator[House]:
    with housed(
        database,
        PLUMBLINE_OIDC_ISSUER=honest.url,
        PLUMBLINE_OIDC_CLIENT_ID=CLIENT,
        PLUMBLINE_OIDC_CLIENT_SECRET=SECRET,
        PLUMBLINE_OIDC_ADMIN_GROUPS="plumbline-admins, owners",
        PLUMBLINE_OIDC_VIEWER_GROUPS="staff",
    ) as found:
        found.apply(configuration())
        found.sweep()
        yield found


@pytest.fixture
def app(house: House) -> Flask:
    return web(house.app)


def come_back(browser: Browser, path: str = "/sign-in/organisation") -> TestResponse:
    """Through the organisation's page, and back."""
    leaving = browser.get(path)
    assert leaving.status_code == 302, leaving.text
    sent = requests.get(leaving.location, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(sent)
    return browser.get(f"{parts.path}?{parts.query}")


@pytest.mark.parametrize(
    ("groups", "role"), [(["staff"], "viewer"), (["staff", "owners"], "admin"), ("plumbline-admins", "admin")]
)
def test_groups_decide_the_role(app: Flask, honest: Provider, groups: object, role: str) -> None:
    honest.claims["groups"] = groups
    browser = Browser(app)
    answer = come_back(browser, "/sign-in/organisation?next=/activity")
    assert answer.location == "/activity"
    assert f"Signed in as {role}." in browser.get("/activity").text
    assert browser.get("/tokens").status_code == (200 if role == "admin" else 403)


def test_who_is_in_no_such_group_stays_outside(app: Flask, honest: Provider) -> None:
    honest.claims["groups"] = ["guests"]
    browser = Browser(app)
    assert come_back(browser).status_code == 403
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": int(time.time()) - 3600}, {"nonce": "replayed"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_is_not_for_us_is_refused(app: Flask, honest: Provider, wrong: dict[str, object]) -> None:
    honest.claims["groups"], honest.wrong = ["owners"], wrong
    browser = Browser(app)
    assert come_back(browser).status_code == 400
    assert browser.get("/").status_code == 302


def test_a_token_that_somebody_else_signed_is_refused(app: Flask, honest: Provider) -> None:
    honest.claims["groups"] = ["owners"]
    honest.signing = RSAKey.generate_key(2048, {"kid": "one"})
    browser = Browser(app)
    assert come_back(browser).status_code == 400
    assert browser.get("/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(app: Flask, honest: Provider) -> None:
    """Somebody else's code, planted in this browser."""
    honest.claims["groups"] = ["owners"]
    leaving = Browser(app).get("/sign-in/organisation")
    sent = urlsplit(requests.get(leaving.location, allow_redirects=False, timeout=10).headers["Location"])
    victim = Browser(app)
    assert victim.get(f"{sent.path}?{sent.query}").status_code == 400
    assert victim.get("/").status_code == 302


def test_no_password_opens_the_door_of_an_organisation(house: House, app: Flask) -> None:
    browser = Browser(app)
    page = browser.get("/sign-in")
    assert "Sign in with your organisation" in page.text
    assert 'type="password"' not in page.text
    token = browser.client.get("/sign-in")
    assert browser.client.post("/sign-in", data={"password": "x"}).status_code in (400, 404)
    assert token.status_code == 200


def test_an_organisation_that_does_not_answer_is_said(database: str) -> None:
    with housed(
        database,
        PLUMBLINE_OIDC_ISSUER="http://127.0.0.1:9",
        PLUMBLINE_OIDC_CLIENT_ID="a",
        PLUMBLINE_OIDC_CLIENT_SECRET="b",
        PLUMBLINE_OIDC_ADMIN_GROUPS="c",
    ) as house:
        house.sweep()
        answer = Browser(web(house.app)).get("/sign-in/organisation")
    assert answer.status_code == 502
    assert "does not answer" in answer.text


def test_our_address_is_the_configured_one(house: House, app: Flask) -> None:
    """A Host header is anybody's to write."""
    known = configuration()
    site = known.site.model_copy(update={"public_url": "https://plumbline.example"})
    house.apply(known.model_copy(update={"site": site}))
    leaving = app.test_client().get("/sign-in/organisation", base_url="http://evil.example")
    assert "redirect_uri=https%3A%2F%2Fplumbline.example%2Fsign-in%2Fback" in leaving.location

"""A person's browser without its windows: cookies, forms with their tokens, redirects not followed."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.console.door.signing_in import first_visit_link
from plugin.store.sign_ins import Role
from tests.house import House

PASSWORD = "a plumb line hangs still"


@dataclass
class Browser:
    """One browser at one address."""

    app: Flask
    address: str = "192.0.2.7"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, **kwargs)

    def post(self, path: str, values: dict[str, str] | None = None, *, form: str = "") -> TestResponse:
        """As from the form on the page `form`, else on `path` itself."""
        token = self.token_on(form or path)
        return self.client.post(
            path, data={"csrf_token": token, **(values or {})}, environ_base={"REMOTE_ADDR": self.address}
        )

    def token_on(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]


def admins(house: House, app: Flask) -> Browser:
    """A browser in which the local admin is signed in."""
    browser = Browser(app)
    link = first_visit_link(house.app.engine, "")
    if link:
        answer = browser.post(link, {"password": PASSWORD, "again": PASSWORD})
    else:
        answer = browser.post("/sign-in", {"password": PASSWORD})
    assert answer.status_code == 302
    return browser


def viewers(house: House, app: Flask, role: Role = "viewer") -> Browser:
    """A browser in which somebody of an organisation is signed in."""
    from plugin.console.door import who

    browser = Browser(app)
    with app.test_request_context("/"), house.app.engine.begin() as connection:
        from flask import session

        who.begin(connection, "Vera", role)
        held = session["sign_in"]
    with browser.client.session_transaction() as kept:
        kept["sign_in"] = held
    return browser

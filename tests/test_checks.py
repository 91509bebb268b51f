"""Health facts over HTTP: a service that cannot reach Jira is up, and says so."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from plugin.checks import Checks, checks_blueprint
from plugin.store import engine_for, progress
from plugin.store.progress import Fact
from webhooks.inbox import Inbox


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    found = engine_for(database)
    yield found
    found.dispose()


def client(engine: Engine) -> FlaskClient:
    from flask import Flask

    app = Flask("checked")
    app.register_blueprint(checks_blueprint(Checks(engine, Inbox(engine, 10))))
    return app.test_client()


def test_a_new_service_is_ready_and_says_what_is_missing(engine: Engine) -> None:
    answer = client(engine).get("/readyz")
    assert answer.status_code == 200
    facts = {one["name"]: one for one in answer.json["checks"]}  # type: ignore[index]  # the route answers JSON
    assert facts["configuration"]["ok"] is False
    assert "plumbline apply" in facts["configuration"]["words"]


def test_an_unreachable_jira_is_told_and_does_not_stop_the_service(engine: Engine) -> None:
    with engine.begin() as connection:
        words = "could not search issues at https://acme.example: no answer"
        progress.note(connection, Fact(name="jira", ok=False, words=words, at=datetime.now(UTC)))
    answer = client(engine).get("/readyz")
    assert answer.status_code == 200
    assert answer.json["well"] is False  # type: ignore[index]  # the route answers JSON
    assert words in answer.text


def test_without_a_database_it_is_not_ready() -> None:
    nowhere = engine_for("postgresql://nobody@127.0.0.1:1/nothing")
    answer = client(nowhere).get("/readyz")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert client(nowhere).get("/healthz").status_code == 200

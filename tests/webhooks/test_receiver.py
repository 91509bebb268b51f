"""One test a row of the receiver's contract, over a real Flask application and a real database."""

import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select
from typing_extensions import Buffer
from werkzeug.serving import make_server
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from tests.webhooks.conftest import NOW
from webhooks.inbox import Inbox, delivery, refused
from webhooks.receiver import Door, blueprint
from webhooks.signature import sign

SECRET = "a secret of the site"
DOOR = Door(secrets=(SECRET, "the one before"), tokens=("of-automation",), max_body=100_000)
BODY = json.dumps({"timestamp": 1, "webhookEvent": "jira:issue_updated", "issue": {"id": "7", "key": "CHK-7"}}).encode()


class Wakes:
    """Counts wake-ups, and how many rows were already committed at each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rows_seen: list[int] = []

    def __call__(self) -> None:
        self.rows_seen.append(len(stored(self.engine)))


def stored(engine: Engine) -> list[tuple[str, str, str | None]]:
    with engine.connect() as connection:
        return [
            (row.event, row.state, row.reason) for row in connection.execute(select(delivery).order_by(delivery.c.id))
        ]


def web(inbox: Inbox, door: Door = DOOR, wake: Callable[[], None] = lambda: None) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint(inbox, door, wake, clock=lambda: NOW))
    return app.test_client()


@pytest.fixture
def client(inbox: Inbox) -> FlaskClient:
    return web(inbox)


def post(client: FlaskClient, body: bytes, id: str = "one") -> TestResponse:
    headers = {"X-Hub-Signature": sign(body, SECRET), "X-Atlassian-Webhook-Identifier": id}
    return client.post("/webhooks/jira", data=body, headers=headers)


def test_stored_answers_200_after_the_commit(inbox: Inbox, engine: Engine) -> None:
    wakes = Wakes(engine)
    answer = post(web(inbox, wake=wakes), BODY)
    assert (answer.status_code, answer.text) == (200, "stored\n")
    assert stored(engine) == [("jira:issue_updated", "waiting", None)]
    assert wakes.rows_seen == [1]


def test_already_there_answers_200_and_wakes_nobody(inbox: Inbox, engine: Engine) -> None:
    wakes = Wakes(engine)
    client = web(inbox, wake=wakes)
    answers = [post(client, BODY).status_code for _ in range(3)]
    assert answers == [200, 200, 200]
    assert wakes.rows_seen == [1]
    assert len(stored(engine)) == 1


def test_an_ignored_event_answers_200_and_is_counted_without_its_body(client: FlaskClient, engine: Engine) -> None:
    answer = post(client, b'{"webhookEvent": "user_created", "user": {"accountId": "5b1"}}')
    assert answer.status_code == 200
    assert stored(engine) == [("user_created", "settled", "nothing of a person's profile is kept")]


@pytest.mark.parametrize("body", [b'{"webhookEvent": "jira:issue_teleported"}', b'{"issue": "CHK-7"}', b"{}"])
def test_an_unknown_or_absent_event_name_is_stored(client: FlaskClient, engine: Engine, body: bytes) -> None:
    assert post(client, body).status_code == 200
    assert [state for _, state, _ in stored(engine)] == ["waiting"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature": "sha256=" + "0" * 64},
        {"X-Hub-Signature": sign(BODY, "somebody else's")},
        {"X-Hub-Signature": sign(b"another body", SECRET)},
        {"X-Hub-Signature": sign(BODY, SECRET).replace("sha256", "sha1")},
        {"Authorization": "Bearer guessed"},
        {"Authorization": "Bearer "},
        {"Authorization": "of-automation"},
        {"Authorization": "Basic of-automation"},
    ],
)
def test_who_may_not_deliver_gets_401_whatever_is_wrong(
    client: FlaskClient, engine: Engine, headers: dict[str, str]
) -> None:
    answer = client.post("/webhooks/jira", data=BODY, headers=headers)
    assert (answer.status_code, answer.text) == (401, "not accepted\n")
    assert stored(engine) == []


def test_the_body_is_not_parsed_before_the_signature_verifies(client: FlaskClient, engine: Engine) -> None:
    assert client.post("/webhooks/jira", data=b"not json").status_code == 401
    with engine.connect() as connection:
        assert connection.execute(select(refused)).all() == []


@pytest.mark.parametrize("secret", DOOR.secrets)
def test_both_secrets_open_the_door(client: FlaskClient, secret: str) -> None:
    answer = client.post("/webhooks/jira", data=BODY, headers={"X-Hub-Signature": sign(BODY, secret)})
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["Bearer", "bearer"])
def test_a_bearer_token_opens_the_door(client: FlaskClient, kind: str) -> None:
    answer = client.post("/webhooks/jira", data=BODY, headers={"Authorization": f"{kind} of-automation"})
    assert answer.status_code == 200


def test_a_door_without_secrets_is_shut(inbox: Inbox) -> None:
    client = web(inbox, Door(secrets=("",), tokens=("",)))
    for headers in ({}, {"X-Hub-Signature": sign(BODY, "")}, {"Authorization": "Bearer "}):
        assert client.post("/webhooks/jira", data=BODY, headers=headers).status_code == 401


def test_a_token_in_the_address_works_only_where_one_is_set(inbox: Inbox, client: FlaskClient) -> None:
    opened = web(inbox, Door(url_token="long-and-random"))
    assert opened.post("/webhooks/jira/long-and-random", data=BODY).status_code == 200
    assert opened.post("/webhooks/jira/guessed", data=BODY).status_code == 401
    assert opened.post("/webhooks/jira", data=BODY).status_code == 401
    assert client.post("/webhooks/jira/long-and-random", data=BODY).status_code == 404


def test_secrets_do_not_show(inbox: Inbox) -> None:
    assert "secret" not in repr(Door(secrets=(SECRET,), tokens=("secret",), url_token="secret")).lower()


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"null", b"\xff", b'{"a": NaNcy}', b'{"a":' + b"[" * 20_000, b'{"a":' * 9_000 + b"1"],
)
def test_a_body_that_is_no_object_gets_400_and_its_beginning_is_kept(
    client: FlaskClient, engine: Engine, body: bytes
) -> None:
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.text.startswith("the body is ")
    with engine.connect() as connection:
        (kept,) = connection.execute(select(refused)).all()
    assert kept.size == len(body)
    assert stored(engine) == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"webhookEvent": "a\\u0000b", "issue": {"id": "1\\u0000", "key": "\\u0000"}}',
        b'{"webhookEvent": {"x": 1}, "user": [], "issue": 1e999, "timestamp": NaN}',
        b'{"webhookEvent": "' + b"x" * 50_000 + b'", "user": {"accountId": "' + b"y" * 40_000 + b'"}}',
        b'{"webhookEvent": "\'; DROP TABLE delivery; --"}',
    ],
)
def test_hostile_json_is_stored_like_any_other(client: FlaskClient, engine: Engine, body: bytes) -> None:
    assert post(client, body).status_code == 200
    assert len(stored(engine)) == 1


class Watched(io.RawIOBase):
    """An endless body that counts how much of it was read."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        size = memoryview(buffer).nbytes
        self.taken += size
        return size


def status_of_endless(app: Flask, body: Watched, about: dict[str, object]) -> str:
    environ = EnvironBuilder("/webhooks/jira", method="POST").get_environ()
    return run_wsgi_app(app, environ | {"wsgi.input": body} | about)[1]


def test_too_large_by_its_length_gets_413_unread(client: FlaskClient) -> None:
    body = Watched()
    about: dict[str, object] = {"CONTENT_LENGTH": str(DOOR.max_body + 1)}
    assert status_of_endless(client.application, body, about).startswith("413 ")
    assert body.taken == 0


def test_too_large_in_chunks_gets_413_at_the_limit(client: FlaskClient) -> None:
    body = Watched()
    about: dict[str, object] = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": "",
    }
    assert status_of_endless(client.application, body, about).startswith("413 ")
    assert 0 < body.taken <= DOOR.max_body + 1


def test_the_largest_allowed_body_is_stored(client: FlaskClient) -> None:
    body = b'{"a": "' + b"x" * (DOOR.max_body - 9) + b'"}'
    assert len(body) == DOOR.max_body
    assert post(client, body).status_code == 200
    assert post(client, body + b" ").status_code == 413


def test_a_full_inbox_answers_503_with_retry_after(engine: Engine) -> None:
    client = web(Inbox(engine, limit=2))
    assert [post(client, BODY, id).status_code for id in "abc"] == [200, 200, 503]
    answer = post(client, BODY, "d")
    assert (answer.headers["Retry-After"], answer.text) == ("30", "the inbox is full; send it again\n")


@pytest.mark.parametrize("body", [BODY, b'{"webhookEvent": "user_created"}', b"not json"])
def test_without_its_database_it_answers_503_with_retry_after(body: bytes) -> None:
    client = web(Inbox(create_engine("postgresql+psycopg://127.0.0.1:1/none"), limit=10))
    answer = post(client, body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "127.0.0.1" not in answer.text


def test_a_wake_up_that_fails_does_not_undo_the_delivery(inbox: Inbox, engine: Engine) -> None:
    def fail() -> None:
        raise RuntimeError("nobody answers")

    assert post(web(inbox, wake=fail), BODY).status_code == 200
    assert len(stored(engine)) == 1


def test_every_real_payload_is_accepted(engine: Engine, payloads: list[Path]) -> None:
    client = web(Inbox(engine, limit=1000), Door(secrets=(SECRET,)))
    assert {post(client, path.read_bytes(), path.name).status_code for path in payloads} == {200}
    assert len(stored(engine)) == len(payloads)


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    app = Flask(__name__)
    app.register_blueprint(blueprint(inbox, DOOR, lambda: None))
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_chunked_body_is_accepted_over_a_socket(port: int, engine: Engine) -> None:
    head = (
        f"POST /webhooks/jira HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"X-Hub-Signature: {sign(BODY, SECRET)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head.encode() + f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert answer.split(b"\r\n")[0].endswith(b" 200 OK")
    assert len(stored(engine)) == 1

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from werkzeug.serving import make_server

from plugin.admin.replay import Outcome, Posted, Target, at_the_door, in_the_house, replay, table
from webhooks.inbox import Settlement
from webhooks.signature import verify

SECRET = "never to be seen"


class Receiver:
    """Keeps what was posted, and answers as told for each body."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[bytes, dict[str, str]]] = []

    def receive(self) -> tuple[str, int]:
        body = request.get_data()
        self.got.append((body, dict(request.headers)))
        if body == b"elsewhere":
            return "", 302
        return ("stored\n", 200) if body.startswith(b"{") else ("the body is not JSON\n", 400)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    app = Flask(__name__)
    app.add_url_rule("/webhooks/jira", "jira", made.receive, methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/webhooks/jira"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "MANIFEST.json").write_text("[]")
    (tmp_path / "notes.txt").write_text("no payload")
    (tmp_path / "a.json").write_bytes(b'{"webhookEvent": "jira:issue_updated"}')
    (tmp_path / "b.json").write_bytes(b"not json \xff\x00")
    return tmp_path


def test_each_payload_is_posted_signed_as_jira_would(receiver: Receiver, folder: Path) -> None:
    results = list(replay(folder, Target(receiver.url, secret=SECRET, token="of-automation")))
    assert [(one.file, one.status, one.words) for one in results] == [
        ("a.json", 200, "stored"),
        ("b.json", 400, "the body is not JSON"),
    ]
    for (body, headers), result in zip(receiver.got, results, strict=True):
        assert body == (folder / result.file).read_bytes()
        assert verify(body, headers["X-Hub-Signature"], [SECRET])
        assert headers["X-Atlassian-Webhook-Identifier"] == result.identifier
        assert headers["X-Atlassian-Webhook-Flow"] == "Primary"
        assert headers["Authorization"] == "Bearer of-automation"


def test_a_file_keeps_its_identifier_and_equal_files_have_their_own(receiver: Receiver, folder: Path) -> None:
    (folder / "c.json").write_bytes((folder / "a.json").read_bytes())
    first, again = (list(replay(folder, Target(receiver.url))) for _ in range(2))
    assert [one.identifier for one in first] == [one.identifier for one in again]
    assert len({one.identifier for one in first}) == 3
    assert first[0].identifier == hashlib.sha256(b"a.json\0" + (folder / "a.json").read_bytes()).hexdigest()


def test_results_come_one_by_one(receiver: Receiver, folder: Path) -> None:
    results = replay(folder, Target(receiver.url))
    assert receiver.got == []
    next(results)
    assert len(receiver.got) == 1


def test_odd_files_are_results_too(receiver: Receiver, folder: Path) -> None:
    (folder / "c.json").mkdir()
    (folder / "d.json").symlink_to(folder / "nowhere")
    (folder / "e.json").write_bytes(b"")
    (folder / "f.json").write_bytes(b"elsewhere")
    results = {one.file: one for one in replay(folder, Target(receiver.url))}
    assert results["c.json"].words == "cannot be read: c.json is not a file"
    assert results["d.json"].status is None
    assert (results["e.json"].status, results["f.json"].status) == (400, 302)
    assert at_the_door(results.values()) == [
        Outcome("accepted", 1, "stored"),
        Outcome("not posted", 1, "cannot be read: c.json is not a file"),
        Outcome("not posted", 1, "cannot be read: d.json is not a file"),
        Outcome("refused (302)", 1, ""),
        Outcome("refused (400)", 2, "the body is not JSON"),
    ]


def test_no_answer_is_said_without_the_address_or_a_secret(folder: Path) -> None:
    target = Target("http://127.0.0.1:1/webhooks/jira/token-in-address", secret=SECRET, token="of-automation")
    results = list(replay(folder, target))
    assert {one.words for one in results} == {"no answer: ConnectionError"}
    shown = repr(target) + repr(results) + table(at_the_door(results), [])
    assert SECRET not in shown
    assert "of-automation" not in shown
    assert "token-in-address" not in shown


def test_without_a_folder_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="give one that holds payloads"):
        replay(tmp_path / "none", Target("http://127.0.0.1:1"))


def test_the_table_tells_door_and_house_apart_and_sums_both() -> None:
    door = [Outcome("accepted", 105, "stored"), Outcome("refused (400)", 1, "the body\nis not JSON")]
    house = [Outcome("aligned", 103), Outcome("ignored", 2, "a board; it changes no field of an issue")]
    assert table(door, house).splitlines() == [
        "payloads  at the door",
        "     105  accepted       stored",
        "       1  refused (400)  the body is not JSON",
        "     106  in all",
        "",
        "payloads  in the house",
        "     103  aligned",
        "       2  ignored        a board; it changes no field of an issue",
        "     105  in all",
    ]


def test_each_accepted_payload_is_counted_once_in_the_house() -> None:
    posted = [Posted(f"{name}.json", name, 200, "stored") for name in "abcd"] + [Posted("e.json", "e", 401, "no")]
    endings = {"a": Settlement("a", "aligned"), "b": Settlement("b", "aligned"), "c": Settlement("c", "waiting")}
    assert in_the_house(posted, endings) == [
        Outcome("aligned", 2),
        Outcome("not found", 1, "the database that was asked does not hold it; it has to be the receiver's"),
        Outcome("waiting", 1, "not digested yet; a worker does that"),
    ]

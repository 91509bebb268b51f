"""What we lean on is gone for a while: the database, Jira, our own token. Nothing is lost, and it is said."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select, update

from plugin.admin.replay import Target
from plugin.app import wire
from plugin.path.write import FACT, Writer
from plugin.sandbox.serve import RunningSandbox
from plugin.settings import Settings
from plugin.store import changes, migrate, progress
from plugin.store.embedded import EmbeddedPostgres
from plugin.store.progress import Fact
from plugin.store.tables import change
from tests.described import wrap
from tests.house import SECRET, TAG, House, configuration, environment, housed
from tests.running_house import RunningHouse, apply, running_house


@pytest.fixture
def own_server() -> Iterator[EmbeddedPostgres]:
    """A server that only this test uses, so that it may be stopped."""
    with (
        tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder,
        EmbeddedPostgres(Path(folder), notice=lambda _: None) as server,
    ):
        yield server


def post(house: RunningHouse, name: str) -> requests.Response:
    body = json.dumps({"webhookEvent": "jira:issue_updated", "timestamp": 1, "name": name}).encode()
    return requests.post(house.post_to, body, headers=Target(house.post_to, SECRET).headers(name, body), timeout=30)


def test_without_its_database_the_receiver_asks_for_a_retry_and_then_goes_on(
    own_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    migrate(own_server.url)
    with running_house(own_server.url, tmp_path / "logs") as house:
        apply(house.engine)
        house.start("web")
        house.start_impatient("worker", "cadence")
        house.listen()
        house.until(house.swept)
        own_server.stop()
        refused = post(house, "one")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        told = requests.get(f"{house.url}/readyz", timeout=30)
        assert (told.status_code, told.json()["ready"]) == (503, False)

        own_server.restart()
        house.until(lambda: post(house, "one").status_code == 200)
        issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        house.until(lambda: set(issue.labels) == {TAG}, within=60)
        assert requests.get(f"{house.url}/readyz", timeout=30).json()["ready"]


def test_without_jira_the_service_stays_up_says_so_and_catches_up(database: str, tmp_path: Path) -> None:
    with running_house(database, tmp_path / "logs") as house:
        jira, port = house.sandbox.jira, int(house.sandbox.url.rpartition(":")[2])
        house.sandbox.stop()
        apply(house.engine)
        issue = jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        house.start("web")
        house.start_impatient("worker", "cadence")
        house.until(lambda: "jira" in house.facts())
        well, words = house.facts()["jira"]
        assert not well
        assert house.sandbox.url in words
        assert requests.get(f"{house.url}/readyz", timeout=10).status_code == 200
        assert post(house, "while Jira is away").status_code == 200

        with RunningSandbox("cloud", jira, wrapper=wrap("cloud"), port=port):
            house.until(lambda: set(issue.labels) == {TAG})
            house.until(lambda: house.facts()["jira"][0])


def test_a_refused_token_is_named_and_the_work_is_kept_for_the_right_one(database: str) -> None:
    with housed(database) as house:
        house.apply(configuration())
        issues = [house.sandbox.jira.create_issue("CHK", f"Wallet {n}", components=["Wallet"]) for n in range(3)]
        house.sweep()
        assert write_with(house, "expired") is not None
        fact = fact_about_writes(house)
        assert not fact.ok
        assert "the token was not accepted" in fact.words
        with house.app.engine.connect() as connection:
            assert changes.counts(connection) == (3, 0)
            assert not connection.scalar(select(change.c.issue_id).where(change.c.owner.is_not(None)))
        assert not any(one.labels for one in issues)

        with house.app.engine.begin() as connection:
            connection.execute(update(change).values(due_at=func.now()))  # instead of waiting for five minutes
        write_with(house, house.sandbox.jira.catalogue.service.token)
        assert [set(one.labels) for one in issues] == [{TAG}] * 3
        assert fact_about_writes(house).ok


def write_with(house: House, token: str) -> float | None:
    """What a writer of a new process with that token does."""
    given = {**environment(house.sandbox, house.app.database_url), "PLUMBLINE_JIRA_TOKEN": token}
    app = wire(Settings.read(given))
    try:
        return Writer(app.around, "a new process").run()
    finally:
        app.close()


def fact_about_writes(house: House) -> Fact:
    with house.app.engine.connect() as connection:
        return next(one for one in progress.facts(connection) if one.name == FACT)

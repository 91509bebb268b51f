"""kill -9 of `plumbline promote` and `plumbline untag` in the middle: run again, they end right."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text, update

from plugin.domain.product import Configuration
from plugin.sandbox.faults import Hanging
from plugin.store import changes, configurations
from plugin.store.tables import change
from tests.house import FLAG, TAG, House, configuration, housed
from tests.processes import runs, until


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.sandbox.jira.add_component("CHK", "Wallet")
        yield found


def begin(house: House, *words: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "plugin", *words]
    env = os.environ | house.environment | {"USER": "Ada"}
    return subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def kill(command: subprocess.Popen[str]) -> None:
    command.kill()
    command.communicate(timeout=30)
    assert not runs(command.pid)


def run_again(house: House, *words: str) -> str:
    again = begin(house, *words)
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    return said


def as_leases_run_out(house: House) -> None:
    with house.app.engine.begin() as connection:
        connection.execute(update(change).values(owner=None, lease_until=None))


def history(house: House) -> list[tuple[str, str]]:
    with house.app.engine.connect() as connection:
        return [(one.who, one.why) for one in configurations.history(connection)]


def waits_for_a_lock(house: House) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with house.app.engine.connect() as connection:
        return bool(connection.scalar(text(asked)))


def in_force(house: House) -> Configuration:
    with house.app.engine.connect() as connection:
        found = configurations.active(connection)
    assert found
    return found


def test_a_promotion_killed_before_its_commit_has_done_nothing_and_runs_again(house: House) -> None:
    house.apply(configuration(mode="shadow"))
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    words = ("promote", "--project", "CHK", "--to", "tag")
    with house.app.engine.begin() as holding:
        holding.execute(text("LOCK TABLE configuration IN EXCLUSIVE MODE"))
        command = begin(house, *words)
        until(lambda: waits_for_a_lock(house), 60)
        kill(command)
    until(lambda: not waits_for_a_lock(house))
    assert in_force(house).products[0].project_modes == {}
    assert "CHK is in mode tag" in run_again(house, *words)
    assert history(house) == [("Ada", "project CHK to tag"), ("a test", "because")]
    house.digest()
    house.write_until_done()
    assert house.labels(issue.key) == {TAG}


def test_a_promotion_killed_after_its_commit_is_carried_out_and_run_again_makes_no_version(house: House) -> None:
    """It dies before it could wake a worker."""
    house.apply(configuration(mode="shadow"))
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    with house.app.engine.begin() as holding:
        holding.execute(text("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE"))
        command = begin(house, "promote", "--site", "--to", "tag")
        until(lambda: len(history(house)) == 2, 60)
        until(lambda: waits_for_a_lock(house))
        kill(command)
    assert "nothing changed" in run_again(house, "promote", "--site", "--to", "tag")
    assert len(history(house)) == 2
    house.digest()
    house.write_until_done()
    assert house.labels(issue.key) == {TAG}


@pytest.mark.parametrize(("method", "path"), [("PUT", r"/issue/\d+$"), ("DELETE", "/properties/")])
def test_an_untagging_killed_in_any_of_its_calls_ends_when_it_is_run_again(
    house: House, method: str, path: str
) -> None:
    house.apply(configuration())
    jira = house.sandbox.jira
    issues = [
        jira.create_issue("CHK", f"{n}", labels=["theirs"], components=["Wallet"] if n % 2 else []) for n in range(6)
    ]
    house.sweep()
    house.write_until_done()
    assert all(house.labels(one.key) & {TAG, FLAG} for one in issues)
    faults = house.sandbox.faults
    already = sum(one.method == method for one in faults.requests)
    done = {"at": 0}

    def from_the_third_on(asked: str, of: str) -> Hanging | None:
        hanging = Hanging(method=method, path=path, seconds=600)
        if not hanging.meets(asked, of):
            return None
        done["at"] += 1
        return hanging if done["at"] == 3 else None

    faults.chance = from_the_third_on
    command = begin(house, "untag", "--yes")
    until(lambda: done["at"] == 3, 60)
    kill(command)
    assert sum(one.method == method for one in list(faults.requests)) >= already + 2
    assert any("plumbline" in jira.issue(one.key).properties for one in issues), "it was killed before its end"

    as_leases_run_out(house)
    assert "carries nothing of ours any more" in run_again(house, "untag", "--yes")
    faults.stopping.set()  # the call of the dead command ends without doing anything
    for one in issues:
        now = jira.issue(one.key)
        assert (now.labels, "plumbline" in now.properties, now.remote_links) == (["theirs"], False, [])
    with house.app.engine.connect() as connection:
        assert changes.written_issues(connection) == 0
        assert changes.counts(connection) == (0, 0)
    house.digest()
    assert house.write() is None
    assert in_force(house).site.mode == "shadow"

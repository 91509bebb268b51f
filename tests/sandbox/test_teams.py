"""The teams: believable steps, the same for the same seed, told by webhooks, steered over HTTP."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import requests

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.jira.happened import Happened
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.serve import RunningSandbox
from plugin.sandbox.story.teams_at_work import Teams
from plugin.sandbox.story.tell import tell

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def at_work(seed: int = 47) -> tuple[Teams, list[Happened]]:
    """Teams on a site whose clock ticks a second with each look, and what its webhooks would tell."""
    ticks = count()
    jira = JiraSite(clock=lambda: NOW + timedelta(seconds=next(ticks)))
    story = tell(jira, ConfluenceSite(jira.catalogue.people.values(), jira.clock), NOW)
    heard: list[Happened] = []
    jira.listeners.append(heard.append)
    return Teams(jira, story.cast, seed), heard


def test_the_same_seed_makes_the_same_steps_and_another_seed_others() -> None:
    one, other, different = at_work()[0], at_work()[0], at_work(seed=48)[0]
    steps = [one.step() for _ in range(60)]
    assert [other.step() for _ in range(60)] == steps
    assert [different.step() for _ in range(60)] != steps


def test_every_step_is_told_and_all_kinds_of_step_happen() -> None:
    teams, heard = at_work()
    for _ in range(150):
        before = len(heard)
        words = teams.step()
        assert len(heard) > before, words
    assert {one.event for one in heard} == {"jira:issue_created", "jira:issue_updated", "comment_created"}
    changed = {item.field_id for one in heard if one.history for item in one.history.items}
    assert {"status", "assignee", "resolution", "IssueParentAssociation", "priority"} <= changed


def test_a_tie_gives_loose_work_a_parent() -> None:
    teams, _ = at_work()
    tied = {tie.key for tie in teams.cast.ties}
    assert all(teams.jira.issue(key).parent is None for key in tied)
    for _ in range(200):
        teams.step()
    assert any(teams.jira.issue(key).parent for key in tied)


def test_there_is_always_something_to_do() -> None:
    teams, _ = at_work()
    assert "There is nothing left to do." not in {teams.step() for _ in range(1500)}


def test_what_others_did_is_respected() -> None:
    teams, _ = at_work()
    for issue in [one for one in teams.jira.issues.values() if one.type.level == 0]:
        if issue.id in teams.jira.issues:
            teams.jira.delete_issue(issue.id)
    for _ in range(40):
        teams.step()
    assert {one.project for one in teams.jira.issues.values()} <= {"CHK", "WAL", "RISK"}


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(jira=JiraSite()) as one:
        yield one


def test_over_http_they_start_tell_and_stop(sandbox: RunningSandbox) -> None:
    address = f"{sandbox.url}/sandbox/teams"
    assert requests.get(address, timeout=5).status_code == 404
    story = tell(sandbox.jira, sandbox.confluence, NOW)
    sandbox.app.extensions["teams"] = Teams(sandbox.jira, story.cast)
    assert requests.get(address, timeout=5).json() == {"running": False, "steps": 0}

    assert requests.post(address, json={"pause": 0, "steps": 7}, timeout=5).status_code == 201
    wait_for(lambda: not requests.get(address, timeout=5).json()["running"])
    assert requests.get(address, timeout=5).json() == {"running": False, "steps": 7}

    assert requests.post(address, json={"pause": 60}, timeout=5).json()["running"] is True
    assert requests.delete(address, timeout=5).status_code == 204
    assert requests.get(address, timeout=5).json() == {"running": False, "steps": 7}


@pytest.mark.parametrize("body", ['{"pause": -1}', '{"steps": "many"}', '{"speed": 1}', "["])
def test_an_order_that_makes_no_sense_is_refused(sandbox: RunningSandbox, body: str) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/teams", data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)

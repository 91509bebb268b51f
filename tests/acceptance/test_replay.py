"""106 real payloads of Cloud and Server, 2016 to 2024, posted as Jira would: each has an outcome that is named here."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from plugin.admin.replay import Outcome, Posted, Target, at_the_door, in_the_house, replay
from plugin.cli import main
from plugin.domain.product import (
    Configuration,
    ExemptClass,
    Grace,
    Objective,
    Product,
    ProductFacts,
    ReviewPlan,
    Rule,
    Site,
    Stream,
)
from plugin.domain.week import Quarter
from plugin.store.tables import issue, verdict_history
from tests.acceptance.payloads import FOLDER, named, payloads, read, stand, standings
from tests.house import FLAG, SECRET, House, housed
from webhooks.inbox import Settlement

PROJECTS = ("TES", "TEST", "PRJA", "PRJX", "KT", "HEY", "IDT", "JRA", "BBCOM", "DTP", "INDEV", "TCP")
RULES = {
    "hardening": 'component = "COMP-1"',
    "urgent": "project = BBCOM AND priority in (Blocker, Highest)",
    "moving": "project = JRA AND labels in (move, dialogue)",
    "hooks": 'project = TEST AND summary ~ "webhook"',
    "tasks": "project = INDEV AND issuetype = Tarea",
    "portal": "key = INDEV-1",
    "classic": "project = TCP",
}


def product() -> Configuration:
    """Half of the payloads' sites as one product, each rule with an objective of its own."""
    quarter = Quarter.of(datetime.now(UTC).date())
    return Configuration(
        site=Site(
            mode="tag",
            review=ReviewPlan(space="PROD"),
            grace=Grace(new="0d"),
            exempt=(ExemptClass(id="defects", when="project = TES AND issuetype = Bug"),),
        ),
        products=(
            Product(
                product=ProductFacts(id="all-of-it", name="All of it"),
                scope=f"project in ({', '.join(PROJECTS)})",
                streams=(Stream(id="every", name="Every team", projects=PROJECTS),),
                objectives=tuple(Objective(id=id, stream="every", title=id, quarter=quarter) for id in RULES),
                rules=tuple(Rule(id=id, objective=id, when=when) for id, when in RULES.items()),
            ),
        ),
    )


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        for one in standings():
            stand(found.sandbox.jira, one)
        found.apply(product())
        yield found


def target(house: House) -> Target:
    return Target(f"{house.url}/webhooks/jira", SECRET)


def in_batches(house: House, size: int) -> list[Posted]:
    """Digests after every `size` posts."""
    posted = []
    for one in replay(FOLDER, target(house)):
        posted.append(one)
        if len(posted) % size == 0:
            house.digest()
    house.digest()
    return posted


def outcomes(house: House, posted: list[Posted]) -> list[Outcome]:
    return in_the_house(posted, endings(house, posted))


def endings(house: House, posted: list[Posted]) -> dict[str, Settlement]:
    return house.app.inbox.endings([one.identifier for one in posted])


def post(house: House, folder: Path, *paths: Path) -> list[tuple[str, str]]:
    """Posts these payloads alone and digests after each; tells how each ended."""
    ended = []
    for path in paths:
        alone = folder / path.stem
        alone.mkdir()
        (alone / path.name).symlink_to(path)
        posted = list(replay(alone, target(house)))
        house.digest()
        (ending,) = endings(house, posted).values()
        ended.append((ending.outcome, ending.reason))
    return ended


def stored(house: House) -> dict[str, dict[str, Any]]:
    """Every issue of our store by its id."""
    with house.app.engine.connect() as connection:
        return {row.id: dict(row._mapping) for row in connection.execute(select(issue))}


def history(house: House, id: str) -> list[tuple[str, str | None]]:
    """State and objective of every verdict that the issue ever had."""
    with house.app.engine.connect() as connection:
        bodies = connection.scalars(
            select(verdict_history.c.body)
            .where(verdict_history.c.issue_id == id)
            .order_by(verdict_history.c.at, verdict_history.c.seq)
        )
        return [(one["state"], one["objective"]) for one in bodies]


COUNTED = {
    ("aligned", ""): 24,
    ("aligned", "refreshed"): 15,
    ("unaligned", ""): 21,
    ("unaligned", "refreshed"): 6,
    ("exempt", ""): 1,
    ("out of scope", ""): 4,
    ("stale", "older than what is known"): 27,
    ("deleted", ""): 2,
    ("noted", "about a project; issues that it changes send their own"): 2,
    ("noted", "about a version; issues that it changes send their own"): 1,
    ("noted", "what issues say of this version is asked again where a rule needs it"): 1,
    ("gone", "Jira does not show the issue"): 2,
}
"""What becomes of the 106. Refreshed are comments, links and hints, and what lacks a field that a rule needs."""

OVERTAKEN = Counter(COUNTED) - Counter([("aligned", "")]) + Counter([("deleted", "before it was decided")])
"""In one batch with its deletion an issue is not decided any more: the one difference that batches make."""


@pytest.mark.parametrize(("size", "expected"), [(1, COUNTED), (7, OVERTAKEN), (106, OVERTAKEN)])
def test_every_payload_is_accounted_for(house: House, size: int, expected: Mapping[tuple[str, str], int]) -> None:
    posted = in_batches(house, size)
    assert at_the_door(posted) == [Outcome("accepted", 106, "stored")]
    assert {(one.name, one.reason): one.number for one in outcomes(house, posted)} == expected
    assert sum(expected.values()) == 106
    assert house.app.inbox.waiting().number == 0


TAGGED = {
    "hardening": {"TES-41"},
    "urgent": {"BBCOM-956", "BBCOM-1233"},
    "moving": {"JRA-20002"},
    "tasks": {"INDEV-6", "INDEV-28"},
    "portal": {"INDEV-1", "INDEV-242", "INDEV-259"},
}
FLAGGED = {
    *("BBCOM-1398", "DTP-1", "DTP-4", "DTP-5", "HEY-15", "INDEV-130", "INDEV-131", "KT-22", "KT-7", "PRJA-37"),
    *("PRJA-42", "PRJX-14", "TES-10", "TES-14", "TES-8", "TEST-123", "TEST-4"),
}


@pytest.fixture
def replayed(house: House) -> House:
    """All of the payloads digested and their changes written."""
    in_batches(house, 106)
    house.write()
    return house


def test_the_sandbox_carries_a_tag_or_a_flag_for_each_issue_in_scope_that_is_not_past(replayed: House) -> None:
    found: dict[str, set[str]] = {}
    for one in replayed.sandbox.jira.issues.values():
        for label in one.labels:
            found.setdefault(label, set()).add(one.key)
    ours = {label: keys for label, keys in found.items() if label == FLAG or label.startswith("objective-")}
    assert ours == {FLAG: FLAGGED} | {f"objective-{id}": keys for id, keys in TAGGED.items()}


def test_replaying_the_folder_again_changes_nothing(replayed: House) -> None:
    before, calls = stored(replayed), replayed.calls("PUT")
    posted = in_batches(replayed, 106)
    replayed.write()
    assert Counter(one.words for one in posted) == {"already there": 106}
    assert {(one.name, one.reason): one.number for one in outcomes(replayed, posted)} == OVERTAKEN
    assert stored(replayed) == before
    assert replayed.calls("PUT") == calls


def test_the_same_payload_twice_is_one_delivery(house: House, tmp_path: Path) -> None:
    path = named("plugin-jira__webhook-issue-created.json")
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        post(house, tmp_path / folder, path)
    (count,) = house.app.inbox.counts(datetime.min.replace(tzinfo=UTC))
    assert (count.outcome, count.number) == ("aligned", 1)
    assert history(house, "10040") == [("aligned", "hardening")]


@pytest.mark.parametrize(
    ("key", "whole", "comment"),
    [
        ("TES-41", "webhook-issue-created.json", "webhook-cloud-comment-created.json"),
        ("PRJX-14", "server-issue-updated-comment-deleted.json", "webhook-server-comment-created.json"),
    ],
)
def test_a_comment_without_labels_changes_no_tag(
    house: House, tmp_path: Path, key: str, whole: str, comment: str
) -> None:
    assert "labels" not in json.dumps(read(named(comment)))
    post(house, tmp_path, named(whole))
    house.write()
    before, writes = house.labels(key), house.calls("PUT")
    assert before & {"objective-hardening", FLAG}
    ((_, reason),) = post(house, tmp_path, named(comment))
    house.write()
    assert (reason, house.labels(key), house.calls("PUT")) == ("refreshed", before, writes)


def test_a_move_keeps_the_identity(house: House, tmp_path: Path) -> None:
    payload = named("webhooks_issue_updated_move-issue.json")
    house.sandbox.jira.delete_issue("INDEV-130")
    before = next(one for one in standings() if one.id == "12490")
    stand(house.sandbox.jira, replace(before, key="TCP-2", at=before.at - timedelta(days=1)))
    house.sweep()
    assert stored(house)["12490"]["key"] == "TCP-2"
    ((state, _),) = post(house, tmp_path, payload)
    assert state == "unaligned"
    assert [one["key"] for one in stored(house).values() if one["key"] in ("TCP-2", "INDEV-130")] == ["INDEV-130"]
    assert stored(house)["12490"]["project"] == "INDEV"
    assert history(house, "12490") == [("aligned", "classic"), ("unaligned", None)]


def test_a_payload_older_than_what_is_known_changes_nothing(house: House, tmp_path: Path) -> None:
    newer, older = named("webhook-issue-updated-raised-priority.json"), named("webhook-issue-updated-edited.json")
    post(house, tmp_path, newer)
    before = stored(house)["10040"]
    assert post(house, tmp_path, older) == [("stale", "older than what is known")]
    assert stored(house)["10040"] == before
    assert before["fields"]["labels"] == ["sad", "test-label"]
    assert history(house, "10040") == [("aligned", "hardening")]


def test_a_hint_without_an_event_name_leads_to_a_refresh(house: House, tmp_path: Path) -> None:
    assert post(house, tmp_path, named("jira-to-matrix__get-issuelink.hist.json")) == [("aligned", "refreshed")]
    known = stored(house)
    assert {known["11442"]["key"], known["11961"]["key"]} == {"INDEV-6", "INDEV-28"}
    assert known["11961"]["fields"]["summary"] == "Тест линков"


def test_a_payload_that_lost_its_event_name_leads_to_a_refresh(house: House, tmp_path: Path) -> None:
    given = read(named("mattermost-plugin-jira__webhook-issue-created.json"))
    typed = {"issue": {"key": given["issue"]["key"]}, "by": "an automation"}
    path = tmp_path / "typed.json"
    path.write_text(json.dumps(typed))
    assert post(house, tmp_path, path) == [("aligned", "refreshed")]
    assert stored(house)["10040"]["key"] == "TES-41"


def test_the_command_waits_for_the_worker_and_prints_a_table(
    house: House, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payloads()
    monkeypatch.setenv("PLUMBLINE_DATABASE_URL", database)
    with working(house):
        result = CliRunner().invoke(main, ["replay", str(FOLDER), "--to", target(house).url, "--secret", SECRET])
    assert (result.exit_code, result.exception) == (0, None)
    door, _, inside = result.output.partition("\n\n")
    assert door.splitlines()[1:] == ["     106  accepted      stored", "     106  in all"]
    *lines, total = inside.splitlines()[1:]
    assert {_parsed(line) for line in lines} in [
        {(*ending, number) for ending, number in each.items()} for each in (COUNTED, OVERTAKEN)
    ]
    assert total == "     106  in all"


def _parsed(line: str) -> tuple[str, str, int]:
    """Outcome, reason and number of a line of the table."""
    number, name, *reason = re.split(" {2,}", line.strip())
    return name, "".join(reason), int(number)


@contextmanager
def working(house: House) -> Iterator[None]:
    """A worker that digests whenever something waits."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.05):
            house.digest()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

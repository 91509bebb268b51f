"""Real issues in the sandbox: nothing invented, nothing half loaded, and a product that fits them."""

import gzip
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugin.configuration import load
from plugin.sandbox.issues.configuration import write_fitting
from plugin.sandbox.issues.file import CompactIssue, UnreadableIssuesError, read_issues
from plugin.sandbox.issues.load import Imported, load_issues
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Json
from plugin.sandbox.story.teams_at_work import Teams

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
REAL = Path(__file__).parents[2].parent / "shared" / "issues" / "timob.jsonl.gz"
LINE: Json = {
    "key": "OLD-7",
    "id": "7007",
    "project": "OLD",
    "issuetype": "Bug",
    "subtask": False,
    "summary": "Button does nothing",
    "description": "On *every* phone.",
    "status": "Open",
    "resolution": None,
    "priority": "Critical",
    "labels": ["ui"],
    "components": ["Android"],
    "fixVersions": ["Release 1.0"],
    "epic_key": None,
    "epic_name": None,
    "epic_summary": None,
    "parent_key": None,
    "parent_summary": None,
    "sprints": [],
    "created": "2011-04-15T02:22:24.000+0000",
    "updated": "2011-04-17T01:50:06.000+0000",
    "resolutiondate": None,
    "issuelinks": [],
    "n_comments": 1,
}


def but(line: Json, facts: Json) -> Json:
    """The line, with these facts instead of its own."""
    return line | facts


EPIC = but(LINE, {"key": "OLD-1", "id": "7001", "issuetype": "Epic", "summary": "Buttons", "components": []})
CHILD = but(
    LINE,
    {
        "key": "OLD-8",
        "id": "7008",
        "summary": "Button is grey",
        "epic_key": "OLD-1",
        "epic_summary": "Buttons",
    },
)
STEP = but(LINE, {"key": "OLD-9", "id": "7009", "issuetype": "Sub-task", "subtask": True, "parent_key": "OLD-7"})
CLOSED = but(
    LINE,
    {
        "key": "OLD-2",
        "id": "7002",
        "summary": "Old crash",
        "status": "Closed",
        "resolution": "Fixed",
        "resolutiondate": "2011-04-16T01:50:06.000+0000",
        "updated": "2011-04-16T02:00:00.000+0000",
    },
)


def written(folder: Path, *lines: Json | str) -> Path:
    path = folder / "issues.jsonl"
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines))
    return path


def loaded(folder: Path, *lines: Json) -> tuple[JiraSite, Imported, list[CompactIssue]]:
    issues = read_issues(written(folder, *lines))
    jira = JiraSite(clock=lambda: NOW)
    return jira, load_issues(jira, issues, NOW), issues


def test_an_issue_keeps_its_key_its_id_and_its_words(tmp_path: Path) -> None:
    jira, _, _ = loaded(tmp_path, LINE)
    issue = jira.issue("OLD-7")
    assert (issue.id, issue.summary, issue.description) == ("7007", "Button does nothing", "On *every* phone.")
    assert (issue.type.name, issue.status.name, issue.priority.name) == ("Bug", "Open", "Critical")
    assert issue.labels == ["ui"]
    assert [one.name for one in issue.components] == ["Android"]
    assert [one.name for one in issue.fix_versions] == ["Release 1.0"]
    assert issue.assignee is None
    assert issue.history == []


def test_dates_move_so_that_the_newest_update_is_now(tmp_path: Path) -> None:
    jira, imported, _ = loaded(tmp_path, LINE, CLOSED)
    assert jira.issue("OLD-7").updated == NOW
    assert jira.issue("OLD-7").created == NOW - timedelta(days=1, hours=23, minutes=27, seconds=42)
    assert jira.issue("OLD-2").resolved == NOW - timedelta(days=1)
    assert imported.moved == NOW - datetime(2011, 4, 17, 1, 50, 6, tzinfo=UTC)
    assert [str(id) for id in jira.by_updated.newest(2)] == ["7007", "7002"]


def test_children_find_their_epics_and_parents_in_any_order(tmp_path: Path) -> None:
    jira, _, _ = loaded(tmp_path, STEP, CHILD, LINE, EPIC)
    assert jira.issue("OLD-9").parent == "7007"
    assert jira.issue("OLD-8").parent == "7001"
    assert jira.issue("OLD-1").children == ["7008"]


def test_an_epic_that_is_only_named_is_made(tmp_path: Path) -> None:
    jira, imported, _ = loaded(tmp_path, LINE, CHILD)
    epic = jira.issue("OLD-1")
    assert (epic.type.name, epic.summary) == ("Epic", "Buttons")
    assert jira.issue("OLD-8").parent == epic.id
    assert imported.above == ("OLD-1",)
    assert int(epic.id) > 7008


def test_a_parent_that_cannot_stand_above_is_left_out_and_said(tmp_path: Path) -> None:
    jira, imported, _ = loaded(tmp_path, LINE, but(CHILD, {"epic_key": "OLD-7"}))
    assert jira.issue("OLD-8").parent is None
    assert imported.parents_left_out == 1
    assert any("Left out 1 parents" in line for line in imported.lines())


def test_a_link_that_both_ends_tell_is_there_once(tmp_path: Path) -> None:
    one = but(LINE, {"issuelinks": [["Duplicate", "out", "OLD-8"], ["Relates", "in", "GONE-1"]]})
    other = but(CHILD, {"issuelinks": [["Duplicate", "in", "OLD-7"]]})
    jira, imported, _ = loaded(tmp_path, one, other, EPIC)
    [link] = jira.issue("OLD-7").links
    assert (link.type.name, link.source, link.destination) == ("Duplicate", "7007", "7008")
    assert jira.issue("OLD-8").links == [link]
    assert (imported.links, imported.links_left_out) == (1, 1)


def test_new_issues_get_ids_and_keys_above_the_imported_ones(tmp_path: Path) -> None:
    jira, _, _ = loaded(tmp_path, LINE, CHILD)
    made = jira.create_issue("OLD", "Written today")
    assert made.key == "OLD-9"
    assert int(made.id) > 7009


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("{not json", "Invalid JSON"),
        ("[]", "Input should be an object"),
        (but(LINE, {"summary": "two\nlines"}), "summary: "),
        (but(LINE, {"summary": "x" * 256}), "summary: String should have at most 255 characters"),
        (but(LINE, {"key": "old-8"}), "key: "),
        (but(LINE, {"key": "NEW-8", "id": "8"}), "key NEW-8 is not one of project OLD"),
        (but(LINE, {"id": "eight"}), "id: "),
        (but(LINE, {"created": "yesterday"}), "created: "),
        (but(LINE, {"labels": ["two words"]}), "labels.0: "),
        (but(LINE, {"sumary": "?"}), "sumary: "),
        ({"key": "OLD-8"}, "id: Field required"),
        (LINE, "OLD-7 is there twice; first in line 1"),
        (but(LINE, {"key": "OLD-8"}), "id 7007 is there twice; first in line 1"),
        (
            but(LINE, {"key": "OLD-8", "id": "7008", "issuelinks": [["Blocks", "sideways", "OLD-7"]]}),
            "issuelinks.0.1: ",
        ),
    ],
)
def test_a_malformed_line_is_named_by_its_number(tmp_path: Path, wrong: Json | str, words: str) -> None:
    path = written(tmp_path, LINE, "", wrong)
    with pytest.raises(UnreadableIssuesError) as refused:
        read_issues(path)
    assert str(refused.value).startswith(f"{path}:3: ")
    assert words in str(refused.value)


def test_a_gzipped_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "issues.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(LINE).encode() * 50)[:-20])
    with pytest.raises(UnreadableIssuesError, match="cannot be read"):
        read_issues(path)


def test_an_empty_file_and_none_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableIssuesError, match="holds no issue"):
        read_issues(written(tmp_path))
    with pytest.raises(UnreadableIssuesError, match="No such file"):
        read_issues(tmp_path / "none")


def test_a_product_fits_them(tmp_path: Path) -> None:
    children = [CHILD | {"key": f"OLD-{number}", "id": f"{7000 + number}"} for number in range(20, 24)]
    _, _, issues = loaded(tmp_path, LINE, *children)
    assert write_fitting(tmp_path / "config", issues, NOW.date()) == 1
    product = load(tmp_path / "config", NOW.date()).products[0]
    assert [(one.id, one.title, one.issue) for one in product.objectives] == [("old-1", "Buttons", "OLD-1")]
    assert [(one.when, one.objective) for one in product.rules] == [
        ("key = OLD-1 OR parent = OLD-1", "old-1"),
        ('component = "Android"', "old-1"),
    ]


@pytest.mark.parametrize("name", ["C++ 'core'", 'say "hi": {x}', "日本語", "a\\b"])
def test_any_name_of_a_component_makes_a_rule_that_loads(tmp_path: Path, name: str) -> None:
    facts: Json = {"components": [name], "epic_summary": f"{name}: all of it"}
    children = [CHILD | facts | {"key": f"OLD-{number}", "id": f"{7000 + number}"} for number in range(20, 24)]
    _, _, issues = loaded(tmp_path, *children)
    write_fitting(tmp_path / "config", issues, NOW.date())
    product = load(tmp_path / "config", NOW.date()).products[0]
    assert product.objectives[0].title == f"{name}: all of it"
    assert len(product.rules) == 2


def test_issues_without_epics_load_too(tmp_path: Path) -> None:
    _, _, issues = loaded(tmp_path, LINE)
    assert write_fitting(tmp_path / "config", issues, NOW.date()) == 0
    assert load(tmp_path / "config", NOW.date()).products[0].objectives == ()


def test_teams_work_on_them(tmp_path: Path) -> None:
    jira, imported, _ = loaded(tmp_path, LINE, CHILD, STEP, CLOSED)
    teams = Teams(jira, imported.cast)
    for _ in range(40):
        teams.step()
    assert {one.status.name for one in jira.issues.values()} <= {"Open", "In Progress", "Closed", "To Do"}
    assert jira.issue("OLD-7").history


def test_the_command_names_the_line_and_serves_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, LINE, LINE)
    ended = subprocess.run(
        [sys.executable, "-m", "plugin.sandbox", "--issues", str(path), "--configuration", str(tmp_path / "config")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{path}:2: OLD-7 is there twice; first in line 1.\n"
    assert not (tmp_path / "config").exists()


@pytest.mark.skipif(not REAL.is_file(), reason=f"{REAL} is missing: the real issues are not part of the project")
def test_all_of_a_real_project_loads_within_its_time(tmp_path: Path) -> None:
    begun = time.monotonic()
    issues = read_issues(REAL)
    jira = JiraSite(clock=lambda: NOW)
    imported = load_issues(jira, issues, NOW)
    assert write_fitting(tmp_path, issues, NOW.date()) == 20
    assert time.monotonic() - begun < 30  # 6 s on an idle machine with two cores
    assert len(jira.issues) == 22371 + len(imported.above)
    assert imported.projects == ("TIMOB",)
    assert max(one.updated for one in jira.issues.values()) == NOW
    product = load(tmp_path, NOW.date()).products[0]
    assert len(product.objectives) == 20
    assert {one.objective for one in product.rules} == {one.id for one in product.objectives}

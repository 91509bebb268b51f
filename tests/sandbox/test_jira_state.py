"""The site's Python side: seeding a past, the order by `updated`, and rich text there and back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.happened import Happened
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.jira.wiki_adf import to_adf, to_wiki

NOW = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)


def test_a_past_is_told_to_nobody_and_never_dates_back() -> None:
    jira = JiraSite.with_defaults(clock=lambda: NOW)
    told: list[Happened] = []
    jira.listeners.append(told.append)
    jira.create_issue("CHK", "Pay", at=NOW - timedelta(days=30))
    jira.transition("CHK-1", "Done", at=NOW - timedelta(days=10))
    jira.comment("CHK-1", "Late note", at=NOW - timedelta(days=20))
    issue = jira.issue("CHK-1")
    moment = NOW.replace(microsecond=123_000) - timedelta(days=10)
    assert (issue.updated, issue.resolved, told) == (moment, moment, [])
    jira.label("CHK-1", ["now"])
    assert [one.event for one in told] == ["jira:issue_updated"]
    assert issue.updated == NOW.replace(microsecond=123_000)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), max_size=30))
def test_the_index_holds_every_issue_once_in_the_order_of_updated(changes: list[tuple[int, int]]) -> None:
    jira = JiraSite.with_defaults(clock=lambda: NOW)
    for number in range(5):
        jira.create_issue("CHK", f"Issue {number}", at=NOW)
    for turn, (number, minutes) in enumerate(changes):
        jira.label(f"CHK-{number}", [f"l{turn}"], at=NOW + timedelta(minutes=minutes))
    expected = sorted(jira.issues.values(), key=lambda issue: (issue.updated, issue.number))
    assert list(jira.by_updated.since(NOW - timedelta(days=1))) == [issue.number for issue in expected]
    assert jira.by_updated.newest(2) == [issue.number for issue in expected[:-3:-1]]


def test_several_fields_are_one_entry_of_history() -> None:
    jira = JiraSite.with_defaults()
    jira.create_issue("CHK", "Pay")
    jira.edit_issue("CHK-1", by="Ben Okafor", priority="High", assignee="Ada Novak", due=date(2026, 12, 1))
    (entry,) = jira.issue("CHK-1").history
    assert {item.field: item.after[1] for item in entry.items} == {
        "priority": "High",
        "assignee": "Ada Novak",
        "duedate": "2026-12-01 00:00:00.0",
    }


@pytest.mark.parametrize(
    ("dialect", "type", "field"),
    [
        ("cloud", "Story", "IssueParentAssociation"),
        ("data center", "Story", "Epic Link"),
        ("data center", "Sub-task", "Parent"),
    ],
)
def test_a_new_parent_is_told_as_the_dialect_tells_it(dialect: Dialect, type: str, field: str) -> None:
    jira = JiraSite.with_defaults(dialect)
    jira.create_issue("CHK", "Epic", type="Epic")
    jira.create_issue("CHK", "Other", type="Epic")
    child = jira.create_issue("CHK", "Work", type=type, parent="CHK-1")
    jira.edit_issue(child.id, parent="CHK-2")
    (item,) = child.history[0].items
    assert (item.field, item.before[1], item.after[1]) == (field, "CHK-1", "CHK-2")
    assert (jira.issue("CHK-1").children, jira.issue("CHK-2").children) == ([], [child.id])


def test_a_story_is_no_parent_of_an_epic() -> None:
    jira = JiraSite.with_defaults()
    jira.create_issue("CHK", "Story", type="Story")
    with pytest.raises(JiraError, match="hierarchy"):
        jira.create_issue("CHK", "Epic", type="Epic", parent="CHK-1")
    assert list(jira.issues) == ["10001"]


def test_an_imported_issue_keeps_its_name_and_the_next_one_counts_on() -> None:
    jira = JiraSite.with_defaults()
    jira.create_issue("CHK", "Imported", named=("60642", "CHK-500"), at=NOW)
    assert (jira.issue("CHK-500").id, jira.create_issue("CHK", "Next").key) == ("60642", "CHK-501")
    assert jira.issue("CHK-501").id == "60643"


WIKI = """h2. Why

People *leave* at {{pay()}}.
See [the study|https://example.com/a].

* one
* two

# first
# second"""


@pytest.mark.parametrize("wiki", ["One line", WIKI])
def test_wiki_text_comes_back_from_a_document(wiki: str) -> None:
    assert to_wiki(to_adf(wiki)) == wiki


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n*#-{}[]|h1."), max_size=60))
def test_no_text_is_lost_on_the_way_to_a_document(text: str) -> None:
    kept = "".join(character for character in to_wiki(to_adf(text)) if character.isalnum())
    assert kept == "".join(character for character in text if character.isalnum())


def test_a_move_loses_what_belongs_to_the_project_and_says_so() -> None:
    jira = JiraSite.with_defaults()
    jira.create_issue("CHK", "Pay", components=["Basket"])
    issue = jira.move("CHK-1", "WAL")
    fields = {item.field: (item.before[1], item.after[1]) for item in issue.history[0].items}
    assert fields == {"project": ("Checkout", "Wallet"), "Key": ("CHK-1", "WAL-1"), "Component": ("Basket", None)}
    assert issue.components == []


def test_a_deleted_issue_takes_its_subtasks_and_links_along() -> None:
    jira = JiraSite.with_defaults()
    jira.create_issue("CHK", "Story", type="Story")
    jira.create_issue("CHK", "Part", type="Sub-task", parent="CHK-1")
    jira.create_issue("CHK", "Other")
    jira.link_issues("CHK-1", "Blocks", "CHK-3")
    jira.delete_issue("CHK-1")
    assert [issue.key for issue in jira.issues.values()] == ["CHK-3"]
    assert jira.issue("CHK-3").links == []
    assert len(jira.by_updated.newest(9)) == 1

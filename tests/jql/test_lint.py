"""What is noticed of conditions that are valid, and what is said of an issue that does not match."""

from collections.abc import Mapping

import pytest

from plugin.jql import SiteFacts, View, shadowed
from plugin.jql import compile as compile_jql

SITE = SiteFacts(values={"status": ["Open", "Done"], "components": ["Wallet"]}, timer=True)


def noticed(jql: str, words: str) -> bool:
    return any(words in one for one in compile_jql(jql, SITE).notices)


@pytest.mark.parametrize(
    ("jql", "impossible"),
    [
        ("status = Open AND status = Done", True),
        ("labels = a AND labels = b", False),
        ("labels = a AND labels != a", True),
        ("labels in (a, b) AND labels != a", False),
        ("component = Wallet AND component IS EMPTY", True),
        ("component != Wallet AND component IS EMPTY", True),
        ("component IS EMPTY OR component != Wallet", False),
        ("project IS EMPTY", True),
        ("status = Open AND (status = Done OR labels = a)", False),
        ("status = Open AND (status = Done OR status IS EMPTY)", True),
        ("status = Open AND status = 3", False),
        ("priority in (a, b) AND NOT priority in (c)", False),
    ],
)
def test_conditions_that_match_nothing(jql: str, impossible: bool) -> None:
    assert noticed(jql, "No issue can match") is impossible


@pytest.mark.parametrize(
    ("jql", "everything"),
    [
        ("project IS NOT EMPTY", True),
        ("status = Open OR status != Open", True),
        ("labels = a OR labels != a", False),
        ("labels = a OR labels != a OR labels IS EMPTY", True),
        ("labels IS EMPTY OR labels IS NOT EMPTY", True),
        ("labels = a OR project IS NOT EMPTY", True),
        ("labels = a AND project IS NOT EMPTY", False),
    ],
)
def test_conditions_that_match_everything(jql: str, everything: bool) -> None:
    assert noticed(jql, "matches every issue") is everything


@pytest.mark.parametrize(
    ("earlier", "later", "hidden"),
    [
        ("labels = a", "labels = a AND component = Wallet", True),
        ("labels in (a, b)", "labels = b", True),
        ("labels = a", "labels in (a, b)", False),
        ("labels = a OR component = Wallet", "component = Wallet", True),
        ("labels = a", "component = Wallet", False),
        ("status != Open", "status = Done AND labels = a", True),
        ("labels != a", "labels = b", False),
        ("labels IS NOT EMPTY", "labels = b", True),
        ("", "labels = b", True),
        ('summary ~ "pay*"', 'labels = a AND  SUMMARY ~ "pay*"', True),
    ],
)
def test_conditions_that_an_earlier_one_hides(earlier: str, later: str, hidden: bool) -> None:
    found = list(shadowed([compile_jql(one, SITE) for one in (earlier, later)]))
    assert found == ([(1, 0)] if hidden else [])


def test_values_that_the_site_does_not_know() -> None:
    assert noticed("status = Opne", "Did you mean Open?")
    assert noticed("component in (Wallet, Other)", "knows no component of that name")
    assert not noticed("status in (open, 3) AND labels = x", "knows no")


def test_the_clock() -> None:
    assert noticed("created >= -1w", "`created >= -1w` changes with the clock")
    assert not noticed("created >= 2026-01-01", "clock")


ISSUE: Mapping[str, object] = {
    "key": "A-1",
    "project": {"id": "1", "key": "A", "name": "Checkout"},
    "labels": ["x"],
    "components": [{"id": "2", "name": "Wallet"}],
}


@pytest.mark.parametrize(
    ("jql", "near"),
    [
        ("project = A AND labels = y", ("labels = y", "x")),
        ("project = A AND NOT (labels = x OR component = b)", ("labels != x", "x")),
        ("project = B OR (component = Wallet AND labels = y)", ("labels = y", "x")),
        ("project = A AND (labels = y OR component = b)", ("labels = y OR component = b", "")),
        ("labels = y", None),
        ("project = B AND labels = y", None),
        ("project = A AND priority = High", None),
        ("project = A", None),
    ],
)
def test_what_nearly_matched(jql: str, near: tuple[str, str] | None) -> None:
    found = compile_jql(jql, SITE).explain(View(ISSUE)).nearly
    assert (found and (found.clause, found.value)) == near


def test_every_clause_is_explained_whether_it_matched_or_not() -> None:
    found = compile_jql("project = A AND (labels = y OR priority = High)", SITE).explain(ISSUE)
    assert (found.joined, found.matched) == ("and", None)
    assert found.clause == "project = A AND (labels = y OR priority = High)"
    first, second = found.parts
    assert (first.clause, first.value, first.matched) == ("project = A", "Checkout", True)
    assert [(one.clause, one.value, one.matched) for one in second.parts] == [
        ("labels = y", "x", False),
        ("priority = High", "unknown", None),
    ]

"""Functions as operands: patterns, ancestors, links, versions of a project, groups; and the stems of words."""

from collections.abc import Mapping

import pytest

from plugin.jql import Index, JqlRefused, SiteFacts, View, ancestry
from plugin.jql import compile as compile_jql

SITE = SiteFacts(groups={"Wallet crew": ["ann", "bob"]})
TYPE = {"id": "9", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
ISSUE: Mapping[str, object] = {
    "id": "105",
    "key": "CHK-5",
    "project": {"id": "100", "key": "CHK", "name": "Checkout"},
    "labels": ["okr-2026-q4", "Wallet"],
    "components": [{"id": "777", "name": "Apple Pay"}],
    "summary": "[INC] Payments failing on two screens",
    "description": "",
    "assignee": {"id": "Ann"},
    "parent": {"id": "104", "key": "CHK-4"},
    "fixVersions": [{"id": "21", "name": "2.0", "released": False, "archived": False}],
    "issuelinks": [{"id": "1", "type": TYPE, "outwardIssue": {"id": "200", "key": "OPS-2"}}],
}


def answer(jql: str, issue: Mapping[str, object] = ISSUE) -> bool | None:
    return compile_jql(jql, SITE).decide(issue).matched


@pytest.mark.parametrize(
    ("jql", "matched"),
    [
        ('labels in glob("okr-*")', True),
        ('labels in glob("OKR-2026-q?")', True),
        ('labels = glob("okr")', False),
        ('labels not in glob("okr-*")', False),
        ('labels not in glob("x*")', True),
        ('labels in (nothing, glob("*let"))', True),
        ('labels in glob("okr.*")', False),
        ('component in glob("7*")', False),
        ('component in regex("^apple\\\\s")', True),
        ('project in glob("ch?")', True),
        ('summary in regex("^\\\\[INC\\\\]")', True),
        ('summary in glob("[INC]*")', True),
        ('summary not in regex("screen")', False),
        ('NOT summary in regex("outage")', True),
        ('description in regex(".*")', False),
        ('description not in regex("x")', False),
    ],
)
def test_patterns(jql: str, matched: bool) -> None:
    assert answer(jql) is matched


def test_a_pattern_over_an_absent_field_is_unknown() -> None:
    assert answer('labels in glob("*")', {"key": "A-1"}) is None


def test_no_regular_expression_takes_more_than_the_texts_length() -> None:
    """Backtracking would take longer than the age of the world."""
    assert answer('summary in regex("^(a+)+$")', {"key": "A-1", "summary": "a" * 50_000 + "b"}) is False


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ('labels in regex("(")', "cannot be used: missing"),
        ('labels in regex("(?=a)")', "neither look-around"),
        ('labels in regex("((a{100}){100}){100}")', "cannot be used"),
        ("labels in glob()", "takes one pattern"),
        ("summary in (a)", "listed by patterns only"),
        ("parent in ancestors(Checkout)", "is no key"),
        ("key in childIssuesOf()", "takes the key of an issue"),
        ("key in linkedIssues(A-1, a, b)", "one link type at most"),
        ('assignee in membersOf("Other crew")', "who belongs to a group"),
    ],
)
def test_refusals(jql: str, words: str) -> None:
    with pytest.raises(JqlRefused, match=words):
        compile_jql(jql, SITE)


PARENTS: Mapping[str, object] = {"CHK-4": {"id": "103", "key": "CHK-3"}, "103": None}


@pytest.mark.parametrize(
    ("jql", "known", "alone"),
    [
        ("parent in ancestors(CHK-4)", True, True),
        ("parent in ancestors(chk-3)", True, None),
        ("key in childIssuesOf(CHK-3)", True, None),
        ("key in portfolioChildIssuesOf(CHK-9)", False, None),
        ("key in (A-1, childIssuesOf(CHK-3))", True, None),
        ("key not in childIssuesOf(CHK-3)", False, None),
        ("key not in childIssuesOf(CHK-9)", True, None),
        ("parent not in ancestors(CHK-4)", False, False),
        ("parent not in ancestors(CHK-9)", True, None),
    ],
)
def test_ancestors_are_asked_as_far_as_they_are_known(jql: str, known: bool, alone: bool | None) -> None:
    condition = compile_jql(jql, SITE)
    climbed = View(ISSUE, ancestry=ancestry(ISSUE, PARENTS))
    assert condition.decide(climbed).matched is known
    assert Index([condition]).matches(climbed) == ({0} if known else set(), set())
    assert answer(jql) is alone
    found = Index([condition]).matches(View(ISSUE))
    assert found == ({0} if alone else set(), {0} if alone is None else set())
    if alone is None:
        assert condition.decide(ISSUE).missing == ("parent",)


def test_an_issue_without_a_parent_has_no_ancestors() -> None:
    top: Mapping[str, object] = {"key": "A-1", "parent": None}
    assert answer("key in childIssuesOf(A-2)", top) is False
    assert answer("key not in childIssuesOf(A-2)", top) is True
    assert answer("parent not in ancestors(A-2)", top) is False
    assert answer("key in childIssuesOf(A-2)", {"key": "A-1"}) is None


def test_a_circle_of_parents_ends() -> None:
    circle: Mapping[str, object] = {"CHK-4": {"id": "103", "key": "CHK-3"}, "CHK-3": {"id": "104", "key": "CHK-4"}}
    found = ancestry(ISSUE, circle)
    assert (found.names, found.whole) == (frozenset({"104", "chk-4", "103", "chk-3"}), True)


def test_a_parent_known_by_key_alone_leaves_its_id_unknown() -> None:
    told: Mapping[str, object] = {"key": "A-1", "parent": {"id": "", "key": "A-2"}}
    assert answer("parent = 104", told) is None
    assert answer("parent != 104", told) is None
    assert answer("parent in (104, A-2)", told) is True
    assert answer("parent = A-3", told) is False
    assert answer("parent is EMPTY", told) is False
    assert answer("parent = 104") is True


@pytest.mark.parametrize(
    ("jql", "matched"),
    [
        ("key in linkedIssues(OPS-2)", True),
        ("key in linkedIssues(OPS-3)", False),
        ("key not in linkedIssues(OPS-3)", True),
        # This issue blocks OPS-2, so OPS-2 shows it under "is blocked by".
        ('key in linkedIssues(OPS-2, "is blocked by")', True),
        ('key in linkedIssues(OPS-2, "blocks")', True),  # also the type's name
        ('key in linkedIssues(OPS-2, "clones")', False),
        ('issueLinkType = "blocks"', True),
        ('issueLinkType = "is blocked by"', False),
    ],
)
def test_links(jql: str, matched: bool) -> None:
    assert answer(jql) is matched


def test_links_whose_words_are_unknown_are_asked_by_issue_only() -> None:
    bare = {"type": {"id": "9", "name": "Blocks"}, "inwardIssue": {"id": "200", "key": "OPS-2"}}
    told: Mapping[str, object] = {"key": "A-1", "issuelinks": [bare]}
    assert answer("key in linkedIssues(OPS-2)", told) is True
    assert answer('key in linkedIssues(OPS-2, "blocks")', told) is None
    assert answer("key in linkedIssues(OPS-2)", {"key": "A-1"}) is None


@pytest.mark.parametrize(
    ("jql", "matched"),
    [
        ("fixVersion in unreleasedVersions(CHK)", True),
        ("fixVersion in unreleasedVersions(OPS, CHK)", True),
        ("fixVersion in unreleasedVersions(OPS)", False),
        ("fixVersion in releasedVersions(CHK)", False),
        ("fixVersion in (2.0, releasedVersions(CHK))", True),
        ("fixVersion not in unreleasedVersions(OPS)", True),
        ("fixVersion not in unreleasedVersions(CHK)", False),
        ('assignee in membersOf("wallet crew")', True),
        ('assignee not in membersOf("Wallet crew")', False),
    ],
)
def test_versions_of_projects_and_members_of_groups(jql: str, matched: bool) -> None:
    assert answer(jql) is matched


@pytest.mark.parametrize(
    ("jql", "english", "other"),
    [
        ("summary ~ payment", True, False),
        ("summary ~ fails", True, False),
        ("summary !~ fail", False, True),
        (r'summary ~ "\"two screen\""', True, False),
        (r'summary ~ "\"screens two\""', False, False),
        ('summary ~ "fail*"', True, True),
        ('summary ~ "failings*"', False, False),
    ],
)
def test_english_words_are_found_by_their_stems(jql: str, english: bool, other: bool) -> None:
    assert answer(jql) is english
    assert compile_jql(jql, SiteFacts(language="other")).decide(ISSUE).matched is other

"""Conditions, the index and the bitsets against the slow evaluator, over random queries and issues."""

import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.jql import (
    Batch,
    Condition,
    Frequencies,
    Index,
    JqlError,
    Projection,
    SiteFacts,
    View,
    as_json,
    parse,
    places,
    shadowed,
)
from plugin.jql import compile as compile_jql
from tests.jql.reference import Formula, formulas, issues

SITE = SiteFacts()
TRUTH = {0: False, 1: None, 2: True}


@settings(max_examples=400, deadline=None)
@given(formulas, issues)
def test_a_condition_answers_as_the_reference(formula: Formula, issue: Mapping[str, object]) -> None:
    outcome = compile_jql(formula.text(), SITE).decide(issue)
    yes, _ = formula.answer(issue)
    assert outcome.matched is TRUTH[yes]
    assert bool(outcome.missing) is (yes == 1)
    assert bool(outcome.seen) is (yes == 2)
    assert not set(outcome.missing) & set(issue)


@settings(max_examples=200, deadline=None)
@given(formulas, issues)
def test_a_condition_reads_only_what_it_says_it_needs(formula: Formula, issue: Mapping[str, object]) -> None:
    condition = compile_jql(formula.text(), SITE)
    only = {name: value for name, value in issue.items() if name in condition.needs | {"id", "key"}}
    assert condition.decide(only) == condition.decide(issue)


@settings(max_examples=300, deadline=None)
@given(st.lists(formulas, min_size=1, max_size=12), st.lists(issues, min_size=1, max_size=8), st.booleans())
def test_the_index_answers_as_the_reference(
    asked: Sequence[Formula], told: Sequence[Mapping[str, object]], counted: bool
) -> None:
    conditions = compiled(asked)
    views = [View(one) for one in told]
    index = Index(conditions, Frequencies.observed(conditions, views) if counted else None)
    for issue, view in zip(told, views, strict=True):
        wanted = {at: TRUTH[one.answer(issue)[0]] for at, one in enumerate(asked)}
        found = index.matches(view)
        assert found.matched == {at for at, answer in wanted.items() if answer}
        assert found.unknown == {at for at, answer in wanted.items() if answer is None}
        assert found.matched | found.unknown <= set(index.candidates(view))
        assert index.decide_all(view) == {
            at: conditions[at].decide(issue) for at, answer in wanted.items() if answer is not False
        }


@settings(max_examples=300, deadline=None)
@given(st.lists(formulas, min_size=1, max_size=4), st.lists(issues, max_size=20))
def test_the_bitsets_answer_as_the_reference(asked: Sequence[Formula], told: Sequence[Mapping[str, object]]) -> None:
    batch = Batch([View(one) for one in told])
    for formula, condition in zip(asked, compiled(asked), strict=True):
        answers = [formula.answer(issue)[0] for issue in told]
        bits = batch.matches(condition)
        assert list(places(bits.matched)) == [at for at, answer in enumerate(answers) if answer == 2]
        assert list(places(bits.unknown)) == [at for at, answer in enumerate(answers) if answer == 1]


@settings(max_examples=300, deadline=None)
@given(st.lists(formulas, min_size=1, max_size=4), st.lists(issues, max_size=20))
def test_fields_told_as_texts_answer_as_the_reference(
    asked: Sequence[Formula], told: Sequence[Mapping[str, object]]
) -> None:
    """Twice, as what was remembered of the first time must say the same."""
    conditions = compiled(asked)
    projection = Projection(conditions)
    rows = [
        (
            str(one["id"]),
            str(one["key"]),
            *(json.dumps(one[name]) if name in one else None for name in projection.fields),
        )
        for one in told
    ]
    for _ in range(2):
        batch = projection.batch(rows)
        for formula, condition in zip(asked, conditions, strict=True):
            answers = [formula.answer(issue)[0] for issue in told]
            bits = batch.matches(condition)
            assert list(places(bits.matched)) == [at for at, answer in enumerate(answers) if answer == 2]
            assert list(places(bits.unknown)) == [at for at, answer in enumerate(answers) if answer == 1]


def test_a_projection_answers_no_condition_that_it_was_not_made_for() -> None:
    made = Projection([compile_jql("project = CHK", SITE)])
    for asked in ("labels = x", 'summary ~ "x*"', "created > 2020-01-01"):
        with pytest.raises(KeyError):
            made.batch([("1", "CHK-1", '{"key": "CHK"}')]).matches(compile_jql(asked, SITE))


@settings(max_examples=500, deadline=None)
@given(formulas, formulas, issues)
def test_what_is_seen_without_an_issue_holds_for_every_issue(
    one: Formula, other: Formula, issue: Mapping[str, object]
) -> None:
    narrow, wide = compiled([one, other])
    matched, _ = one.answer(issue)
    if any("No issue can match" in notice for notice in narrow.notices):
        assert matched != 2
    if any("matches every issue" in notice for notice in narrow.notices):
        assert matched != 0
    if list(shadowed([wide, narrow])) and matched == 2:
        assert other.answer(issue)[0] == 2


def compiled(asked: Sequence[Formula]) -> list[Condition]:
    return [compile_jql(one.text(), SITE) for one in asked]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1- \"'\\()[]=!~<>,&|\n\t") | st.characters(), max_size=40))
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    fault = _fault(text)
    assert as_json(text)["ok"] is (fault is None)
    if fault is not None:
        assert 0 <= fault.start <= len(text)
        assert "^" in str(fault)


def _fault(text: str) -> JqlError | None:
    try:
        parse(text)
    except JqlError as error:
        return error
    return None

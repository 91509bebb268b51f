"""Rules that are asked together through the index say what they say one by one; ancestors and the clock reach them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from plugin.alignment import Facts, align
from plugin.alignment.answers import Answer, Answers, Owner
from plugin.alignment.lint import lint
from plugin.alignment.rulebook import CompiledExemption, CompiledRule
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import State
from tests.alignment.world import NOW, PRODUCT, below, book, snapshot
from tests.jql.reference import Formula, formulas, issues

OBJECTIVES = st.sampled_from(["a", "b", "old", "next"])
PRIORITIES = st.sampled_from([1, 100])


class OneByOne(Answers):
    """Decides each rule and each class by itself, in order."""

    @cached_property
    def rules(self) -> list[Answer[CompiledRule]]:
        return self.asked(self._product.rules)

    @cached_property
    def exempt(self) -> list[Answer[CompiledExemption]]:
        return self.asked(self._product.exempt)

    def asked(self, owners: Sequence[Owner]) -> list[Answer[Owner]]:
        told = [(one, one.condition.decide(self._view).matched) for one in owners]
        return [Answer(one, matched is True, self._view) for one, matched in told if matched is not False]


def product(rules: Sequence[tuple[Formula, str, int]], exempt: Sequence[Formula]) -> dict[str, JsonValue]:
    return {
        **PRODUCT,
        "rules": [
            {"id": f"r{at}", "objective": objective, "when": formula.text(), "priority": priority}
            for at, (formula, objective, priority) in enumerate(rules)
        ],
        "exempt": [{"id": f"e{at}", "when": one.text()} for at, one in enumerate(exempt)],
    }


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(formulas, OBJECTIVES, PRIORITIES), max_size=10),
    st.lists(formulas, max_size=3),
    st.lists(issues, min_size=1, max_size=5),
)
def test_verdicts_are_those_of_asking_rule_by_rule(
    rules: list[tuple[Formula, str, int]], exempt: list[Formula], told: list[Mapping[str, JsonValue]]
) -> None:
    batch = [Facts(_as_told(number, one)) for number, one in enumerate(told, 1)]
    written = book(product(rules, exempt))
    together = align(batch, written, {}, NOW)
    with patch("plugin.alignment.verdicts.Answers", OneByOne):
        assert together == align(batch, written, {}, NOW)


def _as_told(number: int, fields: Mapping[str, JsonValue]) -> Snapshot:
    """What the generated issue says, over an issue of the product; a field that it does not know is unknown."""
    base = snapshot(number)
    asked = ("labels", "components", "priority", "summary", "duedate", "parent")
    known = {name: value for name, value in base.fields.items() if name not in asked}
    return base.model_copy(update={"fields": known | {name: fields[name] for name in asked if name in fields}})


def _ruled(when: str) -> dict[str, JsonValue]:
    return {**PRODUCT, "rules": [{"id": "only", "objective": "a", "when": when}], "exempt": []}


def test_a_rule_sees_ancestors_beyond_the_parent() -> None:
    family = [Facts(snapshot(1)), Facts(snapshot(2, parent=below(1))), Facts(snapshot(3, parent=below(2)))]
    found = align(family, book(_ruled("parent IN ancestors(CHK-1)")), {}, NOW)
    assert [(found[id].state, found[id].how) for id in "123"] == [
        (State.UNALIGNED, None),
        (State.ALIGNED, "rule"),
        (State.ALIGNED, "rule"),
    ]


def test_above_a_hidden_parent_there_is_nobody() -> None:
    ancestors = book(_ruled("key IN childIssuesOf(CHK-1)"))
    child = Facts(snapshot(3, parent=below(2)))
    assert align([child], ancestors, {"2": None, "CHK-2": None}, NOW)["3"].state is State.UNALIGNED
    assert align([child], ancestors, {}, NOW)["3"].state is State.UNDECIDED


def test_a_rule_may_depend_on_the_clock_and_lint_says_when_it_is_asked_again() -> None:
    moving = book(_ruled("created >= -60d"))
    issue = Facts(snapshot(1))
    assert align([issue], moving, {}, NOW)["1"].state is State.ALIGNED
    assert align([issue], moving, {}, NOW + timedelta(days=30))["1"].state is State.UNALIGNED
    assert moving.depends_on_clock
    assert any("at the start of each of the site's days" in one for one in lint(moving))


@pytest.mark.parametrize("when", ["created >= 2026-01-01", "component = Wallet"])
def test_other_rules_do_not_depend_on_the_clock(when: str) -> None:
    assert not book(_ruled(when)).depends_on_clock

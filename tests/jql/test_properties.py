"""Conditions against a slow evaluator written for clarity, over random queries and issues.

The reference knows no negation-normal form: it answers every formula together with its negation, side by side, and
NOT swaps the two. It works on the generated tree, so that the parser's precedence is tested as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.jql import JqlError, SiteFacts, as_json, parse
from plugin.jql import compile as compile_jql

SITE = SiteFacts()
VALUES = ("a", "b", "c")
FIELDS = {"labels": "labels", "component": "components", "priority": "priority", "parent": "parent"}
Truth = Literal[0, 1, 2]  # false, unknown, true: AND takes the least, OR the greatest
BOTH = tuple[Truth, Truth]  # of a formula, and of its negation


@dataclass(frozen=True)
class Compared:
    field: str
    operator: str
    values: tuple[str | None, ...]  # None is EMPTY

    def text(self) -> str:
        words = [_word(self.field, value) for value in self.values]
        operand = f"({', '.join(words)})" if "in" in self.operator else words[0]
        return f"{self.field} {self.operator} {operand}"

    def answer(self, issue: Mapping[str, object]) -> BOTH:
        negated = self.operator in {"!=", "not in", "is not"}
        yes, no = self.equality(issue)
        return (no, yes) if negated else (yes, no)

    def equality(self, issue: Mapping[str, object]) -> BOTH:
        held = _held(self.field, issue)
        if held is None:
            return 1, 1
        one_is: list[Truth] = [_truth(not held if value is None else value in held) for value in self.values]
        none_is: list[Truth] = [
            _truth(bool(held) if value is None else bool(held) and value not in held) for value in self.values
        ]
        return max(one_is), min(none_is)


@dataclass(frozen=True)
class Joined:
    word: Literal["AND", "OR"]
    parts: "tuple[Formula, ...]"

    def text(self) -> str:
        inner = [
            f"({one.text()})" if isinstance(one, Joined) and one.word == "OR" else one.text() for one in self.parts
        ]
        return f" {self.word} ".join(inner)

    def answer(self, issue: Mapping[str, object]) -> BOTH:
        answers = [part.answer(issue) for part in self.parts]
        yes, no = [one[0] for one in answers], [one[1] for one in answers]
        return (min(yes), max(no)) if self.word == "AND" else (max(yes), min(no))


@dataclass(frozen=True)
class Negated:
    part: "Formula"

    def text(self) -> str:
        return f"NOT ({self.part.text()})" if isinstance(self.part, Joined) else f"NOT {self.part.text()}"

    def answer(self, issue: Mapping[str, object]) -> BOTH:
        yes, no = self.part.answer(issue)
        return no, yes


Formula = Compared | Joined | Negated


def _word(field: str, value: str | None) -> str:
    return "EMPTY" if value is None else f"{value.upper()}-1" if field == "parent" else value


def _truth(holds: bool) -> Truth:
    return 2 if holds else 0


def _held(field: str, issue: Mapping[str, object]) -> set[str] | None:
    """The single letters that the field holds."""
    if FIELDS[field] not in issue:
        return None
    value = issue[FIELDS[field]]
    ones = value if isinstance(value, list) else [] if value is None else [value]
    words = {str(one.get("name") or one.get("key")) if isinstance(one, Mapping) else str(one) for one in ones}
    return {word[0].lower() for word in words}


def compared() -> st.SearchStrategy[Formula]:
    field, value = st.sampled_from(sorted(FIELDS)), st.sampled_from([*VALUES, None])
    single = st.builds(Compared, field, st.sampled_from(["=", "!="]), st.tuples(value))
    several = st.builds(
        Compared, field, st.sampled_from(["in", "not in"]), st.lists(value, min_size=1, max_size=3).map(tuple)
    )
    empty = st.builds(Compared, field, st.sampled_from(["is", "is not"]), st.just((None,)))
    return st.one_of(single, several, empty)


formulas: st.SearchStrategy[Formula] = st.recursive(
    compared(),
    lambda inner: st.one_of(
        st.builds(Negated, inner),
        st.builds(Joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
some_values = st.lists(st.sampled_from(VALUES), unique=True, max_size=2)
issues = st.fixed_dictionaries(
    {"id": st.just("1"), "key": st.just("X-1")},
    optional={
        "labels": some_values.map(lambda ones: [one.upper() for one in ones]),
        "components": some_values.map(lambda ones: [{"id": "9", "name": one} for one in ones]),
        "priority": st.one_of(st.none(), st.sampled_from(VALUES).map(lambda one: {"id": "9", "name": one})),
        "parent": st.one_of(st.none(), st.sampled_from(VALUES).map(lambda one: {"id": "9", "key": f"{one.upper()}-1"})),
    },
)


@settings(max_examples=400, deadline=None)
@given(formulas, issues)
def test_a_condition_answers_as_the_reference(formula: Formula, issue: Mapping[str, object]) -> None:
    outcome = compile_jql(formula.text(), SITE).decide(issue)
    yes, _ = formula.answer(issue)
    assert outcome.matched is {0: False, 1: None, 2: True}[yes]
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

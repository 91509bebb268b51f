"""A slow evaluator of JQL, written for clarity only, with the queries and issues to hold others to it.

It knows no negation-normal form: it answers every formula together with its negation, side by side, and NOT swaps the
two. It works on the generated tree, so that the parser's precedence is tested as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

VALUES = ("a", "b", "c")
FIELDS = {
    "labels": "labels",
    "component": "components",
    "priority": "priority",
    "parent": "parent",
    "summary": "summary",
    "due": "duedate",
}
Truth = Literal[0, 1, 2]  # false, unknown, true: AND takes the least, OR the greatest
BOTH = tuple[Truth, Truth]  # of a formula, and of its negation


@dataclass(frozen=True)
class Compared:
    field: str
    operator: str
    values: tuple[str | None, ...]  # None is EMPTY

    def text(self) -> str:
        words = [_word(self.field, value) for value in self.values]
        if "~" in self.operator:
            return f'{self.field} {self.operator} "{" ".join(words)}"'
        operand = f"({', '.join(words)})" if "in" in self.operator else words[0]
        return f"{self.field} {self.operator} {operand}"

    def answer(self, issue: Mapping[str, object]) -> BOTH:
        held = _held(self.field, issue)
        if held is None:
            return 1, 1
        if self.operator in {"~", "!~"}:
            yes, no = self.search(held)
        elif self.operator in {"<", "<=", ">", ">="}:
            return self.order(held)
        else:
            yes, no = self.equality(held)
        return (no, yes) if self.operator in {"!=", "not in", "is not", "!~"} else (yes, no)

    def search(self, held: set[str]) -> BOTH:
        there = all(value in held for value in self.values)
        return _truth(there), _truth(bool(held) and not there)

    def order(self, held: set[str]) -> BOTH:
        if not held:
            return 0, 0
        (day,), limit = held, str(self.values[0])
        there = {"<": day < limit, "<=": day <= limit, ">": day > limit, ">=": day >= limit}[self.operator]
        return _truth(there), _truth(not there)

    def equality(self, held: set[str]) -> BOTH:
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
    written = {"parent": f"{str(value).upper()}-1", "due": f"2026-01-0{'_abc'.find(str(value))}"}
    return "EMPTY" if value is None else written.get(field, value)


def _truth(holds: bool) -> Truth:
    return 2 if holds else 0


def _held(field: str, issue: Mapping[str, object]) -> set[str] | None:
    """The single letters that the field holds."""
    if FIELDS[field] not in issue:
        return None
    value = issue[FIELDS[field]]
    if field == "summary":
        return set(str(value or "").split())
    if field == "due":
        return {"_abc"[int(str(value)[-1])]} if value else set()
    ones = value if isinstance(value, list) else [] if value is None else [value]
    words = {str(one.get("name") or one.get("key")) if isinstance(one, Mapping) else str(one) for one in ones}
    return {word[0].lower() for word in words}


def compared() -> st.SearchStrategy[Formula]:
    field = st.sampled_from(sorted(set(FIELDS) - {"summary"}))
    value = st.sampled_from([*VALUES, None])
    single = st.builds(Compared, field, st.sampled_from(["=", "!="]), st.tuples(value))
    several = st.builds(
        Compared, field, st.sampled_from(["in", "not in"]), st.lists(value, min_size=1, max_size=3).map(tuple)
    )
    empty = st.builds(Compared, st.sampled_from(sorted(FIELDS)), st.sampled_from(["is", "is not"]), st.just((None,)))
    words = st.lists(st.sampled_from(VALUES), min_size=1, max_size=2).map(tuple)
    search = st.builds(Compared, st.just("summary"), st.sampled_from(["~", "!~"]), words)
    orders = st.sampled_from(["<", "<=", ">", ">="])
    order = st.builds(Compared, st.just("due"), orders, st.tuples(st.sampled_from(VALUES)))
    return st.one_of(single, several, empty, search, order)


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
        "summary": some_values.map(" ".join),
        "duedate": st.one_of(st.none(), st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"])),
        "parent": st.one_of(st.none(), st.sampled_from(VALUES).map(lambda one: {"id": "9", "key": f"{one.upper()}-1"})),
    },
)

"""A query that decides issues, compiled once and decided in memory.

Negation is pushed inward to the operators. Then every comparison, positive or negated, is false where the field is
empty, and only IS EMPTY is true there: Jira's own rule ("will not match a field that has no value",
https://support.atlassian.com/jira-service-management-cloud/docs/jql-operators/). A field that is absent makes a clause
unknown, and Kleene's logic carries that upward: true OR unknown is true, false AND unknown is false.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plugin.jql.clause import Ask, Field
from plugin.jql.explain import Finding
from plugin.jql.questions import Question, Test, all_of, any_of, fields, unknown
from plugin.jql.view import Issue, View


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a condition says of one issue."""

    matched: bool | None
    """None where a field that decides is unknown."""
    missing: tuple[str, ...] = ()
    """Jira ids of the unknown fields; only where `matched` is None."""
    seen: tuple[tuple[str, str], ...] = ()
    """The clauses that made it match, each with the value that it met; only where `matched` is true."""


_NO = Outcome(False)


@dataclass(frozen=True, eq=False, slots=True)
class Leaf:
    """One clause, its negation already in the operator."""

    clause: str
    field: Field
    ask: Ask
    question: Question

    @property
    def test(self) -> Test:
        return self.question.test

    def seen(self, view: View) -> list[tuple[str, str]]:
        return [(self.clause, self.field.show(view.issue))]

    def missing(self, view: View) -> list[str]:
        return unknown(self.question, view)

    def reads(self) -> list[str]:
        return fields(self.question)

    def explain(self, view: View) -> Finding:
        matched = self.test(view)
        value = "unknown" if matched is None else self.field.show(view.issue)
        return Finding("clause", self.clause, value, matched)

    def leaves(self) -> "list[Leaf]":
        return [self]


@dataclass(frozen=True, eq=False, slots=True)
class Branch:
    """Several conditions that must all hold, or of which one must."""

    joined: Literal["and", "or"]
    parts: "tuple[Node, ...]"
    test: Test

    def seen(self, view: View) -> list[tuple[str, str]]:
        return [pair for part in self.parts if part.test(view) for pair in part.seen(view)]

    def missing(self, view: View) -> list[str]:
        return [field for part in self.parts if part.test(view) is None for field in part.missing(view)]

    def explain(self, view: View) -> Finding:
        if len(self.parts) == 1:
            return self.parts[0].explain(view)
        parts = tuple(part.explain(view) for part in self.parts)
        words = f" {self.joined.upper()} ".join(f"({one.clause})" if one.parts else one.clause for one in parts)
        return Finding(self.joined, words, "", self.test(view), parts)

    def leaves(self) -> list[Leaf]:
        return [leaf for part in self.parts for leaf in part.leaves()]


Node = Leaf | Branch


@dataclass(frozen=True)
class Condition:
    """A compiled query."""

    text: str
    needs: frozenset[str]
    """Jira ids of the fields that it reads; `id` and `key` are always there and not among them."""
    notices: tuple[str, ...]
    """What the author should know although the query is accepted."""
    depends_on_clock: bool
    """Whether its answer changes with time alone; then `now` must be given to decide."""
    root: Node
    lost: tuple[str, ...] = ()
    """Why clauses of it are unknown of every issue; only where it was compiled leniently."""

    def decide(self, issue: Issue | View, now: datetime | None = None) -> Outcome:
        """The answer for one issue. Give many conditions the same View to read each of its fields only once."""
        view = issue if isinstance(issue, View) else View(issue, now)
        matched = self.root.test(view)
        if matched:
            return Outcome(True, seen=tuple(dict.fromkeys(self.root.seen(view))))
        if matched is None:
            return Outcome(None, missing=tuple(dict.fromkeys(self.root.missing(view))))
        return _NO

    def explain(self, issue: Issue | View, now: datetime | None = None) -> Finding:
        """What every clause says of the issue, matched or not; its `nearly` is the clause that alone failed."""
        return self.root.explain(issue if isinstance(issue, View) else View(issue, now))

    def matches(self, view: View) -> bool | None:
        """The bare answer, for counting over many issues: None where a field that decides is unknown."""
        return self.root.test(view)


def every(parts: Sequence[Node]) -> Branch:
    """Holds where all parts hold; with no part it always holds."""
    return Branch("and", tuple(parts), all_of([part.test for part in parts]))


def some(parts: Sequence[Node]) -> Branch:
    """Holds where one part holds."""
    return Branch("or", tuple(parts), any_of([part.test for part in parts]))

"""What a clause asks, as a value: the index and the bitsets read it, and its `test` answers for one view.

Most clauses ask whether a field holds one of some terms; that is a TermSet, which can be looked up. What cannot be
looked up is a Scan. A clause of several words, or of keys and ids, joins such questions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from plugin.jql.view import Reading, Terms, View

Test = Callable[[View], bool | None]
"""True, false, or None for unknown."""

Holds = Literal["has", "lacks", "has or is empty", "is free of"]
"""What is asked of the terms: one of them is there; there is a value and it is none of them; one, or no value at all;
none of them is there, if only because there is no value."""


@dataclass(frozen=True, eq=False, slots=True)
class TermSet:
    """Whether a field holds one of the terms."""

    reading: Reading[Terms]
    terms: Terms
    holds: Holds
    test: Test = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "test", _TESTS[self.holds](self.reading, self.terms))


@dataclass(frozen=True, eq=False, slots=True)
class Scan:
    """What must be asked of every issue one by one. `field` is Jira's id of the field that is read."""

    test: Test
    field: str


@dataclass(frozen=True, eq=False, slots=True)
class Joint:
    """Several questions that must all be answered by yes, or of which one must."""

    joined: Literal["and", "or"]
    parts: "tuple[Question, ...]"
    test: Test = field(init=False, repr=False)

    def __post_init__(self) -> None:
        tests = [part.test for part in self.parts]
        object.__setattr__(self, "test", all_of(tests) if self.joined == "and" else any_of(tests))


Question = TermSet | Scan | Joint


def both(parts: Sequence[Question]) -> Question:
    return parts[0] if len(parts) == 1 else Joint("and", tuple(parts))


def either(parts: Sequence[Question]) -> Question:
    return parts[0] if len(parts) == 1 else Joint("or", tuple(parts))


def all_of(parts: Sequence[Test]) -> Test:
    """Holds where all hold; with no part it always holds."""
    tests = tuple(parts)
    if len(tests) == 1:
        return tests[0]

    def test(view: View) -> bool | None:
        answer: bool | None = True
        for one in tests:
            found = one(view)
            if found is None:
                answer = None
            elif not found:
                return False
        return answer

    return test


def any_of(parts: Sequence[Test]) -> Test:
    """Holds where one holds."""
    tests = tuple(parts)
    if len(tests) == 1:
        return tests[0]

    def test(view: View) -> bool | None:
        answer: bool | None = False
        for one in tests:
            found = one(view)
            if found:
                return True
            if found is None:
                answer = None
        return answer

    return test


def _has(reading: Reading[Terms], terms: Terms) -> Test:
    disjoint = terms.isdisjoint

    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else not disjoint(found)

    return test


def _has_or_is_empty(reading: Reading[Terms], terms: Terms) -> Test:
    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else not found or not terms.isdisjoint(found)

    return test


def _lacks(reading: Reading[Terms], terms: Terms) -> Test:
    """False where the field is empty: a comparison never matches there."""

    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else bool(found) and terms.isdisjoint(found)

    return test


def _is_free_of(reading: Reading[Terms], terms: Terms) -> Test:
    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return None if found is None else terms.isdisjoint(found)

    return test


def fields(question: Question) -> list[str]:
    """Jira's ids of the fields that are read."""
    match question:
        case TermSet(reading=reading):
            return [reading.field]
        case Scan(field=field):
            return [field]
        case Joint(parts=parts):
            return [field for part in parts for field in fields(part)]


def unknown(question: Question, view: View) -> list[str]:
    """The fields for which the question cannot be answered."""
    if isinstance(question, Joint):
        return [field for part in question.parts if part.test(view) is None for field in unknown(part, view)]
    return fields(question)


_TESTS: Mapping[Holds, Callable[[Reading[Terms], Terms], Test]] = {
    "is free of": _is_free_of,
    "has": _has,
    "lacks": _lacks,
    "has or is empty": _has_or_is_empty,
}

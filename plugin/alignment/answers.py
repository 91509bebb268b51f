"""What the conditions of one product say of one issue: all of them are asked at once, and only when one is needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from plugin.alignment.rulebook import CompiledExemption, CompiledRule, ProductBook
from plugin.domain.verdict import Seen
from plugin.jql import View

Owner = TypeVar("Owner", CompiledRule, CompiledExemption)


@dataclass(frozen=True, slots=True)
class Answer(Generic[Owner]):
    """A rule or exempt class that matches the issue, or may match it once more is known."""

    owner: Owner
    matched: bool
    """False where it cannot be told."""
    view: View

    @property
    def missing(self) -> tuple[str, ...]:
        return self.owner.condition.decide(self.view).missing

    @property
    def evidence(self) -> tuple[Seen, ...]:
        seen = self.owner.condition.decide(self.view).seen
        return tuple(Seen(clause=clause, value=value) for clause, value in seen)


class Answers:
    """In the order in which rules and classes speak; those that do not match are left out."""

    def __init__(self, product: ProductBook, view: View) -> None:
        self._product, self._view = product, view

    @cached_property
    def rules(self) -> list[Answer[CompiledRule]]:
        rules = self._product.rules
        return [Answer(rules[at], matched, self._view) for at, matched in self._found if at < len(rules)]

    @cached_property
    def exempt(self) -> list[Answer[CompiledExemption]]:
        behind = len(self._product.rules)
        classes = self._product.exempt
        return [Answer(classes[at - behind], matched, self._view) for at, matched in self._found if at >= behind]

    @cached_property
    def _found(self) -> list[tuple[int, bool]]:
        found = self._product.index.matches(self._view)
        return [(at, at in found.matched) for at in sorted(found.matched | found.unknown)]


def first(answers: Iterable[Answer[Owner]]) -> tuple[Owner, tuple[Seen, ...]] | frozenset[str]:
    """The first that matches, with its evidence.

    Else the fields that are missing to tell, empty where none may match. One that cannot be told hides those behind it.
    """
    missing: set[str] = set()
    for one in answers:
        if not one.matched:
            missing.update(one.missing)
        elif not missing:
            return one.owner, one.evidence
    return frozenset(missing)

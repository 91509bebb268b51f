"""What an author should know of rules that are valid and yet may not mean what was meant."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import Field

from plugin import jql
from plugin.alignment.rulebook import CompiledRule, ProductBook, RuleBook
from plugin.domain.frozen import Frozen


def lint(book: RuleBook) -> Iterator[str]:
    """One sentence for each finding that the conditions themselves tell."""
    for product in book.products:
        for name, condition in named_conditions(product):
            yield from (f"{name}: {notice}" for notice in condition.notices)
        for later, earlier in _shadowed(product):
            yield f"{product.product.id}: rule {later.rule.id} decides nothing: {_taken_by(earlier)}."


def named_conditions(product: ProductBook) -> list[tuple[str, jql.Condition]]:
    """The product's conditions, each under the name by which people know it."""
    id = product.product.id
    return [
        (f"{id}: scope", product.scope),
        *((f"{id}: rule {one.rule.id}", one.condition) for one in product.rules),
        *((f"{id}: exempt class {one.exempt.id}", one.condition) for one in product.exempt),
    ]


def by_rule(product: ProductBook) -> dict[str, tuple[str, ...]]:
    """The same by the rule's id; rules of which nothing is to be said are not there."""
    found = {one.rule.id: list(one.condition.notices) for one in product.rules}
    for later, earlier in _shadowed(product):
        found[later.rule.id].append(f"It decides nothing: {_taken_by(earlier)}.")
    return {id: tuple(sentences) for id, sentences in found.items() if sentences}


def _taken_by(earlier: CompiledRule) -> str:
    return f"all that it matches is matched by rule {earlier.rule.id}, which is asked first"


def _shadowed(product: ProductBook) -> Iterator[tuple[CompiledRule, CompiledRule]]:
    """Rules that only match what a rule before them takes, as long as that one's objective is active, and that one."""
    rules = product.rules
    for later, earlier in jql.shadowed([one.condition for one in rules]):
        if _outlasts(rules[earlier], rules[later]):
            yield rules[later], rules[earlier]


def _outlasts(earlier: CompiledRule, later: CompiledRule) -> bool:
    one, other = earlier.objective, later.objective
    return one.quarter.first <= other.quarter.first and other.last <= one.last


class Reached(Frozen):
    """How many issues were asked, and by the name of a condition how many match, and of how many that is unknown."""

    issues: int = 0
    matched: dict[str, int] = Field(default_factory=dict)
    unknown: dict[str, int] = Field(default_factory=dict)


class Reach:
    """Counts how many issues each condition matches, batch by batch."""

    def __init__(self, book: RuleBook, so_far: Reached) -> None:
        self._named = [one for product in book.products for one in named_conditions(product)]
        self._projection = jql.Projection(condition for _, condition in self._named)
        self._matched = Counter(so_far.matched)
        self._unknown = Counter(so_far.unknown)
        self._asked = so_far.issues

    @property
    def fields(self) -> Sequence[str]:
        """Jira's ids of the fields that the conditions read."""
        return self._projection.fields

    @property
    def so_far(self) -> Reached:
        return Reached(issues=self._asked, matched=self._matched, unknown=self._unknown)

    def add(self, rows: Sequence[jql.Row], now: datetime) -> None:
        """Each row is an issue: its id, its key, and the JSON texts of `fields`."""
        batch = self._projection.batch(rows, now)
        self._asked += len(rows)
        for name, condition in self._named:
            found = batch.matches(condition)
            self._matched[name] += found.matched.bit_count()
            self._unknown[name] += found.unknown.bit_count()

    def findings(self) -> Iterator[str]:
        """Conditions that match none, or all, of the issues that were asked; silent where some could not tell."""
        for name, _ in self._named:
            if not self._asked or self._unknown[name]:
                continue
            if not self._matched[name]:
                yield f"{name} matches none of the {self._asked:,} issues that are known."
            elif self._matched[name] == self._asked > 1 and not name.endswith(": scope"):
                yield f"{name} matches all of the {self._asked:,} issues that are known."

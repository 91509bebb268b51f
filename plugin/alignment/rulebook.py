"""A configuration made ready to decide: its conditions compiled once, its rules in the order in which they speak."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from plugin import jql
from plugin.domain.product import Configuration, ExemptClass, Mode, Objective, Product, Rule

ALWAYS_NEEDED = frozenset({"project", "issuetype", "status", "labels", "parent", "created"})
"""Fields that alignment itself reads, whatever the rules say: Jira's ids."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    rule: Rule
    objective: Objective
    condition: jql.Condition


@dataclass(frozen=True, slots=True)
class CompiledExemption:
    exempt: ExemptClass
    condition: jql.Condition


@dataclass(frozen=True, slots=True)
class ProductBook:
    """One product's conditions. `rules` stand by priority, then objective id, then as written."""

    product: Product
    scope: jql.Condition
    rules: tuple[CompiledRule, ...]
    exempt: tuple[CompiledExemption, ...]
    index: jql.Index
    """Asks all rules at once, and behind them all exempt classes."""

    @property
    def conditions(self) -> Iterable[jql.Condition]:
        return [self.scope, *(one.condition for one in self.rules), *(one.condition for one in self.exempt)]


class RuleBook:
    """The active configuration, compiled. Raises JqlError where a condition is not JQL; a loaded configuration's are.

    `frequencies` of a sample of the site's issues make the indexes a little faster, and no answer different.
    """

    def __init__(
        self, configuration: Configuration, site: jql.SiteFacts, frequencies: jql.Frequencies | None = None
    ) -> None:
        self.configuration = configuration
        self.tag = configuration.site.tag
        self.zone = ZoneInfo(configuration.site.time_zone)
        timed = replace(site, timer=True)  # issues are looked at again on each new day, by `depends_on_clock`
        self.products = tuple(_compiled(configuration, one, timed, frequencies) for one in configuration.products)
        conditions = [one for product in self.products for one in product.conditions]
        self.needs = ALWAYS_NEEDED.union(*(one.needs for one in conditions))
        """Ids of all of Jira's fields that a decision may read."""
        self.lost = tuple(_lost(self.products))
        """Which conditions ask what cannot be decided on this site, and why: those clauses are unknown of every issue.
        What a loaded configuration asked was there when it was loaded; fields are renamed and vanish later."""
        self.depends_on_clock = any(one.depends_on_clock for one in conditions)
        """Whether time alone may change a verdict, beside the ends of graces and quarters."""
        self.asks_above = any("parent" in one.needs for one in conditions)
        """Whether a condition may ask for ancestors."""
        self._objectives = {one.id: one for product in configuration.products for one in product.objectives}

    @property
    def version(self) -> int:
        return self.configuration.version

    def objective(self, id: str | None) -> Objective | None:
        """An objective of any product."""
        return self._objectives.get(id) if id else None

    def objectives(self, ids: frozenset[str]) -> Iterable[Objective]:
        """The named ones, the greatest id first, so that the smallest is the last word where two claim one thing."""
        return sorted((self._objectives[one] for one in ids), key=lambda one: one.id, reverse=True)

    def label_of(self, objective: str) -> str:
        return self.tag.label_of(objective)

    def objective_of(self, label: str) -> str | None:
        """The id of the known objective that the label names, ended or not; None for any other label."""
        named = self.tag.objective_in(label)
        return named if named in self._objectives else None

    def today(self, now: datetime) -> date:
        """The site's day at the moment."""
        return now.astimezone(self.zone).date()

    def active(self, day: date) -> frozenset[str]:
        """Ids of the objectives that collect work on the day."""
        return frozenset(one.id for one in self._objectives.values() if one.active_on(day))

    def collecting_since(self, product: str | None, day: date) -> date:
        """The first day of the product's objectives that are active on the day; the day itself where none is."""
        found = self.configuration.product(product)
        return min((one.quarter.first for one in found.objectives if one.active_on(day)), default=day) if found else day

    def mode(self, product: str | None, project: str) -> Mode:
        """Outside of every product the site's mode holds."""
        found = self.configuration.product(product)
        return self.configuration.mode_of(found, project) if found else self.configuration.site.mode


def _lost(products: Iterable[ProductBook]) -> Iterator[tuple[str, str]]:
    for book in products:
        id = book.product.product.id
        named = [
            (f"the scope of {id}", book.scope),
            *((f"rule {one.rule.id} of {id}", one.condition) for one in book.rules),
            *((f"exempt class {one.exempt.id}", one.condition) for one in book.exempt),
        ]
        yield from dict.fromkeys((place, sentence) for place, one in named for sentence in one.lost)


def _compiled(
    configuration: Configuration, product: Product, site: jql.SiteFacts, frequencies: jql.Frequencies | None
) -> ProductBook:
    read: Callable[[str], jql.Condition] = partial(jql.compile, site=site, lenient=True)
    objectives = {one.id: one for one in product.objectives}
    written = [CompiledRule(one, objectives[one.objective], read(one.when)) for one in product.rules]
    rules = sorted(written, key=lambda one: (one.rule.priority, one.objective.id))
    exempt = [CompiledExemption(one, read(one.when)) for one in (*product.exempt, *configuration.site.exempt)]
    return ProductBook(
        product=product,
        scope=read(product.scope),
        rules=tuple(rules),
        exempt=tuple(exempt),
        index=jql.Index([*(one.condition for one in rules), *(one.condition for one in exempt)], frequencies),
    )

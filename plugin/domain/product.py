"""The configuration's models: what a product is for, who works on it, and the rules that tie work to it."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from plugin.domain.frozen import Frozen
from plugin.domain.week import Quarter

Mode = Literal["shadow", "tag"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class TagNames(Frozen):
    label_prefix: str = "objective-"
    unlinked_label: str = "no-objective"


class ExemptClass(Frozen):
    """A kind of work that needs no objective. `budget` is its agreed share of effort, 0 to 1."""

    id: str
    when: str
    why: str = ""
    budget: float | None = None


class Grace(Frozen):
    """How long new work stays unflagged: until `new` has passed since creation or `until` is reached, whichever is first."""

    new: timedelta = timedelta(days=1)
    until: str = "in progress"


class ReviewPlan(Frozen):
    """When and where the weekly review is published. `publish` is a day and a time in the site's zone."""

    publish: str = "monday 08:00"
    space: str
    parent: str | None = None


class Site(Frozen):
    """config/site.yaml."""

    time_zone: str = "UTC"
    working_days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[date, ...] = ()
    year_starts: str = "01-01"
    public_url: str | None = None
    mode: Mode = "shadow"
    tag: TagNames = TagNames()
    exempt: tuple[ExemptClass, ...] = ()
    grace: Grace = Grace()
    review: ReviewPlan
    managed_by: Literal["files", "console"] = "console"


class Bet(Frozen):
    data: str = ""
    insight: str = ""
    belief: str = ""
    bet: str = ""


class Goal(Frozen):
    id: str
    year: int
    title: str
    bet: Bet = Bet()
    outcome: str | None = None


class Certified(Frozen):
    by: str
    on: date


class Source(Frozen):
    """Where a metric's values come from; the keys depend on the type."""

    type: Literal["sql", "http_json", "csv", "jql_count", "push", "page"]
    url: str | None = None
    query: str | None = None
    path: str | None = None


class Metric(Frozen):
    id: str
    name: str
    kind: Literal["input", "outcome"]
    drives: str | None = None
    """The outcome that an input drives."""
    unit: str = ""
    better: Literal["higher", "lower"] = "higher"
    aggregate: Literal["last", "mean", "sum", "min", "max"] = "last"
    owner: str | None = None
    certified: Certified | None = None
    source: Source | None = None


class Charter(Frozen):
    value_streams: tuple[str, ...] = ()
    roles: str = ""
    ground_rules: str = ""
    revised: date | None = None


class Stream(Frozen):
    id: str
    name: str
    charter: Charter = Charter()
    links: dict[str, str] = Field(default_factory=dict)
    projects: tuple[str, ...] = ()


class KeyResult(Frozen):
    metric: str
    baseline: float
    target: float


class Objective(Frozen):
    """A stream's objective of one quarter. `planned_share` is its share of the product's effort, 0 to 1."""

    id: str
    stream: str
    title: str
    quarter: Quarter
    goal: str | None = None
    why: str = ""
    planned_share: float | None = None
    key_results: tuple[KeyResult, ...] = ()
    issue: str | None = None
    """Key of the objective's own Jira issue, where it has one."""
    ended: date | None = None
    """The day on which it was ended before its quarter did."""

    def active_on(self, day: date) -> bool:
        """An objective collects work from its quarter's first day until its last, or until it was ended."""
        last = min(self.ended, self.quarter.last) if self.ended else self.quarter.last
        return self.quarter.first <= day <= last


class Rule(Frozen):
    """An admin's statement: work for which `when` (JQL) holds serves the objective."""

    id: str
    objective: str
    when: str
    why: str = ""
    priority: int = 100


class ProductFacts(Frozen):
    id: str
    name: str
    vision: str = ""
    strategy: str = ""
    lead: str | None = None
    mode: Mode | None = None


class Product(Frozen):
    """config/products/*.yaml."""

    product: ProductFacts
    scope: str
    goals: tuple[Goal, ...] = ()
    metrics: tuple[Metric, ...] = ()
    streams: tuple[Stream, ...] = ()
    objectives: tuple[Objective, ...] = ()
    rules: tuple[Rule, ...] = ()
    exempt: tuple[ExemptClass, ...] = ()
    project_modes: dict[str, Mode] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.product.id

    def objective(self, id: str | None) -> Objective | None:
        return next((one for one in self.objectives if one.id == id), None)


class Configuration(Frozen):
    """The whole of config/, validated. `version` is 0 until it is stored."""

    site: Site
    products: tuple[Product, ...]
    version: int = 0

    def product(self, id: str | None) -> Product | None:
        return next((one for one in self.products if one.id == id), None)

    def mode_of(self, product: Product, project: str) -> Mode:
        """The narrowest setting wins: project, then product, then site."""
        return product.project_modes.get(project) or product.product.mode or self.site.mode

"""The configuration's models: what a product is for, who works on it, and the rules that tie work to it."""

import re
from datetime import date, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from plugin.domain.frozen import Frozen
from plugin.domain.source import Source
from plugin.domain.week import Quarter

Mode = Literal["shadow", "tag"]
Life = Literal["proposed", "agreed", "active", "ended", "dropped"]
"""The life of an objective, in its order."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

LONGEST_LABEL = 255
"""Jira's limit for one label, in characters."""

_ID = r"[a-z0-9][a-z0-9._-]{0,99}"
_PROJECT = r"[A-Z][A-Z0-9_]{1,79}"
_ISSUE = rf"{_PROJECT}-[1-9][0-9]{{0,17}}"
_HOST = r"((\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9]\d{0,4})?"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_IN_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


def _read_duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,4})([wdhm])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{value!r} is not a length of time; write a number and w, d, h or m, such as 1d")
    return timedelta(**{_IN_UNITS[found[2]]: int(found[1])})


def _write_duration(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    units = ((10080, "w"), (1440, "d"), (60, "h"), (1, "m"))
    size, unit = next((size, unit) for size, unit in units if minutes % size == 0 and (unit != "w" or minutes))
    return f"{minutes // size}{unit}"


def _read_share(value: object) -> float:
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d{1,6})? ?%", value):
        value = float(value.rstrip(" %")) / 100
    if not isinstance(value, float) or not 0 <= value <= 1:
        raise ValueError(f"{value!r} is not a share; write 0% to 100%, such as 40%")
    return value


def _write_share(value: float) -> str:
    return f"{value * 100:.6f}".rstrip("0").rstrip(".") + "%"


def _read_date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"{value!r} is not a date; write such as 2026-12-25")


def _check_project(value: str) -> str:
    if not re.fullmatch(_PROJECT, value):
        raise ValueError(f"{value!r} is not a project key; write capital letters, digits and '_', such as CHK")
    return value


def _check_issue(value: str) -> str:
    if not re.fullmatch(_ISSUE, value):
        raise ValueError(f"{value!r} is not an issue key; write such as CHK-12")
    return value


def _check_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone; write a name such as Europe/Dublin or UTC")
    return value


def _check_publish(value: str) -> str:
    day, _, clock = value.partition(" ")
    if day not in _DAYS or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
        raise ValueError(f"{value!r} is not a day and a time; write such as monday 08:00")
    return value


def _check_year_start(value: str) -> str:
    if not re.fullmatch(r"(0[1-9]|1[0-2])-01", value):
        raise ValueError(f"{value!r} is not the first day of a month; write such as 01-01 or 04-01")
    return value


def _check_label(value: str) -> str:
    if not value or value != value.lower() or re.search(r"\s", value) or not value.isprintable():
        raise ValueError(
            f"{value!a} cannot be part of a Jira label; write small letters without spaces and invisible characters"
        )
    if len(value) > LONGEST_LABEL:
        raise ValueError(f"{value[:20]!r}… has {len(value)} characters; a Jira label has at most {LONGEST_LABEL}")
    return value


def _check_id(value: str) -> str:
    if not re.fullmatch(_ID, value):
        raise ValueError(
            f"{value!r} is not an id; write at most 100 small letters, digits, '.', '_' and '-', "
            "with a letter or digit first"
        )
    return value


def _check_url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise ValueError(f"{value!r} is not an address; write such as https://plumbline.example")
    return value.rstrip("/")


def _check_host(value: str) -> str:
    if not re.fullmatch(
        r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9]\d{0,4})?|\[[0-9a-f:.]+\](:[1-9]\d{0,4})?", value
    ):
        raise ValueError(
            f"{value!r} is not a host; write small letters, such as prometheus.example, prometheus.internal:9090 "
            "or *.example.com"
        )
    return value


Id = Annotated[str, AfterValidator(_check_id), WithJsonSchema({"type": "string", "pattern": f"^{_ID}$"})]
"""An id of ours. It is part of a label, so it has one lower-case form."""
Text = Annotated[str, Field(min_length=1)]
"""Words that must not be empty."""
Share = Annotated[
    float,
    BeforeValidator(_read_share),
    PlainSerializer(_write_share, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d{1,6})? ?%$"}),
]
"""A part of a whole, 0 to 1; written as 40%."""
Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    PlainSerializer(_write_duration, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,4}[wdhm]$"}),
]
"""A length of time; written as 1d, 12h or 30m."""
Label = Annotated[str, AfterValidator(_check_label)]
Date = Annotated[date, BeforeValidator(_read_date)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
ProjectKey = Annotated[
    str, AfterValidator(_check_project), WithJsonSchema({"type": "string", "pattern": f"^{_PROJECT}$"})
]
IssueKey = Annotated[str, AfterValidator(_check_issue), WithJsonSchema({"type": "string", "pattern": f"^{_ISSUE}$"})]


class TagNames(Frozen):
    """How the labels are called that we write."""

    label_prefix: Label = "objective-"
    unlinked_label: Label = "no-objective"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.unlinked_label.startswith(self.label_prefix):
            raise ValueError(
                f"unlinked_label {self.unlinked_label!r} begins with label_prefix {self.label_prefix!r} and would read "
                "as an objective; choose one that begins otherwise"
            )
        return self

    def label_of(self, objective: str) -> str:
        """The objective's label, in the one form that we write."""
        return f"{self.label_prefix}{objective}".lower()

    def objective_in(self, label: str) -> str | None:
        """The objective's id that a label names, however people capitalise it; None where it has not our prefix."""
        plain = label.lower()
        return plain.removeprefix(self.label_prefix) if plain.startswith(self.label_prefix) else None


class ExemptClass(Frozen):
    """A kind of work that needs no objective. `budget` is its agreed share of effort, 0 to 1."""

    id: Id
    when: Text
    why: str = ""
    budget: Share | None = None


class Grace(Frozen):
    """How long new work stays unflagged: until `new` has passed since creation, or `until` is reached before that.

    `until` is a status category of Jira's, in words.
    """

    new: Duration = timedelta(days=1)
    until: Literal["in progress", "done"] = "in progress"


class ReviewPlan(Frozen):
    """When and where the weekly review is published. `publish` is a day and a time in the site's zone."""

    publish: Annotated[str, AfterValidator(_check_publish)] = "monday 08:00"
    space: Text
    parent: str | None = None
    """Title of the page under which reviews lie; None puts them at the top of the space."""


class PaceLimits(Frozen):
    """Pace from which a key result is on track, and below that still only behind; less is at risk."""

    on_track: Number = 0.7
    behind: Number = 0.4

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= self.behind <= self.on_track:
            raise ValueError(f"behind {self.behind:g} must lie between 0 and on_track {self.on_track:g}")
        return self


class AudiencePlan(Frozen):
    """Whose issues are named to whom. Numbers always count all of them."""

    restricted: tuple[ProjectKey, ...] = ()
    """Projects whose issues are named to nobody but admins, and to those who list them below."""
    viewers: tuple[ProjectKey, ...] | None = None
    """Projects that viewers of the console see; absent: all that are not restricted."""
    pages: tuple[ProjectKey, ...] | None = None
    """Projects that Confluence pages may name; absent: all that are not restricted."""


class ObjectiveLimits(Frozen):
    """From when on an objective is starved, over-fed, unmoved or doubted."""

    starved: Share = 0.25
    """Below this part of its planned share an objective gets too little."""
    over_fed: Share = 0.15
    """Over its planned share by more than this part of all effort, it gets too much."""
    weeks: Annotated[int, Field(strict=True, ge=1, le=6)] = 3
    """So many weeks in a row, until it is called starved or over-fed."""
    moved: Share = 0.1
    """From this part of the way from baseline to target on, a metric has moved."""
    low_confidence: Annotated[int, Field(strict=True, ge=0, le=10)] = 3
    """At this confidence of people's or less, an objective is at risk whatever its pace."""


class Site(Frozen):
    """config/site.yaml."""

    time_zone: Annotated[str, AfterValidator(_check_zone)] = "UTC"
    working_days: Annotated[tuple[Day, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[Date, ...] = ()
    year_starts: Annotated[str, AfterValidator(_check_year_start)] = "01-01"
    """Month and day on which Q1 begins; 2026-Q1 begins in 2026."""
    public_url: Annotated[str, AfterValidator(_check_url)] | None = None
    mode: Mode = "shadow"
    tag: TagNames = TagNames()
    exempt: tuple[ExemptClass, ...] = ()
    grace: Grace = Grace()
    review: ReviewPlan
    flags_per_week: Annotated[int, Field(strict=True, ge=0)] = 50
    """At most so many issues of a project get the unlinked label in an ISO week; the rest waits. 0: no limit."""
    writes_per_minute: Annotated[int, Field(strict=True, ge=0)] = 0
    """At most so many issues are written in a minute, all workers together. 0: only Jira's own limits hold."""
    managed_by: Literal["files", "console"] = "console"
    pace: PaceLimits = PaceLimits()
    audience: AudiencePlan = AudiencePlan()
    objective_limits: ObjectiveLimits = ObjectiveLimits()
    released: tuple[Text, ...] = ("Released",)
    """Names of the statuses in which work is out and nobody has looked yet whether it helped."""
    metric_hosts: tuple[Annotated[str, AfterValidator(_check_host)], ...] = ()
    """Hosts that metric sources may ask, as name, name:port or *.domain; none where it is empty."""


class Bet(Frozen):
    data: str = ""
    insight: str = ""
    belief: str = ""
    bet: str = ""


class Goal(Frozen):
    id: Id
    year: Annotated[int, Field(strict=True, ge=1970, le=2200)]
    title: Text
    bet: Bet = Bet()
    outcome: str | None = None
    """Id of the outcome metric that the bet is on."""


class Certified(Frozen):
    by: str
    on: Date


class Metric(Frozen):
    id: Id
    name: Text
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
    revised: Date | None = None


class Stream(Frozen):
    id: Id
    name: Text
    charter: Charter = Charter()
    links: dict[str, str] = Field(default_factory=dict)
    projects: tuple[ProjectKey, ...] = ()


class KeyResult(Frozen):
    """What a metric is to reach by the quarter's end, from `baseline` to `target`; or a bound that it is to keep.

    Without a baseline there is a target and no pace: how far it has come cannot be told.
    """

    metric: str
    baseline: Number | None = None
    target: Number
    keep: Literal["below", "above"] | None = None
    """Set where every week has to stay on this side of the target, the target itself included."""

    @model_validator(mode="after")
    def _one_aim(self) -> Self:
        if self.keep and self.baseline is not None:
            raise ValueError("keep holds from the first week on; remove baseline, or remove keep")
        return self


class Objective(Frozen):
    """A stream's objective of one quarter. `planned_share` is its share of the product's effort, 0 to 1."""

    id: Id
    stream: str
    title: Text
    quarter: Quarter
    goal: str | None = None
    why: str = ""
    planned_share: Share | None = None
    key_results: tuple[KeyResult, ...] = ()
    issue: IssueKey | None = None
    """Key of the objective's own Jira issue, where it has one."""
    agreed: Date | None = None
    """The day on which the teams agreed on it; without it, it is proposed until its quarter begins."""
    ended: Date | None = None
    """The day on which it was ended before its quarter did."""
    dropped: Date | None = None
    """The day on which it was given up, in its quarter or before it began."""

    @property
    def last(self) -> date:
        """The last day on which it collects work; before its quarter's first where it was dropped before that."""
        return min(one for one in (self.quarter.last, self.ended, self.dropped) if one)

    def life(self, day: date) -> Life:
        """Where it stands on the day. Of what lies between, only an active objective collects work."""
        if self.dropped and day > self.dropped:
            return "dropped"
        if day > self.last:
            return "ended"
        if day >= self.quarter.first:
            return "active"
        return "agreed" if self.agreed and self.agreed <= day else "proposed"

    def active_on(self, day: date) -> bool:
        """An objective collects work from its quarter's first day until its last, or until it was ended."""
        return self.quarter.first <= day <= self.last


class Rule(Frozen):
    """An admin's statement: work for which `when` (JQL) holds serves the objective."""

    id: Id
    objective: str
    when: Text
    why: str = ""
    priority: Annotated[int, Field(strict=True)] = 100


class ProductFacts(Frozen):
    id: Id
    name: Text
    vision: str = ""
    strategy: str = ""
    lead: str | None = None
    mode: Mode | None = None


class Product(Frozen):
    """config/products/*.yaml."""

    product: ProductFacts
    scope: Text
    goals: tuple[Goal, ...] = ()
    metrics: tuple[Metric, ...] = ()
    streams: tuple[Stream, ...] = ()
    objectives: tuple[Objective, ...] = ()
    rules: tuple[Rule, ...] = ()
    exempt: tuple[ExemptClass, ...] = ()
    project_modes: dict[ProjectKey, Mode] = Field(default_factory=dict)

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

"""A metric's block of a review: everything that a page says of one metric in one week, as a frozen value. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from plugin.domain.frozen import Frozen
from plugin.domain.product import KeyResult, Metric, Objective, Product, Site
from plugin.domain.week import Quarter, Week
from plugin.metrics import judgement
from plugin.metrics.judgement import Pace, Signal, target_on
from plugin.metrics.point import Point
from plugin.metrics.series import (
    Days,
    PeriodValue,
    Series,
    difference,
    growth,
    month_to_date,
    quarter_to_date,
    year_to_date,
)

NO_BREAK = "\u00a0"
MINUS = "−"


class Trailing(PeriodValue):
    """A week or month with its target, None where no key result sets one."""

    target: float | None


class Core(Frozen):
    """Values that every block tells; None where there are no points."""

    last_week: float | None
    month_to_date: float | None
    quarter_to_date: float | None
    year_to_date: float | None


class ToExplain(Frozen):
    """A reason for which the metric asks for an explanation, as a sentence without a full stop."""

    kind: Literal["outside its limits", "off pace"]
    words: str


class MetricBlock(Frozen):
    """One metric in one week. The last of `weeks` is the review's own week, the last of `months` ends with it."""

    id: str
    name: str
    kind: Literal["input", "outcome"]
    drives: str | None
    """Name of the outcome that an input drives."""
    unit: str
    better: Literal["higher", "lower"]
    decimals: int
    """Digits after the point that every figure of this block is told with."""
    owner: str | None
    source: str | None
    certified_by: str | None
    certified_on: date | None
    weeks: tuple[Trailing, ...]
    months: tuple[Trailing, ...]
    core: Core
    last_day: date | None
    """The last day, until the week's end, that has a value."""
    pace: Pace | None
    signal: Signal | None
    health: tuple[str, ...]
    """What the metric lacks, in words; empty where it is well."""
    to_explain: tuple[ToExplain, ...]

    @property
    def value(self) -> float | None:
        """This week's."""
        return self.weeks[-1].value

    @property
    def target(self) -> float | None:
        return self.weeks[-1].target

    @property
    def variance(self) -> float | None:
        """Actual minus target."""
        return difference(self.value, self.target)

    @property
    def on_last_week(self) -> float | None:
        return difference(self.value, self.core.last_week)

    @property
    def on_last_year(self) -> float | None:
        """Growth on the same week a year before, 0.02 for +2 %."""
        return growth(self.value, self.weeks[-1].year_before)

    @property
    def on_target(self) -> bool:
        """Whether the week's figure, as it is shown, is at its target or better; False where either is unknown."""
        if self.value is None or self.target is None:
            return False
        actual, wanted = round(self.value, self.decimals), round(self.target, self.decimals)
        return actual >= wanted if self.better == "higher" else actual <= wanted

    @property
    def worse(self) -> bool:
        """Whether the week is outside its limits on the side that nobody wants."""
        return self.signal is not None and ("above" in self.signal.kind) == (self.better == "lower")

    def figure(self, value: float | None) -> str:
        """The value as it is read, with its unit; a dash where there is none."""
        return "–" if value is None else figure(value, self.decimals, self.unit)


def metric_block(metric: Metric, points: Iterable[Point], week: Week, product: Product, site: Site) -> MetricBlock:
    """The block of one of the product's metrics. `points` may hold several versions of a day, and days after the week.

    The week's target is that of the first of the product's objectives, in their order, that has a key result on the
    metric and collected work in the week: the straight line from its baseline to its target.
    """
    series, last = Series(metric, points), Days.of_week(week).last
    aims = [(one, result) for one in product.objectives for result in one.key_results if result.metric == metric.id]
    weeks = tuple(_aimed(one, aims) for one in series.weeks(week))
    # A sum over a month is no weekly value, and key results are agreed on weekly ones.
    monthly = [] if metric.aggregate == "sum" else aims
    months = tuple(_aimed(one, monthly) for one in series.months(last))
    current = _aim(Days.of_week(week), aims)
    pace = judgement.pace(current[1], current[0].quarter, series, week, site.pace) if current else None
    known = weeks[-1].value is not None
    signal = judgement.signal(judgement.history(series, week)) if known else None
    decimals = _decimals([one.value for one in (*weeks, *months)])
    return MetricBlock(
        id=metric.id,
        name=metric.name,
        kind=metric.kind,
        drives=_name_of(metric.drives, product) if metric.kind == "input" else None,
        unit=metric.unit,
        better=metric.better,
        decimals=decimals,
        owner=metric.owner,
        source=metric.source.type if metric.source else None,
        certified_by=metric.certified.by if metric.certified else None,
        certified_on=metric.certified.on if metric.certified else None,
        weeks=weeks,
        months=months,
        core=_core(series, week, current[0].quarter if current else None, site.year_starts),
        last_day=series.last_day(last),
        pace=pace,
        signal=signal,
        health=judgement.health(metric, series, week, [current[1]] if current else []),
        to_explain=tuple(_to_explain(metric, weeks[-1].value, decimals, (pace, signal))),
    )


def inputs_first(metrics: Sequence[Metric]) -> list[Metric]:
    """Inputs stand before the outcome that they drive; inputs that drive none come last."""
    outcomes = {one.id: place for place, one in enumerate(metrics) if one.kind == "outcome"}

    def place(metric: Metric) -> tuple[int, bool]:
        outcome = metric.id if metric.kind == "outcome" else metric.drives or ""
        return outcomes.get(outcome, len(metrics)), metric.kind == "outcome"

    return sorted(metrics, key=place)


def figure(value: float, decimals: int, unit: str) -> str:
    """A number for people: a true minus, thousands apart, its unit kept on the same line."""
    told = f"{abs(value):,.{decimals}f}"
    sign = MINUS if value < 0 and float(told.replace(",", "")) else ""
    return f"{sign}{told}{NO_BREAK}{unit}" if unit else f"{sign}{told}"


def _decimals(values: Iterable[float | None]) -> int:
    """As many as tell the values apart: none for whole numbers and hundreds, two below one, else one."""
    known = [abs(one) for one in values if one is not None]
    largest = max(known, default=0)
    if largest >= 100 or all(one.is_integer() for one in known):
        return 0
    return 1 if largest >= 1 else 2


_Aim = tuple[Objective, KeyResult]


def _aim(days: Days, aims: Iterable[_Aim]) -> _Aim | None:
    """The first whose objective collected work on one of the days."""
    return next((one for one in aims if one[0].quarter.first <= days.last and days.first <= one[0].last), None)


def _aimed(period: PeriodValue, aims: Iterable[_Aim]) -> Trailing:
    found = _aim(period.days, aims)
    target = target_on(found[1], found[0].quarter, period.days.last) if found else None
    return Trailing(**dict(period), target=target)


def _core(series: Series, week: Week, quarter: Quarter | None, year_starts: str) -> Core:
    """The quarter is the objective's where one aims at the metric, else the year's."""
    last = Days.of_week(week).last
    if quarter and quarter.first <= last <= quarter.last:
        so_far = Days(first=quarter.first, last=last)
    else:
        so_far = quarter_to_date(last, year_starts)
    return Core(
        last_week=series.value(Days.of_week(week.previous())),
        month_to_date=series.value(month_to_date(last)),
        quarter_to_date=series.value(so_far),
        year_to_date=series.value(year_to_date(last, year_starts)),
    )


def _to_explain(
    metric: Metric, value: float | None, decimals: int, found: tuple[Pace | None, Signal | None]
) -> Iterator[ToExplain]:
    pace, signal = found
    if signal and value is not None:
        told = f"{metric.name} {figure(value, decimals, metric.unit)}: {_signal_words(signal, decimals, metric.unit)}"
        yield ToExplain(kind="outside its limits", words=told)
    if pace and pace.word != "on track":
        yield ToExplain(kind="off pace", words=f"{metric.name} {pace.word}: {pace_words(pace)}")


def pace_words(pace: Pace) -> str:
    if pace.kept:
        return f"held in {pace.kept[0]} of {pace.kept[1]} weeks"
    return f"{_plain(pace.attainment)} done of {_plain(pace.elapsed)} due, a pace of {_plain(pace.pace)}"


def _plain(value: float) -> str:
    return figure(value, 2, "")


def _signal_words(signal: Signal, decimals: int, unit: str) -> str:
    limits = signal.limits
    match signal.kind:
        case "above":
            return f"above the upper limit of {figure(limits.upper, decimals, unit)}"
        case "below":
            return f"below the lower limit of {figure(limits.lower, decimals, unit)}"
        case "run above":
            return f"{judgement.RUN} weeks in a row above the mean of {figure(limits.mean, decimals, unit)}"
        case "run below":
            return f"{judgement.RUN} weeks in a row below the mean of {figure(limits.mean, decimals, unit)}"


def _name_of(id: str | None, product: Product) -> str | None:
    return next((one.name for one in product.metrics if one.id == id), None)

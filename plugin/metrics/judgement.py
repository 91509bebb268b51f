"""What is to be said of a series: pace against a key result, natural limits, health. Pure.

Nothing here correlates one metric with another: people look at both pictures and say what they see.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from math import fsum, isclose
from typing import Literal

from plugin.domain.frozen import Frozen
from plugin.domain.product import KeyResult, Metric, PaceLimits
from plugin.domain.week import Quarter, Week
from plugin.metrics.series import Days, Series

Word = Literal["on track", "behind", "at risk"]

FEWEST, MOST = 12, 16
"""Weeks that natural limits rest on: fewer tell nothing, and of a metric that moves older ones tell of another time."""
RUN = 8
"""Weeks in a row on one side of the mean that are no chance."""
UNMOVED_WEEKS = 8
"""Weeks with one and the same value after which a metric has not moved."""

_XMR = 2.66
"""Turns a mean moving range into three standard deviations: 3 / 1.128 (Wheeler, Understanding Variation)."""


class Pace(Frozen):
    """How far a key result has come against how much of its quarter has gone."""

    attainment: float
    """(current − baseline) / (target − baseline); for a bound that is kept, the share of weeks that held."""
    elapsed: float
    """Days gone / days of the quarter, above 0 to 1."""
    word: Word
    kept: tuple[int, int] | None = None
    """Weeks that held and weeks that have a value, for a bound that is kept."""

    @property
    def pace(self) -> float:
        """Attainment over elapsed; a bound that is kept has nothing to wait for, so its share is its pace."""
        return self.attainment if self.kept else self.attainment / self.elapsed


class Limits(Frozen):
    """The natural limits of an XmR chart, and how many weeks they rest on."""

    mean: float
    lower: float
    upper: float
    weeks: int


def elapsed(quarter: Quarter, day: date) -> float:
    """The part of the quarter that has gone at the end of the day, 0 to 1."""
    gone = (min(day, quarter.last) - quarter.first).days + 1
    return max(0, gone) / ((quarter.last - quarter.first).days + 1)


def target_on(result: KeyResult, quarter: Quarter, day: date) -> float | None:
    """What the metric should be at the end of the day: on the straight line from baseline to target.

    So a pace of 1 is exactly on target. A bound that is kept, and a target without a baseline, is the same all along;
    before the quarter begins there is no target.
    """
    gone = elapsed(quarter, day)
    if not gone:
        return None
    if result.keep or result.baseline is None:
        return result.target
    return result.baseline + (result.target - result.baseline) * gone


def pace(result: KeyResult, quarter: Quarter, series: Series, week: Week, limits: PaceLimits) -> Pace | None:
    """At the end of the week; None before the quarter, without a baseline, or where the week has no value."""
    last = min(Days.of_week(week).last, quarter.last)
    gone, current = elapsed(quarter, last), series.value(Days.of_week(week))
    if not gone or current is None:
        return None
    if result.keep:
        return _kept(result, _weeks_of(quarter, series, week), gone, limits)
    if result.baseline is None or result.baseline == result.target:
        return None
    attained = (current - result.baseline) / (result.target - result.baseline)
    return Pace(attainment=attained, elapsed=gone, word=word(attained / gone, limits))


def word(pace: float, limits: PaceLimits) -> Word:
    if not _above(limits.on_track, pace):
        return "on track"
    return "at risk" if _above(limits.behind, pace) else "behind"


def _kept(result: KeyResult, values: Sequence[float], gone: float, limits: PaceLimits) -> Pace:
    held = sum(one <= result.target if result.keep == "below" else one >= result.target for one in values)
    share = held / len(values)
    return Pace(attainment=share, elapsed=gone, word=word(share, limits), kept=(held, len(values)))


def _weeks_of(quarter: Quarter, series: Series, week: Week) -> list[float]:
    """The values of the weeks until this one that end in the quarter, or lie at its end as this one may."""
    found = [series.value(Days.of_week(week))]
    before = week.previous()
    while Days.of_week(before).last >= quarter.first:
        found.append(series.value(Days.of_week(before)))
        before = before.previous()
    return [one for one in found if one is not None]


def natural_limits(values: Sequence[float]) -> Limits | None:
    """mean ± 2.66 × mean moving range, of the newest values at most; None where there are fewer than 12."""
    used = values[-MOST:]
    if len(used) < FEWEST:
        return None
    mean = fsum(used) / len(used)
    reach = _XMR * fsum(abs(after - before) for before, after in pairwise(used)) / (len(used) - 1)
    return Limits(mean=mean, lower=mean - reach, upper=mean + reach, weeks=len(used))


class Signal(Frozen):
    """A week that chance does not explain."""

    kind: Literal["above", "below", "run above", "run below"]
    limits: Limits


def signal(values: Sequence[float]) -> Signal | None:
    """What the newest value shows against those before it, which alone make the limits; None where it shows nothing."""
    limits = natural_limits(values[:-1])
    if limits is None:
        return None
    newest, run = values[-1], values[-RUN:]
    if _above(newest, limits.upper):
        return Signal(kind="above", limits=limits)
    if _above(limits.lower, newest):
        return Signal(kind="below", limits=limits)
    if all(_above(one, limits.mean) for one in run):
        return Signal(kind="run above", limits=limits)
    if all(_above(limits.mean, one) for one in run):
        return Signal(kind="run below", limits=limits)
    return None


def _above(one: float, other: float) -> bool:
    """Beyond what rounding makes of equal numbers: a series that never moves is not above its own mean."""
    return one > other and not isclose(one, other, rel_tol=1e-9)


def health(metric: Metric, series: Series, week: Week, results: Sequence[KeyResult]) -> tuple[str, ...]:
    """What the metric lacks, each in a few words; none where it is well."""
    return tuple(_gaps(metric, series, week, results))


def _gaps(metric: Metric, series: Series, week: Week, results: Sequence[KeyResult]) -> Iterator[str]:
    if not metric.owner:
        yield "no owner"
    if metric.source is None:
        yield "no source"
    last = series.last_day(Days.of_week(week).last)
    if last is None:
        yield "no data yet"
    elif last < week.monday:
        yield f"no data since {last:%-d %b %Y}"
    elif unmoved(series, week):
        yield f"has not moved for {UNMOVED_WEEKS} weeks"
    if metric.certified is None:
        yield "not certified"
    if any(one.baseline is None and not one.keep for one in results):
        yield "no baseline"
    if series.in_another_unit:
        yield f"{series.in_another_unit} days are in another unit and left out"


def unmoved(series: Series, week: Week) -> bool:
    """Whether the metric had one and the same value in every one of the last weeks."""
    values = [one.value for one in series.weeks(week, UNMOVED_WEEKS)]
    return None not in values and len(set(values)) == 1


def history(series: Series, week: Week) -> list[float]:
    """The weeks' values that limits are judged on, the oldest first; weeks without a value are left out."""
    return [one.value for one in series.weeks(week, MOST + 1) if one.value is not None]

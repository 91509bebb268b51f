"""The series of a metric: values of weeks, months, and the days of a quarter or year so far. Pure.

A value of a period is the declared aggregate of the points on its days. A period without points has no value: nothing
is carried over from the period before, and nothing is zero that was not measured as zero.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import fsum

from plugin.domain.frozen import Frozen
from plugin.domain.product import Metric
from plugin.domain.week import Week
from plugin.metrics.point import Point

WEEKS, MONTHS = 6, 12
"""Trailing periods of a metric's block."""

_AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "last": lambda values: values[-1],
    "mean": lambda values: fsum(values) / len(values),
    "sum": fsum,
    "min": min,
    "max": max,
}


class Days(Frozen):
    """Days from first to last, both included."""

    first: date
    last: date

    @classmethod
    def of_week(cls, week: Week) -> "Days":
        return cls(first=week.monday, last=week.monday + timedelta(days=6))

    @property
    def year_before(self) -> "Days":
        """The same dates of the year before; 29 February becomes the 28th."""
        return Days(first=_a_year_before(self.first), last=_a_year_before(self.last))


class PeriodValue(Frozen):
    """A week or month with its value and that of the same period a year before; None where there are no points."""

    name: str
    """2026-W47, or 2026-11."""
    days: Days
    value: float | None
    year_before: float | None


class Series:
    """The points of one metric by day: of each day the newest version, all in the metric's present unit."""

    def __init__(self, metric: Metric, points: Iterable[Point]) -> None:
        self._aggregate = _AGGREGATES[metric.aggregate]
        newest: dict[date, Point] = {}
        for point in sorted(points, key=lambda one: one.read_at):
            newest[point.day] = point
        kept = [newest[day] for day in sorted(newest) if newest[day].unit == metric.unit]
        self._days, self._values = [one.day for one in kept], [one.value for one in kept]
        self.in_another_unit = len(newest) - len(kept)
        """Days that were measured in a unit that the metric had before."""

    def value(self, days: Days) -> float | None:
        """The aggregate over the days."""
        start, end = bisect_left(self._days, days.first), bisect_right(self._days, days.last)
        return self._aggregate(self._values[start:end]) if start < end else None

    def last_day(self, until: date) -> date | None:
        """The last day, `until` included, that has a point."""
        end = bisect_right(self._days, until)
        return self._days[end - 1] if end else None

    def weeks(self, last: Week, count: int = WEEKS) -> tuple[PeriodValue, ...]:
        """Trailing weeks, the oldest first."""
        found, week = [], last
        for _ in range(count):
            before = self.value(Days.of_week(same_week_last_year(week)))
            days = Days.of_week(week)
            found.append(PeriodValue(name=str(week), days=days, value=self.value(days), year_before=before))
            week = week.previous()
        return tuple(reversed(found))

    def months(self, last: date, count: int = MONTHS) -> tuple[PeriodValue, ...]:
        """Trailing calendar months, the oldest first. The newest ends at `last`, and so does the one a year before."""
        found, days = [], Days(first=last.replace(day=1), last=last)
        for _ in range(count):
            before = self.value(days.year_before)
            found.append(PeriodValue(name=f"{days.first:%Y-%m}", days=days, value=self.value(days), year_before=before))
            end = days.first - timedelta(days=1)
            days = Days(first=end.replace(day=1), last=end)
        return tuple(reversed(found))


def same_week_last_year(week: Week) -> Week:
    """The week of the same ISO number a year before; for a week 53 that the year before has not, 364 days before."""
    try:
        return Week(week.year - 1, week.number)
    except ValueError:
        year, number, _ = (week.monday - timedelta(days=364)).isocalendar()
        return Week(year, number)


def growth(now: float | None, before: float | None) -> float | None:
    """The change as a part of the size of what was before, 0.02 for +2 %; None where that cannot be told."""
    if now is None or not before:
        return None
    return (now - before) / abs(before)


def difference(now: float | None, before: float | None) -> float | None:
    """The change in the metric's own unit; None where either has no value."""
    return None if now is None or before is None else now - before


def year_to_date(last: date, year_starts: str) -> Days:
    """From the first day of the year that holds `last`; years begin on `year_starts`, such as 04-01."""
    month = int(year_starts[:2])
    begun = last.year if last.month >= month else last.year - 1
    return Days(first=date(begun, month, 1), last=last)


def quarter_to_date(last: date, year_starts: str) -> Days:
    """From the first day of the quarter that holds `last`, counted from the beginning of the year."""
    first = year_to_date(last, year_starts).first
    quarters = ((last.year - first.year) * 12 + last.month - first.month) // 3
    months = first.month - 1 + quarters * 3
    return Days(first=date(first.year + months // 12, months % 12 + 1, 1), last=last)


def month_to_date(last: date) -> Days:
    return Days(first=last.replace(day=1), last=last)


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)

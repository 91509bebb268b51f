"""What every source promises, and what it is given."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import isfinite, isnan
from pathlib import Path
from typing import Protocol

from plugin.domain.product import Metric
from plugin.metrics.point import Point, Reading
from plugin.metrics.sources.secrets import Secrets

MOST_POINTS = 10_000
"""Points of one reading: 27 years of days."""
MOST_BYTES = 5_000_000
"""Bytes of one answer or file."""
SECONDS = 20.0
"""How long one source may take in all."""

_IN_MILLISECONDS = 1e11
"""Moments from here on are counted in milliseconds: in seconds it would be the year 5138."""


class SourceError(Exception):
    """Why there are no points, as one sentence without secrets."""


class Source(Protocol):
    def read(self, metric: Metric, since: date, now: datetime) -> Reading:
        """The metric's points from the day `since` on, older ones as well where they cost nothing more.

        Never raises for what a source, a network or a file does: the reading tells. `now` is aware.
        """
        ...


@dataclass(frozen=True)
class Around:
    """What sources need from their surroundings. `today` is the site's day of a moment."""

    hosts: Sequence[str]
    """The site's `metric_hosts`."""
    secrets: Secrets
    folder: Path
    """The configuration's folder, below which files are read."""
    count: Callable[[str], int]
    """How many issues a JQL finds in Jira. Raises SourceError."""
    today: Callable[[datetime], date]


Row = tuple[object, object]
"""A day and a value as a source wrote them."""


def points_of(rows: Iterable[Row], metric: Metric, today: date, now: datetime) -> tuple[Point, ...]:
    """Rows as points. A row without a value (nothing, empty, NaN) is no point. Raises SourceError."""
    found: dict[date, Point] = {}
    for number, (day, value) in enumerate(rows, start=1):
        if number > MOST_POINTS:
            raise SourceError(f"there are more than {MOST_POINTS:,} rows; ask for fewer days")
        measured = _value(value)
        if measured is None:
            continue
        on = _day(day)
        if on in found:
            raise SourceError(f"{on} is there twice; give one value a day")
        if on > today:
            raise SourceError(f"{on} lies in the future; give only days that were")
        kind = metric.source.type if metric.source else "push"
        found[on] = Point(day=on, value=measured, source=kind, read_at=now, unit=metric.unit)
    return tuple(found[day] for day in sorted(found))


def _day(written: object) -> date:
    """A date; a moment's date as it is written; of a number of seconds or milliseconds since 1970 the day in UTC."""
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    try:
        if isinstance(written, int | float | Decimal) and not isinstance(written, bool):
            number = float(written)
            seconds = number / 1000 if abs(number) >= _IN_MILLISECONDS else number
            return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()
        if isinstance(written, str) and (len(written) == 10 or written[10:11] in ("T", " ")):
            return date.fromisoformat(written[:10])
    except (ValueError, OverflowError):
        pass
    raise SourceError(f"{_shown(written)} is no day; give such as 2026-11-22, or seconds since 1970")


def _value(written: object) -> float | None:
    if written is None or (isinstance(written, str) and not written.strip()):
        return None
    try:
        if isinstance(written, str | int | float | Decimal) and not isinstance(written, bool):
            number = float(written)
            if isnan(number):
                return None
            if isfinite(number):
                return number
    except (ValueError, OverflowError):
        pass
    raise SourceError(f"{_shown(written)} is no value; give a plain number such as 62.1")


def _shown(written: object) -> str:
    return repr(written)[:40]

"""Moments and days as JQL writes them: dates, distances from now, milliseconds, and the functions startOf… and endOf….

https://support.atlassian.com/jira-service-management-cloud/docs/jql-functions/
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jql.syntax import Value

Period = Literal["day", "week", "month", "year"]
_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_DISTANCE = re.compile(r"([+-]?)([0-9]{1,6}[wdhm]?(?:\s+[0-9]{1,6}[wdhm])*)", re.IGNORECASE)
_INCREMENT = re.compile(r"([+-]?[0-9]{1,6})([yMwdhm]?)")
_OWN_UNIT: dict[Period, str] = {"day": "d", "week": "w", "month": "M", "year": "y"}
_INSTANT = timedelta(milliseconds=1)
"""Jira's smallest step: the end of a period is this much before the next one begins."""


@dataclass(frozen=True)
class Dates:
    """When the query is asked, in whose zone, and whether weeks begin on Monday (else on Sunday)."""

    now: datetime
    zone: ZoneInfo
    iso_weeks: bool

    def moment(self, value: Value, field: str) -> datetime:
        """In UTC; a day alone means its midnight, a number without quotes milliseconds, one with them minutes."""
        if value.number:
            return self._at_milliseconds(value, field)
        written = self._written(value.text)
        if written is not None:
            return written
        distance = _distance(value.text)
        if distance is None:
            raise _invalid(value.text, field)
        return self.now + distance

    def day(self, value: Value, field: str) -> date:
        """A distance counts from today, in whole days and weeks."""
        if value.number:
            return self.day_of(self._at_milliseconds(value, field))
        if written := self._written(value.text):
            return self.day_of(written)
        distance = _distance(value.text)
        if distance is None or distance % timedelta(days=1):
            raise _invalid(value.text, field)
        return self.day_of(self.now) + distance

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    @property
    def functions(self) -> Mapping[str, Callable[[tuple[str, ...]], datetime]]:
        """By name in lower case; each gives a moment in UTC."""
        periods: tuple[Period, ...] = ("day", "week", "month", "year")
        found: dict[str, Callable[[tuple[str, ...]], datetime]] = {"now": self._now}
        for period in periods:
            found[f"startof{period}"] = partial(self._edge, period, 0)
            found[f"endof{period}"] = partial(self._edge, period, 1)
        return found

    def _now(self, arguments: tuple[str, ...]) -> datetime:
        if arguments:
            raise JiraError(400, "Function 'now' expected '0' arguments.")
        return self.now

    def _edge(self, period: Period, periods_on: int, arguments: tuple[str, ...]) -> datetime:
        """The start of the present period, or of the next one less an instant, moved by the increment.

        An increment in the function's own unit moves by whole periods: endOfMonth("+1") is the end of the next month.
        """
        number, unit = _increment(arguments, period)
        start = self._start(period)
        own = number if unit == _OWN_UNIT[period] else 0
        edge = _moved(start, own + periods_on, _OWN_UNIT[period]) - periods_on * _INSTANT
        return _moved(edge, number - own, unit).astimezone(UTC)

    def _start(self, period: Period) -> datetime:
        local = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        match period:
            case "day":
                return local
            case "week":
                return local - timedelta(days=local.weekday() if self.iso_weeks else (local.weekday() + 1) % 7)
            case "month":
                return local.replace(day=1)
            case "year":
                return local.replace(month=1, day=1)

    def _written(self, text: str) -> datetime | None:
        for pattern in _FORMATS:
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=self.zone).astimezone(UTC)
            except ValueError:
                continue
        return None

    def _at_milliseconds(self, value: Value, field: str) -> datetime:
        try:
            return datetime.fromtimestamp(int(value.text) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            raise _invalid(value.text, field) from None


def _distance(text: str) -> timedelta | None:
    """Such as -4w 2d, of which the sign is meant for all; without a unit minutes."""
    found = _DISTANCE.fullmatch(text)
    if found is None:
        return None
    parts = re.findall(r"([0-9]+)([wdhm]?)", found[2].lower())
    distance = sum((int(number) * _UNITS[unit or "m"] for number, unit in parts), timedelta())
    return -distance if found[1] == "-" else distance


def _increment(arguments: tuple[str, ...], period: Period) -> tuple[int, str]:
    if not arguments:
        return 0, _OWN_UNIT[period]
    found = _INCREMENT.fullmatch(arguments[0]) if len(arguments) == 1 else None
    if found is None:
        wanted = "one increment such as '+1', '-1w' or '3M', of y, M, w, d, h or m"
        raise JiraError(400, f"The functions startOf… and endOf… take {wanted}; '{', '.join(arguments)}' is none.")
    return int(found[1]), found[2] or _OWN_UNIT[period]


def _moved(moment: datetime, number: int, unit: str) -> datetime:
    """Days, weeks, months and years keep the time of the day over a change of the clocks; hours and minutes do not."""
    try:
        match unit:
            case "y":
                return _months_on(moment, 12 * number)
            case "M":
                return _months_on(moment, number)
            case "w" | "d":
                return moment + number * _UNITS[unit]
            case _:
                return (moment.astimezone(UTC) + number * _UNITS[unit]).astimezone(moment.tzinfo)
    except (OverflowError, ValueError):
        raise JiraError(400, f"The increment {number}{unit} leads out of the calendar.") from None


def _months_on(moment: datetime, number: int) -> datetime:
    """The same day of a month further on, or that month's last where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _invalid(text: str, field: str) -> JiraError:
    valid = "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'"
    return JiraError(400, f"Date value '{text}' for field '{field}' is invalid. Valid formats include: {valid}.")

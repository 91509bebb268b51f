"""Relative times: `-1w 2d`, now(), startOfMonth("-1") and the like.

https://support.atlassian.com/jira-service-management-cloud/docs/jql-functions/ says: an increment is (+/-)nn and one
of y M w d h m, plus without a sign, in the function's own period without a unit; upper and lower case differ.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from plugin.jql.site import SiteFacts

_RELATIVE = re.compile(r"(?P<sign>[+-]?)(?P<parts>\s*\d+[wdhm]?(?:\s+\d+[wdhm])*)\s*", re.IGNORECASE)
_PART = re.compile(r"(\d+)([wdhm]?)", re.IGNORECASE)
_INCREMENT = re.compile(r"([+-]?)(\d+)([yMwdhm]?)")
_EDGE = re.compile(r"(start|end)of(day|week|month|year)")

Clock = Callable[[datetime], datetime]
"""From the present moment to the moment that is meant, in the site's zone. OverflowError beyond the calendar."""


class NotAPeriod(Exception):  # noqa: N818 - it is what the message says
    """A relative time that cannot be read; the words say what can."""


def relative(text: str, site: SiteFacts) -> Clock | None:
    """Reads `-1w`, `2d`, `-4h 30m`, where the unit is minutes if none is written; None for any other text."""
    found = _RELATIVE.fullmatch(text)
    if not found:
        return None
    span = timedelta()
    for number, unit in _PART.findall(found["parts"]):
        span += _counted(int(number), unit.lower() or "m")
    moved = -span if found["sign"] == "-" else span
    return lambda now: (now + moved).astimezone(site.time_zone)


def function(name: str, argument: str | None, site: SiteFacts) -> Clock | None:
    """now(), startOfDay() … endOfYear() with their increment; None for any other function. Raises NotAPeriod."""
    if name == "now" and argument is None:
        return lambda now: now.astimezone(site.time_zone)
    found = _EDGE.fullmatch(name)
    if not found:
        return None
    period = found[2]
    count, unit = _increment(argument, _UNITS[period])
    after = 1 if found[1] == "end" else 0

    def clock(now: datetime) -> datetime:
        # An increment of the function's own period moves the period, so that the end of next month is its last day.
        whole = count if unit == _UNITS[period] else 0
        day = _moved(_STARTS[period](now.astimezone(site.time_zone).date(), site), whole + after, _UNITS[period])
        start = datetime.combine(day, time.min, site.time_zone)
        rest = start if unit == _UNITS[period] else _shifted(start, count, unit)
        return rest - timedelta(milliseconds=after)

    return clock


def _increment(argument: str | None, own: str) -> tuple[int, str]:
    if argument is None:
        return 0, own
    found = _INCREMENT.fullmatch(argument)
    if not found:
        raise NotAPeriod('an increment is a number and one of y, M, w, d, h, m, as in "-1M"')
    return int(found[1] + found[2]), found[3] or own


def _counted(number: int, unit: str) -> timedelta:
    return {
        "w": timedelta(weeks=number),
        "d": timedelta(days=number),
        "h": timedelta(hours=number),
        "m": timedelta(minutes=number),
    }[unit]


def _shifted(moment: datetime, count: int, unit: str) -> datetime:
    """Days and longer keep the hour on the wall; hours and minutes are hours and minutes that pass."""
    if unit in {"h", "m"}:
        passed = timedelta(hours=count) if unit == "h" else timedelta(minutes=count)
        return (moment.astimezone(_UTC) + passed).astimezone(moment.tzinfo)
    return datetime.combine(_moved(moment.date(), count, unit), moment.time(), moment.tzinfo)


def _moved(day: date, count: int, unit: str) -> date:
    if unit in {"w", "d"}:
        return day + timedelta(days=count * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, _days(year, month + 1)))


def _days(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _week(day: date, site: SiteFacts) -> date:
    return day - timedelta(days=day.weekday() if site.week_starts == "monday" else (day.weekday() + 1) % 7)


_UTC = SiteFacts().time_zone
_UNITS = {"day": "d", "week": "w", "month": "M", "year": "y"}
_STARTS: Mapping[str, Callable[[date, SiteFacts], date]] = {
    "day": lambda day, site: day,
    "week": _week,
    "month": lambda day, site: day.replace(day=1),
    "year": lambda day, site: day.replace(month=1, day=1),
}

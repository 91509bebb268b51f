"""When things happen in a story: quarters around a day, and places in working time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Dublin")
YOUNG = 28
"""Days. A calendar quarter that is younger is told as if begun earlier, so that its first weeks say something."""
_OPENS, _HOURS = time(9), 8.5


@dataclass(frozen=True)
class Span:
    """A quarter. `name` is what an objective's id carries, `written` what the configuration says."""

    name: str
    written: str
    first: date
    last: date


@dataclass(frozen=True)
class Quarters:
    """The running quarter and the one before."""

    running: Span
    before: Span

    @classmethod
    def around(cls, today: date) -> "Quarters":
        """The calendar's, or two spans of dates where the calendar's has just begun."""
        first, after = _begin(today), _begin(_begin(today) + timedelta(days=95))
        earlier = _begin(first - timedelta(days=1))
        begins = min(first, today - timedelta(days=YOUNG + today.weekday()))
        ends = begins - timedelta(days=1)
        return cls(
            _span(first, begins, after - timedelta(days=1), plain=begins == first),
            _span(earlier, earlier, ends, plain=begins == first),
        )


def _begin(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _span(calendar: date, first: date, last: date, *, plain: bool) -> Span:
    number = (calendar.month + 2) // 3
    written = f"{calendar.year}-Q{number}" if plain else f"{first}..{last}"
    return Span(f"{calendar.year}q{number}", written, first, last)


class WorkingTime:
    """Places are working days, counted from 0 at nine o'clock of `today`, or of the next Monday; -1.5 is a noon before.

    A working day has eight and a half hours, Monday to Friday, in Dublin.
    """

    def __init__(self, today: date) -> None:
        self._zero = today + timedelta(days=max(0, 7 - today.weekday()) if today.weekday() > 4 else 0)

    def at(self, place: float) -> datetime:
        """The moment, in UTC."""
        day = floor(place)
        weeks, rest = divmod(self._zero.weekday() + day, 5)
        date_ = self._zero - timedelta(days=self._zero.weekday()) + timedelta(weeks=weeks, days=rest)
        opened = datetime.combine(date_, _OPENS, ZONE)
        return (opened + timedelta(hours=_HOURS * (place - day))).astimezone(UTC)

    def place(self, day: date) -> int:
        """The place at which the day begins; a weekend's is its Monday's."""
        monday = self._zero - timedelta(days=self._zero.weekday())
        weeks, rest = divmod((day - monday).days, 7)
        return weeks * 5 + min(rest, 5) - self._zero.weekday()

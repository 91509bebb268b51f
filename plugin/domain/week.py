"""Weeks and quarters as values. A week is ISO 8601's, in the site's time zone; everything stored is UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Week:
    """An ISO week such as 2026-W47: Monday 00:00 to the next Monday 00:00 in the site's zone."""

    def __init__(self, year: int, number: int) -> None:
        self.monday = date.fromisocalendar(year, number, 1)
        self.year, self.number = year, number

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `2026-W47`; raises ValueError with a sentence where it is no week."""
        found = re.fullmatch(r"(\d{4})-W(\d{2})", text)
        try:
            if found:
                return cls(int(found[1]), int(found[2]))
        except ValueError:
            pass
        raise ValueError(f"{text!r} is not a week; write the ISO week, such as 2026-W47")

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> Self:
        """The week in which the moment falls, seen from the zone."""
        year, number, _ = moment.astimezone(zone).isocalendar()
        return cls(year, number)

    def start(self, zone: ZoneInfo) -> datetime:
        """The first moment of the week, in UTC."""
        return datetime.combine(self.monday, time.min, zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment after the week, in UTC; 167 or 169 hours after the start when clocks change."""
        return datetime.combine(self.monday + timedelta(days=7), time.min, zone).astimezone(UTC)

    def previous(self) -> "Week":
        year, number, _ = (self.monday - timedelta(days=7)).isocalendar()
        return Week(year, number)

    def next(self) -> "Week":
        year, number, _ = (self.monday + timedelta(days=7)).isocalendar()
        return Week(year, number)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    def __repr__(self) -> str:
        return f"Week({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Week) and self.monday == other.monday

    def __hash__(self) -> int:
        return hash(self.monday)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _as_text(cls)


class Quarter:
    """A quarter such as 2026-Q4, or any two dates `2026-10-05..2026-12-27`. Both ends belong to it."""

    def __init__(self, name: str, first: date, last: date) -> None:
        self.name, self.first, self.last = name, first, last

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `2026-Q4` or `2026-10-05..2026-12-27`; raises ValueError with a sentence otherwise."""
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            year, month = int(found[1]), int(found[2]) * 3
            after = date(year + month // 12, month % 12 + 1, 1)
            return cls(text, date(year, month - 2, 1), after - timedelta(days=1))
        if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", text):
            try:
                first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            except ValueError:
                first, last = date.max, date.min
            if first < last:
                return cls(text, first, last)
        raise ValueError(f"{text!r} is not a quarter; write 2026-Q4, or two dates such as 2026-10-05..2026-12-27")

    @classmethod
    def of(cls, day: date) -> Self:
        """The calendar quarter that holds the day."""
        return cls.parse(f"{day.year}-Q{(day.month + 2) // 3}")

    def next(self) -> "Quarter":
        """The one behind it: of months where it is of months, else as many days."""
        first = self.last + timedelta(days=1)
        if re.fullmatch(r"\d{4}-Q[1-4]", self.name):
            return Quarter.of(first)
        months = (first.year - self.first.year) * 12 + first.month - self.first.month
        if self.first.day == first.day == 1:
            after = date(first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1, 1)
            return Quarter.parse(f"{first}..{after - timedelta(days=1)}")
        return Quarter.parse(f"{first}..{self.last + (first - self.first)}")

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"Quarter({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quarter) and (self.first, self.last) == (other.first, other.last)

    def __hash__(self) -> int:
        return hash((self.first, self.last))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _as_text(cls)


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Deadline:
    """A day and a time such as `monday 08:00`, in the site's zone: when the review of the week before is published."""

    def __init__(self, weekday: int, at: time) -> None:
        self.weekday, self.at = weekday, at

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `monday 08:00`; raises ValueError with a sentence otherwise."""
        found = re.fullmatch(r"([a-z]+) ([01]\d|2[0-3]):([0-5]\d)", text.strip().lower())
        days = [number for number, day in enumerate(_DAYS) if found and day.startswith(found[1]) and len(found[1]) >= 3]
        if not found or not days:
            raise ValueError(f"{text!r} is not a day and a time; write for example `monday 08:00`")
        return cls(days[0], time(int(found[2]), int(found[3])))

    def of(self, week: Week, zone: ZoneInfo) -> datetime:
        """The deadline of that week's review, in UTC: the first such moment after the week's end."""
        day = week.monday + timedelta(days=7 + self.weekday)
        return datetime.combine(day, self.at, zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{_DAYS[self.weekday]} {self.at:%H:%M}"


def _as_text(kind: type[Week] | type[Quarter]) -> CoreSchema:
    def check(value: object) -> object:
        return value if isinstance(value, kind) else kind.parse(str(value))

    return core_schema.no_info_plain_validator_function(
        check,
        serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        json_schema_input_schema=core_schema.str_schema(),
    )

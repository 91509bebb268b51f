"""JQL's fields of moments and of days."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TypeVar

from plugin.sandbox.jira.values import Issue
from plugin.sandbox.jql.dates import Dates
from plugin.sandbox.jql.field import EMPTINESS, EXACT, ORDER, Function, ValueField

_Maybe = TypeVar("_Maybe")
_Read = TypeVar("_Read")


def moment_field(dates: Dates, read: Callable[[Issue], datetime | None], field: str) -> ValueField[datetime]:
    return ValueField(
        EXACT | EMPTINESS | ORDER,
        lambda issue: maybe(read(issue)),
        lambda value: [dates.moment(value, field)],
        order=lambda one, other: (one > other) - (one < other),
        singles=_functions(dates, lambda moment: moment),
    )


def day_field(dates: Dates, read: Callable[[Issue], date | None], field: str) -> ValueField[date]:
    return ValueField(
        EXACT | EMPTINESS | ORDER,
        lambda issue: maybe(read(issue)),
        lambda value: [dates.day(value, field)],
        order=lambda one, other: (one - other).days,
        singles=_functions(dates, dates.day_of),
    )


def maybe(value: _Maybe | None) -> Collection[_Maybe]:
    """The value alone, or none: an empty text is as good as none."""
    return () if value is None or value == "" else (value,)


def _functions(dates: Dates, as_read: Callable[[datetime], _Read]) -> dict[str, Function[_Read]]:
    def one(told: Callable[[tuple[str, ...]], datetime]) -> Function[_Read]:
        return lambda arguments: [as_read(told(arguments))]

    return {name: one(told) for name, told in dates.functions.items()}

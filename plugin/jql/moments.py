"""Dates and date-times.

A date-time is a moment; its operand is `yyyy-MM-dd HH:mm` or `yyyy/MM/dd HH:mm` in the site's zone, midnight where the
time is left out, or milliseconds since 1970 as an unquoted number. A date is a day; its operand is a day.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from plugin.jql import refusals
from plugin.jql.clause import EMPTINESS, EQUALITY, ORDER, Ask, Unfit, answer
from plugin.jql.nodes import Call, Value
from plugin.jql.periods import Clock, NotAPeriod, function, relative
from plugin.jql.questions import Question
from plugin.jql.site import SiteFacts
from plugin.jql.view import Issue, Reading, View, in_words, is_nothing, reading_of

_WRITTEN = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:\s+(\d{1,2}):(\d{2}))?")

_PROBE = datetime(2000, 1, 1, tzinfo=UTC)
_NEAREST, _FURTHEST = 1000, 9000
"""A relative time that stays between these years when it is now 2000 cannot leave the calendar when it is decided."""

Compare = Callable[[float, float], bool]
COMPARISONS: Mapping[str, Compare] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.eq,
    "in": operator.eq,
    "not in": operator.eq,
    "is": operator.eq,
    "is not": operator.eq,
}
"""How one value is compared; what is negated is compared by equality and turned round afterwards."""

Measure = Callable[[datetime], float]
"""A moment in the site's zone as the number that is compared."""


@dataclass(frozen=True)
class MomentField:
    """A date-time, compared in seconds."""

    name: str
    field: str
    nullable: bool = True
    operators: frozenset[str] = EQUALITY | ORDER | EMPTINESS
    never_empty: str = ""

    @cached_property
    def reading(self) -> Reading[tuple[float, ...]]:
        return reading_of(self.field, _seconds)

    def show(self, issue: Issue) -> str:
        return in_words(issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return any(depends_on_clock(one, ask.site) for one in ask.compared)

    def question(self, ask: Ask) -> Question:
        return compared(ask, self.reading, datetime.timestamp)


@dataclass(frozen=True)
class DayField:
    """A date, compared in days."""

    name: str
    field: str
    nullable: bool = True
    operators: frozenset[str] = EQUALITY | ORDER | EMPTINESS
    never_empty: str = ""

    @cached_property
    def reading(self) -> Reading[tuple[float, ...]]:
        return reading_of(self.field, _day)

    def show(self, issue: Issue) -> str:
        return in_words(issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return any(depends_on_clock(one, ask.site) for one in ask.compared)

    def question(self, ask: Ask) -> Question:
        return compared(ask, self.reading, lambda moment: float(moment.date().toordinal()))


def compared(ask: Ask, reading: Reading[tuple[float, ...]], measure: Measure) -> Question:
    """The question of a comparison with moments, some of which may depend on the clock."""
    clocks = [_clock(one, ask) for one in ask.compared]
    fixed = [measure(one) for one in clocks if isinstance(one, datetime)]
    moving = [one for one in clocks if not isinstance(one, datetime)]
    compare = COMPARISONS[ask.operator]

    def holds(found: tuple[float, ...], view: View) -> bool:
        wanted = [*fixed, *(measure(clock(view.now)) for clock in moving)] if moving else fixed
        return any(compare(one, other) for one in found for other in wanted)

    return answer(ask, lambda view: view.numbers[reading], holds, reading.field)


def moment_in(text: str, zone: ZoneInfo) -> datetime | None:
    """A date or date-time as JQL writes it; None where it is none."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        return None
    year, month, day, hour, minute = (int(found[group] or 0) for group in (1, 3, 4, 5, 6))
    try:
        return datetime.combine(date(year, month, day), time(hour, minute), zone)
    except ValueError:
        return None


def depends_on_clock(operand: Value | Call, site: SiteFacts) -> bool:
    """Whether a date operand moves with the clock; every function of dates does."""
    return isinstance(operand, Call) or (moment_in(operand.text, site.time_zone) is None and not _is_number(operand))


def _clock(operand: Value | Call, ask: Ask) -> datetime | Clock:
    if isinstance(operand, Value):
        fixed = _fixed(operand, ask.site)
        if fixed is not None:
            return fixed
    moving = _moving(operand, ask.site)
    if not ask.site.timer:
        raise Unfit(
            operand,
            "This changes with the clock, and no event says so when it does",
            'Compare with a fixed date, as in created >= "2026-10-01".',
        )
    return moving


def _fixed(operand: Value, site: SiteFacts) -> datetime | None:
    if _is_number(operand):
        try:
            return datetime.fromtimestamp(int(operand.text) / 1000, site.time_zone)
        except (OverflowError, ValueError, OSError) as error:
            raise Unfit(operand, f"{operand.text} milliseconds since 1970 is no date") from error
    return moment_in(operand.text, site.time_zone)


def _is_number(operand: Value) -> bool:
    return not operand.quoted and operand.text.isdecimal()


def _moving(operand: Value | Call, site: SiteFacts) -> Clock:
    try:
        moving = relative(operand.text, site) if isinstance(operand, Value) else _called(operand, site)
        if moving is not None and not _NEAREST < moving(_PROBE).year < _FURTHEST:
            raise OverflowError
    except NotAPeriod as error:
        raise Unfit(operand, str(error)) from error
    except (OverflowError, ValueError) as error:
        raise Unfit(operand, "This is further away than the calendar reaches") from error
    if moving is None:
        if isinstance(operand, Call):
            raise refusals.function(operand)
        raise Unfit(operand, f'`{operand.text}` is no date; write 2026-10-01, "2026-10-01 14:30" or -2w')
    return moving


def _called(call: Call, site: SiteFacts) -> Clock | None:
    if len(call.arguments) > 1:
        raise Unfit(call, f"{call.name.text}() takes one increment at most, as in startOfMonth(-1)")
    argument = call.arguments[0].text if call.arguments else None
    return function(call.name.text.lower(), argument, site)


def _seconds(value: object) -> tuple[float, ...] | None:
    if is_nothing(value):
        return ()
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    # Jira's own search knows no finer grain than a minute in its operands; a second is what the issue's page shows.
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0).timestamp(),)


def _day(value: object) -> tuple[float, ...] | None:
    if is_nothing(value):
        return ()
    try:
        return (float(date.fromisoformat(str(value)[:10]).toordinal()),)
    except ValueError:
        return None

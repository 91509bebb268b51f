"""Fields compared as numbers: durations, counts, the level of an issue's type, and custom fields of numbers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from plugin.jql import refusals
from plugin.jql.clause import EMPTINESS, EQUALITY, ORDER, Ask, Unfit, answer
from plugin.jql.moments import COMPARISONS
from plugin.jql.nodes import Value
from plugin.jql.questions import Question
from plugin.jql.site import SiteFacts
from plugin.jql.view import Issue, Reading, View, in_words, is_nothing, reading_of

Numbers = tuple[float, ...]
"""One, or none where the field is empty."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?\s*[wdhm]?\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhm]?)", re.IGNORECASE)


def measured(ask: Ask, reading: Reading[Numbers], limits: Sequence[float]) -> Question:
    """The question of a comparison with these numbers."""
    compare = COMPARISONS[ask.operator]

    def holds(found: Numbers, view: View) -> bool:
        return any(compare(one, limit) for one in found for limit in limits)

    return answer(ask, lambda view: view.numbers[reading], holds, reading.field)


def number(operand: Value, site: SiteFacts) -> float:
    if not _NUMBER.fullmatch(operand.text):
        raise Unfit(operand, f"`{operand.text}` is no number")
    return float(operand.text)


def duration(operand: Value, site: SiteFacts) -> float:
    """Seconds. Days and weeks are the site's working ones; a number alone is minutes, Jira's own default unit."""
    if not _DURATION.fullmatch(operand.text.strip()):
        raise Unfit(operand, f"`{operand.text}` is no duration", "Write 30m, 4h, 2d or 1w 2d.")
    day = site.hours_per_day * 3600
    seconds = {"m": 60.0, "h": 3600.0, "d": day, "w": day * site.days_per_week, "": 60.0}
    return sum(float(amount) * seconds[unit.lower()] for amount, unit in _PART.findall(operand.text))


@cache
def numbers_of(field: str) -> Reading[Numbers]:
    """One reading for each field, whichever condition asks: a view reads it once."""
    return reading_of(field, _number)


def _number(value: object) -> Numbers | None:
    if is_nothing(value):
        return ()
    return (float(value),) if isinstance(value, int | float) else None


def _plain_numbers(field: str, site: SiteFacts) -> Reading[Numbers]:
    return numbers_of(field)


@dataclass(frozen=True)
class NumberField:
    """`wanted` reads an operand; `reads` gives what the site's facts make of the field's value."""

    name: str
    field: str
    wanted: Callable[[Value, SiteFacts], float] = number
    reads: Callable[[str, SiteFacts], Reading[Numbers]] = _plain_numbers
    nullable: bool = True
    operators: frozenset[str] = EQUALITY | ORDER | EMPTINESS
    never_empty: str = ""

    def show(self, issue: Issue) -> str:
        return in_words(issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return False

    def question(self, ask: Ask) -> Question:
        for one in ask.compared:
            if not isinstance(one, Value):
                raise refusals.function(one)
        limits = [self.wanted(one, ask.site) for one in ask.compared if isinstance(one, Value)]
        return measured(ask, self.reads(self.field, ask.site), limits)


def _levels(field: str, site: SiteFacts) -> Reading[Numbers]:
    return reading_of(field, lambda value: _level(value, site.levels))


def _level(value: object, levels: Mapping[str, int]) -> Numbers | None:
    """What the issue itself tells of its type comes first; few payloads do."""
    if not isinstance(value, Mapping):
        return None
    told = value.get("hierarchyLevel", levels.get(str(value.get("id"))))
    if isinstance(told, int):
        return (float(told),)
    return (-1.0,) if value.get("subtask") is True else None


_COUNTED = "every issue has a count of them"
LEVEL = NumberField(
    "hierarchyLevel",
    "issuetype",
    reads=_levels,
    nullable=False,
    operators=EQUALITY | ORDER,
    never_empty="every type has a level",
)
COUNTS = {
    name: NumberField(name, field, nullable=False, operators=EQUALITY | ORDER, never_empty=_COUNTED)
    for name, field in (("votes", "votes"), ("watchers", "watches"))
}
DURATIONS = {
    "originalestimate": NumberField("originalEstimate", "timeoriginalestimate", duration),
    "remainingestimate": NumberField("remainingEstimate", "timeestimate", duration),
    "timespent": NumberField("timeSpent", "timespent", duration),
}

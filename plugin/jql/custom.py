"""Custom fields, by `cf[10016]` or by the name that the site gives them.

What type such a field has shows only in the issue's value, so the clause says what it is compared as: `~` as text, an
order with a number as number and with a date as date, all else as names, ids and keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from plugin.jql.clause import EMPTINESS, EQUALITY, ORDER, SEARCH, Ask, answer
from plugin.jql.moments import COMPARISONS, compared, depends_on_clock, moment_in
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Question
from plugin.jql.site import SiteFacts
from plugin.jql.terms import TermField
from plugin.jql.texts import search
from plugin.jql.view import Issue, Reading, Terms, View, in_words, is_nothing, reading_of

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_SPRINT = re.compile(r"\b(id|state|name)=(.*?)(?=,\w+=|\]$)")
_STATES = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}


@dataclass(frozen=True)
class CustomField:
    """A custom field of one site."""

    name: str
    field: str
    operators: frozenset[str] = EQUALITY | EMPTINESS | ORDER | SEARCH
    never_empty: str = ""
    nullable: bool = True

    def show(self, issue: Issue) -> str:
        return in_words(issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return ask.operator in ORDER and any(
            depends_on_clock(one, ask.site) for one in ask.compared if not _is_number(one)
        )

    def question(self, ask: Ask) -> Question:
        if ask.operator in SEARCH:
            return search(ask, self.field)
        if ask.operator not in ORDER:
            return TermField(
                self.name, _terms(self.field), _wanted, functions=_SPRINTS, names=_names(self.field)
            ).question(ask)
        operand = ask.compared[0]
        if isinstance(operand, Value) and _is_number(operand):
            return _measured(ask, self.field, float(operand.text))
        return compared(ask, _moments(self.field, ask.site.time_zone), datetime.timestamp)


def _measured(ask: Ask, field: str, limit: float) -> Question:
    reading, compare = _numbers(field), COMPARISONS[ask.operator]

    def holds(found: tuple[float, ...], view: View) -> bool:
        return any(compare(one, limit) for one in found)

    return answer(ask, lambda view: view.numbers[reading], holds, field)


def _is_number(operand: Value | Call) -> bool:
    return isinstance(operand, Value) and _NUMBER.fullmatch(operand.text) is not None


# One reading for each field, whichever condition asks: a view reads it once.
@cache
def _terms(field: str) -> Reading[Terms]:
    return reading_of(field, _value_terms)


@cache
def _names(field: str) -> Reading[Terms]:
    return reading_of(field, _value_names)


@cache
def _numbers(field: str) -> Reading[tuple[float, ...]]:
    return reading_of(field, _value_numbers)


@cache
def _moments(field: str, zone: ZoneInfo) -> Reading[tuple[float, ...]]:
    return reading_of(field, lambda value: _value_moments(value, zone))


def _value_terms(value: object) -> Terms | None:
    if is_nothing(value):
        return frozenset()
    ones = value if isinstance(value, list) else [value]
    return frozenset(term for one in ones for term in _one_value(one)) or None


def _value_names(value: object) -> Terms | None:
    """The terms for patterns: without the ids of objects and the states of sprints."""
    found = _value_terms(value)
    ones = value if isinstance(value, list) else [value]
    ids = frozenset(str(one["id"]).lower() for one in ones if isinstance(one, Mapping) and one.get("id") is not None)
    return found and frozenset(one for one in found - ids if not one.startswith("\0"))


def _one_value(value: object) -> list[str]:
    if isinstance(value, Mapping):
        own = [f"\0{value['state']}".lower()] if "state" in value else []
        own += [str(value[key]).lower() for key in ("name", "value", "key", "id") if value.get(key) is not None]
        return own + (_one_value(value["child"]) if value.get("child") else [])
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return []
    text = str(value)
    # Data Center tells a sprint as the text of a Java object: com.atlassian.greenhopper…[id=7,state=ACTIVE,name=W3].
    if text.startswith("com.atlassian.greenhopper"):
        return [f"\0{word}".lower() if key == "state" else word.lower() for key, word in _SPRINT.findall(text)]
    return [_plain_number(text)]


def _value_numbers(value: object) -> tuple[float, ...] | None:
    if is_nothing(value):
        return ()
    return (float(value),) if isinstance(value, int | float) else None


def _value_moments(value: object, zone: ZoneInfo) -> tuple[float, ...] | None:
    """A date without a time is the midnight at which its day begins in the site's zone."""
    if is_nothing(value):
        return ()
    try:
        moment = moment_in(str(value), zone) or datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp(),)


def _wanted(value: Value, site: SiteFacts) -> Terms:
    return frozenset({value.text.lower(), _plain_number(value.text)})


def _plain_number(text: str) -> str:
    """5, 5.0 and 5.00 are one number."""
    return text.rstrip("0").rstrip(".") if _DECIMAL.fullmatch(text) else text.lower()


_SPRINTS = {name: frozenset({f"\0{state}"}) for name, state in _STATES.items()}


def custom_field(name: str, number: int | None, site: SiteFacts) -> CustomField | None:
    """The custom field that a query calls by number or by name; None where the site has none of that name.

    Raises LookupError with the ids where several fields bear the name."""
    if number is not None:
        return CustomField(f"cf[{number}]", f"customfield_{number}")
    ids = [id for id, called in site.fields.items() if called.lower() == name.lower() and id.startswith("customfield_")]
    if len(ids) > 1:
        raise LookupError(" and ".join(f"cf[{id.removeprefix('customfield_')}]" for id in sorted(ids)))
    return CustomField(name, ids[0]) if ids else None

"""Custom fields, by `cf[10016]` or by the name that the site gives them.

The site tells what kind of field it is. Where it does not, as of fields of other apps, the clause says what it is
compared as: `~` as text, an order with a number as number and with a date as date, all else as names, ids and keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from plugin.jql.clause import EMPTINESS, EQUALITY, ORDER, SEARCH, Ask, Field
from plugin.jql.measures import NumberField, measured, numbers_of
from plugin.jql.moments import DayField, MomentField, compared, depends_on_clock, moment_in
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Question, either
from plugin.jql.site import SiteFacts
from plugin.jql.terms import TermField
from plugin.jql.texts import TextField, search
from plugin.jql.view import Issue, Reading, Terms, in_words, is_nothing, reading_of

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_SPRINT = re.compile(r"\b(id|state|name)=(.*?)(?=,\w+=|\]$)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_UTC = ZoneInfo("UTC")
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
            return _names_field(self.name, self.field).question(ask)
        operand = ask.compared[0]
        if isinstance(operand, Value) and _is_number(operand):
            return measured(ask, numbers_of(self.field), [float(operand.text)])
        # A value without a time is a date and is compared as `due` is; one with a time is a moment.
        as_days = compared(ask, _days(self.field), lambda moment: float(moment.date().toordinal()))
        return either([as_days, compared(ask, _moments(self.field, ask.site.time_zone), datetime.timestamp)])


def _names_field(name: str, field: str) -> TermField:
    return TermField(name, _terms(field), _wanted, functions=_SPRINTS, names=_names(field))


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
def _days(field: str) -> Reading[tuple[float, ...]]:
    return reading_of(field, _value_days)


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


def _value_days(value: object) -> tuple[float, ...] | None:
    """None where it is neither a date nor a moment; nothing where it is a moment."""
    if is_nothing(value):
        return ()
    try:
        return (float(date.fromisoformat(str(value)).toordinal()),)
    except ValueError:
        return () if _value_moments(value, _UTC) else None


def _value_moments(value: object, zone: ZoneInfo) -> tuple[float, ...] | None:
    """Nothing where it is a date: that is no moment."""
    if is_nothing(value) or _DATE.fullmatch(str(value)):
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


def custom_field(name: str, number: int | None, site: SiteFacts) -> Field | None:
    """The custom field that a query calls by number or by name; None where the site has none of that name or number.

    Raises LookupError with the ids where several fields bear the name."""
    if number is not None:
        id = f"customfield_{number}"
        return _of_kind(f"cf[{number}]", id, site) if id in site.fields or not site.every_field else None
    ids = [id for id, called in site.fields.items() if called.lower() == name.lower() and id.startswith("customfield_")]
    if len(ids) > 1:
        raise LookupError(" and ".join(f"cf[{id.removeprefix('customfield_')}]" for id in sorted(ids)))
    return _of_kind(name, ids[0], site) if ids else None


def _of_kind(name: str, id: str, site: SiteFacts) -> Field:
    """A field whose kind is known takes that kind's operators and no others."""
    match site.kinds.get(id):
        case "number":
            return NumberField(name, id)
        case "date":
            return DayField(name, id)
        case "datetime":
            return MomentField(name, id)
        case "text":
            return TextField(name, id)
        case "option" | "label" | "user":
            return _names_field(name, id)
        case None:
            return CustomField(name, id)

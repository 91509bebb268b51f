"""Custom fields in JQL, by their name or as cf[…]: numbers, texts, options, sprints, labels, days and moments."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import JsonValue

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Json
from plugin.sandbox.jql.dates import Dates
from plugin.sandbox.jql.field import EMPTINESS, EXACT, ORDER, TEXT, Field, Function, TextField, ValueField
from plugin.sandbox.jql.moments import day_field, maybe, moment_field
from plugin.sandbox.jql.syntax import Value

_Read = Callable[[Issue], Collection[JsonValue]]
_STATES = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}


@dataclass(frozen=True)
class _Asked:
    """One custom field, and what its kind may need to be asked about."""

    site: JiraSite
    dates: Dates
    id: str
    name: str
    read: _Read

    def only(self, issue: Issue) -> str | None:
        return next((str(one) for one in self.read(issue)), None)


def custom_fields(site: JiraSite, dates: Dates) -> Mapping[str, Field]:
    """By each of the names that a query may use, in lower case. Kinds that are not known here cannot be asked for."""
    found: dict[str, Field] = {}
    for one in site.fields:
        field = _field(site, one, dates) if one["custom"] else None
        names = one["clauseNames"]
        if field is not None and isinstance(names, list):
            found |= {str(name).lower(): field for name in names}
    return found


def _field(site: JiraSite, told: Json, dates: Dates) -> Field | None:
    schema, id, name = told["schema"], str(told["id"]), str(told["name"])
    kind = str(schema["custom"]).rpartition(":")[2] if isinstance(schema, dict) else ""

    def read(issue: Issue) -> Collection[JsonValue]:
        value = issue.custom.get(id)
        return value if isinstance(value, list) else maybe(value)

    make = _KINDS.get(kind)
    return make(_Asked(site, dates, id, name, read)) if make else None


def _number(asked: _Asked) -> Field:
    def meant(value: Value) -> Collection[float]:
        try:
            return [float(value.text)]
        except ValueError:
            raise JiraError(400, f"The value '{value.text}' for the field '{asked.name}' is no number.") from None

    return ValueField(
        EXACT | EMPTINESS | ORDER,
        lambda issue: [float(str(one)) for one in asked.read(issue)],
        meant,
        order=lambda one, other: (one > other) - (one < other),
    )


def _text(asked: _Asked) -> Field:
    return TextField(TEXT | EMPTINESS, lambda issue: [str(one) for one in asked.read(issue)])


def _options(asked: _Asked) -> Field:
    return _words(lambda issue: _of_objects(asked.read(issue), "value", "id"))


def _labels(asked: _Asked) -> Field:
    return _words(lambda issue: [str(one).casefold() for one in asked.read(issue)])


def _day(asked: _Asked) -> Field:
    def read(issue: Issue) -> date | None:
        told = asked.only(issue)
        return date.fromisoformat(told) if told else None

    return day_field(asked.dates, read, asked.name)


def _moment(asked: _Asked) -> Field:
    def read(issue: Issue) -> datetime | None:
        told = asked.only(issue)
        return datetime.fromisoformat(told).astimezone(UTC) if told else None

    return moment_field(asked.dates, read, asked.name)


def _words(read: Callable[[Issue], Collection[str]]) -> ValueField[str]:
    """Options and labels, which are not looked up: a word that nothing bears finds nothing."""
    return ValueField(EXACT | EMPTINESS, read, lambda value: [value.text.casefold()])


def _of_objects(values: Collection[JsonValue], *keys: str) -> list[str]:
    """What these keys say, of every value and of a cascading option's child."""
    objects = [one for one in values if isinstance(one, dict)]
    objects += [child for one in objects if isinstance(child := one.get("child"), dict)]
    return [str(one[key]).casefold() for one in objects for key in keys if one.get(key) is not None]


def _sprint(asked: _Asked) -> Field:
    """By name or id; the functions go by the state that the issues' own sprints tell."""

    def in_state(state: str) -> Function[str]:
        def found(arguments: tuple[str, ...]) -> Collection[str]:
            sprints = [one for issue in asked.site.issues.values() for one in asked.read(issue)]
            return {str(one["id"]) for one in sprints if isinstance(one, dict) and one.get("state") == state}

        return found

    return ValueField(
        EXACT | EMPTINESS,
        lambda issue: _of_objects(asked.read(issue), "name", "id"),
        lambda value: [value.text.casefold()],
        lists={name: in_state(state) for name, state in _STATES.items()},
    )


def _epic_link(asked: _Asked) -> Field:
    """On Data Center the epic of an issue that is no sub-task; Cloud has the parent for that."""

    def epic(issue: Issue) -> Collection[str]:
        if asked.site.dialect == "cloud":
            return [str(one) for one in asked.read(issue)]
        parent = asked.site.issues.get(issue.parent or "")
        return [parent.key] if parent and not issue.type.subtask else []

    def meant(value: Value) -> Collection[str]:
        found = asked.site.find(value.text)
        if found is None:
            raise JiraError(400, f"An issue with key '{value.text}' does not exist for field 'Epic Link'.")
        return [found.key]

    return ValueField(EXACT | EMPTINESS, epic, meant)


_KINDS: Mapping[str, Callable[[_Asked], Field]] = {
    "float": _number,
    **dict.fromkeys(("textfield", "textarea"), _text),
    **dict.fromkeys(("select", "radiobuttons", "multiselect", "multicheckboxes", "cascadingselect"), _options),
    "labels": _labels,
    "gh-sprint": _sprint,
    "gh-epic-link": _epic_link,
    "datepicker": _day,
    "datetime": _moment,
}

"""The fields that a condition may read: what they are called, which operators they take, and how a value is written.

Operators by field: https://support.atlassian.com/jira-service-management-cloud/docs/jql-fields/.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plugin.jql.site import SiteFacts
from plugin.jql.view import Issue, Reading, Terms, in_words

EQUALITY = frozenset({"=", "!=", "in", "not in"})
WITH_EMPTY = EQUALITY | {"is", "is not"}

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+|[0-9]+")
_CATEGORIES = {
    "new": "new",
    "to do": "new",
    "todo": "new",
    "2": "new",
    "indeterminate": "indeterminate",
    "in progress": "indeterminate",
    "4": "indeterminate",
    "done": "done",
    "complete": "done",
    "3": "done",
    "undefined": "undefined",
    "no category": "undefined",
    "1": "undefined",
}


class NoSuchValue(Exception):  # noqa: N818 - it is what the message says
    """A value that the field can never hold; the words say what it can hold."""


@dataclass(frozen=True)
class TermField:
    """A field compared by names, ids and keys, in any letter case."""

    name: str
    names: tuple[str, ...]
    reading: Reading[Terms]
    operators: frozenset[str]
    wanted: Callable[[str, SiteFacts], Terms]
    """The terms of which an issue must have one for the operand to match. Raises NoSuchValue."""
    never_empty: str = ""
    """Why the field takes no EMPTY, where it takes none."""


def _named(*names: str, field: str, operators: frozenset[str] = WITH_EMPTY) -> TermField:
    return TermField(names[0], names, _reading(field, _named_terms), operators, _as_written)


def _reading(field: str, terms: Callable[[object], Terms | None]) -> Reading[Terms]:
    def take(issue: Issue) -> Terms | None:
        return terms(issue[field]) if field in issue else None

    return Reading(field, take, lambda issue: in_words(issue.get(field)))


def _named_terms(value: object) -> Terms | None:
    """Of one `{id, name}` or several: every name and id."""
    if value is None or value in ("", []):
        return frozenset()
    ones = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]
    return frozenset(str(one[key]).lower() for one in ones for key in ("name", "id") if one.get(key)) or None


def _label_terms(value: object) -> Terms | None:
    if value is None:
        return frozenset()
    return frozenset(str(label).lower() for label in value) if isinstance(value, list) else None


def _project_terms(value: object) -> Terms | None:
    """Name and id as they are, the key behind a `#` so that it can be meant alone."""
    named = _named_terms(value)
    if named is None or not isinstance(value, Mapping):
        return named
    return named | {f"#{value.get('key', '')}".lower()}


def _link_terms(value: object) -> Terms | None:
    if value is None:
        return frozenset()
    if not isinstance(value, Mapping):
        return None
    return frozenset(str(value[key]).lower() for key in ("key", "id") if value.get(key))


def _key_terms(issue: Issue) -> Terms | None:
    return frozenset(str(issue[name]).lower() for name in ("key", "id") if issue.get(name)) or None


def _category(issue: Issue) -> Mapping[str, object] | None:
    status = issue.get("status")
    category = status.get("category") if isinstance(status, Mapping) else None
    return category if isinstance(category, Mapping) else None


def _category_terms(issue: Issue) -> Terms | None:
    category = _category(issue) or {}
    written = category.get("key") or category.get("id") or category.get("name")
    return frozenset({_CATEGORIES.get(str(written).lower(), str(written).lower())}) if written else None


def _as_written(text: str, site: SiteFacts) -> Terms:
    return frozenset({text.lower()})


def _project_wanted(text: str, site: SiteFacts) -> Terms:
    is_key = text.upper() in site.project_keys
    return frozenset({f"#{text.lower()}"} if is_key else {f"#{text.lower()}", text.lower()})


def _key_wanted(text: str, site: SiteFacts) -> Terms:
    if not _KEY.fullmatch(text):
        raise NoSuchValue("an issue is named by its key, such as ABC-12, or by its id")
    return frozenset({text.lower()})


def _category_wanted(text: str, site: SiteFacts) -> Terms:
    key = _CATEGORIES.get(text.lower())
    if key is None:
        raise NoSuchValue('the categories are "To Do" (new), "In Progress" (indeterminate) and Done (done)')
    return frozenset({key})


_FIELDS = (
    TermField(
        "project",
        ("project",),
        _reading("project", _project_terms),
        WITH_EMPTY,
        _project_wanted,
    ),
    _named("issuetype", "type", "worktype", field="issuetype"),
    _named("status", field="status"),
    TermField(
        "statusCategory",
        ("statusCategory",),
        Reading("status", _category_terms, lambda issue: in_words(_category(issue))),
        EQUALITY,
        _category_wanted,
        "every status has a category",
    ),
    _named("priority", field="priority"),
    TermField("labels", ("labels",), _reading("labels", _label_terms), WITH_EMPTY, _as_written),
    _named("component", field="components"),
    _named("fixVersion", field="fixVersions"),
    TermField("parent", ("parent",), _reading("parent", _link_terms), WITH_EMPTY, _key_wanted),
    TermField(
        "key",
        ("key", "issuekey", "issue", "id", "workItemKey"),
        Reading("key", _key_terms, lambda issue: in_words(issue.get("key"))),
        EQUALITY,
        _key_wanted,
        "every issue has a key",
    ),
)

BY_NAME: Mapping[str, TermField] = {name.lower(): one for one in _FIELDS for name in one.names}
"""Every field by each of its names in lower case."""

NAMES: tuple[str, ...] = tuple(one.name for one in _FIELDS)

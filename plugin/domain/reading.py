"""A raw Jira issue, from REST v2, REST v3 or a webhook, becomes a `Snapshot`.

What Jira did not send stays absent, and so unknown; what has a shape that Jira never gives (an object printed as
`[Object]`, a moment with spaces) is dropped likewise. People are reduced to their ids, and fields that hold only names,
pictures or conversation (comments, worklogs, attachments) are not read at all.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from plugin.domain.issue import Snapshot
from plugin.domain.text import from_adf, from_plain, from_wiki, storable

Fields = Mapping[str, Any]
"""An issue's fields as Jira sent them, by field id."""


class _Unknown(Exception):  # noqa: N818 - it never leaves this module; it says that a value tells nothing
    """The value has a shape that Jira never gives."""


def read_issue(raw: Mapping[str, Any], *, epic_link: str | None = None, asked: Collection[str] = ()) -> Snapshot:
    """A whole issue, `{id, key, fields}`.

    Jira leaves `parent` out of a whole issue that has none, so here its absence means none. `epic_link` is the id of
    Data Center's Epic Link field (`customfield_…`), None on Cloud. `asked` names the fields that the caller asked REST
    for: one of them that did not come is not on the issue, and so empty. A caller that names fields names `parent` too.

    Raises ValueError where id, key or `updated` is missing or unreadable: the issue has to be read afresh.
    """
    id, key, fields = str(raw.get("id") or ""), str(raw.get("key") or ""), raw.get("fields")
    if not id or not key or not isinstance(fields, Mapping):
        raise ValueError(
            f"issue {key or id or 'without id and key'} came without its id, key or fields; read it afresh"
        )
    updated = _moment_or_none(fields.get("updated"))
    if updated is None:
        raise ValueError(f"issue {key} came without a readable `updated`, so its age is unknown; read it afresh")
    known = read_fields(fields, epic_link=epic_link)
    known |= {name: _EMPTY.get(name) for name in asked if name not in fields}
    if "parent" not in fields and (epic_link is None or epic_link in fields):
        known.setdefault("parent", None)
    return Snapshot(id=id, key=key, updated=updated, fields=known)


def read_fields(fields: Fields, *, epic_link: str | None = None) -> dict[str, JsonValue]:
    """The fields that are there, in the shapes that `Snapshot` lists."""
    known: dict[str, JsonValue] = {}
    for name, value in fields.items():
        read = _READERS.get(name) or (_custom if name.startswith("customfield_") else None)
        if read is None:
            continue
        try:
            known[name] = read(value)
        except _Unknown:
            continue
    if epic_link is not None and not known.get("parent") and epic_link in fields:
        known["parent"] = _epic(fields[epic_link])
    return known


def _epic(key: object) -> JsonValue:
    return {"id": "", "key": key} if isinstance(key, str) and "-" in key else None


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _Unknown
    return value


def _name(value: object) -> str:
    """Names and ids as text that a column holds."""
    return "" if value is None else storable(str(value))


def _picked(*names: str) -> Callable[[object], dict[str, JsonValue]]:
    def pick(value: object) -> dict[str, JsonValue]:
        found = _object(value)
        return {name: _name(found.get(name)) for name in names}

    return pick


def _or_none(read: Callable[[object], JsonValue]) -> Callable[[object], JsonValue]:
    return lambda value: None if value is None else read(value)


def _each(read: Callable[[object], JsonValue]) -> Callable[[object], JsonValue]:
    def read_all(value: object) -> JsonValue:
        if value is None:
            return []
        if not isinstance(value, list):
            raise _Unknown
        return [read(one) for one in value]

    return read_all


_id_and_name = _picked("id", "name")
_id_and_key = _picked("id", "key")


def _issue_type(value: object) -> JsonValue:
    found = _object(value)
    level = found.get("hierarchyLevel")
    read: dict[str, JsonValue] = {**_id_and_name(found), "subtask": found.get("subtask") is True}
    return {**read, "hierarchyLevel": level} if isinstance(level, int) else read


def _status(value: object) -> JsonValue:
    found = _object(value)
    return {**_id_and_name(found), "category": _picked("id", "key", "name")(found.get("statusCategory") or {})}


def _version(value: object) -> JsonValue:
    found = _object(value)
    return {**_id_and_name(found), **{name: found.get(name) is True for name in ("released", "archived")}}


def _link(value: object) -> JsonValue:
    """An issue link keeps its type and the other end: `{id, type, inwardIssue | outwardIssue: {id, key}}`.

    Without the words that its two ends read, its type could not be told by them, nor one end from the other.
    """
    found = _object(value)
    kind = _object(found.get("type"))
    words = {name: _name(kind[name]) for name in ("inward", "outward") if kind.get(name)}
    ends = {name: _id_and_key(found[name]) for name in ("inwardIssue", "outwardIssue") if found.get(name)}
    return {"id": _name(found.get("id")), "type": {**_id_and_name(kind), **words}, **ends}


def _label(value: object) -> JsonValue:
    if not isinstance(value, str):
        raise _Unknown
    return _name(value)


_IDS = ("accountId", "accoundId", "accountID", "key", "name")
"""Where a person's id stands: Cloud's account id, its misspellings, Data Center's key, a login where that is all."""


def _person(value: object) -> JsonValue:
    found = _object(value)
    for name in _IDS:
        if isinstance(found.get(name), str) and found[name]:
            return {"id": _name(found[name])}
    query = parse_qs(urlsplit(_name(found.get("self"))).query)
    for name in ("accountId", "key", "username"):
        if query.get(name):
            return {"id": query[name][0]}
    raise _Unknown


def _is_person(value: Mapping[str, Any]) -> bool:
    return any(name in value for name in ("accountId", "accoundId", "accountID", "displayName", "emailAddress"))


def _summary(value: object) -> JsonValue:
    return from_plain(value) if isinstance(value, str) else _empty_text(value)


def _rich_text(value: object) -> JsonValue:
    if isinstance(value, Mapping):
        return from_adf(value)
    return from_wiki(value) if isinstance(value, str) else _empty_text(value)


def _empty_text(value: object) -> str:
    if value is not None:
        raise _Unknown
    return ""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment_or_none(value: object) -> datetime | None:
    """A moment in UTC from ISO 8601 with an offset, or from epoch milliseconds; None for all else."""
    try:
        if isinstance(value, int):
            return _EPOCH + timedelta(milliseconds=value)
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _moment(value: object) -> JsonValue:
    found = _moment_or_none(value)
    if found is None:
        raise _Unknown
    return found.isoformat(timespec="milliseconds")


def _day(value: object) -> JsonValue:
    """A day without a zone; Data Center may put midnight behind it."""
    try:
        return date.fromisoformat(value[:10] if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise _Unknown from None


def _seconds(value: object) -> JsonValue:
    if not isinstance(value, int):
        raise _Unknown
    return value


def _counted(under: str) -> Callable[[object], JsonValue]:
    """How many vote for an issue or watch it: `{votes: 3, …}`, `{watchCount: 2, …}`; never who."""
    return lambda value: _seconds(_object(value).get(under))


_NOT_KEPT = frozenset({"self", "iconUrl", "avatarUrls", "emailAddress", "displayName"})
_DEEPEST = 50
_DEVELOPMENT = "{summaryBean="
"""Jira's development panel printed as a Java object: kilobytes that differ at every reading of an unchanged issue."""


def _custom(value: object, depth: int = 0) -> JsonValue:
    """What Jira sent, with people reduced to `{id}` and an Atlassian document to plain text.

    A text area that arrives as wiki text is kept as it is: its field does not say that it is wiki.
    """
    if depth > _DEEPEST:
        raise _Unknown
    match value:
        case str() if not value.startswith(_DEVELOPMENT):
            return _name(value)
        case None | bool() | int():
            return value
        case float() if isfinite(value):
            return value
        case list():
            return [_custom(one, depth + 1) for one in value]
        case Mapping():
            return _custom_object(value, depth)
        case _:
            raise _Unknown


def _custom_object(value: Mapping[str, Any], depth: int) -> JsonValue:
    if _is_person(value):
        return _person(value)
    if value.get("type") == "doc" and isinstance(value.get("content"), list):
        return from_adf(value)
    return {_name(name): _custom(one, depth + 1) for name, one in value.items() if name not in _NOT_KEPT}


_READERS: Mapping[str, Callable[[object], JsonValue]] = {
    "project": _picked("id", "key", "name"),
    "issuetype": _issue_type,
    "status": _status,
    "priority": _or_none(_id_and_name),
    "resolution": _or_none(_id_and_name),
    "security": _or_none(_id_and_name),
    "labels": _each(_label),
    "components": _each(_id_and_name),
    "fixVersions": _each(_version),
    "versions": _each(_version),
    "parent": _or_none(_id_and_key),
    "subtasks": _each(_id_and_key),
    "issuelinks": _each(_link),
    "assignee": _or_none(_person),
    "reporter": _or_none(_person),
    "creator": _or_none(_person),
    "summary": _summary,
    "description": _rich_text,
    "environment": _rich_text,
    "created": _or_none(_moment),
    "updated": _or_none(_moment),
    "resolutiondate": _or_none(_moment),
    "statuscategorychangedate": _or_none(_moment),
    "duedate": _or_none(_day),
    "timeoriginalestimate": _or_none(_seconds),
    "timeestimate": _or_none(_seconds),
    "timespent": _or_none(_seconds),
    "votes": _counted("votes"),
    "watches": _counted("watchCount"),
}
_EMPTY: Mapping[str, JsonValue] = {
    name: _READERS[name](None)
    for name in (
        "labels",
        "components",
        "fixVersions",
        "versions",
        "subtasks",
        "issuelinks",
        "description",
        "environment",
    )
}
"""What stands for empty where it is not None."""

"""What a delivery's body says happened. Parse tolerantly here; deciding is somebody else's work."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic_core import from_json

from webhooks.delivery import UnreadableError, issue_id, issue_key
from webhooks.surrogates import without_halves


class Kind(StrEnum):
    """What sort of thing happened."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    COMMENT = "comment"
    WORKLOG = "worklog"
    LINK = "link"
    SPRINT = "sprint"
    VERSION = "version"
    PROJECT = "project"
    PERSON_GONE = "person gone"
    """An account was deleted."""
    IGNORED = "ignored"
    HINT = "hint"
    """A body without an event name that points at an issue: Jira Automation, or a script of somebody's."""
    UNKNOWN = "unknown"


HANDLED: Mapping[str, Kind] = {
    "jira:issue_created": Kind.CREATED,
    "jira:issue_updated": Kind.UPDATED,
    "jira:issue_deleted": Kind.DELETED,
    **{f"comment_{verb}": Kind.COMMENT for verb in ("created", "updated", "deleted")},
    **{f"worklog_{verb}": Kind.WORKLOG for verb in ("created", "updated", "deleted")},
    "jira:worklog_updated": Kind.WORKLOG,
    **{f"issuelink_{verb}": Kind.LINK for verb in ("created", "deleted")},
    **{f"sprint_{verb}": Kind.SPRINT for verb in ("created", "updated", "started", "closed", "deleted")},
    **{
        f"jira:version_{verb}": Kind.VERSION
        for verb in ("created", "updated", "released", "unreleased", "moved", "merged", "deleted")
    },
    **{
        f"project_{verb}": Kind.PROJECT
        for verb in (
            "created",
            "updated",
            "deleted",
            "soft_deleted",
            "restored_deleted",
            "archived",
            "restored_archived",
        )
    },
    "user_deleted": Kind.PERSON_GONE,
}
"""Every event name that is decoded. https://developer.atlassian.com/cloud/jira/platform/webhooks/"""

SUBSCRIBED: tuple[str, ...] = (
    *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "issuelink_created", "issuelink_deleted"),
    *(f"sprint_{verb}" for verb in ("created", "updated", "started", "closed", "deleted")),
    *(f"jira:version_{verb}" for verb in ("created", "updated", "released", "unreleased", "moved", "deleted")),
    *(f"project_{verb}" for verb in ("created", "updated", "deleted")),
    "user_deleted",
)
"""What a webhook of ours asks for. Comments and worklogs change nothing that rules read; where an administrator's
own webhook sends them, they lead to a refresh."""

_PROFILE = "nothing of a person's profile is kept"
_SETTING = "a setting of the site; it changes no field of an issue"
_BOARD = "a board; it changes no field of an issue"
_ATTACHMENT = "no rule reads attachments, and the issue's own update is sent beside it"
_PROPERTY = "an issue property; our own provenance is one, and no rule reads others"
_FILTER = "a saved filter; rules hold their JQL themselves"
_TYPE = "an issue type's definition; issues that change their type send an update"
_APP = "an app's own message"

IGNORED: Mapping[str, str] = {
    **{f"user_{verb}": _PROFILE for verb in ("created", "updated")},
    **{
        f"option_{name}_changed": _SETTING
        for name in (
            "voting",
            "watching",
            "unassigned_issues",
            "subtasks",
            "attachments",
            "issuelinks",
            "timetracking",
        )
    },
    **{f"board_{verb}": _BOARD for verb in ("created", "updated", "deleted", "configuration_changed")},
    **{f"attachment_{verb}": _ATTACHMENT for verb in ("created", "deleted")},
    **{f"issue_property_{verb}": _PROPERTY for verb in ("set", "deleted")},
    **{f"filter_{verb}": _FILTER for verb in ("created", "updated", "deleted")},
    **{f"issuetype_{verb}": _TYPE for verb in ("created", "updated", "deleted")},
    "jira_expression_evaluation_failed": _APP,
    "app_access_to_objects_blocked": _APP,
    "app_access_to_objects_in_container_blocked": _APP,
}
"""Event names that Jira may send and that change nothing here, each with its reason."""


@dataclass(frozen=True, slots=True)
class ChangelogItem:
    """One field's change. `from_` and `to` are ids, `from_text` and `to_text` what people see; None where empty."""

    field: str
    field_id: str | None
    """Absent on old sites and for changes that are no field, such as Key."""
    from_: str | None
    to: str | None
    from_text: str | None
    to_text: str | None


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """One thing that happened, to at most one issue."""

    kind: Kind
    event: str
    at: datetime
    """UTC, by Jira's clock; by ours where the body carries no readable moment."""
    issue_id: str | None = None
    issue_key: str | None = None
    fields: Mapping[str, Any] | None = None
    """Raw Jira JSON by field id. A key that is absent is unknown; None where the body carries no fields at all."""
    complete: bool = False
    """Whether `fields` are a whole issue with its `updated`; a thin event only leads to a refresh."""
    actor: str | None = None
    changelog: tuple[ChangelogItem, ...] = ()
    change_id: str | None = None
    """The changelog entry's id, the same that REST gives it; None where the body has none."""
    deleted: bool = False
    moved: bool = False
    """The issue changed its project, and so its key; its id stays."""
    subject: str | None = None
    """Id of the sprint or version, key of the project, account id of the person, where the event is about one."""

    @property
    def raw_issue(self) -> Mapping[str, Any]:
        """The issue as Jira's REST would give it: `{id, key, fields}`."""
        return {"id": self.issue_id, "key": self.issue_key, "fields": self.fields or {}}


def decode(body: bytes, received_at: datetime) -> tuple[IssueEvent, ...]:
    """What the body says, never nothing: a link speaks of two issues, all else of one or none.

    Raises UnreadableError where the body is no JSON object, which the receiver never stores.
    """
    try:
        given = from_json(without_halves(body))
    except ValueError as error:
        raise UnreadableError(f"the body is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise UnreadableError("the body is JSON but not an object; Jira sends an object")
    name = _text(given.get("webhookEvent")) or ""
    at = _moment(given.get("timestamp")) or received_at.astimezone(UTC)
    kind = Kind.IGNORED if name in IGNORED else HANDLED.get(name, Kind.UNKNOWN)
    if not name or kind is Kind.LINK:
        ends = _link_ends(given)
        if ends:
            return tuple(IssueEvent(kind if name else Kind.HINT, name, at, *end, actor=_actor(given)) for end in ends)
    return (_about_issue(given, kind, name, at),)


def _about_issue(given: Mapping[str, Any], kind: Kind, name: str, at: datetime) -> IssueEvent:
    issue = _object(given.get("issue"))
    id, key = _named_issue(given)
    changelog = _changelog(given)
    fields = _fields(issue)
    if not name and (id or key):
        kind = Kind.HINT
    return IssueEvent(
        kind=kind,
        event=name,
        at=at,
        issue_id=id,
        issue_key=key,
        fields=fields,
        complete=kind in _WHOLE and bool(id and key) and _is_whole(fields),
        actor=None if kind is Kind.PERSON_GONE else _actor(given),
        changelog=changelog,
        change_id=_text(_object(given.get("changelog")).get("id")),
        deleted=kind is Kind.DELETED,
        moved=given.get("issue_event_type_name") == "issue_moved" or any(one.field == "Key" for one in changelog),
        subject=_subject(given, kind),
    )


_WHOLE = (Kind.CREATED, Kind.UPDATED, Kind.DELETED)


def _is_whole(fields: Mapping[str, Any] | None) -> bool:
    """A whole issue carries its `updated` and the objects that every issue has; some senders print `[Object]` there."""
    return (
        fields is not None
        and _moment(fields.get("updated")) is not None
        and all(isinstance(fields.get(name), dict) for name in ("project", "issuetype", "status"))
    )


def _fields(issue: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = issue.get("fields")
    return found if isinstance(found, dict) else None


def _named_issue(given: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The issue's id and key from wherever this kind of body holds them."""
    issue = given.get("issue")
    if isinstance(issue, dict):
        return issue_id(issue.get("id")), issue_key(issue.get("key"))
    if found := issue_id(issue) or issue_id(_object(given.get("worklog")).get("issueId")):
        return found, None
    if found := _issue_of_comment(_object(given.get("comment"))):
        return found, None
    if given.get("webhookEvent"):
        return None, issue_key(issue)
    return _typed_by_people(given, issue)


def _typed_by_people(given: Mapping[str, Any], issue: object) -> tuple[str | None, str | None]:
    """A body of Jira Automation: an id or a key under a likely name, or the issue itself (`{id, key, fields}`)."""
    own_key = issue_key(given.get("key"))
    key = issue_key(issue) or issue_key(given.get("issueKey")) or issue_key(given.get("issue_key")) or own_key
    id = issue_id(given.get("issueId")) or issue_id(given.get("issue_id"))
    return id or (issue_id(given.get("id")) if own_key else None), key


_COMMENT_ADDRESS = re.compile(r"/issue/([0-9]{1,19})/comment/")


def _issue_of_comment(comment: Mapping[str, Any]) -> str | None:
    """Data Center's comment events name no issue, but the comment's own address does."""
    found = _COMMENT_ADDRESS.search(_text(comment.get("self")) or "")
    return found[1] if found else None


def _link_ends(given: Mapping[str, Any]) -> list[tuple[str | None, str | None]]:
    """Id and key of the issues that a link joins, in `issueLink`, at the top, or as REST writes a link."""
    link = _object(given.get("issueLink")) or given
    ends: list[tuple[str | None, str | None]] = []
    ends += [(issue_id(link.get(name)), None) for name in ("sourceIssueId", "destinationIssueId")]
    ends += [_id_and_key(_object(link.get(name))) for name in ("inwardIssue", "outwardIssue")]
    return [end for end in dict.fromkeys(ends) if any(end)]


def _id_and_key(issue: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return issue_id(issue.get("id")), issue_key(issue.get("key"))


def _subject(given: Mapping[str, Any], kind: Kind) -> str | None:
    match kind:
        case Kind.SPRINT | Kind.VERSION:
            return issue_id(_object(given.get(kind.value)).get("id"))
        case Kind.PROJECT:
            return _text(_object(given.get("project")).get("key"))
        case Kind.PERSON_GONE:
            return _actor(given)
        case _:
            return None


def _actor(given: Mapping[str, Any]) -> str | None:
    """Whoever caused the event, by id. A comment's or worklog's body may name its author alone."""
    for person in (given.get("user"), *_authors(given.get("comment")), *_authors(given.get("worklog"))):
        known = _object(person)
        for name in ("accountId", "accoundId", "accountID", "key", "name"):
            if found := _text(known.get(name)):
                return found
    return None


def _authors(thing: object) -> tuple[object, object]:
    return _object(thing).get("updateAuthor"), _object(thing).get("author")


def _changelog(given: Mapping[str, Any]) -> tuple[ChangelogItem, ...]:
    items = _object(given.get("changelog")).get("items")
    return tuple(_item(one) for one in items if isinstance(one, dict)) if isinstance(items, list) else ()


def _item(given: Mapping[str, Any]) -> ChangelogItem:
    return ChangelogItem(
        field=_text(given.get("field")) or "",
        field_id=_text(given.get("fieldId")),
        from_=_text(given.get("from")),
        to=_text(given.get("to")),
        from_text=_text(given.get("fromString")),
        to_text=_text(given.get("toString")),
    )


def _object(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _text(given: object) -> str | None:
    """Text, or a number as text; None for all else. NUL, which no column holds, is dropped."""
    if isinstance(given, str):
        return given.replace("\x00", "")
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(given: object) -> datetime | None:
    """A moment in UTC from epoch milliseconds (as number or text) or ISO 8601 with an offset; None for all else.

    Some proxies rewrite the timestamp as local time without a zone; guessing one would be worse than our own clock.
    """
    text = str(given) if isinstance(given, int | str) else ""
    try:
        if text.isascii() and text.isdigit():
            return _EPOCH + timedelta(milliseconds=int(text))
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None

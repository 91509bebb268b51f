"""Changelogs as Jira tells them → entries, with moves of status and assignee, and changes of labels."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from plugin.atlassian.gateways import Entry
from plugin.domain.history import FieldChange
from plugin.domain.issue import LabelChange

Histories = Iterable[Mapping[str, Any]]
"""Each is one edit: `created` (ISO 8601, or epoch milliseconds in Cloud's bulk answer), `author` and `items`."""

MOVES = ("status", "assignee")
"""Fields whose changes are a history's moves."""


def entries(issue_id: str, histories: Histories, account: str) -> Iterator[Entry]:
    """`account` is the author's identifying member. An author who is anonymous is absent."""
    for history in histories:
        yield Entry(
            issue_id=issue_id,
            id=str(history["id"]),
            at=_moment(history["created"]),
            actor=(history.get("author") or {}).get(account),
            fields=frozenset(str(item.get("field") or "") for item in history.get("items") or ()),
            moves=tuple(_moves(issue_id, history)),
        )


def _moves(issue_id: str, history: Mapping[str, Any]) -> Iterator[FieldChange]:
    for item in history.get("items") or ():
        field = item.get("fieldId") or item.get("field")
        if field in MOVES:
            yield FieldChange(
                issue_id=issue_id,
                change_id=str(history["id"]),
                at=_moment(history["created"]),
                field=field,
                from_=str(item["from"]) if item.get("from") else None,
                to=str(item["to"]) if item.get("to") else None,
            )


def label_changes(issue_id: str, histories: Histories, account: str) -> Iterator[LabelChange]:
    """One for each label; Jira writes each side as words between blanks. `account` is the author's identifying member.

    An author who is anonymous is absent.
    """
    for history in histories:
        author = history.get("author") or {}
        actor, at = author.get(account), _moment(history["created"])
        for item in history.get("items") or ():
            if (item.get("fieldId") or item.get("field")) == "labels":
                before, after = (set((item.get(side) or "").split()) for side in ("fromString", "toString"))
                for label in sorted(after - before):
                    yield LabelChange(issue_id=issue_id, at=at, label=label, kind="added", actor=actor)
                for label in sorted(before - after):
                    yield LabelChange(issue_id=issue_id, at=at, label=label, kind="removed", actor=actor)


def _moment(given: int | str) -> datetime:
    if isinstance(given, int) or given.isdigit():
        return datetime.fromtimestamp(int(given) / 1000, UTC)
    return datetime.fromisoformat(given).astimezone(UTC)

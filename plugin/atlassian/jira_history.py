"""Changelogs as Jira tells them → changes of status and of labels."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from plugin.atlassian.gateways import Entry
from plugin.domain.issue import LabelChange, Transition

Histories = Iterable[Mapping[str, Any]]
"""Each is one edit: `created` (ISO 8601, or epoch milliseconds in Cloud's bulk answer), `author` and `items`."""


def transitions(issue_id: str, histories: Histories) -> Iterator[Transition]:
    for history in histories:
        for item in history.get("items") or ():
            if (item.get("fieldId") or item.get("field")) == "status" and item.get("to"):
                left = item.get("from")
                yield Transition(
                    issue_id=issue_id,
                    at=_moment(history["created"]),
                    to_status=str(item["to"]),
                    from_status=str(left) if left else None,
                )


def entries(issue_id: str, histories: Histories, account: str) -> Iterator[Entry]:
    """`account` is the author's identifying member. An author who is anonymous is absent."""
    for history in histories:
        yield Entry(
            issue_id=issue_id,
            id=str(history["id"]),
            at=_moment(history["created"]),
            actor=(history.get("author") or {}).get(account),
            fields=frozenset(str(item.get("field") or "") for item in history.get("items") or ()),
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

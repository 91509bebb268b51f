"""Changelogs as Jira tells them → changes of status."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from plugin.domain.issue import Transition


def transitions(issue_id: str, histories: Iterable[Mapping[str, Any]]) -> Iterator[Transition]:
    """Each history is one edit: `created` (ISO 8601, or epoch milliseconds in Cloud's bulk answer) and its items."""
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


def _moment(given: int | str) -> datetime:
    if isinstance(given, int) or given.isdigit():
        return datetime.fromtimestamp(int(given) / 1000, UTC)
    return datetime.fromisoformat(given).astimezone(UTC)

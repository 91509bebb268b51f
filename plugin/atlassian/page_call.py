"""Calls to one Confluence page, as the throttle and the retry table see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plugin.atlassian.call import Call, Method


@dataclass(frozen=True)
class StoredProperty:
    """A content property as it stands. `version` is its own, not the page's."""

    id: str
    value: Mapping[str, Any]
    version: int


def page_call(method: Method, endpoint: str, what: str, permission: str = "View") -> Call:
    """A call that may be sent again without harm."""
    return Call(method=method, endpoint=endpoint, what=what, subject=True, permission=permission)


def page_call_once(method: Method, endpoint: str, what: str, permission: str) -> Call:
    """A call that the one retry layer must not repeat by itself: its second time is refused or makes a second thing."""
    return page_call(method, endpoint, what, permission).model_copy(update={"idempotent": False})


def moment(told: str | None) -> datetime | None:
    """A moment as Confluence writes it; None where it is absent or in no form that we know."""
    try:
        return datetime.fromisoformat(told).astimezone(UTC) if told else None
    except ValueError:
        return None

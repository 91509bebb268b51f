"""An issue's history → the spans of time in which it was in progress, with whom. Moments are milliseconds in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

WINSOR = 30 * 86_400_000
"""An issue stops counting 30 days after its last event; the next event starts it again."""

IN_PROGRESS = "indeterminate"
"""Jira's key of the category."""


@dataclass(frozen=True, slots=True)
class Span:
    """In progress from `starts` until before `ends`, assigned to `person`, a keyed hash; None: to nobody."""

    person: UUID | None
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class State:
    """An issue's status category, "" where it is unknown, and its assignee."""

    category: str
    person: UUID | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened; what is None in `category`, or not `reassigned`, stayed as it was."""

    at: int
    category: str | None = None
    reassigned: bool = False
    person: UUID | None = None


def spans_of(created: int, initial: State, events: Iterable[Event]) -> list[Span]:
    """The spans in order, disjoint. `events` come in order; one before `created` moves the beginning there.

    The last span ends 30 days after the last event, which may lie ahead: whoever asks bounds it by their own now.
    """
    found: list[Span] = []
    at, state = created, initial
    for event in events:
        _add(found, state, at, event.at)
        at = event.at
        state = State(
            state.category if event.category is None else event.category,
            event.person if event.reassigned else state.person,
        )
    _add(found, state, at, at + WINSOR)
    return found


def _add(found: list[Span], state: State, starts: int, ends: int) -> None:
    ends = min(ends, starts + WINSOR)
    if state.category != IN_PROGRESS or ends <= starts:
        return
    if found and found[-1].ends == starts and found[-1].person == state.person:
        starts = found.pop().starts
    found.append(Span(state.person, starts, ends))

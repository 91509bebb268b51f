"""An issue as conditions read it: each field once, on first use, as what clauses compare with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Issue = Mapping[str, object]
"""Jira's field ids, and `id` and `key`, with the values that `plugin.domain.issue.Snapshot` describes.

A field that is absent is unknown; None, "" and [] are empty."""

Terms = frozenset[str]
"""Names, ids and keys in lower case; none where the field is empty."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Reading(Generic[T]):
    """How one field is read. Every reading is a value of its own: conditions that share it share what was read."""

    field: str
    """Jira's field id."""
    take: Callable[[Issue], T | None]
    """What clauses compare with, falsy where the field is empty; None where it is unknown or has an unknown shape."""


@dataclass(frozen=True)
class Ancestry:
    """The parents above an issue, all levels up."""

    names: Terms
    """Keys, and ids where they are known, in lower case."""
    whole: bool
    """Whether the keys of all of them are among the names; else some may be unknown."""


class _Readings(dict[Reading[T], T | None]):
    """What was read so far; the rest is read when it is asked for."""

    __slots__ = ("_issue",)

    def __init__(self, issue: Issue) -> None:  # without super().__init__(), which takes time and does nothing here
        self._issue = issue

    def __missing__(self, reading: Reading[T]) -> T | None:
        found = self[reading] = reading.take(self._issue)
        return found


class View:
    """One issue, for any number of conditions.

    `now` is needed only by conditions that depend on the clock. Without `ancestry` no more than the parent is known.
    """

    __slots__ = ("_now", "issue", "numbers", "terms", "texts")

    def __init__(self, issue: Issue, now: datetime | None = None, ancestry: Ancestry | None = None) -> None:
        self.issue = issue
        self._now = now
        self.terms: _Readings[Terms] = _Readings(issue)
        self.texts: _Readings[str] = _Readings(issue)
        self.numbers: _Readings[tuple[float, ...]] = _Readings(issue)
        if ancestry is not None:
            self.terms[SEEN_ABOVE] = ancestry.names if ancestry.names or ancestry.whole else None
            self.terms[ALL_ABOVE] = ancestry.names if ancestry.whole else None

    @property
    def now(self) -> datetime:
        """Raises ValueError where the view was made without a time."""
        if self._now is None:
            raise ValueError("this condition depends on the clock: decide it with `now`")
        return self._now


def ancestry(issue: Issue, parents: Mapping[str, object]) -> Ancestry:
    """Climbs from the issue as far as is known; cycles in bad data end.

    `parents` holds, by id and by key, the `parent` of other issues: `{id, key}`, or None for one that has none."""
    names: set[str] = set()
    keyed = True
    above = issue.get("parent", _UNKNOWN)
    while isinstance(above, Mapping):
        own = [str(above[key]) for key in ("id", "key") if above.get(key)]
        keyed = keyed and bool(above.get("key"))
        known = next((one for one in own if one in parents), None)
        seen = names.issuperset(one.lower() for one in own)
        names.update(one.lower() for one in own)
        if seen:
            return Ancestry(frozenset(names), keyed)
        above = parents[known] if known is not None else _UNKNOWN
    return Ancestry(frozenset(names), keyed and is_nothing(above))


_UNKNOWN = object()


def _seen_above(issue: Issue) -> Terms | None:
    known = ancestry(issue, {})
    return known.names if known.names or known.whole else None


def _all_above(issue: Issue) -> Terms | None:
    known = ancestry(issue, {})
    return known.names if known.whole else None


SEEN_ABOVE = Reading[Terms]("parent", _seen_above)
"""The ancestors that are known, None where none is known and there may be some."""
ALL_ABOVE = Reading[Terms]("parent", _all_above)
"""All ancestors, None where some may be unknown."""


def reading_of(field: str, take: Callable[[object], T | None]) -> Reading[T]:
    """Reads the value of one field; a field that is absent is unknown."""

    def from_issue(issue: Issue) -> T | None:
        return take(issue[field]) if field in issue else None

    return Reading(field, from_issue)


def is_nothing(value: object) -> bool:
    """Whether a field is there and empty."""
    return value is None or value in ("", [])


def in_words(value: object) -> str:
    """A field's value for people: names rather than ids, `empty` where there is none."""
    if is_nothing(value):
        return "empty"
    if isinstance(value, Mapping):
        return next((str(value[key]) for key in ("name", "key", "value", "id") if value.get(key)), "")
    if isinstance(value, list):
        return ", ".join(in_words(one) for one in value)
    text = " ".join(str(value).split())
    return text if len(text) <= 120 else f"{text[:119]}…"

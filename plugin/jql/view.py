"""An issue as conditions read it: each field once, on first use, as what clauses compare with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    """The field's values, none in it where the field is empty; None where it is unknown or has an unknown shape."""
    show: Callable[[Issue], str]
    """The field's value in words, for evidence."""


class _Readings(dict[Reading[T], T | None]):
    """What was read so far; the rest is read when it is asked for."""

    def __init__(self, issue: Issue) -> None:
        super().__init__()
        self._issue = issue

    def __missing__(self, reading: Reading[T]) -> T | None:
        found = self[reading] = reading.take(self._issue)
        return found


class View:
    """One issue, for any number of conditions."""

    __slots__ = ("issue", "terms")

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.terms: _Readings[Terms] = _Readings(issue)


def in_words(value: object) -> str:
    """A field's value for people: names rather than ids, `empty` where there is none."""
    if value is None or value in ("", [], {}):
        return "empty"
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("key") or value.get("value") or value.get("id") or "")
    if isinstance(value, list):
        return ", ".join(in_words(one) for one in value)
    return str(value)

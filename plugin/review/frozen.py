"""A review's one form as bytes, what it was built from, and how one week differs from another. Pure."""

import json
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from plugin.domain.frozen import Frozen
from plugin.review.model import BuildFacts, Review, Worked


class Inputs(Frozen):
    """What a review was built from, beside what the store keeps for good: configurations by version, values of metrics
    by when they were read, and the review of the week before."""

    worked: Worked
    facts: BuildFacts
    """Without points and without the configuration of before."""

    @classmethod
    def of(cls, worked: Worked, facts: BuildFacts) -> "Inputs":
        """Without what a verdict rests on: no number asks for it, and the issue's own page keeps it."""
        plain = tuple(
            one.model_copy(update={"verdict": one.verdict.model_copy(update={"evidence": ()})})
            for one in worked.unlinked
        )
        return cls(
            worked=worked.model_copy(update={"unlinked": plain}),
            facts=facts.model_copy(update={"points": {}, "before": None}),
        )

    def packed(self) -> bytes:
        return zlib.compress(self.model_dump_json().encode(), 6)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Inputs":
        return cls.model_validate_json(zlib.decompress(packed))


def canonical(review: Review) -> bytes:
    """JSON in UTF-8 with its keys in order and no blanks: equal for equal reviews, on any machine."""
    told = json.dumps(review.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return told.encode("utf-8", "surrogatepass")


def digest(review: Review) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return sha256(canonical(review)).hexdigest()


_PASSING = {"generated_at", "due_at", "late", "period", "before"}
"""Keys that are other ones in every week, and say nothing about it."""


def differences(one: Review, other: Review) -> Iterator[tuple[str, Any, Any]]:
    """Where two reviews differ: place, what the first says, what the second says. None is what one has not.

    Items of lists are compared by their id where they have one, else by their place.
    """
    yield from _differences("", one.model_dump(mode="json"), other.model_dump(mode="json"))


def changes_between(one: Review, other: Review) -> Iterator[tuple[str, Any, Any]]:
    """The same between two weeks, without what is another one in every week."""
    for place, before, after in differences(one, other):
        if not _PASSING & set(place.split(".")) and place != "week":
            yield place, before, after


def _differences(place: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            yield from _differences(f"{place}.{key}" if place else str(key), one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list):
        yield from _differences(place, _by_id(one), _by_id(other))
    elif one != other:
        yield place, one, other


def _by_id(items: list[Any]) -> dict[str, Any]:
    return {_name_of(one, number): one for number, one in enumerate(items)}


def _name_of(one: Any, place: int) -> str:
    names = ("id", "key", "name", "week") if isinstance(one, Mapping) else ()
    return str(next((one[key] for key in names if key in one), place))

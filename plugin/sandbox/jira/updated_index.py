"""The issues in the order of their `updated`, kept sorted so that a search page never looks at all of them."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime

Place = tuple[datetime, int]
"""Where an issue stands: its `updated` and its id as a number."""


class UpdatedIndex:
    """Places in ascending order. Adding and dropping cost one binary search and one move within a list."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def add(self, place: Place) -> None:
        if not self._places or self._places[-1] < place:
            self._places.append(place)
        else:
            insort(self._places, place)

    def drop(self, place: Place) -> None:
        found = bisect_left(self._places, place)
        if found < len(self._places) and self._places[found] == place:
            del self._places[found]

    def since(self, moment: datetime) -> Iterator[int]:
        """Ids of the issues updated at the moment or later, oldest first."""
        return (id for _, id in self._places[bisect_left(self._places, (moment, 0)) :])

    def after(self, place: Place) -> Iterator[int]:
        """Ids of the issues that stand after the place, oldest first."""
        return (id for _, id in self._places[bisect_right(self._places, place) :])

    def newest(self, count: int) -> list[int]:
        """Ids of the last `count` updated issues, newest first."""
        return [id for _, id in self._places[: -count - 1 : -1]]

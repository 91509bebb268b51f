"""Many issues as their store tells them: only the fields that some conditions read, each as its JSON text.

Most issues of a site share the same few values of most fields, so a text is decoded once and not for each issue.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from plugin.jql.bitsets import Batch, Groups
from plugin.jql.condition import Condition
from plugin.jql.view import Reading, Terms, View

Row = Sequence[str | None]
"""Id and key, then the JSON text of each of the projection's fields; None where the issue lacks the field."""

_REMEMBERED = 1 << 14
"""How many values of one field are remembered from batch to batch."""

_Known = dict[str | None, Terms | None]


class Projection:
    """What to read of issues for these conditions, and how to ask them. Keep it from batch to batch."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        needed = frozenset[str]().union(*(one.needs for one in conditions))
        self.fields = tuple(sorted(needed - {"id", "key"}))
        """Jira's ids of the fields that a row tells, in the row's order."""
        self._known: dict[Reading[Terms], _Known] = defaultdict(_Known)

    def batch(self, rows: Sequence[Row], now: datetime | None = None) -> Batch:
        """Answers these conditions, and no others, for the issues. Of their ancestors only the parents are known."""
        return Batch(_Told(self.fields, self._known, rows, now))


class _Told:
    """Rows, read by column where a term is looked up, and one by one where a text or a time has to be asked."""

    def __init__(
        self, fields: tuple[str, ...], known: dict[Reading[Terms], _Known], rows: Sequence[Row], now: datetime | None
    ) -> None:
        self._places = {"id": 0, "key": 1} | {name: at for at, name in enumerate(fields, 2)}
        self._known, self._rows, self._now = known, rows, now
        self._groups: dict[str, Mapping[str | None, Sequence[int]]] = {}
        self._views: dict[int, View] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> View:
        found = self._views.get(place)
        if found is None:
            found = self._views[place] = View(_Issue(self._places, self._rows[place]), self._now)
        return found

    def groups(self, reading: Reading[Terms]) -> Groups:
        """Places by what is read there."""
        if reading.field == "key":
            return ((reading.take(_Issue(self._places, row)), (place,)) for place, row in enumerate(self._rows))
        return self._read(reading)

    def _read(self, reading: Reading[Terms]) -> Groups:
        known, field = self._known[reading], reading.field
        for text, places in self._by_text(field).items():
            if text in known:
                yield known[text], places
                continue
            terms = reading.take({} if text is None else {field: json.loads(text)})
            if len(places) > 1 and len(known) < _REMEMBERED:
                known[text] = terms
            yield terms, places

    def _by_text(self, field: str) -> Mapping[str | None, Sequence[int]]:
        found = self._groups.get(field)
        if found is None:
            at, made = self._places[field], defaultdict[str | None, list[int]](list)
            for place, row in enumerate(self._rows):
                made[row[at]].append(place)
            found = self._groups[field] = made
        return found


class _Issue(Mapping[str, object]):
    """One row, each field decoded when it is asked for."""

    def __init__(self, places: Mapping[str, int], row: Row) -> None:
        self._places, self._row = places, row

    def __getitem__(self, field: str) -> object:
        """Raises KeyError where the issue lacks the field, and where no condition of the projection reads it."""
        text = self._row[self._places[field]]
        if text is None:
            raise KeyError(field)
        return text if field in ("id", "key") else json.loads(text)

    def __contains__(self, field: object) -> bool:
        """Raises KeyError where no condition of the projection reads the field: whether it is there is not told."""
        return self._row[self._places[str(field)]] is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name, at in self._places.items() if self._row[at] is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

"""The slow reference of the days model: moment by moment, every issue asked what it is doing, in fractions."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

THIRTY_DAYS = 30 * 24 * 3600 * 1000


@dataclass
class Past:
    """One issue: `events` are (moment, category or None, person or None, whether the person changed), in order."""

    created: int
    category: str
    person: str | None
    parent: str | None = None
    events: list[tuple[int, str | None, str | None, bool]] = field(default_factory=list)

    def states(self) -> list[tuple[int, str, str | None]]:
        found = [(self.created, self.category, self.person)]
        for at, category, person, changed in self.events:
            _, before, held = found[-1]
            found.append((at, category or before, person if changed else held))
        return found


Day = tuple[str, int, int]
Worked = dict[tuple[str, str, str], int]
"""(person, day, issue) → millionths."""


def worked(pasts: Mapping[str, Past], days: Sequence[Day], since: int, until: int) -> Worked:
    """What each person did on each day, as far as it lies between since and until; the whole day is what divides."""
    states = {id: one.states() for id, one in pasts.items()}
    edges = {at for found in states.values() for at, _, _ in found}
    edges |= {at + THIRTY_DAYS for at in edges} | {since, until} | {edge for _, a, b in days for edge in (a, b)}
    ordered = sorted(edges)
    times: defaultdict[tuple[str, str], dict[tuple[str, bool], int]] = defaultdict(dict)
    for name, first, last in days:
        marks = [at for at in ordered if first <= at <= last]
        for a, b in pairwise(marks):
            active = {id: person for id, found in states.items() if (person := _at(found, a)) is not None}
            above = {up for id in active for up in _ancestors(pasts, id)}
            for id, person in active.items():
                if id not in above:
                    bucket = times[person, name]
                    key = (id, since <= a and b <= until)
                    bucket[key] = bucket.get(key, 0) + b - a
    found: Worked = {}
    for (person, day), bucket in times.items():
        whole, past = sum(bucket.values()), 0
        starts = next(first for name, first, _ in days if name == day)
        for id in sorted({id for id, _ in bucket}):
            for inside in (True, False) if starts >= since else (False, True):
                upto = past + bucket.get((id, inside), 0)
                if inside and upto > past:
                    part = Fraction(upto, whole) * 1_000_000 // 1 - Fraction(past, whole) * 1_000_000 // 1
                    found[person, day, id] = int(part)
                past = upto
    return found


def _at(states: Sequence[tuple[int, str, str | None]], moment: int) -> str | None:
    place = bisect_right(states, moment, key=lambda one: one[0]) - 1
    if place < 0:
        return None
    at, category, person = states[place]
    return person if category == "indeterminate" and moment < at + THIRTY_DAYS else None


def _ancestors(pasts: Mapping[str, Past], id: str) -> set[str]:
    found: set[str] = set()
    up = pasts[id].parent
    while up and up not in found:
        found.add(up)
        up = pasts[up].parent if up in pasts else None
    return found

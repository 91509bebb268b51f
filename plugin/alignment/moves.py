"""Which issues would be told something else, from where to where. Pure; keeps counts and few names, never issues."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from plugin.domain.verdict import State, Verdict

Way = tuple[str, str]
"""From where to where, both in words."""


def place(verdict: Verdict | None) -> str:
    """Where an issue stands, in the words that moves are counted by."""
    if verdict is None:
        return "never decided"
    if verdict.state is State.ALIGNED:
        return f"aligned with {verdict.objective}"
    return f"{verdict.state} ({verdict.reason})" if verdict.reason else str(verdict.state)


def by_what(verdict: Verdict) -> str:
    """What brings an issue to its place, in a few words; "" where the place says it all."""
    if verdict.missing:
        return f"first {', '.join(verdict.missing)} must be read from Jira"
    if verdict.inherited_from:
        return f"inherited from {verdict.inherited_from}"
    if verdict.how == "override":
        return "a person's label"
    if verdict.how == "link":
        return "the objective's own issue"
    return f"{'class' if verdict.state is State.EXEMPT else 'rule'} {verdict.rule}" if verdict.rule else ""


Moved = tuple[str, str, int, tuple[str, ...]]
"""From where to where, how many, and the names that are kept of them."""


@dataclass
class Moves:
    """Collects moves; at most `most` names are kept for each way, None for all."""

    most: int | None
    counts: Counter[Way] = field(default_factory=Counter)
    names: dict[Way, list[str]] = field(default_factory=dict)

    @classmethod
    def going_on(cls, most: int | None, so_far: Iterable[Moved]) -> "Moves":
        found = cls(most)
        for before, after, count, names in so_far:
            found.counts[before, after] = count
            found.names[before, after] = list(names)
        return found

    @property
    def so_far(self) -> tuple[Moved, ...]:
        return tuple((*way, count, tuple(self.names[way])) for way, count in self.counts.items())

    def add(self, key: str, before: Verdict | None, after: Verdict) -> None:
        """Only a change of state, objective or reason is a move."""
        if after.same_tag(before):
            return
        way = (place(before), place(after))
        self.counts[way] += 1
        names = self.names.setdefault(way, [])
        if self.most is None or len(names) < self.most:
            what = by_what(after)
            names.append(f"{key} ({what})" if what else key)

"""Who stands above whom, over the batch and what is known around it; a circle in the data has no top and no parents."""

from collections.abc import Container, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from itertools import takewhile

from plugin.alignment.facts import Ancestors, Facts
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Verdict
from plugin.jql import Ancestry, ancestry


class Gap(Enum):
    """Why there is no parent to ask."""

    NONE = "the issue has no parent"
    UNKNOWN = "the parent has not been read yet"
    HIDDEN = "there is a parent, but it cannot be seen, or it stands below its own child"


class Family:
    """Finds parents. An issue of the batch comes before what `ancestors` says of the same issue."""

    def __init__(self, batch: Sequence[Facts], ancestors: Ancestors) -> None:
        self._ancestors = ancestors
        self._batch = {one.snapshot.key: one for one in batch} | {one.id: one for one in batch}
        self._circular: set[str] = set()
        self._followed: set[str] = set()
        self.settled = self._settled()
        """Verdicts of earlier batches, by issue id."""
        for one in batch:
            self._find_circle(one)

    def parent(self, facts: Facts) -> Facts | Gap:
        return Gap.HIDDEN if facts.id in self._circular else self._stated_parent(facts)

    def above(self, facts: Facts) -> Iterator[Facts]:
        """The ancestors that can be seen, nearest first."""
        found = self.parent(facts)
        while isinstance(found, Facts):
            yield found
            found = self.parent(found)

    def top_down(self, facts: Facts, decided: Container[str]) -> Sequence[Facts]:
        """The issue with its ancestors up to the first that is decided, the highest first."""
        path = [facts]
        path += takewhile(lambda one: one.id not in decided, self.above(facts))
        return path[::-1]

    def keys(self, facts: Facts) -> Iterator[str]:
        """The issue's own key and those above it, nearest first; the last may be of an issue that cannot be seen."""
        last = facts
        yield facts.snapshot.key
        for one in self.above(facts):
            yield one.snapshot.key
            last = one
        parent = last.snapshot.fields.get("parent")
        if isinstance(parent, dict) and parent.get("key") and last.id not in self._circular:
            yield str(parent["key"])

    def ancestry(self, facts: Facts) -> Ancestry:
        """The parents above the issue as conditions read them. Above one that is hidden from us there is nobody."""
        return ancestry(facts.snapshot.fields, self._parents)

    @cached_property
    def _parents(self) -> Mapping[str, object]:
        """What each issue that is known says of its parent, by id and by key."""
        found: dict[str, object] = {}
        for name, pair in self._ancestors.items():
            if pair is None or pair[0].deleted:
                found[name] = None
            elif "parent" in pair[0].fields:
                found[name] = pair[0].fields["parent"]
        told = {name: one.snapshot.fields for name, one in self._batch.items() if "parent" in one.snapshot.fields}
        return found | {name: fields["parent"] for name, fields in told.items()}

    def _settled(self) -> dict[str, Verdict]:
        pairs = [pair for pair in self._ancestors.values() if pair]
        return {one.id: verdict for one, verdict in pairs if verdict and one.id not in self._batch}

    def _stated_parent(self, facts: Facts) -> Facts | Gap:
        if "parent" not in facts.snapshot.fields:
            return Gap.UNKNOWN
        name = facts.snapshot.parent
        return self._named(name) if name else Gap.NONE

    def _named(self, name: str) -> Facts | Gap:
        if found := self._batch.get(name):
            return found
        if name not in self._ancestors:
            return Gap.UNKNOWN
        pair = self._ancestors[name]
        if pair is None or pair[0].deleted:
            return Gap.HIDDEN
        return self._batch.get(pair[0].id) or _as_facts(*pair)

    def _find_circle(self, facts: Facts) -> None:
        """Marks the circle that the way up from the issue ends in, if it does."""
        path = {facts.id: facts}
        found = self.parent(facts)
        while isinstance(found, Facts) and found.id not in path and found.id not in self._followed:
            path[found.id] = found
            found = self.parent(found)
        self._followed.update(path)
        if isinstance(found, Facts) and found.id in path:
            names = list(path)
            self._circular.update(names[names.index(found.id) :])


def _as_facts(snapshot: Snapshot, verdict: Verdict | None) -> Facts:
    """An issue that was never decided was never written to either: every tag on it is people's."""
    people = frozenset() if verdict else snapshot.labels or frozenset()
    return Facts(snapshot=snapshot, previous=verdict, set_by_people=people)

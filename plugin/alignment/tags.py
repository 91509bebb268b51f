"""Tags that differ from our own log: which they are, and what the issue's history says of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from plugin.alignment.facts import Facts
from plugin.alignment.rulebook import RuleBook
from plugin.domain.issue import LabelChange


class Log(Protocol):
    """What our log of writes says of one issue's labels."""

    @property
    def put(self) -> Collection[str]:
        """Labels that a confirmed write put there."""
        ...

    @property
    def adding(self) -> Collection[str]:
        """Labels that were sent and never confirmed."""
        ...

    @property
    def taking(self) -> Collection[str]:
        """Labels whose removal was sent and never confirmed."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """How the tags on an issue differ from what is known of them."""

    missing: frozenset[str]
    """Ours by the log, and not on the issue."""
    strange: frozenset[str]
    """On the issue, put there neither by us nor, as far as is known, by a person."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.strange)


def difference(facts: Facts, book: RuleBook, active: Collection[str], log: Log) -> Difference:
    """What no event has explained. A write of ours that may still be on its way is not missing."""
    labels = facts.snapshot.labels
    if labels is None:
        return Difference(frozenset(), frozenset())
    flag = book.tag.unlinked_label
    tags = {one for one in labels if one == flag or book.objective_of(one) in active}
    return Difference(
        missing=facts.ours - labels - frozenset(log.adding),
        strange=frozenset(tags - facts.ours - facts.set_by_people),
    )


@dataclass
class Explanation:
    """What became of the labels that differ."""

    by_people: list[LabelChange] = field(default_factory=list)
    not_ours: set[str] = field(default_factory=set)
    """Labels that our log takes for ours and that are not on the issue."""
    there: set[str] = field(default_factory=set)
    """Labels that came to the issue after it was read."""
    not_there: set[str] = field(default_factory=set)
    """Labels that left the issue after it was read."""


def explain(
    facts: Facts, different: Difference, log: Log, history: Sequence[LabelChange] | None, me: str | None
) -> Explanation:
    """`history` is the issue's own, None where it cannot be had: then a difference counts as a person's.

    Only a removal by our account that our log knows is ours: administrators may use our account for their own edits.
    """
    last = {one.label: one for one in sorted(history or (), key=lambda one: one.at)}
    found = Explanation()
    for label in sorted(different.missing):
        change = last.get(label)
        if change and change.kind == "added":
            found.there.add(label)
            continue
        found.not_ours.add(label)
        ours = change is not None and change.actor == me and label in log.taking
        if change and not ours:
            found.by_people.append(change)
        elif change is None and label in log.put:
            found.by_people.append(_by_somebody(facts, label, "removed"))
    for label in sorted(different.strange):
        change = last.get(label)
        if change and change.kind == "removed":
            found.not_there.add(label)
        else:
            found.by_people.append(change or _by_somebody(facts, label, "added"))
    return found


def _by_somebody(facts: Facts, label: str, kind: Literal["added", "removed"]) -> LabelChange:
    """Jira does not tell who or when, as of labels that an issue was created with."""
    return LabelChange(issue_id=facts.id, at=facts.snapshot.updated, label=label, kind=kind, actor=None)

"""What is known of one issue when it is aligned and planned for."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Facts:
    """One issue, with what the past tells of its labels."""

    snapshot: Snapshot
    previous: Verdict | None = None
    """The last verdict, None for an issue that was never decided."""
    ours: frozenset[str] = frozenset()
    """Labels that our log of writes says we put there."""
    taken_away: frozenset[str] = frozenset()
    """Labels of ours that a person removed; they are never put back."""
    set_by_people: frozenset[str] = frozenset()
    """Labels with our prefix that people put there; only those still on the issue count."""
    chosen: frozenset[str] = frozenset()
    """Those of them that people chose in the console: they count before we have written them."""

    @property
    def id(self) -> str:
        return self.snapshot.id


Ancestors = Mapping[str, tuple[Snapshot, Verdict | None] | None]
"""Parents that are not in the batch, by id and by key, as many levels up as are known.

A parent that was never decided has None for its verdict and is decided in passing. None instead of the pair: Jira was
asked and does not show the parent. A parent that is absent here and from the batch is unknown.
"""

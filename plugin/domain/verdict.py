"""What we say of an issue, and what follows from it on the issue."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from plugin.domain.frozen import Frozen


class State(StrEnum):
    ALIGNED = "aligned"
    EXEMPT = "exempt"
    UNALIGNED = "unaligned"
    OUT_OF_SCOPE = "out of scope"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why an issue is unaligned; the words are the ones that people read."""

    NO_PARENT = "no parent"
    PARENT_WITHOUT_OBJECTIVE = "parent without objective"
    NO_RULE = "no rule"
    OBJECTIVE_ENDED = "objective ended"
    RULES_DISAGREE = "two rules disagree"
    NEW = "new"


How = Literal["override", "rule", "inherited", "link", "exempt"]


class Seen(Frozen):
    """One clause that mattered, and the value that it met."""

    clause: str
    value: str


class Verdict(Frozen):
    """The answer for one issue, with what it rests on."""

    state: State
    product: str | None = None
    """None only where no product's scope holds the issue."""
    objective: str | None = None
    """The objective's id; set exactly when the state is aligned (or undecided with a previous objective kept)."""
    reason: Reason | None = None
    """Set exactly when the state is unaligned."""
    how: How | None = None
    rule: str | None = None
    """The id of the rule or exempt class that decided."""
    why: str = ""
    """The rule's why, or for an inherited verdict the words that name the parent."""
    inherited_from: str | None = None
    """Key of the ancestor whose verdict this issue takes."""
    evidence: tuple[Seen, ...] = ()
    conflict: tuple[str, ...] = ()
    """Ids of the rules that named another objective at the same priority."""
    missing: tuple[str, ...] = ()
    """Fields that were unknown and that the decision needed; only when undecided."""
    version: int = 0
    """Version of the configuration that decided."""

    def same_tag(self, other: "Verdict | None") -> bool:
        """Only a change of state, objective or reason is a change."""
        return other is not None and (self.state, self.objective, self.reason) == (
            other.state,
            other.objective,
            other.reason,
        )


class LinkWords(Frozen):
    """The remote link that people see on the issue."""

    title: str
    summary: str
    url: str
    resolved: bool = False


class Change(Frozen):
    """What has to be written to one issue: one edit, and one link where its words changed.

    `provenance` is the issue property's value, None where it has to be removed. `link` is None where the link has to be
    removed; `link_changed` says whether either happens at all.
    """

    issue_id: str
    issue_key: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    provenance: dict[str, str | int | list[str] | None] | None = None
    link: LinkWords | None = None
    link_changed: bool = False
    edited: bool = False
    """The edit is on the issue already; only the link is left."""
    erased: bool = False
    """Untagging: what we ever put there goes, the property itself as well; the issue is as if we had not been."""

    @property
    def project(self) -> str:
        """The key of the issue's project, as its own key tells."""
        return self.issue_key.rpartition("-")[0]


class Decided(Frozen):
    """A verdict of the past: one line of an issue's history."""

    issue_id: str
    at: datetime
    verdict: Verdict

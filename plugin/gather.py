"""What a batch of deliveries says, issue by issue. Pure: decoding and coalescing, no deciding."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from plugin.domain.issue import Snapshot
from webhooks.events import IGNORED, ChangelogItem, IssueEvent, Kind, decode

Read = Callable[[Mapping[str, Any]], Snapshot]


class Body(Protocol):
    """A claimed delivery."""

    @property
    def id(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def received_at(self) -> datetime: ...


class Outcome(NamedTuple):
    """What became of a delivery, in one of our words, and why."""

    outcome: str
    reason: str = ""


@dataclass
class Group:
    """All that one batch says of one issue. `name` is its id, or its key where nobody gave the id."""

    name: str
    events: list[IssueEvent] = field(default_factory=list)
    deliveries: list[str] = field(default_factory=list)
    snapshot: Snapshot | None = None
    """The newest whole issue among the events; None where all are thin."""
    thin: bool = False
    deleted: bool = False

    def add(self, delivery: str, event: IssueEvent, read: Read) -> None:
        self.events.append(event)
        if delivery not in self.deliveries:
            self.deliveries.append(delivery)
        self.deleted |= event.deleted
        if not event.complete:
            self.thin |= not event.deleted
            return
        seen = read(event.raw_issue)
        if self.snapshot is None or seen.updated >= self.snapshot.updated:
            self.snapshot = seen

    def merge(self, other: "Group") -> None:
        """The same issue under another name: some events gave its id, others its key alone."""
        for event in other.events:
            self.events.append(event)
        self.deliveries += [one for one in other.deliveries if one not in self.deliveries]
        self.thin |= other.thin
        self.deleted |= other.deleted
        if other.snapshot and (self.snapshot is None or other.snapshot.updated >= self.snapshot.updated):
            self.snapshot = other.snapshot


@dataclass
class Gathered:
    """A batch of deliveries, sorted by what they need. `settled` are those that speak of no issue."""

    groups: dict[str, Group] = field(default_factory=dict)
    settled: dict[str, Outcome] = field(default_factory=dict)


def gather(claimed: Iterable[Body], read: Read) -> Gathered:
    """Decodes the bodies and brings together what they say of each issue; `read` makes snapshots of whole ones."""
    found = Gathered()
    for one in claimed:
        for event in decode(one.body, one.received_at):
            name = event.issue_id or event.issue_key
            if name is None or event.kind is Kind.IGNORED:
                found.settled[one.id] = _without_issue(event)
            else:
                found.groups.setdefault(name, Group(name)).add(one.id, event, read)
    return found


def label_change(items: Iterable[ChangelogItem]) -> tuple[frozenset[str], frozenset[str]]:
    """The labels that a changelog added, and those that it removed; Jira writes each side as words between blanks."""
    before: set[str] = set()
    after: set[str] = set()
    for item in items:
        if is_label_item(item):
            before.update((item.from_text or "").split())
            after.update((item.to_text or "").split())
    return frozenset(after - before), frozenset(before - after)


def is_label_item(item: ChangelogItem) -> bool:
    return (item.field_id or item.field) == "labels"


def _without_issue(event: IssueEvent) -> Outcome:
    match event.kind:
        case Kind.IGNORED:
            return Outcome("ignored", IGNORED[event.event])
        case Kind.UNKNOWN:
            return Outcome("unknown", f"no event of ours: {event.event or 'no name'}")
        case Kind.SPRINT | Kind.VERSION | Kind.PROJECT:
            return Outcome("noted", f"about a {event.kind}; issues that it changes send their own")
        case _:
            return Outcome("unknown", f"{event.event} names no issue")

"""What a batch of deliveries says, issue by issue. Pure: decoding and coalescing, no deciding."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal, NamedTuple, Protocol

from plugin.domain.history import FieldChange
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


@dataclass(frozen=True)
class Told:
    """One event of one delivery. `place` is its position in the batch; `whole` is None where the event is thin."""

    place: int
    delivery: str
    event: IssueEvent
    whole: Snapshot | None


@dataclass
class Group:
    """All that one batch says of one issue, in the order in which it came."""

    told: list[Told] = field(default_factory=list)

    @property
    def events(self) -> list[IssueEvent]:
        return [one.event for one in self.told]

    @property
    def deliveries(self) -> list[str]:
        return [one.delivery for one in self.told]

    @property
    def thin(self) -> bool:
        """Whether some event says too little: the issue has to be read from Jira."""
        return any(one.whole is None and not one.event.deleted for one in self.told)

    @property
    def wholly_thin(self) -> bool:
        return all(one.whole is None and not one.event.deleted for one in self.told)

    @property
    def deleted(self) -> bool:
        return any(one.event.deleted for one in self.told)

    def merged(self, other: "Group") -> "Group":
        """The same issue under another name: some events gave its id, others its key alone."""
        return Group(sorted(self.told + other.told, key=lambda one: one.place))


@dataclass
class Course:
    """What a group comes to, event by event as if they had come alone, so that batches of any size say the same."""

    newest: Snapshot | None = None
    """The newest whole issue; what it leaves out, older ones of the same batch may tell."""
    deleted: bool = False
    endings: list[Outcome | None] = field(default_factory=list)
    """One for each event; None where the issue's verdict will tell."""
    asking: list[int] = field(default_factory=list)
    """Positions of the events for whose sake Jira is asked: the thin ones; where all are whole, the first."""

    relabelled: bool = False
    """Whether the newest shows other labels than were known: an event that was on its way during a write of ours
    hid what we wrote, until the echo brings it back."""

    @property
    def undecided(self) -> list[int]:
        return [at for at, one in enumerate(self.endings) if one is None]


def follow(group: Group, known: Snapshot | None, fresh: Snapshot | None) -> Course:
    """`known` is the issue before this batch, `fresh` what Jira shows now; None where there is no such thing."""
    course = Course(deleted=known.deleted if known else False)
    until = known.updated if known else None
    for at, one in enumerate(group.told):
        shown = None if one.event.deleted else fresh
        ending = _ending(one, shown, until, course.deleted)
        course.endings.append(ending)
        if ending is None and (one.whole is None or not (group.thin or course.asking)):
            course.asking.append(at)
        if ending is not _STALE:
            told = [each for each in (one.whole, shown if at in course.asking else None) if each]
            until = max([each.updated for each in told] + ([until] if until else []), default=None)
            course.deleted = course.deleted and not told
            course.newest = _over(one.whole, course.newest)
        if one.event.deleted:
            _delete(course)
    course.relabelled = course.newest is not None and course.newest.labels not in (None, known and known.labels)
    return course


GONE = Outcome("gone", "Jira does not show the issue")
_STALE = Outcome("stale", "older than what is known")


def _ending(one: Told, shown: Snapshot | None, until: datetime | None, deleted: bool) -> Outcome | None:
    if one.event.deleted:
        return Outcome("deleted")
    if one.whole is None:
        return None if shown else GONE
    at = one.whole.updated
    # An issue's last update may arrive behind its deletion and must not raise it from the dead.
    return _STALE if until and (at < until or (deleted and at == until)) else None


def _delete(course: Course) -> None:
    course.deleted = True
    overtaken = Outcome("deleted", "before it was decided")
    course.endings = [overtaken if one in (None, GONE) else one for one in course.endings]


def _over(later: Snapshot | None, earlier: Snapshot | None) -> Snapshot | None:
    if later is None or earlier is None:
        return later or earlier
    if later.updated < earlier.updated:
        return earlier
    return later.model_copy(update={"fields": {**earlier.fields, **later.fields}})


@dataclass
class Gathered:
    """A batch of deliveries by issue: by its id, or its key where nobody gave the id. `settled` speak of no issue."""

    groups: dict[str, Group] = field(default_factory=dict)
    settled: dict[str, Outcome] = field(default_factory=dict)
    projects: dict[str, bool] = field(default_factory=dict)
    """Key → whether the project is there, by the last event that deleted, archived or restored it."""
    otherwise: dict[Kind, set[str]] = field(default_factory=dict)
    """Ids of the sprints, versions and people that are no more what issues say of them."""


_PROJECT_IS_THERE = {
    "project_deleted": False,
    "project_soft_deleted": False,
    "project_archived": False,
    "project_restored_deleted": True,
    "project_restored_archived": True,
}
"""Its issues go and come with it, and send no events of their own."""

_BEGINNINGS = ("sprint_created", "jira:version_created", "jira:version_moved")
"""No issue is in it yet, or nothing that an issue says of it changed."""


def gather(claimed: Iterable[Body], read: Read) -> Gathered:
    """Decodes the bodies and brings together what they say of each issue; `read` makes snapshots of whole ones."""
    found = Gathered()
    places = count()
    for one in claimed:
        for event in decode(one.body, one.received_at):
            name = event.issue_id or event.issue_key
            if event.subject and event.event in _PROJECT_IS_THERE:
                found.projects[event.subject] = _PROJECT_IS_THERE[event.event]
            if event.subject and _is_otherwise(event):
                found.otherwise.setdefault(event.kind, set()).add(event.subject)
            if name is None or event.kind is Kind.IGNORED:
                found.settled[one.id] = _without_issue(event)
            else:
                whole = read(event.raw_issue) if event.complete else None
                found.groups.setdefault(name, Group()).told.append(Told(next(places), one.id, event, whole))
    return found


def _is_otherwise(event: IssueEvent) -> bool:
    return event.kind in (Kind.SPRINT, Kind.VERSION, Kind.PERSON_GONE) and event.event not in _BEGINNINGS


def label_change(items: Iterable[ChangelogItem]) -> tuple[frozenset[str], frozenset[str]]:
    """The labels that a changelog added, and those that it removed; Jira writes each side as words between blanks."""
    before: set[str] = set()
    after: set[str] = set()
    for item in items:
        if is_label_item(item):
            before.update((item.from_text or "").split())
            after.update((item.to_text or "").split())
    return frozenset(after - before), frozenset(before - after)


_SIGNS = (Kind.UPDATED, Kind.COMMENT, Kind.WORKLOG, Kind.LINK)


def history_of(issue_id: str, event: IssueEvent) -> Iterator[FieldChange]:
    """What the event adds to the issue's history; an edit or a comment that moved nothing is still a sign of life."""
    if event.kind not in _SIGNS:
        return
    entry = event.change_id or f"{event.event} {event.at.isoformat()}"
    moves = [one for one in event.changelog if (one.field_id or one.field) in ("status", "assignee")]
    for one in moves:
        field: Literal["status", "assignee"] = "status" if (one.field_id or one.field) == "status" else "assignee"
        yield FieldChange(
            issue_id=issue_id, change_id=entry, at=event.at, field=field, from_=one.from_ or None, to=one.to or None
        )
    if not moves:
        yield FieldChange(issue_id=issue_id, change_id=entry, at=event.at, field="other")


def is_label_item(item: ChangelogItem) -> bool:
    return (item.field_id or item.field) == "labels"


def _without_issue(event: IssueEvent) -> Outcome:
    match event.kind:
        case Kind.IGNORED:
            return Outcome("ignored", IGNORED[event.event])
        case Kind.UNKNOWN:
            return Outcome("unknown", f"no event of ours: {event.event or 'no name'}")
        case Kind.SPRINT | Kind.VERSION | Kind.PROJECT | Kind.PERSON_GONE:
            return _about_another(event)
        case _:
            return Outcome("unknown", f"{event.event} names no issue")


def _about_another(event: IssueEvent) -> Outcome:
    if event.kind is Kind.PERSON_GONE:
        return Outcome("forgotten", "who it was is forgotten; what issues say of the account is asked again")
    if event.event in _PROJECT_IS_THERE:
        return Outcome("project", f"its issues {'came back' if _PROJECT_IS_THERE[event.event] else 'went'} with it")
    if _is_otherwise(event):
        return Outcome("noted", f"what issues say of this {event.kind} is asked again where a rule needs it")
    return Outcome("noted", f"about a {event.kind}; issues that it changes send their own")

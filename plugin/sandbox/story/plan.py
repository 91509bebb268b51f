"""From what the streams do to when each thing happened: every issue with its key, its dates and its changes. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from plugin.sandbox.jira.fields import IssueFields
from plugin.sandbox.story.calendar import Quarters, WorkingTime
from plugin.sandbox.story.teams import LEAD, LINKS, TEAMS
from plugin.sandbox.story.words import Epic, Pace, Team, Work

SEED = 47
_DAYS = {"Story": (1.5, 4.0), "Task": (1.0, 3.0), "Bug": (1.0, 2.5), "urgent": (0.4, 2.0), "loose": (30.0, 40.0)}
_REVIEW = {"Story": (0.4, 1.5), "Task": (0.3, 1.0), "Bug": (0.3, 1.0), "urgent": (0.2, 0.8), "loose": (5.0, 9.0)}
"""Working days in progress and in review. Loose work is what is still going on."""
_BANDS: dict[Pace, tuple[float, float]] = {"steady": (0.52, 0.84), "surging": (0.08, 0.9), "starved": (0.72, 0.74)}
"""Which part of an epic's work began before the last four weeks, and which has begun at all."""
_RECENT, _AHEAD = -20.0, 10.0
_LATELY = 1.3
"""Above 1, more work begins in the last of these weeks than in the first."""
_OLD_BUGS = 0.5
_STILL_WRONG = (
    "Opened again: one shop still sees it, with a cached page.",
    "Opened again: fixed for new sessions, not for those that were open.",
    "Opened again: came back with this morning's release, the fix was not merged into it.",
    "Opened again: the test account behaves, two real ones do not.",
)


@dataclass(frozen=True)
class Event:
    """Something that somebody did to an issue: fields that were set, or words that were said."""

    at: datetime
    key: str
    by: str
    fields: IssueFields = field(default_factory=IssueFields)
    words: str = ""
    link: tuple[str, str] | None = None
    """The type and the other issue's key of a link that the issue is the source of."""


@dataclass
class Issue:
    """One issue on its way into the story. Places are working days, as `WorkingTime` counts them."""

    team: Team
    work: Work
    kind: str
    start: float
    created: float = 0.0
    above: "Issue | None" = None
    version: str | None = None
    name: str = ""
    """The epic's name in the story."""
    review: float = 0.0
    end: float = 0.0
    assignee: str = ""
    reporter: str = ""
    key: str = ""


@dataclass(frozen=True)
class Plan:
    """The story before it is told. `issues` are in the order of their creation."""

    today: date
    quarters: Quarters
    time: WorkingTime
    issues: tuple[Issue, ...]
    events: tuple[Event, ...]

    def epic(self, name: str) -> str:
        """The key of the epic that the story calls so."""
        return next(one.key for one in self.issues if one.name == name)


def plan(today: date, seed: int = SEED) -> Plan:
    """The same day gives the same plan."""
    random, time, quarters = Random(seed), WorkingTime(today), Quarters.around(today)  # noqa: S311 a story, not a secret
    first = float(time.place(quarters.before.first))
    turn = min(float(time.place(quarters.running.first)), -45.0)
    issues: list[Issue] = []
    for team in TEAMS:
        placed = _Placing(team, random, first, turn)
        issues += placed.all()
        _assign(team, issues[-len(placed.issues) :], random)
    issues.sort(key=lambda one: (one.created, one.team.project, one.work.summary))
    for team in TEAMS:
        for number, one in enumerate((one for one in issues if one.team is team), team.first):
            one.key = f"{team.project}-{number}"
    events = sorted([*_events(issues, time, random), *_links(issues, time)], key=lambda one: one.at)
    return Plan(today, quarters, time, tuple(issues), tuple(events))


class _Placing:
    """Puts one team's work into time, between `first`, the `turn` of the quarters, and today."""

    def __init__(self, team: Team, random: Random, first: float, turn: float) -> None:
        self.team, self.random, self.first, self.turn = team, random, first, turn
        self.issues: list[Issue] = []

    def all(self) -> list[Issue]:
        for epic in self.team.epics:
            self.epic(epic)
        self.urgent()
        self.loose()
        self.long_ago()
        return self.issues

    def epic(self, epic: Epic) -> None:
        starts = list(self.starts(epic.pace, len(epic.work)))
        top = self.add(Work(epic.summary, epic.text, "Epic", epic.components, epic.labels), "Epic", starts[0] - 3)
        top.version, top.name, top.created = epic.version, epic.name, starts[0] - 12
        for work, start in zip(epic.work, starts, strict=True):
            one = self.add(work, work.type, start)
            one.above, one.version = top, epic.version
            waits = self.between(25, 40) if epic.pace == "starved" else self.between(1.2, 7)
            one.created = max(top.created + 0.3, min(start - self.between(4, 18), -waits))
            self.steps(one)
        top.end = max(one.end for one in self.issues if one.above is top) + 1.5 if epic.pace == "over" else 99.0
        top.review = top.end - 0.5

    def steps(self, above: Issue) -> None:
        """Sub-tasks fill the time in which their parent is in progress."""
        length = (above.review - above.start) / max(1, len(above.work.steps))
        for number, summary in enumerate(above.work.steps):
            one = self.add(Work(summary, "", "Sub-task"), "Sub-task", above.start + number * length)
            one.above, one.created = above, above.created + 0.1 + number * 0.01
            one.review = one.end = one.start + length * 0.95

    def starts(self, pace: Pace, count: int) -> Iterator[float]:
        """Where the pieces of an epic begin, in their order."""
        for number in range(count):
            part = (number + 0.5) / count
            if pace == "over":
                place = self.first + 3 + part * (self.turn - self.first - 8)
            else:
                place = self.running(part, *_BANDS[pace])
            yield place + self.between(-0.3, 0.3)

    def running(self, part: float, early: float, begun: float) -> float:
        if part < early:
            return self.turn + part / early * (_RECENT - self.turn)
        if part < begun:
            return _RECENT * float(((begun - part) / (begun - early)) ** _LATELY) - 0.4
        return 0.5 + (part - begun) / (1 - begun) * _AHEAD

    def urgent(self) -> None:
        """Of the bugs of two quarters most are remembered from the last four weeks."""
        count = len(self.team.lights)
        for number, work in enumerate(self.team.lights):
            part = (number + 0.5) / count
            if part < _OLD_BUGS:
                start = self.first + part / _OLD_BUGS * (_RECENT - self.first)
            else:
                start = _RECENT * (1 - part) / (1 - _OLD_BUGS) - 0.1
            one = self.add(work, "urgent", start + self.between(-0.3, 0.3))
            one.created = one.start - self.between(0.05, 0.6)

    def loose(self) -> None:
        for number, work in enumerate(self.team.loose):
            one = self.add(work, "loose", -1.5 - number * 1.7 - self.between(0, 1))
            one.created = one.start - self.between(2, 9)
        for number, work in enumerate(self.team.earlier):
            one = self.add(work, work.type, -24 + number * 17 / len(self.team.earlier) + self.between(0, 2))
            one.created = one.start - self.between(1, 9)

    def long_ago(self) -> None:
        count = len(self.team.long_ago)
        for number, work in enumerate(self.team.long_ago):
            one = self.add(work, work.type, self.first + 6 + number * (self.turn - self.first - 12) / count)
            one.created = one.start - self.between(1, 6)

    def add(self, work: Work, kind: str, start: float) -> Issue:
        one = Issue(self.team, work, kind, start)
        if kind in _DAYS:
            one.review = start + self.between(*_DAYS[kind])
            one.end = one.review + self.between(*_REVIEW[kind])
        self.issues.append(one)
        return one

    def between(self, low: float, high: float) -> float:
        return self.random.uniform(low, high)


def _assign(team: Team, issues: Sequence[Issue], random: Random) -> None:
    """Whoever has least in hand when it begins takes it; sub-tasks stay with their parent's assignee."""
    busy: dict[str, list[float]] = {name: [] for name in team.people}
    for one in sorted((one for one in issues if one.kind != "Sub-task"), key=lambda one: one.start):
        names = random.sample(team.people, len(team.people))
        one.assignee = min(names, key=lambda name: sum(end > one.start for end in busy[name]))
        one.reporter = LEAD if one.kind == "Epic" else random.choice(team.people)
        if one.kind != "Epic":
            busy[one.assignee].append(one.end)
    for one in issues:
        if one.above and one.kind == "Sub-task":
            one.assignee = one.reporter = one.above.assignee


def _events(issues: Iterable[Issue], time: WorkingTime, random: Random) -> Iterator[Event]:
    for one in issues:
        for place, by, fields, words in _journey(one, random):
            yield Event(time.at(place), one.key, by, fields, words)


def _links(issues: Iterable[Issue], time: WorkingTime) -> Iterator[Event]:
    """Whoever takes the second of two issues up sees what it has to do with the first."""
    by_summary = {one.work.summary: one for one in issues}
    for source, type, destination in LINKS:
        one, other = by_summary[source], by_summary[destination]
        place = max(one.created, other.created) + 0.2
        yield Event(time.at(place), one.key, other.reporter, link=(type, other.key))


Moment = tuple[float, str, IssueFields, str]


def _journey(one: Issue, random: Random) -> Iterator[Moment]:
    """Along the board: in progress, in review, released, and for a half of it verified a week later."""
    who = one.assignee
    yield one.start, who, {"status": "In Progress", "assignee": who}, ""
    talk = len(one.work.said)
    for number, words in enumerate(one.work.said, 1):
        yield one.start + (one.end - one.start) * number / (talk + 0.5), who, {}, words
    if one.kind == "Sub-task":
        yield one.end, who, {"status": "Done"}, ""
        return
    yield one.review, who, {"status": "In Review"}, ""
    end = one.end
    if one.kind == "urgent" and random.random() < 0.09:
        yield end, who, {"status": "Released", "resolution": "Fixed"}, ""
        yield end + 0.8, one.reporter, {"status": "In Progress", "resolution": None}, random.choice(_STILL_WRONG)
        end += 1.6
    yield end, who, _released(one), ""
    if one.kind in {"Story", "Epic"} and random.random() < 0.6:
        yield end + random.uniform(4, 9), one.reporter, {"status": "Verified"}, ""


def _released(one: Issue) -> IssueFields:
    if one.work.type == "Task":
        return {"status": "Done"}
    return {"status": "Released", "resolution": "Fixed" if one.work.type == "Bug" else "Done"}

"""The teams keep working: issues are written, moved and talked about, and webhooks tell of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from threading import Event, RLock, Thread

from pydantic import BaseModel, ConfigDict, Field

from plugin.sandbox.jira.catalogue import DONE, INDETERMINATE
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.fields import IssueFields, NewFields
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue
from plugin.sandbox.story.words import Work


@dataclass(frozen=True)
class Idea:
    """Work that a team has not written down yet. `under` is the key of the epic that it will be part of."""

    project: str
    work: Work
    under: str | None = None


@dataclass(frozen=True)
class Tie:
    """What somebody will do about an unlinked issue: fields that make it part of something."""

    key: str
    fields: IssueFields
    words: str = ""


@dataclass(frozen=True)
class Cast:
    """Who works on a site, along which board, and what they will do besides. `board` begins with what waits.

    `ends` names the last status of issue types that end elsewhere than at the end of the board.
    """

    people: Mapping[str, Sequence[str]]
    board: tuple[str, ...]
    ends: Mapping[str, str] = field(default_factory=dict)
    ideas: tuple[Idea, ...] = ()
    ties: tuple[Tie, ...] = ()
    remarks: tuple[str, ...] = ("Looked at it together; more tomorrow.",)


class Order(BaseModel):
    """How to go on: seconds between steps, and after how many to end (None: never)."""

    model_config = ConfigDict(extra="forbid")
    pause: float = Field(default=2.5, ge=0, le=3600)
    steps: int | None = Field(default=None, ge=0)


class Teams:
    """Makes one believable change a step. The same seed makes the same steps, as long as only the teams change issues.

    What others do in the meantime is respected: an issue that is gone, or done, is left alone.
    """

    def __init__(self, jira: JiraSite, cast: Cast, seed: int = 47) -> None:
        self.jira, self.cast = jira, cast
        self.steps = 0
        self._random = Random(seed)  # noqa: S311 a story, not a secret
        self._ideas, self._ties = list(cast.ideas), list(cast.ties)
        self._random.shuffle(self._ideas)
        self._open = sorted(one.number for one in jira.issues.values() if one.project in cast.people and _is_work(one))
        self._finished: list[int] = []
        self._lock = RLock()
        self._stopping = Event()
        self._thread: Thread | None = None

    # -- one step -----------------------------------------------------------------------------------------------------

    def step(self) -> str:
        """Does one thing and says it in a sentence."""
        with self._lock, self.jira.lock:
            self.steps += 1
            choices: list[tuple[Callable[[], str | None], int]] = [
                (self._move, 45),
                (self._talk, 25),
                (self._write, 14),
                (self._tie, 8),
                (self._raise_priority, 4),
                (self._reopen, 3),
            ]
            while choices:
                [(act, weight)] = self._random.choices(choices, [one for _, one in choices])
                if words := act():
                    return words
                choices.remove((act, weight))
            return "There is nothing left to do."

    def _move(self) -> str | None:
        """What has begun comes before what waits."""
        issue = self._some(lambda one: one.status.category is INDETERMINATE) if self._random.random() < 0.7 else None
        issue = issue or self._some(lambda one: True)
        if issue is None:
            return None
        status = self._next(issue)
        fields = IssueFields(status=status)
        by = self._person(issue)
        if issue.assignee is None:
            fields["assignee"] = by
        if issue.type.name == "Bug" and self.jira.catalogue.status(status).category is DONE:
            fields["resolution"] = "Fixed"
        self.jira.edit_issue(issue.key, by=by, **fields)
        if issue.status.category is DONE:
            self._finished.append(issue.number)
        return f"{by} moved {issue.key} to {status}."

    def _reopen(self) -> str | None:
        """Something that the teams finished turns out not to be; this is what is left when all else is done."""
        if not self._finished:
            return None
        issue = self.jira.issues.get(str(self._finished.pop(self._random.randrange(len(self._finished)))))
        if issue is None or issue.status.category is not DONE:
            return None
        by, status = self._person(issue), self.cast.board[1]
        self.jira.edit_issue(issue.key, by=by, status=status)
        self._open.append(issue.number)
        return f"{by} opened {issue.key} again."

    def _talk(self) -> str | None:
        issue = self._some(lambda one: one.status.category is INDETERMINATE)
        if issue is None:
            return None
        said = {one.body for one in issue.comments}
        remarks = [one for one in self.cast.remarks if one not in said]
        if not remarks:
            return None
        words, by = self._random.choice(remarks), self._person(issue)
        self.jira.comment(issue.key, words, by=by)
        return f"{by} said on {issue.key}: {words}"

    def _write(self) -> str | None:
        if not self._ideas:
            return None
        idea = self._ideas.pop()
        by, work = self._random.choice(self.cast.people[idea.project]), idea.work
        fields = NewFields(type=work.type, priority=work.priority, components=work.components, labels=work.labels)
        fields["description"] = work.text or None
        if idea.under and self.jira.find(idea.under):
            fields["parent"] = idea.under
        made = self.jira.create_issue(idea.project, work.summary, by=by, **fields)
        self._open.append(made.number)
        return f"{by} wrote {made.key}: {work.summary}"

    def _tie(self) -> str | None:
        while self._ties:
            tie = self._ties.pop(self._random.randrange(len(self._ties)))
            issue = self.jira.find(tie.key)
            if issue is None or issue.status.category is DONE:
                continue
            by = self._person(issue)
            self.jira.edit_issue(issue.key, by=by, **tie.fields)
            if tie.words:
                self.jira.comment(issue.key, tie.words, by=by)
            return f"{by} made {issue.key} part of something."
        return None

    def _raise_priority(self) -> str | None:
        issue = self._some(lambda one: one.type.name == "Bug" and one.priority.name == "Medium")
        if issue is None:
            return None
        by = self._person(issue)
        self.jira.edit_issue(issue.key, by=by, priority="High")
        return f"{by} raised the priority of {issue.key}."

    def _some(self, wanted: Callable[[Issue], bool]) -> Issue | None:
        """An issue that is not done, any of the wanted ones alike."""
        found = [self.jira.issues.get(str(number)) for number in self._open]
        standing = [one for one in found if one and one.status.category is not DONE]
        if len(standing) < len(found):
            self._open = [one.number for one in standing]
        chosen = [one for one in standing if wanted(one)]
        return self._random.choice(chosen) if chosen else None

    def _next(self, issue: Issue) -> str:
        """The next column; from a status that is not on the board back into work."""
        board = self.cast.board
        place = board.index(issue.status.name) if issue.status.name in board else 0
        if place + 2 < len(board):
            return board[place + 1]
        return self.cast.ends.get(issue.type.name, board[-1])

    def _person(self, issue: Issue) -> str:
        """Mostly whoever has it; anybody of the team where nobody does."""
        names = self.cast.people[issue.project]
        known = self.jira.catalogue.people.get(issue.assignee or "")
        return known.name if known and known.name in names else self._random.choice(names)

    # -- on and on ----------------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, pause: float, steps: int | None = None) -> None:
        """A step every `pause` seconds from a thread of its own, `steps` of them or until `stop`."""
        self.stop()
        self._stopping = Event()
        self._thread = Thread(target=self._run, args=(self._stopping, pause, steps), name="teams", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when the last step is done."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def _run(self, stopping: Event, pause: float, steps: int | None) -> None:
        made = 0
        while (steps is None or made < steps) and not stopping.wait(pause):
            try:
                self.step()
            except JiraError:
                continue  # somebody took a name away that the step needed, such as a component
            finally:
                made += 1


def _is_work(issue: Issue) -> bool:
    return issue.type.level < 1 and issue.status.category is not DONE

"""What a story is written in: pieces of work, epics that hold them, and the streams that do them."""

from dataclasses import dataclass, replace
from typing import Literal

Pace = Literal["over", "steady", "surging", "starved"]
"""How an epic's work lies in time: over with the last quarter, or running, and then evenly, lately much or hardly."""


@dataclass(frozen=True)
class Work:
    """One piece of work as a team writes it down. `text` is wiki text; `steps` are its sub-tasks."""

    summary: str
    text: str
    type: str = "Story"
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    priority: str = "Medium"
    steps: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """Comments, in their order."""


@dataclass(frozen=True)
class Epic:
    """`name` is what the configuration calls it by; nobody sees it in Jira."""

    name: str
    summary: str
    text: str
    pace: Pace
    work: tuple[Work, ...]
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    version: str | None = None
    """The fix version of the epic and of all its work."""


@dataclass(frozen=True)
class Team:
    """A stream's project, its people and all that they do. Keys count from `first`: what is older was archived."""

    project: str
    name: str
    first: int
    people: tuple[str, ...]
    components: tuple[str, ...]
    versions: tuple[str, ...]
    epics: tuple[Epic, ...]
    lights: tuple[Work, ...]
    """Bugs of high priority that serve no objective: what is broken is mended first."""
    loose: tuple[Work, ...]
    """Work of this very week that nothing ties to an objective of the running quarter."""
    earlier: tuple[Work, ...]
    """The same, of the weeks before."""
    long_ago: tuple[Work, ...]
    """The same, of the quarter before."""


def story(summary: str, text: str, at: str = "", *, steps: tuple[str, ...] = (), said: tuple[str, ...] = ()) -> Work:
    """What somebody will notice. `at` names its component and its labels: `Basket #promised #fiscal`."""
    return _work("Story", summary, text, at, steps, said)


def task(summary: str, text: str, at: str = "", *, said: tuple[str, ...] = ()) -> Work:
    """What has to be done so that something else can be."""
    return _work("Task", summary, text, at, (), said)


def bug(summary: str, text: str, at: str = "", *, said: tuple[str, ...] = ()) -> Work:
    """What does not do what it should, and can wait."""
    return _work("Bug", summary, text, at, (), said)


def broken(summary: str, text: str, at: str = "", *, said: tuple[str, ...] = ()) -> Work:
    """A bug that cannot wait for the next plan."""
    return replace(bug(summary, text, at, said=said), priority="High")


def down(summary: str, text: str, at: str = "", *, said: tuple[str, ...] = ()) -> Work:
    """A bug for which somebody is woken up."""
    return replace(bug(summary, text, at, said=said), priority="Highest")


def _work(  # noqa: PLR0913, PLR0917 behind the constructors above, which are what the story is written with
    type: str, summary: str, text: str, at: str, steps: tuple[str, ...], said: tuple[str, ...]
) -> Work:
    component, *labels = at.split(" #")
    return Work(summary, text, type, (component,) if component else (), tuple(labels), steps=steps, said=said)

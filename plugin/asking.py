"""Asking Jira for issues: what was asked, what came, what it does not show."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.gateways import JiraGateway
from plugin.domain.issue import Snapshot
from plugin.gather import whole
from plugin.store import snapshots

SHOWN = ("summary", "issuetype", "project", "status", "priority", "labels", "parent", "assignee", "created", "updated")
"""Fields that pages and explanations show, whatever the rules need."""


@dataclass(frozen=True)
class Surroundings:
    """What the path needs from its edges. `book` gives the rules in force, None before the first apply."""

    engine: Engine
    jira: JiraGateway
    book: Callable[[], RuleBook | None]
    link_url: Callable[[Connection], str]
    clock: Callable[[], datetime]


@dataclass
class Asked:
    """Everything that was read from Jira in one piece of work, so that nothing is asked for twice."""

    names: set[str] = field(default_factory=set)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def found(self, name: str) -> Snapshot | None:
        """By id or key."""
        return self.snapshots.get(name) or next((one for one in self.snapshots.values() if one.key == name), None)

    def store(self, connection: Connection, now: datetime) -> None:
        snapshots.upsert(connection, self.snapshots.values())
        snapshots.hide(connection, self.hidden, now)


def fields_to_read(book: RuleBook | None) -> list[str]:
    """Jira's ids of all fields that a snapshot should know."""
    return sorted({*SHOWN, *(book.needs if book else ())})


def ask(jira: JiraGateway, book: RuleBook | None, names: Collection[str], so_far: Asked) -> None:
    """Reads the issues that were not asked for before. Raises what the gateway raises, and then adds nothing."""
    wanted = set(names) - so_far.names
    if not wanted:
        return
    fields = fields_to_read(book)
    for raw in jira.read(sorted(wanted), fields):
        one = known_to_be(whole(raw), fields)
        so_far.snapshots[one.id] = one
    so_far.names |= wanted
    so_far.hidden |= {name for name in wanted if so_far.found(name) is None}


def known_to_be(snapshot: Snapshot, asked: Iterable[str]) -> Snapshot:
    """A field that Jira was asked for and left out is empty, or unknown to the whole site: not unknown to us."""
    missing = {field: None for field in asked if field not in snapshot.fields}
    return snapshot.model_copy(update={"fields": {**snapshot.fields, **missing}}) if missing else snapshot

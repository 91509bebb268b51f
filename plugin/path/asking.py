"""Asking Jira for issues: what was asked, what came, what it does not show."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.errors import Gone, Permanent
from plugin.atlassian.gateways import JiraGateway
from plugin.domain.issue import LabelChange, Snapshot
from plugin.domain.jira_site import JiraSite
from plugin.domain.reading import read_issue
from plugin.path.decide import Questions
from plugin.path.site import read_site
from plugin.path.tags import Histories
from plugin.store import sites, snapshots, unshown

logger = logging.getLogger(__name__)

SHOWN = (
    *("summary", "issuetype", "project", "status", "priority", "labels", "parent", "assignee"),
    *("created", "updated", "resolutiondate", "components", "issuelinks"),
)
"""Fields that pages and explanations show, and that likenesses rest on, whatever the rules need."""


class FieldMap:
    """The site's fields as the store knows them: on Data Center the one that holds a story's epic; and who we are."""

    def __init__(self, jira: JiraGateway, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._jira, self._engine, self._clock = jira, engine, clock
        self._known: sites.Known | None = None
        self._me: str | None = None

    def site(self) -> JiraSite:
        """Read from Jira where the store does not know it yet; raises what the gateway raises then."""
        with self._engine.connect() as connection:
            revision = sites.revision(connection)
            if revision and (self._known is None or self._known.revision != revision):
                self._known = sites.known(connection)
        if self._known is None:
            read_site(self._engine, self._jira, self._clock())
            return self.site()
        return self._known.site

    def myself(self) -> str:
        """Our account; a token's account does not change, so it is asked for once."""
        if self._me is None:
            self._me = self._jira.myself()
        return self._me

    def estimates(self) -> list[str]:
        """Ids of the fields that hold an issue's estimate in points; raises what the gateway raises.

        https://support.atlassian.com/jira-software-cloud/docs/what-are-story-points-in-jira/
        """
        names = ("Story point estimate", "Story Points")
        return sorted(filter(None, map(self.site().field_called, names)))

    def epic_link(self) -> str | None:
        """None on Cloud, where `parent` tells; raises what the gateway raises."""
        if self._jira.dialect == "cloud":
            return None
        return self.site().field_called("Epic Link")


@dataclass(frozen=True)
class Surroundings:
    """What the path needs from its edges. `book` gives the rules in force, None before the first apply."""

    engine: Engine
    jira: JiraGateway
    fields: FieldMap
    book: Callable[[], RuleBook | None]
    link_url: Callable[[Connection], str]
    clock: Callable[[], datetime]

    def fields_to_read(self) -> list[str]:
        """Jira's ids of all fields that a snapshot should know. Raises what the gateway raises."""
        book, epic = self.book(), self.fields.epic_link()
        return sorted({*SHOWN, *(book.needs if book else ()), *([epic] if epic else ()), *self.fields.estimates()})

    def read(self, names: Sequence[str]) -> list[Snapshot]:
        """The issues of these ids or keys, fresh; those that Jira does not show are left out."""
        asked = self.fields_to_read()
        return [self.snapshot(raw, asked) for raw in self.jira.read(names, asked)]

    def snapshot(self, raw: Mapping[str, Any], asked: Collection[str] = ()) -> Snapshot:
        """A whole issue as Jira gave it. A field of `asked` that it left out is empty, not unknown."""
        return read_issue(raw, epic_link=self.fields.epic_link(), asked=asked)


@dataclass
class Asked:
    """Everything that was read from Jira in one piece of work, so that nothing is asked for twice."""

    names: set[str] = field(default_factory=set)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    histories: Histories = field(default_factory=Histories)

    def left_of(self, questions: Questions) -> Questions:
        """Those that were not asked yet."""
        return Questions(questions.issues - self.names, questions.tags - self.histories.of.keys())

    def found(self, name: str) -> Snapshot | None:
        """By id or key."""
        return self.snapshots.get(name) or next((one for one in self.snapshots.values() if one.key == name), None)

    def store(self, connection: Connection, now: datetime) -> None:
        snapshots.upsert(connection, self.snapshots.values())
        unshown.hide(connection, self.hidden, now)


def ask(around: Surroundings, questions: Questions, so_far: Asked) -> None:
    """Asks what was not asked before. Raises what the gateway raises, and then adds nothing of what it raised for."""
    wanted = so_far.left_of(questions)
    if wanted.issues:
        so_far.snapshots |= {one.id: one for one in around.read(sorted(wanted.issues))}
        so_far.names |= wanted.issues
        so_far.hidden |= {name for name in wanted.issues if so_far.found(name) is None}
    if wanted.tags:
        so_far.histories.me = around.fields.myself()
        so_far.histories.of |= _histories(around.jira, sorted(wanted.tags))


def _histories(jira: JiraGateway, ids: Sequence[str]) -> dict[str, Sequence[LabelChange] | None]:
    try:
        told = jira.label_history(ids)
    except (Gone, Permanent) as error:
        if isinstance(error, Permanent) and error.forbidden:
            raise
        logger.warning("Jira does not tell who changed the labels of %d issues: %s", len(ids), error)
        return dict.fromkeys(ids)
    return {id: [one for one in told if one.issue_id == id] for id in ids}

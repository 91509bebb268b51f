"""What the site says of itself: read daily, kept in the store, and used by every process that compiles rules."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from plugin.alignment.rulebook import RuleBook
from plugin.alignment.site import deciding, site_facts
from plugin.atlassian.gateways import JiraGateway
from plugin.configuration.bounds import project_keys
from plugin.domain.jira_site import JiraSite
from plugin.domain.product import Configuration
from plugin.jql import SiteFacts
from plugin.store import configurations, progress, sites, snapshots
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)
FACT = "rules on this site"

_MOST = 100
"""Projects whose versions are read where no scope names its projects: each takes a call."""


def site_due(connection: Connection, now: datetime) -> bool:
    """Whether the site was never read, or a day ago."""
    at = sites.read_at(connection)
    return at is None or now - at >= EVERY


def read_site(engine: Engine, jira: JiraGateway, now: datetime) -> JiraSite:
    """Reads the site and stores what it says. Raises what the gateway raises, and then what was known stays.

    Where it says something else by which the rules in force decide, all issues are looked at again.
    """
    with engine.connect() as connection:
        active, before = configurations.active(connection), sites.known(connection)
    found = jira.site(_with_versions(active, before.site if before else None))
    if before is None and active is None and found.projects:
        found = jira.site(sorted(found.projects)[:_MOST])
    with engine.begin() as connection:
        sites.store(connection, found, now)
        told = before.site if before else None
        if active and deciding(site_facts(told), active) != deciding(site_facts(found), active):
            snapshots.look_at_all(connection, now)
    return found


def _with_versions(active: Configuration | None, before: JiraSite | None) -> list[str]:
    """The projects that the scopes name; those of the site where one names none."""
    scopes = [project_keys(one.scope) for one in active.products] if active else []
    if scopes and all(scopes):
        return sorted(frozenset[str]().union(*(keys for keys in scopes if keys)))
    return sorted(before.projects)[:_MOST] if before else []


class Books:
    """The rules in force, compiled once per version and process for the site as it is known. Safe to call from several
    threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._book: RuleBook | None = None
        self._made_for = (0, 0)

    def __call__(self) -> RuleBook | None:
        with self._lock, self._engine.connect() as connection:
            wanted = configurations.active_version(connection), sites.revision(connection)
            if wanted[0] and self._made_for != wanted:
                self._book = known_book(connection)
                self._made_for = wanted
        return self._book


def known_book(connection: Connection, configuration: Configuration | None = None) -> RuleBook | None:
    """The configuration, or else the one in force, compiled for the site as the store knows it; None where none is."""
    wanted = configuration or configurations.active(connection)
    return RuleBook(wanted, known_facts(connection, wanted.site.time_zone)) if wanted else None


def known_facts(connection: Connection, zone: str = "UTC") -> SiteFacts:
    """What the store knows of the site, for compiling conditions."""
    known = sites.known(connection)
    return site_facts(known.site if known else None, zone)


def note_lost(connection: Connection, book: RuleBook, now: datetime) -> None:
    """Raises the check where rules ask what cannot be decided on this site (any more), and ends it where none does."""
    lost = list(_lost(book))
    words = " · ".join(lost) if lost else "every rule can be decided on this site"
    progress.note(connection, Fact(name=FACT, ok=not lost, words=words, at=now))


def _lost(book: RuleBook) -> Iterator[str]:
    for place, sentence in book.lost:
        yield f"{place} is undecided: {sentence}"

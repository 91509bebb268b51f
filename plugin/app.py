"""The only composition root: Settings → a wired application, as a web process, a worker, or a cadence.

What one of these alone needs, and the client libraries, are imported where they are used: a worker holds no web
framework, and a web process that asks Jira nothing holds no client.
"""

import logging
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from plugin.admin.drafts import make_plans
from plugin.atlassian.errors import DoorError
from plugin.atlassian.gateways import ConfluenceGateway, JiraGateway
from plugin.cadence import MINUTE, Cadence
from plugin.domain.product import Configuration
from plugin.jobs import Bell, Kind, Waker, end_stalled, work
from plugin.metrics.collect import Collect
from plugin.metrics.collect import due as metrics_due
from plugin.metrics.sources.secrets import Secrets
from plugin.metrics.sources.source import Around, SourceError
from plugin.path import digest, sync, write
from plugin.path.asking import FieldMap, Surroundings
from plugin.path.deletes import Deletes, deletes_due
from plugin.path.digest import Digest
from plugin.path.scope import Scope
from plugin.path.site import Books, note_lost, read_site, site_due
from plugin.path.sweep import Sweep, sweep_due
from plugin.path.write import Writer
from plugin.settings import Settings
from plugin.store import drafts, engine_for, progress, reviews
from plugin.store.pauses import StoredPauses
from plugin.weekly import publishing
from plugin.weekly.closing import close_quarter, closing_due
from plugin.weekly.comparing import compare, compare_due
from plugin.weekly.publishing import Publishing, due
from plugin.weekly.running_week import RunningWeek, drafts_due
from plugin.weekly.standing import StandingPages, standing_due
from webhooks.inbox import Inbox

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


_REMEMBERED = timedelta(days=90)
"""How long the inbox answers what became of a delivery."""


@dataclass(frozen=True)
class Leases:
    """How long rows stay with a worker that says nothing; then another one takes them over."""

    digest: timedelta = digest.LEASE
    write: timedelta = write.LEASE
    review: timedelta = publishing.LEASE
    sweep: timedelta = sync.LEASE


@dataclass(frozen=True)
class Application:
    """Everything, wired. Nothing is connected before it is used."""

    settings: Settings
    database_url: str
    clock: Callable[[], datetime] = _now
    leases: Leases = Leases()

    @cached_property
    def engine(self) -> Engine:
        return engine_for(self.database_url, connections=8)

    @cached_property
    def jira(self) -> JiraGateway:
        from plugin.atlassian.connect import connect_jira

        return connect_jira(self.settings.jira, pauses=StoredPauses(self.engine))

    @cached_property
    def fields(self) -> FieldMap:
        return FieldMap(self.jira, self.engine, self.clock)

    @cached_property
    def confluence(self) -> ConfluenceGateway:
        from plugin.atlassian.connect import connect_confluence

        return connect_confluence(self.settings.confluence, pauses=StoredPauses(self.engine))

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.engine, self.settings.inbox_limit)

    @cached_property
    def waker(self) -> Waker:
        return Waker(self.database_url)

    @cached_property
    def around(self) -> Surroundings:
        return Surroundings(
            engine=self.engine,
            jira=self.jira,
            fields=self.fields,
            book=Books(self.engine),
            link_url=self._link_url,
            clock=self.clock,
        )

    @cached_property
    def owner(self) -> str:
        """Who holds a lease: machine, process."""
        return f"{socket.gethostname()}:{os.getpid()}"

    def digest(self) -> None:
        """The task `digest`: wakes the writer where there is something to write."""
        if self._digest().run():
            self.waker.wake("write")
        wait = self.inbox.due_in()
        if wait is not None:
            self.waker.wake_later("digest", wait)

    def write(self) -> None:
        wait = Writer(self.around, self.owner, self.leases.write).run()
        if wait is not None:
            self.waker.wake_later("write", wait)
        if self._digest().look():
            self.waker.wake("write")

    def sweep(self) -> None:
        Sweep(self.around, self.leases.sweep).run()
        self.waker.wake("digest")
        self.waker.wake("write")
        self.waker.wake("review")

    def site(self) -> None:
        """The task `site`: what the site says of itself, and which rules it leaves undecided."""
        now = self.clock()
        try:
            read_site(self.engine, self.jira, now)
        except DoorError as error:
            with self.engine.begin() as connection:
                progress.note(connection, progress.Fact(name="jira", ok=False, words=str(error), at=now))
            return
        book = self.around.book()
        if book:
            with self.engine.begin() as connection:
                note_lost(connection, book, now)
            self.waker.wake("digest")

    def deletes(self) -> None:
        Deletes(self.around, self.leases.sweep).run()
        self.waker.wake("digest")
        self.waker.wake("write")

    @cached_property
    def collector(self) -> Collect:
        return Collect(self.engine, self._metric_sources, self.clock)

    def collect(self) -> None:
        self.collector.run()

    def compare(self) -> None:
        compare(self.around)

    def review(self) -> None:
        self.collect()
        with self.engine.connect() as connection:
            stale = compare_due(connection, self.clock())
        if stale:
            self.compare()
        Publishing(self.around, self.confluence, self.owner, self.leases.review).run()
        RunningWeek(self.around, self.confluence, self.owner, self.leases.review).run()
        StandingPages(self.around, self.confluence, self.owner).run()

    def close_quarter(self) -> None:
        close_quarter(self.around)

    def plan(self) -> None:
        """The task `plan`: plans of drafts that admins asked for in the console."""
        make_plans(self.engine, self.owner, self.clock)

    def tick(self, now: datetime) -> None:
        """What is due: the digest and the writer always look, which costs two questions where there is nothing."""
        ended = end_stalled(self.database_url)
        if ended:
            logger.warning("%d jobs of workers that are gone were ended; their rows are taken again", ended)
        self.inbox.forget(_REMEMBERED)
        wanted: list[Kind] = ["digest", "write"]
        with self.engine.connect() as connection:
            if site_due(connection, now):
                wanted.append("site")
            if sweep_due(connection, now):
                wanted.append("sweep")
            if (book := self.around.book()) and deletes_due(connection, now, Scope.of(book).name):
                wanted.append("deletes")
            if metrics_due(connection, now):
                wanted.append("collect")
            if due(connection, now) or drafts_due(connection, now) or standing_due(connection):
                wanted.append("review")
            if compare_due(connection, now):
                wanted.append("compare")
            if closing_due(connection, now):
                wanted.append("close")
            if drafts.plans_wait(connection):
                wanted.append("plan")
        for kind in wanted:
            self.waker.wake(kind)

    def close(self) -> None:
        """Lets go of the database; the application is not used any more."""
        self.waker.close()
        self.engine.dispose()

    def _digest(self) -> Digest:
        return Digest(self.around, self.inbox, self.owner, self.leases.digest)

    def _metric_sources(self, configuration: Configuration) -> Around:
        zone = ZoneInfo(configuration.site.time_zone)
        return Around(
            hosts=configuration.site.metric_hosts,
            secrets=Secrets(os.environ),
            folder=self.settings.config,
            count=self._count,
            today=lambda now: now.astimezone(zone).date(),
        )

    def _count(self, jql: str) -> int:
        try:
            return self.jira.count(jql)
        except DoorError as error:
            raise SourceError(str(error)) from error

    def _link_url(self, connection: Connection) -> str:
        """Where a remote link leads: to the newest review, and before there is one to Confluence itself."""
        return reviews.newest_url(connection) or self.settings.confluence.url


def wire(settings: Settings | None = None, clock: Callable[[], datetime] = _now) -> Application:
    """Raises SettingsError, or ValueError where no database is given: its supervisor tells each part the URL."""
    found = settings or Settings.read()
    if found.database_url is None:
        raise ValueError("PLUMBLINE_DATABASE_URL is not set; `plumbline up` starts an embedded PostgreSQL and sets it")
    return Application(found, found.database_url, clock)


def create_web() -> "Flask":
    """The web application, for granian: receiver, API, console and checks."""
    return web(wire())


def web(application: Application) -> "Flask":
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from plugin.api.door import ApiDoor
    from plugin.api.metrics import metrics_blueprint
    from plugin.api.reviews import reviews_blueprint
    from plugin.checks import Checks, checks_blueprint
    from plugin.console import Console, add_console
    from webhooks.receiver import Door, blueprint

    settings = application.settings
    bell = Bell(lambda: application.waker.wake("digest"))
    bearer, url_token = settings.webhook_bearer, settings.webhook_url_token
    door = Door(
        secrets=tuple(one.get_secret_value() for one in settings.webhook_secrets),
        tokens=(bearer.get_secret_value(),) if bearer else (),
        url_token=url_token.get_secret_value() if url_token else None,
        max_body=settings.max_body_bytes,
    )
    flask = Flask("plumbline")
    flask.extensions["bell"] = bell
    flask.register_blueprint(blueprint(application.inbox, door, bell.ring))
    held = settings.metrics_token
    api = ApiDoor(application.engine, held.get_secret_value() if held else None)
    flask.register_blueprint(metrics_blueprint(application.engine, api, application.clock))
    flask.register_blueprint(reviews_blueprint(application.engine, api))
    checks = Checks(application.engine, application.inbox)
    flask.register_blueprint(checks_blueprint(checks))
    if settings.proxies:
        flask.wsgi_app = ProxyFix(flask.wsgi_app, *[settings.proxies] * 3)  # type: ignore[method-assign]
    wake, where_from = application.waker.wake, settings.organisation
    add_console(
        flask, Console(application.engine, application.around.book, checks, application.clock, wake, where_from)
    )
    return flask


def run_worker(application: Application) -> None:
    """Works until told to end."""
    work(
        application.database_url,
        {
            "digest": application.digest,
            "write": application.write,
            "site": application.site,
            "sweep": application.sweep,
            "deletes": application.deletes,
            "collect": application.collect,
            "review": application.review,
            "close": application.close_quarter,
            "plan": application.plan,
            "compare": application.compare,
        },
    )


def run_cadence(application: Application, every: int = MINUTE) -> None:
    """Ticks every so many seconds until told to end."""
    cadence = Cadence(application.tick, every)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: cadence.stop())
    cadence.run()

"""The whole house around one sandbox, in one process: real HTTP both ways, a real database, no job queue in between."""

import contextlib
import hashlib
import hmac
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests
from sqlalchemy import func, update
from werkzeug.serving import make_server

from plugin.app import Application, web, wire
from plugin.configuration import load
from plugin.domain.product import (
    Configuration,
    Grace,
    Objective,
    Product,
    ProductFacts,
    ReviewPlan,
    Rule,
    Site,
    Stream,
)
from plugin.domain.week import Quarter
from plugin.path.deletes import Compared, Deletes
from plugin.path.digest import Digest
from plugin.path.sweep import Sweep
from plugin.path.write import Writer
from plugin.sandbox.faults import LosingTheAnswer
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.serve import RunningSandbox
from plugin.sandbox.story import tell as story
from plugin.sandbox.story.configuration import write_configuration
from plugin.settings import Settings
from plugin.store import configurations
from plugin.store.tables import change
from plugin.weekly.publishing import Publishing
from plugin.weekly.standing import StandingPages
from tests.described import wrap
from webhooks.events import SUBSCRIBED

SECRET = "It's a Secret to Everybody"
OBJECTIVE = "checkout-1"
TAG = f"objective-{OBJECTIVE}"
FLAG = "no-objective"


@dataclass
class MovableClock:
    """Now, and as far ahead of it as a test says."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class House:
    """One sandbox, one database, one application, and the steps that a worker would take."""

    sandbox: RunningSandbox
    app: Application
    url: str
    clock: "MovableClock"
    environment: Mapping[str, str] = field(default_factory=dict)

    def apply(self, configuration: Configuration) -> int:
        with self.app.engine.begin() as connection:
            return configurations.apply(connection, configuration, "a test", "because")

    def sweep(self) -> int:
        return Sweep(self.app.around).run()

    def compare(self, believe: bool = False) -> Compared:
        """The id sweep."""
        found = Deletes(self.app.around).run(believe)
        assert found is not None
        return found

    def digest(self) -> int:
        return Digest(self.app.around, self.app.inbox, "a test").run()

    def write(self) -> float | None:
        return Writer(self.app.around, "a test").run()

    def review(self) -> None:
        Publishing(self.app.around, self.app.confluence, "a test").run()

    def stand(self) -> None:
        StandingPages(self.app.around, self.app.confluence, "a test").run()

    def listen(self) -> None:
        """From now on the sandbox sends its webhooks to us."""
        self.app.jira.register_webhook("plumbline", f"{self.url}/webhooks/jira", SUBSCRIBED, SECRET)

    def post(self, body: bytes) -> int:
        """A signed delivery of these very bytes; the status of its answer."""
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={signature}", "Content-Type": "application/json"}
        return requests.post(f"{self.url}/webhooks/jira", body, headers=headers, timeout=10).status_code

    def settle(self) -> None:
        """Until nothing is on its way: not from the sandbox, not in the inbox, not to the sandbox."""
        for _ in range(20):
            assert self.sandbox.sender.drained(30)
            self.digest()
            self.write()
            if not self.sandbox.sender.waiting and not self.app.inbox.waiting().number:
                return
        raise AssertionError("the path does not run dry")

    def write_until_done(self) -> None:
        """Also what waits for a later try: the test's clock does not wait for the database's."""
        for _ in range(5):
            if self.write() is None:
                return
            with self.app.engine.begin() as connection:
                connection.execute(update(change).values(due_at=func.now()))
        raise AssertionError("changes are still waiting")

    def later(self, by: timedelta) -> None:
        """Our clock goes forward; Jira's does not."""
        self.clock.ahead += by

    def calls(self, method: str, path: str = "") -> int:
        """How many calls of that kind the sandbox was asked."""
        asked = list(self.sandbox.app.extensions["faults"].requests)
        return sum(one.method == method and path in one.path for one in asked)

    def lose_the_answer(self, method: str, path: str) -> None:
        self.sandbox.app.extensions["faults"].add(LosingTheAnswer(method=method, path=path))

    def summary(self) -> dict[str, str]:
        """What the sandbox contains, as the demo reads it."""
        found: dict[str, str] = requests.get(f"{self.sandbox.url}/sandbox/summary", timeout=10).json()
        return found

    def labels(self, key: str) -> set[str]:
        return set(self.sandbox.jira.issue(key).labels)


@contextlib.contextmanager
def housed(
    database: str,
    dialect: Dialect = "cloud",
    *,
    plain: bool = False,
    jira: JiraSite | None = None,
    as_wired: Callable[[Application], Application] = lambda app: app,
    **settings: str,
) -> Iterator[House]:
    """A house whose Jira and Confluence are a fresh sandbox, held to the published descriptions unless `plain`.

    `as_wired` may give another application in place of the one that was wired, before any part of it is used.
    """
    wrapper = None if plain else wrap(dialect)
    with RunningSandbox(dialect, jira, wrapper) as sandbox, tempfile.TemporaryDirectory() as folder:
        clock = MovableClock()
        given = {"PLUMBLINE_CONFIG": folder, **environment(sandbox, database), **settings}
        app = as_wired(wire(Settings.read(given), clock))
        with _served(app) as url:
            yield House(sandbox, app, url, clock, given)
        app.close()


def tell_the_story(house: House) -> None:
    """The sandbox gets the demo's story, and the house its configuration; then everything is read, tagged, reviewed."""
    now = house.clock()
    told = story.tell(house.sandbox.jira, house.sandbox.confluence, now)
    write_configuration(house.app.settings.config, told.plan)
    house.apply(load(house.app.settings.config, now.date()))
    house.sweep()
    house.write()
    house.app.collect()
    house.app.compare()
    house.review()
    house.stand()


def environment(sandbox: RunningSandbox, database: str) -> Mapping[str, str]:
    service = sandbox.jira.catalogue.service
    context = "/wiki" if sandbox.dialect == "cloud" else "/confluence"
    return {
        "PLUMBLINE_DATABASE_URL": database,
        "PLUMBLINE_JIRA_URL": sandbox.url,
        "PLUMBLINE_JIRA_EMAIL": (service.email or "") if sandbox.dialect == "cloud" else "",
        "PLUMBLINE_JIRA_TOKEN": service.token,
        "PLUMBLINE_CONFLUENCE_URL": sandbox.url + context,
        "PLUMBLINE_WEBHOOK_SECRETS": SECRET,
    }


def configuration(projects: str = "CHK", *, mode: str = "tag", grace: timedelta = timedelta(0)) -> Configuration:
    """One product, one stream, one objective of this quarter, and the rule that component Wallet serves it."""
    today = Quarter.of(datetime.now(UTC).date())
    site = Site(mode=mode, review=ReviewPlan(space="PROD"), grace=Grace(new=grace), flags_per_week=0)
    return Configuration(
        site=site,
        products=(
            Product(
                product=ProductFacts(id="acme-pay", name="Acme Pay"),
                scope=f"project in ({projects})",
                streams=(Stream(id="checkout", name="Checkout", projects=tuple(projects.split(", "))),),
                objectives=(Objective(id=OBJECTIVE, stream="checkout", title="Fewer people give up", quarter=today),),
                rules=(
                    Rule(id="wallet-work", objective=OBJECTIVE, when="component = Wallet", why="Wallet is the way"),
                ),
            ),
        ),
    )


@contextlib.contextmanager
def _served(app: Application) -> Iterator[str]:
    flask = web(app)
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        flask.extensions["bell"].close()

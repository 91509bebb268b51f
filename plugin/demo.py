"""The demo: everything embedded on one machine, in tag mode, around a sandbox whose teams keep working."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from plugin.app import Application, wire
from plugin.configuration import load
from plugin.console.door.signing_in import first_visit_link
from plugin.running import parts
from plugin.settings import Local, Settings
from plugin.store import changes, configurations, empty, migrate, progress, snapshots
from plugin.store.embedded import EmbeddedPostgres
from plugin.supervisor import Part, Supervisor, SupervisorError, free_port
from plugin.weekly.publishing import due
from webhooks.events import SUBSCRIBED

SECRET = "the demo's own secret"  # noqa: S105 - it guards nothing but this machine's loopback
STEPS = 40
"""Changes that the sandbox's teams make in `--once`."""
PAUSE = 2.5
"""Seconds between two changes of the teams, so that a newcomer can follow."""
_PATIENCE = 900.0
"""Seconds for the first round; tens of thousands of imported issues take minutes."""


@dataclass(frozen=True)
class Standing:
    """How far the path has come."""

    filled: bool
    waiting_deliveries: int
    waiting_changes: int
    read: int
    written: int
    reviews_due: int
    trouble: str
    """What is not well, in words; "" where all is."""

    @property
    def dry(self) -> bool:
        return self.filled and not (self.waiting_deliveries or self.waiting_changes or self.reviews_due)

    def __str__(self) -> str:
        done = f"{self.read:,} issues read, {self.written:,} written"
        return f"{done}; {self.waiting_changes:,} changes and {self.reviews_due} reviews to go"


class Demo:
    """One demo in its own folder; the one before it is thrown away."""

    def __init__(self, folder: Path, issues: Path | None, say: Callable[[str], None]) -> None:
        self._folder, self._issues, self._tell = folder, issues, say
        self._started = time.monotonic()

    @classmethod
    def of(cls, issues: Path | None) -> "Demo":
        return cls(Local.read().data / "demo", issues, lambda words: print(words, flush=True))

    def run(self) -> int:
        """Stays up, with the teams at work, until told to end."""
        with self._running() as house:
            house.until_dry(self._say)
            house.set_teams_to_work({"pause": PAUSE})
            self._tell(_welcome(house.summary(), house.console()))
            house.supervisor.watch()
        self._tell("Everything has ended.")
        return 0

    def run_once(self) -> int:
        """Ends when the path has run dry; 1 where anything failed, was parked or was lost."""
        with self._running() as house:
            house.until_dry(self._say)
            house.set_teams_to_work({"pause": 0.05, "steps": STEPS})
            house.until_teams_rest()
            house.until_dry(self._say)
            summary, faults = house.summary(), house.faults()
            faults += [f"{summary.pop('lost')} deliveries were lost"] if summary.pop("lost", 0) else []
        for fault in faults:
            self._tell(fault)
        self._tell(json.dumps(summary))
        return 1 if faults else 0

    @contextmanager
    def _running(self) -> Iterator["_House"]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with Supervisor(self._folder / "logs", self._say) as supervisor:
            url = supervisor.start_database(EmbeddedPostgres(self._folder, self._say))
            empty(url)
            migrate(url)
            self._say("PostgreSQL is up")
            port = free_port()
            supervisor.start(self._sandbox(port))
            supervisor.wait_ready("sandbox", within=120)
            self._say(f"the sandbox's Jira and Confluence are up at http://127.0.0.1:{port}")
            house = _House(supervisor, f"http://127.0.0.1:{port}", self._folder, url)
            house.apply_configuration()
            house.start_plumbline()
            self._say("Plumbline is up; it reads what is there, tags it, and writes the reviews that are due")
            try:
                yield house
            finally:
                house.app.close()

    def _sandbox(self, port: int) -> Part:
        argv = [sys.executable, "-m", "plugin.sandbox", "--port", str(port), "--dialect", "cloud"]
        argv += ["--story", "--configuration", str(self._folder / "config")]
        if self._issues:
            argv += ["--issues", str(self._issues.absolute())]
        return Part("sandbox", argv, ready=f"http://127.0.0.1:{port}/sandbox/webhooks")

    def _say(self, words: str) -> None:
        self._tell(f"{time.monotonic() - self._started:6.1f} s  {words}")


class _House:
    """The running demo."""

    def __init__(self, supervisor: Supervisor, sandbox: str, folder: Path, database: str) -> None:
        self.supervisor, self.sandbox, self._folder = supervisor, sandbox, folder
        self._bind = f"127.0.0.1:{free_port()}"
        self._environment = {
            "PLUMBLINE_DATA": str(folder),
            "PLUMBLINE_CONFIG": str(folder / "config"),
            "PLUMBLINE_DATABASE_URL": database,
            "PLUMBLINE_JIRA_URL": sandbox,
            "PLUMBLINE_JIRA_EMAIL": "plumbline@example.com",
            "PLUMBLINE_JIRA_TOKEN": "cloud-token",
            "PLUMBLINE_CONFLUENCE_URL": f"{sandbox}/wiki",
            "PLUMBLINE_WEBHOOK_SECRETS": SECRET,
            "PLUMBLINE_BIND": self._bind,
        }
        self.app: Application = wire(Settings.read(self._environment))

    def apply_configuration(self) -> None:
        """What the sandbox's admins wrote."""
        wanted = load(self.app.settings.config, datetime.now(UTC).date())
        with self.app.engine.begin() as connection:
            configurations.apply(connection, wanted, "demo", "first start")

    def start_plumbline(self) -> None:
        for part in parts(self._environment, self._bind):
            self.supervisor.start(part)
        self.supervisor.wait_ready("web", within=60)
        self.app.jira.register_webhook("Plumbline", f"http://{self._bind}/webhooks/jira", SUBSCRIBED, SECRET)

    def until_dry(self, say: Callable[[str], None]) -> None:
        """Waits until nothing is on its way; says every few seconds how far it is."""
        ends, told = time.monotonic() + _PATIENCE, time.monotonic()
        while True:
            standing = self._standing()
            if standing.trouble:
                raise SupervisorError(f"{standing.trouble}\nThe logs in {self._folder / 'logs'} hold the rest.")
            if standing.dry and not self._ask("GET", "webhooks")["waiting"]:
                return
            if time.monotonic() > ends:
                raise SupervisorError(f"the path did not run dry within {_PATIENCE:g} s: {standing}")
            if time.monotonic() - told > 3:
                told = time.monotonic()
                say(str(standing))
            time.sleep(0.2)

    def console(self) -> str:
        """The address at which its local admin begins."""
        address = f"http://{self._bind}"
        return first_visit_link(self.app.engine, address) or address

    def set_teams_to_work(self, how: dict[str, float]) -> None:
        self._ask("POST", "teams", how)

    def until_teams_rest(self) -> None:
        """Waits until they have made the steps that they were told."""
        while self._ask("GET", "teams")["running"]:
            time.sleep(0.1)

    def summary(self) -> dict[str, Any]:
        """What the sandbox now contains, read over HTTP."""
        return self._ask("GET", "summary")

    def faults(self) -> list[str]:
        """What should be nothing, in sentences."""
        with self.app.engine.connect() as connection:
            _, parked = changes.counts(connection)
            unwell = [f"{one.name}: {one.words}" for one in progress.facts(connection) if not one.ok]
        deliveries = sum(one.number for one in self.app.inbox.counts(_LONG_AGO) if one.outcome == "parked")
        found = [f"{deliveries} deliveries are parked"] if deliveries else []
        return found + ([f"{parked} changes are parked"] if parked else []) + unwell

    def _standing(self) -> Standing:
        with self.app.engine.connect() as connection:
            waiting, _ = changes.counts(connection)
            return Standing(
                filled=progress.cursor_at(connection, progress.SWEPT) is not None,
                waiting_deliveries=self.app.inbox.waiting().number,
                waiting_changes=waiting,
                read=snapshots.number(connection),
                written=changes.written_issues(connection),
                reviews_due=len(due(connection, datetime.now(UTC))),
                trouble="\n".join(f"{one.name}: {one.words}" for one in progress.facts(connection) if not one.ok),
            )

    def _ask(self, method: str, what: str, body: dict[str, float] | None = None) -> dict[str, Any]:
        answer = requests.request(method, f"{self.sandbox}/sandbox/{what}", json=body, timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _welcome(summary: dict[str, Any], console: str) -> str:
    return f"""
  An issue with its tag and its why   {summary["issue_url"]}
  An issue that no goal explains      {summary["flagged_url"]}
  The weekly review                   {summary["page_url"]}
  The console; set a password, once   {console}

  {summary["tagged"]} issues are tagged, {summary["flagged"]} flagged, {summary["pages"]} pages written.
  The sandbox's teams go on working: reload to see tags appear. Ctrl-C ends everything.
"""

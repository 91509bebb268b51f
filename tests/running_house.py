"""The house as it really runs: web under granian, workers and cadences as processes, around one sandbox."""

import contextlib
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import requests
from sqlalchemy import Engine, func, select

from plugin.atlassian.connect import connect_jira
from plugin.domain.product import Configuration
from plugin.domain.week import Quarter
from plugin.running import parts
from plugin.sandbox.serve import RunningSandbox
from plugin.settings import Settings
from plugin.store import configurations, engine_for, progress
from plugin.store.progress import SWEPT
from plugin.store.tables import change
from plugin.supervisor import Part, Patience, Supervisor, free_port
from tests.described import wrap
from tests.house import SECRET, configuration, environment
from tests.processes import until
from webhooks.events import SUBSCRIBED
from webhooks.inbox import delivery

ROOT = Path(__file__).parents[1]
SOON = 30.0
"""Seconds that the slowest machine may need for what takes a second or two."""

_PATIENCE = Patience(first_restart=0.1, longest_restart=1, farewell=5, look=0.05)


@dataclass
class RunningHouse:
    """Processes under one supervisor, the sandbox that they speak to, and the database to look into."""

    supervisor: Supervisor
    sandbox: RunningSandbox
    engine: Engine
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.environment['PLUMBLINE_BIND']}"

    @property
    def post_to(self) -> str:
        return f"{self.url}/webhooks/jira"

    def start(self, *kinds: str, number: int = 1) -> None:
        """Starts parts as `plumbline up` does; `number` tells a second worker or cadence from the first."""
        for part in parts(self.environment, self.environment["PLUMBLINE_BIND"]):
            if part.name in kinds:
                self.supervisor.start(Part(f"{part.name}-{number}", part.argv, part.env, part.ready))
        if "web" in kinds:
            self.supervisor.wait_ready(f"web-{number}", within=SOON)

    def start_impatient(self, *kinds: str, number: int = 1) -> None:
        """A worker whose leases last a second, a cadence that ticks each second: else the same."""
        for kind in kinds:
            argv = [sys.executable, "-m", "tests.faults.impatient", kind]
            env = self.environment | {"PYTHONPATH": str(ROOT)}
            self.supervisor.start(Part(f"{kind}-{number}", argv, env))

    def listen(self) -> None:
        """From now on the sandbox sends its webhooks to us."""
        jira = connect_jira(Settings.read(self.environment).jira)
        jira.register_webhook("Plumbline", self.post_to, SUBSCRIBED, SECRET)

    def kill(self, part: str) -> int:
        """kill -9, the part's own processes too; returns the number that it had."""
        pid = self.supervisor.pids()[part]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        return pid

    def calls_by_path(self, method: str, path: str) -> Counter[str]:
        """How often the sandbox was called so, by the last part of the path; `path` is a regular expression."""
        asked = [one.path for one in list(self.sandbox.faults.requests) if one.method == method]
        return Counter(one.rpartition("/")[2] for one in asked if re.search(path, one))

    def swept(self) -> bool:
        with self.engine.connect() as connection:
            return progress.cursor_at(connection, SWEPT) is not None

    def deliveries(self) -> dict[str, str]:
        """Every delivery that is stored, with its state."""
        with self.engine.connect() as connection:
            return {row.id: row.state for row in connection.execute(select(delivery.c.id, delivery.c.state))}

    def held_changes(self) -> int:
        """Changes that some worker has claimed and not let go."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(change).where(change.c.owner.is_not(None))) or 0

    def facts(self) -> dict[str, tuple[bool, str]]:
        """What /readyz tells: name → whether it is well, and its words."""
        told = requests.get(f"{self.url}/readyz", timeout=10).json()["checks"]
        return {one["name"]: (one["ok"], one["words"]) for one in told}

    def processes(self) -> list[int]:
        """Every process of every part, children included."""
        found = []
        for pid in self.supervisor.pids().values():
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [pid, *(one.pid for one in psutil.Process(pid).children(recursive=True))]
        return found

    def until(self, true: Callable[[], object], within: float = SOON) -> None:
        """Polls; where the answer stays no, what the parts last said stands in the failure."""
        try:
            until(true, within)
        except AssertionError as error:
            for line in self.said[-20:]:
                error.add_note(line)
            raise


@contextlib.contextmanager
def running_house(database: str, logs: Path, sandbox: RunningSandbox | None = None) -> Iterator[RunningHouse]:
    """No part runs yet. A sandbox that is given is started by whoever gives it."""
    said: list[str] = []
    with contextlib.ExitStack() as stack:
        site = sandbox or stack.enter_context(RunningSandbox("cloud", wrapper=wrap("cloud")))
        engine = engine_for(database, connections=2)
        stack.callback(engine.dispose)
        env = {**environment(site, database), "PLUMBLINE_BIND": f"127.0.0.1:{free_port()}"}
        supervisor = stack.enter_context(Supervisor(logs, said.append, _PATIENCE))
        house = RunningHouse(supervisor, site, engine, env, said)
        try:
            yield house
        except BaseException as error:
            _add_logs(error, logs)
            raise


def apply(engine: Engine, wanted: Configuration | None = None) -> None:
    with engine.begin() as connection:
        configurations.apply(connection, wanted or lasting(), "a test", "because")


def lasting() -> Configuration:
    """The house's configuration, whose objective is active in every week around today, whatever the quarter."""
    given, today = configuration(), datetime.now(UTC).date()
    (product,) = given.products
    quarter = Quarter.parse(f"{today - timedelta(days=60)}..{today + timedelta(days=60)}")
    objectives = tuple(one.model_copy(update={"quarter": quarter}) for one in product.objectives)
    return given.model_copy(update={"products": (product.model_copy(update={"objectives": objectives}),)})


def _add_logs(error: BaseException, logs: Path) -> None:
    for log in sorted(logs.glob("*.log")):
        error.add_note(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-25:]))


def alone(house: RunningHouse, **settings: str) -> Mapping[str, str]:
    """The environment of one more process beside the house's."""
    return os.environ | house.environment | settings

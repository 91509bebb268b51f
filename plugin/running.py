"""What the commands do: bring processes up, apply files, replay deliveries."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from plugin.admin.replay import Outcome, Target, at_the_door, in_the_house, replay, table
from plugin.atlassian.connect import connect_jira
from plugin.atlassian.errors import DoorError
from plugin.configuration import load
from plugin.console.door.signing_in import first_visit_link
from plugin.path.site import known_facts, read_site
from plugin.settings import Local, Settings
from plugin.store import configurations, engine_for, migrate
from plugin.store.embedded import EmbeddedPostgres
from plugin.supervisor import Part, Supervisor, ToldToEnd
from webhooks.inbox import Inbox, Settlement


def up(say: Callable[[str], None]) -> None:
    """Runs until told to end, which may be while it comes up. Where no version is in force yet, the files become it."""
    settings = Settings.read()
    settings.data.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ToldToEnd), Supervisor(settings.data / "logs", say) as supervisor:
        url = settings.database_url or supervisor.start_database(EmbeddedPostgres(settings.data, say))
        migrate(url)
        say(apply_first(url, settings))
        for part in parts({"PLUMBLINE_DATABASE_URL": url}, settings.bind):
            supervisor.start(part)
        supervisor.wait_ready("web", within=60)
        say(
            f"Jira's webhook goes to http://{settings.bind}/webhooks/jira; http://{settings.bind}/readyz tells the rest"
        )
        _say_first_visit(url, f"http://{settings.bind}", say)
        supervisor.watch()


def _say_first_visit(database_url: str, address: str, say: Callable[[str], None]) -> None:
    """Where nobody can sign in to the console yet, the link with which the local admin's password is set, once."""
    engine = engine_for(database_url, connections=1)
    link = first_visit_link(engine, address)
    engine.dispose()
    say(f"The console is at {address}/" + (f"; set its password once at {link}" if link else ""))


def parts(environment: Mapping[str, str], bind: str) -> list[Part]:
    """The processes of one machine."""
    command = [sys.executable, "-m", "plugin"]
    return [
        Part("web", [*command, "web"], environment, f"http://{bind}/healthz"),
        Part("worker", [*command, "worker"], environment),
        Part("cadence", [*command, "cadence"], environment),
    ]


def apply_first(url: str, settings: Settings) -> str:
    """Applies the files where no configuration is in force; else leaves it, and says how to change it.

    The site is asked first for what rules may call by name; where it does not answer, they are taken without.
    """
    engine, folder = engine_for(url, connections=2), settings.config
    try:
        with engine.connect() as connection:
            version = configurations.active_version(connection)
        if version:
            return f"configuration version {version} is in force; `plumbline apply` takes {folder} instead"
        with contextlib.suppress(DoorError):
            read_site(engine, connect_jira(settings.jira), datetime.now(UTC))
        with engine.begin() as connection:
            facts = known_facts(connection)
            wanted = load(folder, date.today(), facts)  # noqa: DTZ011 - an admin's own day: it only judges dates
            version = configurations.apply(connection, wanted, who(), "first start")
    finally:
        engine.dispose()
    return f"configuration version {version} is in force, read from {folder}"


def replay_folder(folder: Path, url: str, secret: str | None) -> str:
    """Posts the payloads; the table of what the door said and, where the database can be asked, what became of each."""
    posted = list(replay(folder, Target(url, secret)))
    local = Local.read()
    engine = engine_for(local.database_url or EmbeddedPostgres(local.data).url, connections=1)
    try:
        became = in_the_house(posted, _endings(Inbox(engine, limit=1), [one.identifier for one in posted]))
    except SQLAlchemyError:
        accepted = sum(one.accepted for one in posted)
        became = [Outcome("not known", accepted, "the database cannot be asked from here what became of them")]
    finally:
        engine.dispose()
    return table(at_the_door(posted), became)


def _endings(inbox: Inbox, ids: list[str]) -> dict[str, Settlement]:
    """Waits a minute at most for those that still wait."""
    ends = time.monotonic() + 60
    while True:
        found = inbox.endings(ids)
        if time.monotonic() > ends or not any(one.outcome == "waiting" for one in found.values()):
            return found
        time.sleep(0.2)


def who() -> str:
    """The person at this machine, as the history of versions names them."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or f"uid {os.getuid()}"

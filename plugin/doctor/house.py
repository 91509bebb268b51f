"""Our own side: the database, who works, what was last known."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from plugin.checks import Checks
from plugin.doctor.finding import Finding, unwell, well
from plugin.path.sweep import EVERY
from plugin.store import progress, workers
from plugin.store.migration import pending
from webhooks.inbox import Inbox

_SILENT = timedelta(seconds=60)
"""A worker's heart beats every ten seconds."""

_TOLD_ELSEWHERE = frozenset({"database"})


def house(engine: Engine, inbox: Inbox, now: datetime) -> Iterator[Finding]:
    """The database has answered already. The facts are those of /readyz."""
    missing = pending(engine)
    if missing:
        yield unwell("database", f"its tables lack {', '.join(missing)}", "run `plumbline migrate`")
        return
    yield well("database", "answers, and its tables are of this version")
    for fact in Checks(engine, inbox).all():
        if fact.name not in _TOLD_ELSEWHERE:
            words = fact.words if fact.at >= now - EVERY else f"{fact.words} (at {fact.at:%Y-%m-%d %H:%M} UTC)"
            yield Finding(name=fact.name, state="ok" if fact.ok else "not ok", words=words)
    with engine.connect() as connection:
        yield _worker(connection)
        yield _cadence(connection, now)


def _worker(connection: Connection) -> Finding:
    silent = workers.silent_for(connection)
    if silent is None:
        return unwell("worker", "none runs", "start one: `plumbline up`, or `plumbline worker`")
    if silent > _SILENT:
        return unwell("worker", f"the last one was heard {silent.total_seconds():.0f} s ago", "start one again")
    return well("worker", f"was heard {silent.total_seconds():.0f} s ago")


def _cadence(connection: Connection, now: datetime) -> Finding:
    """It has no heart of its own: what it wakes every quarter of an hour tells."""
    swept = progress.cursor_at(connection, progress.SWEPT)
    if swept is None:
        return unwell("cadence", "no sweep has come to its end yet", "wait for the first one, or start `plumbline up`")
    if now - swept > 3 * EVERY:
        return unwell(
            "cadence",
            f"the last sweep that came to its end began {swept:%Y-%m-%d %H:%M} UTC",
            "look whether a worker and a cadence run and Jira answers",
        )
    return well("cadence", f"the last sweep began {swept:%Y-%m-%d %H:%M} UTC")

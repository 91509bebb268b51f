"""Changing rules without fear: plan, apply, rollback, history, export, explain."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.commands.bar import bar
from plugin.commands.in_words import in_words

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from plugin.admin.versions import Applied, Standing
    from plugin.domain.product import Configuration
    from plugin.jql import SiteFacts

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", required=False, type=_FOLDER)
@click.option("--all", "everything", is_flag=True, help="Name every issue that would move.")
@in_words
def plan(folder: Path | None, everything: bool) -> None:
    """Shows what the files of FOLDER (PLUMBLINE_CONFIG) would change, and writes nothing."""
    from plugin.admin.halfway import InStore
    from plugin.admin.planned import told
    from plugin.admin.planning import SAMPLES, Occurrence, reading
    from plugin.admin.planning import plan as planned
    from plugin.path.site import known_facts

    samples = None if everything else SAMPLES
    with _database() as engine, reading(engine) as connection, bar("rules") as counting, bar("issues") as progress:
        facts = known_facts(connection)
        how = Occurrence(_now(), facts, samples, counting=counting, progress=progress, kept=InStore(engine))
        found = planned(connection, _loaded(folder, facts), how)
    _echo(told(found))


@click.command()
@click.option("--why", default="applied from files", show_default=True, help="What the history keeps of it.")
@click.option("--wait", is_flag=True, help="End when it is carried out on every issue.")
@in_words
def apply(why: str, wait: bool) -> None:
    """Makes the configuration in PLUMBLINE_CONFIG the active version."""
    from plugin.admin import versions
    from plugin.path.site import known_facts
    from plugin.running import who

    with _database() as engine:
        with engine.connect() as connection:
            wanted = _loaded(None, known_facts(connection))
        _carry_out(engine, versions.apply(engine, wanted, who(), why), wait)


@click.command()
@click.argument("version", type=click.IntRange(min=1))
@click.option("--why", help="What the history keeps of it.")
@click.option("--wait", is_flag=True, help="End when it is carried out on every issue.")
@in_words
def rollback(version: int, why: str | None, wait: bool) -> None:
    """Puts what an older VERSION said in force again, as a new version."""
    from plugin.admin import versions
    from plugin.running import who

    with _database() as engine:
        _carry_out(engine, versions.rollback(engine, version, who(), why or f"back to version {version}"), wait)


@click.command()
@in_words
def history() -> None:
    """Lists the versions: when, who, why, what changed, and how far the newest is carried out."""
    from plugin.admin import versions
    from plugin.store import configurations

    with _database() as engine:
        with engine.connect() as connection:
            past, active = configurations.history(connection), configurations.active(connection)
        if active is None:
            click.echo("no configuration was applied yet")
            return
        for one in past:
            _echo(versions.told(one, active.site.time_zone))
        click.echo(str(versions.standing(engine, _now())))


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--version", type=click.IntRange(min=1), help="An older one; else the one in force.")
@in_words
def export(folder: Path, version: int | None) -> None:
    """Writes the active version into FOLDER as files that `plumbline plan` and `apply` read."""
    from plugin.admin import versions
    from plugin.configuration.export import export as write
    from plugin.store import configurations

    with _database() as engine, engine.connect() as connection:
        wanted = versions.of_version(connection, version or configurations.active_version(connection))
    _echo(str(path) for path in write(wanted, folder))


@click.command()
@click.argument("key")
@in_words
def explain(key: str) -> None:
    """Tells why the issue KEY carries its tag, or is flagged, and all that led to it."""
    from plugin.admin import versions
    from plugin.admin.explained import told
    from plugin.admin.explaining import explain as explained
    from plugin.admin.planning import book_of
    from plugin.path.site import known_facts
    from plugin.store import configurations

    with _database() as engine, engine.connect() as connection:
        active = versions.of_version(connection, configurations.active_version(connection))
        _echo(told(explained(connection, key, book_of(active, known_facts(connection)), _now())))


COMMANDS = (plan, apply, rollback, history, export, explain)


def _carry_out(engine: "Engine", applied: "Applied", wait: bool) -> None:
    """Wakes the worker, and tells or shows how far it is."""
    from plugin.admin import versions
    from plugin.jobs import Waker

    if not applied.new:
        click.echo(f"nothing changed: version {applied.version} says the same")
        return
    waker = Waker(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        for kind in ("digest", "sweep"):
            waker.wake(kind)
    finally:
        waker.close()
    if not wait:
        click.echo(f"version {applied.version} is in force; `plumbline history` tells how far it is carried out")
        return
    if not versions.wait(lambda: versions.standing(engine, _now()), lambda: time.sleep(0.5), _tell):
        click.echo("nothing has moved for a minute; is a worker running? It goes on by itself once one does", err=True)
        sys.exit(1)


def _tell(standing: "Standing") -> None:
    click.echo(str(standing), err=not standing.done)


def _loaded(folder: Path | None, facts: "SiteFacts") -> "Configuration":
    """`facts` are what the worker knows of the site: the two never disagree."""
    from plugin.configuration import load
    from plugin.settings import Local

    return load(folder or Local.read().config, date.today(), facts)  # noqa: DTZ011 - an admin's own day: it judges dates


@contextlib.contextmanager
def _database() -> "Iterator[Engine]":
    from plugin.settings import Local
    from plugin.store import engine_for
    from plugin.store.embedded import EmbeddedPostgres

    local = Local.read()
    engine = engine_for(local.database_url or EmbeddedPostgres(local.data).url, connections=2)
    try:
        yield engine
    finally:
        engine.dispose()


def _echo(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)


def _now() -> datetime:
    return datetime.now(UTC)

"""`plumbline …`: thin commands over what the rooms offer."""

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.commands import changing, metrics, review, rules, site, syncing
from plugin.commands.in_words import in_words

if TYPE_CHECKING:
    from plugin.app import Application


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="plumbline")
def main() -> None:
    """Shows whether day-to-day Jira work stands in line with what the product is for."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("procrastinate", "alembic", "schedule"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


for _command in (
    *changing.COMMANDS,
    *site.COMMANDS,
    *metrics.COMMANDS,
    *review.COMMANDS,
    *rules.COMMANDS,
    *syncing.COMMANDS,
):
    main.add_command(_command)


@main.command()
@click.option("--once", is_flag=True, help="End when the path has run dry; the last line is a summary in JSON.")
@click.option("--issues", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Real issues to load.")
@in_words
def demo(once: bool, issues: Path | None) -> None:
    """Everything embedded on this machine: PostgreSQL, Plumbline, and a sandbox Jira and Confluence."""
    from plugin.demo import Demo

    sys.exit(Demo.of(issues).run_once() if once else Demo.of(issues).run())


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--once", is_flag=True, help="End when the path has run dry; the last line is a summary in JSON.")
@in_words
def import_issues(file: Path, once: bool) -> None:
    """The demo over real issues: gzipped JSON lines become the sandbox's Jira, with a product that fits them."""
    from plugin.demo import Demo

    sys.exit(Demo.of(file).run_once() if once else Demo.of(file).run())


@main.command()
@in_words
def up() -> None:
    """Runs Plumbline beside a real site: web, worker and cadence, and PostgreSQL where none is given."""
    from plugin.running import up as bring_up

    bring_up(click.echo)


@main.command()
@in_words
def web() -> None:
    """The web process alone, at PLUMBLINE_BIND."""
    from plugin.serving import serve

    serve()


@main.command()
@in_words
def worker() -> None:
    """A worker alone. Start as many as you like, on any machine that reaches the database."""
    from plugin.app import run_worker

    run_worker(_wired())


@main.command()
@in_words
def cadence() -> None:
    """The ticker alone. More than one does no harm."""
    from plugin.app import run_cadence

    run_cadence(_wired())


@main.command()
@in_words
def migrate() -> None:
    """Brings the database at PLUMBLINE_DATABASE_URL to the present."""
    from plugin.settings import Local, SettingsError
    from plugin.store import migrate as bring_up_to_date

    url = Local.read().database_url
    if url is None:
        raise SettingsError("PLUMBLINE_DATABASE_URL is missing; the embedded server is migrated by `plumbline up`")
    bring_up_to_date(url)


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", "url", required=True, help="Where deliveries go, such as http://127.0.0.1:8080/webhooks/jira")
@click.option("--secret", envvar="PLUMBLINE_WEBHOOK_SECRETS", help="Signs them as Jira would.")
@in_words
def replay(folder: Path, url: str, secret: str | None) -> None:
    """Posts every JSON file of a folder as Jira would, and tells what became of each."""
    from plugin.running import replay_folder

    click.echo(replay_folder(folder, url, (secret or "").partition(",")[0] or None))


@main.group()
def jql() -> None:
    """Questions about JQL."""


@jql.command("parse")
@click.option("--json", "as_lines", is_flag=True, required=True, help="One JSON object a line, for one query a line.")
def jql_parse(as_lines: bool) -> None:
    """Reads one query a line from standard input and writes what the parser makes of it."""
    from plugin.jql import as_json

    for line in sys.stdin:
        click.echo(json.dumps(as_json(line.rstrip("\n")), ensure_ascii=False))


def _wired() -> "Application":
    from plugin.app import wire
    from plugin.lifeline import end_with_parent

    end_with_parent()
    return wire()

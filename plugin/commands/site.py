"""Commands about the site beside us: its webhook, its health, its modes, and leaving it as it was."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from plugin.commands.in_words import in_words
from plugin.commands.wired import application

if TYPE_CHECKING:
    from plugin.app import Application
    from plugin.webhook import Answer, Wanted

_URL = click.option("--url", help="Where Jira reaches Plumbline; else the site's public_url.")


@click.group()
def webhook() -> None:
    """Jira's webhook to us, over REST where our account may."""


@webhook.command()
@_URL
@in_words
def install(url: str | None) -> None:
    """Registers it, or sets it anew; where the account may not, says what an administrator has to enter."""
    from plugin.webhook import install as installed

    with application() as app:
        _end(installed(app.jira, _wanted(app, url)))


@webhook.command()
@_URL
@in_words
def status(url: str | None) -> None:
    """Tells whether it is registered as it should be, and when it last told us something."""
    from plugin.webhook import status as asked

    with application() as app:
        answer = asked(app.jira, _wanted(app, url))
        newest = app.inbox.newest()
        click.echo(f"the last delivery came {newest:%Y-%m-%d %H:%M} UTC" if newest else "no delivery ever came")
        _end(answer)


@webhook.command()
@_URL
@in_words
def remove(url: str | None) -> None:
    """Takes it away."""
    from plugin.webhook import remove as removed

    with application() as app:
        _end(removed(app.jira, _wanted(app, url)))


@click.command()
@click.option("--issue", metavar="KEY", help="An issue on which the property may be tried; it is restored at once.")
@click.option("--json", "as_lines", is_flag=True, help="Everything as one JSON object.")
@in_words
def doctor(issue: str | None, as_lines: bool) -> None:
    """Looks at everything that has to be well, and says what to do; exit code 1 where something is not ok."""
    from plugin.doctor import Patient, as_json, code, examine, told

    with application() as app:
        found = list(examine(Patient(app.settings, app.around, app.confluence, app.inbox), issue))
        click.echo(as_json(found, app.clock())) if as_lines else _echo(told(found))
    sys.exit(code(found))


COMMANDS: tuple[click.Command, ...] = (webhook, doctor)


def _wanted(app: "Application", url: str | None) -> "Wanted":
    from plugin.settings import SettingsError
    from plugin.store import configurations
    from plugin.webhook import Wanted

    if url is None:
        with app.engine.connect() as connection:
            active = configurations.active(connection)
        url = active.site.public_url if active else None
    if url is None:
        raise SettingsError("Where Jira reaches Plumbline is not known; give --url, or public_url in site.yaml")
    return Wanted.of(app.settings, url)


def _end(answer: "Answer") -> None:
    _echo(answer.lines)
    sys.exit(answer.code)


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)

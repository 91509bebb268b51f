"""Commands about the site beside us: its webhook, its health, its modes, and leaving it as it was."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from plugin.commands.bar import bar
from plugin.commands.in_words import in_words
from plugin.commands.wired import application

if TYPE_CHECKING:
    from plugin.admin.webhook import Answer, Wanted
    from plugin.app import Application
    from plugin.domain.product import Mode

_URL = click.option("--url", help="Where Jira reaches Plumbline; else the site's public_url.")


@click.group()
def webhook() -> None:
    """Jira's webhook to us, over REST where our account may."""


@webhook.command()
@_URL
@in_words
def install(url: str | None) -> None:
    """Registers it, or sets it anew; where the account may not, says what an administrator has to enter."""
    from plugin.admin.webhook import install as installed

    with application() as app:
        _end(installed(app.jira, _wanted(app, url)))


@webhook.command()
@_URL
@in_words
def status(url: str | None) -> None:
    """Tells whether it is registered as it should be, and when it last told us something."""
    from plugin.admin.webhook import status as asked

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
    from plugin.admin.webhook import remove as removed

    with application() as app:
        _end(removed(app.jira, _wanted(app, url)))


@click.command()
@click.option("--issue", metavar="KEY", help="An issue on which the property may be tried; it is restored at once.")
@click.option("--json", "as_lines", is_flag=True, help="Everything as one JSON object.")
@in_words
def doctor(issue: str | None, as_lines: bool) -> None:
    """Looks at everything that has to be well, and says what to do.

    \b
    Exit code: 0 where nothing is not ok, else that of the first of these that is not:
    10 database, 11 address of Jira, 12 token, 13 its expiry, 14 permission or project,
    15 field that a rule reads, 16 webhook, 17 clock, 18 Confluence, 19 space or parent page,
    20 property, 21 worker, 22 cadence, 23 no delivery ever came, 30 anything else.
    """
    from plugin.doctor import Patient, as_json, code, examine, told

    with application() as app:
        found = list(examine(Patient(app.settings, app.around, app.confluence, app.inbox), issue))
        click.echo(as_json(found, app.clock())) if as_lines else _echo(told(found))
    sys.exit(code(found))


_PRODUCT = click.option("--product", metavar="ID", help="One product.")
_PROJECT = click.option("--project", metavar="KEY", help="One project of Jira.")


@click.command()
@_PRODUCT
@_PROJECT
@click.option("--site", "everything", is_flag=True, help="The site's own mode.")
@click.option("--to", "mode", type=click.Choice(["tag", "shadow"]), required=True)
@click.option("--why", help="What the history keeps of it.")
@in_words
def promote(product: str | None, project: str | None, everything: bool, mode: str, why: str | None) -> None:
    """From shadow to tag, or back, for the site, a product or a project; the worker carries it out."""
    from plugin.admin.modes import promote as promoted
    from plugin.configuration.modes import Extent
    from plugin.running import who

    if everything == bool(product or project):
        raise click.UsageError("Say which: --site, or --product and --project, one or both.")
    extent = Extent(product=product, project=project)
    with application() as app:
        with app.engine.begin() as connection:
            said = promoted(connection, extent, _mode(mode), (who(), why or f"{extent} to {mode}"))
        _echo(said)
        app.waker.wake("digest")


@click.command()
@_PRODUCT
@_PROJECT
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--why", default="untagged", show_default=True, help="What the history keeps of it.")
@in_words
def untag(product: str | None, project: str | None, yes: bool, why: str) -> None:
    """Removes all that Plumbline ever wrote on issues, and nothing else; run again, it goes on where it was."""
    import time

    from plugin.admin.modes import Untagging
    from plugin.configuration.modes import Extent
    from plugin.running import who

    extent = Extent(product=product, project=project)
    if not yes:
        click.confirm(f"Remove every tag, link and property of ours from {extent}, and set it to shadow?", abort=True)
    with application() as app, bar("issues") as progress:
        left = Untagging(app.around, f"{app.owner} untag", time.sleep).run(extent, (who(), why), progress)
    if left.issues:
        click.echo(f"{left.issues} issues still carry something of ours: {left.words}", err=True)
        sys.exit(1)
    click.echo(f"{extent} carries nothing of ours any more, and is in mode shadow")


COMMANDS: tuple[click.Command, ...] = (webhook, doctor, promote, untag)


def _mode(word: str) -> "Mode":
    return "tag" if word == "tag" else "shadow"


def _wanted(app: "Application", url: str | None) -> "Wanted":
    from plugin.admin.webhook import Wanted
    from plugin.settings import SettingsError
    from plugin.store import configurations

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

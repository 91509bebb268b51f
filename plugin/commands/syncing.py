"""`plumbline sync`: reading every issue in scope."""

import click

from plugin.commands.bar import bar
from plugin.commands.in_words import in_words
from plugin.commands.wired import application


@click.command()
@click.option("--again", is_flag=True, help="Read everything once more, though it was read to the end.")
@click.option("--believe-deletes", is_flag=True, help="Mark as deleted what Jira no longer shows, however many.")
@in_words
def sync(again: bool, believe_deletes: bool) -> None:
    """Reads every issue in scope with its history, and shows how far it is. Started again, it goes on."""
    from plugin.admin.syncing import fill
    from plugin.path.deletes import Deletes
    from plugin.settings import SettingsError

    with application() as app:
        with bar("issues") as progress:
            standing = fill(app.around, again, progress)
        if standing is None:
            raise SettingsError("no configuration was applied yet, so there is no scope: `plumbline apply` first")
        click.echo(f"every issue in scope was read ({standing.done:,}); sweeps keep it so")
        if believe_deletes:
            found = Deletes(app.around, app.leases.sweep).run(believe=True)
            click.echo(f"{found.gone:,} issues are gone" if found else "a sweep is under way; try again in a minute")


COMMANDS: tuple[click.Command, ...] = (sync,)

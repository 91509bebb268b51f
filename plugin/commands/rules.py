"""`plumbline rules …`: questions about the rules in force."""

import sys

import click

from plugin.commands.in_words import in_words
from plugin.commands.wired import application


@click.group()
def rules() -> None:
    """The rules in force."""


@rules.command()
@click.option("--issues", type=click.IntRange(min=1), default=200, show_default=True, help="How many are sampled.")
@in_words
def verify(issues: int) -> None:
    """Compares what we decide of stored issues with the site's own answers; exit code 1 where they differ."""
    from plugin.admin.verifying import told
    from plugin.admin.verifying import verify as verified
    from plugin.settings import SettingsError

    with application() as app:
        book = app.around.book()
        if book is None:
            raise SettingsError("no configuration was applied yet, so there are no rules: `plumbline apply` first")
        found = verified(app.around, book, issues)
        for line in told(found):
            click.echo(line)
    sys.exit(1 if found.differences else 0)


COMMANDS: tuple[click.Command, ...] = (rules,)

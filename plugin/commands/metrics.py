"""`plumbline metrics …`: values by hand, what is known of a metric, and reading the sources now."""

import sys
from datetime import UTC, datetime
from typing import NoReturn

import click

from plugin.commands.in_words import in_words
from plugin.commands.wired import application

_PRODUCT = click.option("--product", help="The product's id, where several have a metric of that id.")


@click.group()
def metrics() -> None:
    """Values of metrics."""


@metrics.command("record")
@click.argument("id")
@click.option("--day", required=True, help="The day that the value is of, such as 2026-11-22.")
@click.option("--value", required=True, help="A plain number, such as 62.1.")
@_PRODUCT
@in_words
def record_value(id: str, day: str, value: str, product: str | None) -> None:
    """Stores one value of a metric whose source is push. A correction keeps what was there."""
    from plugin.metrics.record import RecordError, record

    with application() as app:
        try:
            with app.engine.begin() as connection:
                stored = record(connection, (id, product), [(day, value)], app.clock())
        except RecordError as error:
            _refuse(str(error))
    click.echo("stored" if stored else "known already: nothing was stored")


@metrics.command()
@click.argument("id")
@click.option("--week", help="The ISO week, such as 2026-W47; else the last one that is over.")
@_PRODUCT
@in_words
def show(id: str, week: str | None, product: str | None) -> None:
    """What the weekly page says of a metric, and the values that were corrected."""
    from plugin.domain.week import Week
    from plugin.metrics.record import RecordError
    from plugin.metrics.showing import shown

    with application() as app, app.engine.connect() as connection:
        try:
            for line in shown(connection, (id, product), Week.parse(week) if week else None, datetime.now(UTC)):
                click.echo(line)
        except (RecordError, ValueError) as error:
            _refuse(str(error))


@metrics.command()
@in_words
def collect() -> None:
    """Reads every source now; ends with 1 where one does not answer."""
    with application() as app:
        found = app.collector.now()
    for one, reading, stored in found:
        told = reading.failure or f"{len(reading.points)} values, {stored} of them new"
        click.echo(f"{one.product.id}/{one.metric.id}: {told}")
    if not found:
        click.echo("no metric has a source that can be read")
    if any(reading.failure for _, reading, _ in found):
        sys.exit(1)


COMMANDS: tuple[click.Command, ...] = (metrics,)


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)

"""`plumbline review …`: build and freeze a week, show one, compare two, and prove that one can be built again."""

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from plugin.commands.in_words import in_words
from plugin.commands.wired import application

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from plugin.domain.week import Week
    from plugin.review.model import Review

_PRODUCT = click.option("--product", required=True, help="The product's id.")
_WEEK = click.option("--week", required=True, help="The ISO week, such as 2026-W47.")
_JSON = click.option("--json", "as_json", is_flag=True, help="The whole review as JSON.")


@click.group()
def review() -> None:
    """The numbers of a week."""


@review.command()
@_PRODUCT
@_WEEK
@_JSON
@click.option("--preview", is_flag=True, help="Freeze nothing; also for a week that is not over.")
@in_words
def build(product: str, week: str, as_json: bool, preview: bool) -> None:
    """Builds a week that is over and freezes it; one that is frozen stays as it is."""
    from plugin.weekly.freezing import freeze, product_week
    from plugin.weekly.freezing import preview as look_ahead

    with application() as app, app.engine.begin() as connection:
        one = product_week(connection, product, _week(week))
        if preview:
            found, _ = look_ahead(connection, one, app.around)
        elif not one.over(app.clock()):
            _refuse(f"{week} is not over, and is frozen when it is; --preview shows what it would be now")
        else:
            found = freeze(connection, one, app.around)
    _show(found, as_json)


@review.command()
@_PRODUCT
@_WEEK
@_JSON
@in_words
def show(product: str, week: str, as_json: bool) -> None:
    """A week as it was frozen."""
    with application() as app, app.engine.connect() as connection:
        _show(_frozen(connection, product, _week(week)), as_json)


@review.command()
@click.argument("one")
@click.argument("other")
@_PRODUCT
@in_words
def diff(one: str, other: str, product: str) -> None:
    """What the second frozen week says otherwise than the first, a line for each figure."""
    from plugin.review.frozen import changes_between

    with application() as app, app.engine.connect() as connection:
        weeks = [_frozen(connection, product, _week(name)) for name in (one, other)]
    for place, before, after in changes_between(*weeks):
        click.echo(f"{place}: {_told(before)} → {_told(after)}")


@review.command()
@_PRODUCT
@_WEEK
@in_words
def rebuild(product: str, week: str) -> None:
    """Builds a frozen week again from what it was built from; ends with 1 where a byte differs."""
    from plugin.review.frozen import canonical, differences, digest
    from plugin.weekly.freezing import rebuild as build_again

    with application() as app, app.engine.connect() as connection:
        found = build_again(connection, product, _week(week))
    told = f"{len(canonical(found.review)):,} bytes, SHA-256 {digest(found.review)}"
    if found.same:
        click.echo(f"{product} {week}: the same {told}")
        return
    click.echo(f"{product} {week}: other bytes than were frozen; now {told}", err=True)
    for place, before, after in differences(found.frozen, found.review):
        click.echo(f"{place}: {_told(before)} → {_told(after)}", err=True)
    sys.exit(1)


@review.command()
@_PRODUCT
@_WEEK
@click.option("--dry-run", is_flag=True, help="Write nothing to Confluence.")
@click.option("--to", type=click.Path(file_okay=False), help="With --dry-run: the folder for the page and its diff.")
@in_words
def publish(product: str, week: str, dry_run: bool, to: str | None) -> None:
    """Merges a frozen week into its page again, under the present template; its numbers stay."""
    from pathlib import Path

    from plugin.weekly.freezing import product_week
    from plugin.weekly.republishing import rehearse, republish

    if dry_run != (to is not None):
        _refuse("--dry-run and --to FOLDER go together")
    with application() as app:
        with app.engine.connect() as connection:
            one = product_week(connection, product, _week(week))
        done = rehearse(app.around, app.confluence, one, Path(to)) if to else republish(app.around, app.confluence, one)
    told = f"would be {done.outcome}" if dry_run else done.outcome
    click.echo(" ".join(word for word in (f"{product} {week}: {told}.", done.words, done.url or "") if word))


COMMANDS: tuple[click.Command, ...] = (review,)


def _week(name: str) -> "Week":
    from plugin.domain.week import Week

    try:
        return Week.parse(name)
    except ValueError as error:
        _refuse(str(error))


def _frozen(connection: "Connection", product: str, week: "Week") -> "Review":
    from plugin.weekly.freezing import frozen

    found = frozen(connection, product, week)
    if found is None:
        _refuse(f"{week} of {product} is not frozen; `plumbline review build` freezes a week that is over")
    return found


def _show(found: "Review", as_json: bool) -> None:
    from plugin.review.lines import lines

    if as_json:
        click.echo(json.dumps(found.model_dump(mode="json"), indent=2, ensure_ascii=False))
        return
    for line in lines(found):
        click.echo(line)


def _told(value: Any) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)

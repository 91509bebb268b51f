"""Once a day: what unlinked issues look like, and which open issues of two streams look alike. Kept in the store."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from plugin.domain.product import Configuration, Product
from plugin.domain.verdict import State
from plugin.path.asking import Surroundings
from plugin.store import configurations, likenesses, progress
from plugin.suggestions.duplicates import alike
from plugin.suggestions.objectives import Learning, Suggestion
from plugin.suggestions.words import Described

_EVERY = timedelta(days=1)
_PAIRS = 200
"""Candidates that are kept: nobody looks through more of them."""


def compare_due(connection: Connection, now: datetime) -> bool:
    """Not before Jira was swept once."""
    if progress.cursor_at(connection, progress.SWEPT) is None:
        return False
    last = progress.cursor_at(connection, progress.LIKENED)
    return last is None or now - last >= _EVERY


def compare(around: Surroundings) -> bool:
    """False where somebody else is at it, or no rules are in force."""
    now, book = around.clock(), around.book()
    with around.engine.begin() as connection:
        configuration = configurations.active(connection)
        if configuration is None or book is None or not likenesses.alone(connection):
            return False
        active = book.active(book.today(now))
        for product in configuration.products:
            found = _suggested(connection, configuration, product, active)
            likenesses.keep_suggestions(connection, product.id, found)
        open_issues = likenesses.open_of_streams(connection, streams(configuration), configuration.site.tag)
        pairs = alike(open_issues, likenesses.dismissed(connection), _PAIRS)
        likenesses.keep_pairs(connection, pairs)
        progress.move_cursor(connection, progress.LIKENED, now)
    return True


def streams(configuration: Configuration) -> dict[str, str]:
    """The stream of each project, as `product/stream`."""
    return {
        project: f"{product.id}/{stream.id}"
        for product in configuration.products
        for stream in product.streams
        for project in stream.projects
    }


def _suggested(
    connection: Connection, configuration: Configuration, product: Product, active: frozenset[str]
) -> Iterator[tuple[str, Suggestion]]:
    learning, tags = Learning(), configuration.site.tag
    for objective in product.objectives:
        if objective.id in active:
            learning.objective(Described(objective.id, objective.title, objective.why))
    for one, serves in likenesses.lately(connection, product.id, State.ALIGNED, tags):
        learning.serves(one, serves or "")
    for one, _ in likenesses.lately(connection, product.id, State.UNALIGNED, tags):
        learning.other(one)
    learned = learning.learned()
    for one in likenesses.open_unlinked(connection, product.id, tags):
        found = learned.suggest(one)
        if found:
            yield one.name, found

"""The fill from the command line: does it, or shows how far whoever does it is, and takes over where they end."""

import time
from collections.abc import Callable

from plugin.path.asking import Surroundings
from plugin.path.scope import Scope
from plugin.path.sweep import Sweep
from plugin.path.sync import Progress
from plugin.store import syncs
from plugin.store.syncs import Standing


def fill(
    around: Surroundings, again: bool, tell: Progress, wait: Callable[[float], None] = time.sleep
) -> Standing | None:
    """Until every issue in scope was read; None where no configuration is in force. With `again` all are read anew.

    Raises DoorError where Jira cannot be asked; started again, it goes on.
    """
    book = around.book()
    if book is None or not book.products:
        return None
    scope = Scope.of(book).name
    if again:
        with around.engine.begin() as connection:
            syncs.begin_again(connection, scope, around.clock())
    while True:
        with around.engine.connect() as connection:
            standing = syncs.standing(connection, scope)
        if standing and standing.finished_at:
            tell(max(standing.done, 1), max(standing.done, 1))
            return standing
        if standing and standing.held:
            tell(standing.done, max(standing.total or 0, standing.done, 1))
            wait(1)
        else:
            Sweep(around, tell=tell).run()

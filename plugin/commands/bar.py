"""How far something is."""

import contextlib
import sys
from collections.abc import Callable, Iterator

import click


@contextlib.contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with an estimate on standard error, where that is a terminal; told how many are done, and of how many."""
    with click.progressbar(length=1, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:

        def progress(done: int, of: int) -> None:
            shown.length = of
            shown.update(done - shown.pos)

        yield progress

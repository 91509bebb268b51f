"""How far something is."""

import contextlib
import sys
from collections.abc import Callable, Iterator

import click


@contextlib.contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with an estimate on standard error, where that is a terminal; told how many are done, and of how many.

    It is drawn when it is told for the first time, and ends its line when all is done, so that another may follow.
    """
    with contextlib.ExitStack() as open_bars:
        drawn: list[click._termui_impl.ProgressBar[int]] = []

        def progress(done: int, of: int) -> None:
            if not drawn:
                made = click.progressbar(length=of, label=what, file=sys.stderr, hidden=not sys.stderr.isatty())
                drawn.append(open_bars.enter_context(made))
            drawn[0].length = of
            drawn[0].update(done - drawn[0].pos)
            if done >= of:
                open_bars.close()

        yield progress

"""How far something is."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

import click

Progress = Callable[[int, int], None]

_EVERY = 30.0
"""Seconds between two lines where nobody sees a bar."""


@contextlib.contextmanager
def bar(what: str) -> Iterator[Progress]:
    """A bar with an estimate of time on standard error, and a line now and then where that is no terminal.

    It is told how many are done, and of how many. It is drawn when it is told for the first time, and ends its line
    when all is done, so that another may follow.
    """
    if not sys.stderr.isatty():
        yield lines(what, time.monotonic, lambda line: click.echo(line, err=True))
        return
    with contextlib.ExitStack() as open_bars:
        drawn: list[click._termui_impl.ProgressBar[int]] = []

        def progress(done: int, of: int) -> None:
            if not drawn:
                made = click.progressbar(length=of, label=what, file=sys.stderr)
                drawn.append(open_bars.enter_context(made))
            drawn[0].length = of
            drawn[0].update(done - drawn[0].pos)
            if done >= of:
                open_bars.close()

        yield progress


def lines(what: str, clock: Callable[[], float], say: Callable[[str], None]) -> Progress:
    """A line each half minute: how many of how many, and how long the rest takes at the pace so far."""
    begun: list[tuple[float, int]] = []
    said = clock()

    def progress(done: int, of: int) -> None:
        nonlocal said
        now = clock()
        begun[:] = begun or [(now, done)]
        if now - said < _EVERY:
            return
        said = now
        since, first = begun[0]
        left = f", about {_minutes((of - done) * (now - since) / (done - first))} left" if done > first else ""
        say(f"{what}: {done:,} of {of:,}{left}")

    return progress


def _minutes(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 5400 else f"{max(1, round(seconds / 60))} min"

"""Two years of weekly values for the metrics of Acme Pay, as files that its configuration names.

The newest week is the last one that is over on the story's day: checkout conversion falls out of its usual range, the
payment page gets as fast as it was to be, disputes do not move.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

FOLDER = "metrics"
"""Below the configuration's folder."""
_WEEKS = 110
_YEAR = 52
_NOISE = (0.3, -0.6, 0.9, -0.2, 0.6, -1.0, 0.1)
"""How far weeks lie from the line, in units of the metric's own unrest; sevens do not fall in step with quarters."""


@dataclass(frozen=True)
class _Past:
    """`recent` are the newest weeks, the oldest first; before them a line from a value a year ago and one of two."""

    recent: tuple[float, ...]
    a_year_ago: float
    two_years_ago: float
    unrest: float

    def before(self, weeks: int) -> float:
        """The value that many weeks before the newest."""
        known = len(self.recent)
        if weeks < known:
            return self.recent[-1 - weeks]
        if weeks < _YEAR:
            part = (weeks - known + 1) / (_YEAR - known + 1)
            line = self.recent[0] + (self.a_year_ago - self.recent[0]) * part
        else:
            line = self.a_year_ago + (self.two_years_ago - self.a_year_ago) * (weeks - _YEAR) / _YEAR
        return line + self.unrest * _NOISE[weeks % len(_NOISE)]


_PASTS: Mapping[str, _Past] = {
    "page-load": _Past(
        (3.1, 2.9, 3.1, 3.0, 3.2, 2.9, 3.1, 2.9, 3.1, 2.9, 3.0, 2.9, 2.9, 2.8, 2.6, 2.5, 2.4, 2.3), 3.3, 3.6, 0.1
    ),
    "saved-card-share": _Past(
        (22.0, 24.1, 22.6, 25.0, 23.1, 25.6, 23.5, 26.0, 24.2, 26.4, 24.5, 26.9, 25.2, 27.2, 25.6, 27.8, 26.3, 28.0),
        18.0,
        12.0,
        0.8,
    ),
    "conversion": _Past(
        (63.6, 64.2, 63.5, 64.1, 63.4, 64.0, 63.3, 63.9, 63.2, 64.0, 63.4, 64.1, 63.5, 64.2, 64.1, 64.8, 65.3, 62.1),
        60.9,
        58.2,
        0.4,
    ),
    "wrong-refusals": _Past(
        (31.4, 30.6, 31.2, 30.5, 31.5, 30.9, 31.3, 30.4, 31.1, 30.7, 31.4, 30.8, 31.2, 30.3, 30.8, 29.9, 30.4, 29.8),
        32.5,
        34.0,
        0.5,
    ),
    "dispute-rate": _Past(
        (0.91, 0.88, 0.92, 0.89, 0.93, 0.90, 0.88, 0.92, 0.89, 0.91, 0.88, 0.90, 0.92, 0.89, 0.91, 0.90, 0.92, 0.90),
        0.86,
        0.80,
        0.02,
    ),
}
"""By the metric's id."""


def write_values(folder: Path, today: date) -> None:
    """Writes metrics/<id>.csv below the configuration's folder: one value a week, on its Friday."""
    (folder / FOLDER).mkdir(exist_ok=True)
    for metric, past in _PASTS.items():
        lines = [f"{day},{value:.2f}" for day, value in _values(past, today)]
        (folder / FOLDER / f"{metric}.csv").write_text("\n".join(["day,value", *lines, ""]), encoding="utf-8")


def _values(past: _Past, today: date) -> Iterator[tuple[date, float]]:
    newest = today - timedelta(days=today.weekday() + 3)  # the Friday of the last week that is over
    for weeks in range(_WEEKS - 1, -1, -1):
        yield newest - timedelta(weeks=weeks), past.before(weeks)

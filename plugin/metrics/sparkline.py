"""A few numbers as a picture made of letters, for where no chart can be."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"


def sparkline(values: Sequence[float | None]) -> str:
    """One bar a value, from the lowest to the highest; a dot where there is none, all in the middle where all equal."""
    known = [one for one in values if one is not None]
    if not known:
        return _GAP * len(values)
    lowest, reach = min(known), max(known) - min(known)
    return "".join(_GAP if one is None else _bar((one - lowest) / reach if reach else 0.5) for one in values)


def _bar(height: float) -> str:
    """`height` is 0 to 1."""
    return _BARS[min(int(height * len(_BARS)), len(_BARS) - 1)]

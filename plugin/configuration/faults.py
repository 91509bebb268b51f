"""What is wrong with a configuration: every fault of every file in one report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend. `file` is the path as the admin gave it; lines are counted from 1."""

    file: str
    line: int
    sentence: str
    """What is wrong and what would be allowed; further lines show the place in a condition."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class ConfigurationFaults(Exception):  # noqa: N818 - it carries many; the plural says so
    """The configuration cannot be used. `str` is the report, one fault after the other."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def meant(word: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?` where one of the allowed words is close, else nothing."""
    close = get_close_matches(word, list(allowed), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def listed(words: Sequence[str], most: int = 12) -> str:
    """`a, b, c`, cut after so many; `none` for nothing."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more if words else "none"

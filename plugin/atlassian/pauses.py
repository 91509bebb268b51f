"""How processes that share a site tell each other what it has closed."""

from collections.abc import Mapping
from typing import Protocol


class Pauses(Protocol):
    """Kept outside of the process, so that one worker's 429 is heeded by all. Neither call may raise."""

    def note(self, site: str, subject: str, seconds: float) -> None:
        """The site has closed this subject for so many seconds from now; a longer pause that is known stays."""
        ...

    def left(self, site: str) -> Mapping[str, float]:
        """Subject → seconds for which it stays closed. Empty where nothing is, or where that cannot be told."""
        ...

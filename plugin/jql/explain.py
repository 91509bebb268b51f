"""What each part of a condition says of one issue, as a value: pages and logs only print it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause with the value that it met, or several that are joined."""

    joined: Literal["clause", "and", "or"]
    clause: str
    """In words; of joined clauses all of them."""
    value: str
    """What the issue holds, `unknown` where that decides and is not known; "" where clauses are joined."""
    matched: bool | None
    """None where a field that decides is unknown."""
    parts: "tuple[Finding, ...]" = ()

    @property
    def nearly(self) -> "Finding | None":
        """The one part that alone kept the condition from matching while something beside it held; None if several did.

        It is a clause, or an OR of which nothing held."""
        if self.matched is not False:
            return None
        if self.joined == "or":
            return next((near for part in self.parts if (near := part.nearly)), None)
        failed = [part for part in self.parts if not part.matched]
        if len(failed) != 1 or failed[0].matched is None:
            return None
        alone = len(self.parts) == 1
        return failed[0].nearly or (None if alone else failed[0])

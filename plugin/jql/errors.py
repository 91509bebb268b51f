"""What is wrong with a query, where, and what would be right."""

from dataclasses import dataclass

_SHOWN = 100
"""Characters of the faulty line that a message quotes; a longer line is cut around the fault."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a query's text, as offsets in characters from its beginning; `stop` lies behind the last one."""

    text: str
    start: int
    stop: int

    @property
    def line(self) -> int:
        """The line, counted from 1; lines end at a newline only, as in Atlassian's parser."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The character in its line, counted from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    @property
    def source(self) -> str:
        return self.text[self.start : self.stop]

    def drawn(self) -> str:
        """The faulty line with carets below the fault."""
        first = self.start - self.column + 1
        end = self.text.find("\n", self.start)
        line = self.text[first : end if end >= 0 else len(self.text)]
        cut = max(0, self.column - 1 - _SHOWN // 2)
        shown = "".join(one if one.isprintable() else " " for one in line[cut : cut + _SHOWN])
        before = self.column - 1 - cut
        carets = max(1, min(self.stop - self.start, len(shown) - before))
        return f"  {shown}\n  {' ' * before}{'^' * carets}"


class JqlError(ValueError):
    """A text that is not JQL. Its `str` is the whole story: sentence, place, the line with a caret, and a hint."""

    def __init__(self, message: str, place: Place, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    @property
    def start(self) -> int:
        """Offset of the fault in characters, from 0."""
        return self.place.start

    @property
    def line(self) -> int:
        """Counted from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """Character in the line, counted from 1."""
        return self.place.column

    @property
    def sentence(self) -> str:
        """The message with its place on one line, for reports that quote the text themselves."""
        return f"{self.message} (line {self.line}, character {self.column})."

    def __str__(self) -> str:
        hint = f"\n{self.hint}" if self.hint else ""
        return f"{self.sentence}\n{self.place.drawn()}{hint}"


class JqlRefused(JqlError):  # noqa: N818 - the word of the house for a rule that is turned down
    """Valid JQL that cannot be decided from an issue alone, or that Jira itself would refuse; the message says why."""

"""Text fields and `~`: words, phrases and prefixes, in any letter case.

All words must be there (https://support.atlassian.com/jira-software-cloud/docs/search-syntax-for-text-fields/). A word
in quotes inside the operand is a phrase, `win*` a prefix, `-word` or NOT word must not be there. Jira also finds other
forms of a word; here a word is found as it is written, and the prefix covers its forms.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from plugin.jql import refusals
from plugin.jql.clause import EMPTINESS, SEARCH, Ask, Test, Unfit, answer
from plugin.jql.nodes import Call, Value
from plugin.jql.view import Issue, Reading, View, in_words, is_nothing

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r'(?P<sign>[-+!]?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')

Found = Callable[[str], bool]


@dataclass(frozen=True)
class TextField:
    """A field of plain text."""

    name: str
    reading: Reading[str]
    operators: frozenset[str] = SEARCH | EMPTINESS
    never_empty: str = ""
    nullable: bool = True

    @property
    def field(self) -> str:
        return self.reading.field

    def show(self, issue: Issue) -> str:
        return in_words(issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return False

    def test(self, ask: Ask) -> Test:
        return search(ask, self.reading)


def search(ask: Ask, reading: Reading[str]) -> Test:
    """The test of `~`, `!~` or emptiness over a text."""
    wanted = [found for one in ask.compared for found in _pieces(one)]

    def holds(text: str, view: View) -> bool:
        return all(found(text) for found in wanted)

    if not wanted:
        return answer(ask, lambda view: view.texts[reading], lambda text, view: False)
    return answer(ask, lambda view: view.texts[reading], holds)


def spaced(value: object) -> str | None:
    """A text as its words in lower case, a blank around each, so that words and phrases are found as substrings.

    "" only for an empty text: one of mere punctuation is two blanks."""
    if is_nothing(value):
        return ""
    return f" {' '.join(_WORD.findall(value.lower()))} " if isinstance(value, str) else None


def _pieces(operand: Value | Call) -> list[Found]:
    if isinstance(operand, Call):
        raise refusals.function(operand)
    found: list[Found] = []
    excluded = False
    for piece in _PIECE.finditer(operand.text):
        word = piece["word"] or ""
        if word == "OR" or "(" in word or "|" in word:
            raise Unfit(operand, "`~` takes words that must all be there", "Join two clauses with OR instead.")
        if word in {"AND", "&&"}:
            continue
        if word == "NOT":
            excluded = True
            continue
        found.append(_piece(operand, piece, excluded or piece["sign"] in {"-", "!"}))
        excluded = False
    if not found:
        raise Unfit(operand, "`~` needs a word to look for")
    return found


def _piece(operand: Value, piece: "re.Match[str]", excluded: object) -> Found:
    written = piece["phrase"] if piece["phrase"] is not None else piece["word"]
    prefix = piece["phrase"] is None and written.endswith(("*", "?"))
    bare = written.rstrip("*?") if prefix else re.sub(r"[~^][0-9.]*$", "", written)
    if piece["phrase"] is None and ("*" in bare or "?" in bare):
        raise Unfit(operand, "A wildcard stands at the end of a word only", "Write the word's beginning, as in win*.")
    words = _WORD.findall(bare.lower())
    if not words:
        raise Unfit(operand, f"There is no word in `{written}` to look for")
    sought = f" {' '.join(words)}" + ("" if prefix else " ")
    return (lambda text: sought not in text) if excluded else (lambda text: sought in text)

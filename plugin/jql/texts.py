"""Text fields and `~`: words, phrases and prefixes, in any letter case.

All words must be there (https://support.atlassian.com/jira-software-cloud/docs/search-syntax-for-text-fields/). A word
in quotes inside the operand is a phrase, `win*` a prefix, `-word` or NOT word must not be there. Words and phrases are
compared by the stems of their words, prefixes with the words as they are written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from plugin.jql import patterns, refusals
from plugin.jql.clause import EMPTINESS, SEARCH, Ask, Unfit
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Question, Scan, TermSet, Test, both, either
from plugin.jql.site import SiteFacts
from plugin.jql.stems import stem
from plugin.jql.view import Issue, Reading, Terms, View, in_words, is_nothing, reading_of

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r'(?P<sign>[-+!]?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_LISTS = frozenset({"in", "not in"})


@dataclass(frozen=True)
class Texts:
    """One field's text, as written and as words. What was read is shared by all conditions that ask for it."""

    written: Reading[str]
    """In lower case."""
    spaced: Reading[str]
    """Its words with a blank around each, so that a prefix is found as a substring."""
    stems: Reading[str]
    """The same of its words' stems, for phrases."""
    words: Reading[Terms]
    """The set of its words' stems."""


@cache
def texts_of(field: str, language: str) -> Texts:
    written = Reading[str](field, lambda issue: _written(issue.get(field)) if field in issue else None)

    def words(value: object, stemmed: bool) -> list[str] | None:
        text = _written(value)
        if not text:
            return None if text is None else []
        found = _WORD.findall(text)
        # A text of mere punctuation is not empty, and no word is in it.
        return ([stem(one) for one in found] if stemmed else found) or [""]

    stemmed = language == "english"
    return Texts(
        written,
        reading_of(field, lambda value: _joined(words(value, stemmed=False))),
        reading_of(field, lambda value: _joined(words(value, stemmed))),
        reading_of(field, lambda value: _set(words(value, stemmed))),
    )


def _written(value: object) -> str | None:
    return "" if is_nothing(value) else value.lower() if isinstance(value, str) else None


def _joined(words: list[str] | None) -> str | None:
    if words is None:
        return None
    return f" {' '.join(words)} " if words else ""


def _set(words: list[str] | None) -> Terms | None:
    return None if words is None else frozenset(words)


@dataclass(frozen=True)
class TextField:
    """A field of plain text."""

    name: str
    field: str
    operators: frozenset[str] = SEARCH | EMPTINESS | _LISTS
    never_empty: str = ""
    nullable: bool = True

    def show(self, issue: Issue) -> str:
        return in_words(issue.get(self.field))

    def moves(self, ask: Ask) -> bool:
        return False

    def question(self, ask: Ask) -> Question:
        return search(ask, self.field)


def search(ask: Ask, field: str) -> Question:
    """What `~`, `!~`, emptiness and IN with patterns ask of a text."""
    texts = texts_of(field, ask.site.language)
    if not ask.compared:
        return TermSet(texts.words, frozenset(), "lacks" if ask.negative else "has or is empty")
    if ask.operator in _LISTS:
        return _fitting(ask, texts)
    pieces = list(_pieces(ask.compared[0], ask.site))
    wanted = [one.negated(texts) if ask.negative else one.question(texts) for one in pieces]
    return either(wanted) if ask.negative else both(wanted)


def _fitting(ask: Ask, texts: Texts) -> Question:
    parts: list[Question] = []
    for one in ask.compared:
        if not isinstance(one, Call) or not patterns.is_pattern(one):
            raise Unfit(one, "A text is listed by patterns only", 'Write ~ for words, or IN (glob("…"), regex("…")).')
        parts.append(patterns.in_text(one, ask, texts.written))
    return both(parts) if ask.negative else either(parts)


@dataclass(frozen=True)
class _Piece:
    """One word, phrase or prefix of an operand."""

    words: tuple[str, ...]
    prefix: bool
    excluded: bool

    def question(self, texts: Texts) -> Question:
        return self._absent(texts) if self.excluded else self._present(texts)

    def negated(self, texts: Texts) -> Question:
        return self._present(texts) if self.excluded else self._absent(texts)

    def _present(self, texts: Texts) -> Question:
        if self.prefix:
            return self._scan(texts.spaced, there=True)
        needed = [TermSet(texts.words, frozenset({one}), "has") for one in dict.fromkeys(self.words)]
        return both([*needed, self._scan(texts.stems, there=True)]) if len(self.words) > 1 else needed[0]

    def _absent(self, texts: Texts) -> Question:
        if self.prefix or len(self.words) > 1:
            return self._scan(texts.spaced if self.prefix else texts.stems, there=False)
        return TermSet(texts.words, frozenset(self.words), "lacks")

    def _scan(self, reading: Reading[str], there: bool) -> Scan:
        sought = f" {' '.join(self.words)}" + ("" if self.prefix else " ")
        return Scan(_within(reading, sought) if there else _not_within(reading, sought), reading.field)


def _within(reading: Reading[str], sought: str) -> Test:
    def test(view: View) -> bool | None:
        text = view.texts[reading]
        return None if text is None else sought in text

    return test


def _not_within(reading: Reading[str], sought: str) -> Test:
    """False for an empty text: a comparison never matches there."""

    def test(view: View) -> bool | None:
        text = view.texts[reading]
        return None if text is None else bool(text) and sought not in text

    return test


def _pieces(operand: Value | Call, site: SiteFacts) -> Iterator[_Piece]:
    if isinstance(operand, Call):
        raise refusals.function(operand)
    excluded, found = False, False
    for piece in _PIECE.finditer(operand.text):
        word = piece["word"] or ""
        if word == "OR" or "(" in word or "|" in word:
            raise Unfit(operand, "`~` takes words that must all be there", "Join two clauses with OR instead.")
        if word == "NOT":
            excluded = True
        elif word not in {"AND", "&&"}:
            yield _piece(operand, piece, site, excluded or piece["sign"] in {"-", "!"})
            excluded, found = False, True
    if not found:
        raise Unfit(operand, "`~` needs a word to look for")


def _piece(operand: Value, piece: "re.Match[str]", site: SiteFacts, excluded: bool) -> _Piece:
    written = piece["phrase"] if piece["phrase"] is not None else piece["word"]
    prefix = piece["phrase"] is None and written.endswith(("*", "?"))
    bare = written.rstrip("*?") if prefix else re.sub(r"[~^][0-9.]*$", "", written)
    if piece["phrase"] is None and ("*" in bare or "?" in bare):
        raise Unfit(operand, "A wildcard stands at the end of a word only", "Write the word's beginning, as in win*.")
    words = _WORD.findall(bare.lower())
    if not words:
        raise Unfit(operand, f"There is no word in `{written}` to look for")
    stemmed = site.language == "english" and not prefix
    return _Piece(tuple(stem(one) if stemmed else one for one in words), prefix, excluded)

"""JQL's `~` over plain text: words by their stems, phrases, prefixes, and AND, OR, NOT, + and - among them.

https://support.atlassian.com/jira-software-cloud/docs/search-syntax-for-text-fields/
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import snowballstemmer

from plugin.sandbox.jira.errors import JiraError

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_PART = re.compile(r'\s*(?P<sign>[+\-!])?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"()]+)|(?P<bracket>[()]))')
_IGNORED = re.compile(r"(?:~[0-9.]*|\^[0-9.]+)$")


@dataclass(frozen=True)
class _Term:
    """Words that stand one behind the other; `prefix` cuts the last one short."""

    words: tuple[str, ...]
    prefix: bool = False
    denied: bool = False
    alternative: bool = False
    """An OR stood before it."""


def finder(query: str) -> Callable[[str], bool]:
    """Tells whether a text holds what the query asks. Raises JiraError 400 for a query without any word.

    Without an operator between them all terms have to be found. AND binds tighter than OR, as everywhere.
    """
    alternatives: list[list[_Term]] = [[]]
    for term in _terms(query):
        if term.alternative:
            alternatives.append([])
        alternatives[-1].append(term)
    if not any(alternatives):
        raise JiraError(400, f"The text '{query}' holds no word that could be searched for.")

    def finds(text: str) -> bool:
        words = _words(text)
        return any(group and all(_found(term, words) for term in group) for group in alternatives)

    return finds


def _terms(query: str) -> list[_Term]:
    found: list[_Term] = []
    alternative = denied = False
    for part in _PART.finditer(query):
        word = part["word"]
        if word in ("AND", "&&"):
            continue
        if word in ("OR", "||"):
            alternative = bool(found)
            continue
        if word == "NOT":
            denied = True
            continue
        term = _term(part)
        if term is not None:
            denied = denied or part["sign"] in ("-", "!")
            found.append(replace(term, denied=denied, alternative=alternative))
            alternative = denied = False
    return found


def _term(part: re.Match[str]) -> _Term | None:
    """None where nothing but signs is left. A wildcard at the end makes a prefix; within a word it is refused."""
    if part["bracket"]:
        raise JiraError(400, "Parentheses within a text search are not supported here.")
    if part["phrase"] is not None:
        words = tuple(one.casefold() for one in _WORD.findall(part["phrase"]))
        return _Term(words) if words else None
    word = _IGNORED.sub("", part["word"])
    prefix = word.endswith(("*", "?"))
    word = word.rstrip("*?")
    if "*" in word or "?" in word:
        raise JiraError(400, f"The wildcard in '{word}' is not supported: it may stand at the end of a word only.")
    words = tuple(one.casefold() for one in _WORD.findall(word))
    return _Term(words, prefix) if words else None


def _found(term: _Term, words: Sequence[str]) -> bool:
    size = len(term.words)
    here = any(_stands(term, words[at : at + size]) for at in range(len(words) - size + 1))
    return here != term.denied


def _stands(term: _Term, words: Sequence[str]) -> bool:
    for at, (wanted, seen) in enumerate(zip(term.words, words, strict=True)):
        if term.prefix and at == len(term.words) - 1:
            if not seen.startswith(wanted):
                return False
        elif _stem(wanted) != _stem(seen):
            return False
    return True


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(one.casefold() for one in _WORD.findall(text))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word))

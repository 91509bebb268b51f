"""Reads the part of JQL that the sandbox decides: see `jira_search`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from plugin.sandbox.jira_errors import JiraError


@dataclass(frozen=True)
class Clause:
    """`field` is lower case; `operator` is one of =, !=, in, not in, is, is not (empty), <, <=, >, >=."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Parts of which all (AND) or any (OR) have to hold. NOT has been moved into the operators."""

    all: bool
    parts: tuple["Condition", ...]


Condition = Clause | Group


@dataclass(frozen=True)
class Query:
    """A parsed search. `where` is None for the unbounded; `order` holds (field, descending)."""

    where: Condition | None
    order: tuple[tuple[str, bool], ...]

    @property
    def demanded(self) -> tuple[Clause, ...]:
        """The clauses that every issue found has to meet: what an index can start from."""
        where = self.where
        if isinstance(where, Group) and where.all:
            return tuple(part for part in where.parts if isinstance(part, Clause))
        return (where,) if isinstance(where, Clause) else ()

    @property
    def oldest_first(self) -> bool:
        """Whether the order is the one in which the site keeps its issues: by `updated`, then by id."""
        return self.order in ((("updated", False),), (("updated", False), ("id", False)))


_TOKEN = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(<=|>=|!=|[=<>(),])|([^\s"'=<>!(),]+))""")
_OPPOSITE = {"=": "!=", "in": "not in", "is": "is not", "<": ">=", ">": "<="}
_OPPOSITE |= {opposite: one for one, opposite in _OPPOSITE.items()}
_COMPARISONS = (">=", ">", "<=", "<")
_EXACT = ("=", "!=", "in", "not in")
_SETS = ("project", "id", "key", "status", "statuscategory", "issuetype", "priority")
_MAYBE_EMPTY = ("labels", "component", "fixversion", "parent", "assignee", "reporter", "resolution")
_FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("updated", "created"), _COMPARISONS),
    **dict.fromkeys(_SETS, _EXACT),
    **dict.fromkeys(_MAYBE_EMPTY, (*_EXACT, "is", "is not")),
}
_ALIASES = {"issue": "key", "issuekey": "key", "type": "issuetype", "components": "component", "label": "labels"}
_SORTED = ("updated", "created", "id", "key")


class _Reader:
    """Reads JQL word by word; a quoted word is never an operator."""

    def __init__(self, jql: str) -> None:
        self.words: list[tuple[str, bool]] = []
        place = 0
        text = jql.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _bad(f"Error in the JQL Query: '{text[place:].strip()[:20]}' is not expected here.")
            quoted = next((part for part in found.group(1, 2) if part is not None), None)
            plain = found[3] or found[4]
            self.words.append((re.sub(r"\\(.)", r"\1", quoted), True) if quoted is not None else (plain, False))
            place = found.end()

    def peek(self) -> str:
        """The next word in lower case, "" at the end or where it is quoted."""
        return self.words[0][0].lower() if self.words and not self.words[0][1] else ""

    def take(self, *expected: str) -> str:
        if not self.words or (expected and self.peek() not in expected):
            seen = self.words[0][0] if self.words else "the end of the query"
            wanted = f" Expecting {' or '.join(expected)}." if expected else ""
            raise _bad(f"Error in the JQL Query: '{seen}' is not expected here.{wanted}")
        return self.words.pop(0)[0]


def parse(jql: str) -> Query:
    """Raises JiraError 400 for JQL that the sandbox does not decide."""
    reader = _Reader(jql)
    where = _any(reader, False) if reader.words and reader.peek() != "order" else None
    order = _order(reader)
    if reader.words:
        reader.take("and", "or", "order by")
    return Query(where, order)


def _any(reader: _Reader, denied: bool) -> Condition:
    return _joined(reader, "or", _all, denied)


def _all(reader: _Reader, denied: bool) -> Condition:
    return _joined(reader, "and", _one, denied)


def _joined(reader: _Reader, word: str, inner: Callable[[_Reader, bool], Condition], denied: bool) -> Condition:
    """What is denied joins the other way round: not (a or b) is not a and not b."""
    parts = [inner(reader, denied)]
    while reader.peek() == word:
        reader.take()
        parts.append(inner(reader, denied))
    return parts[0] if len(parts) == 1 else Group((word == "and") != denied, tuple(parts))


def _one(reader: _Reader, denied: bool) -> Condition:
    if reader.peek() == "not":
        reader.take()
        return _one(reader, not denied)
    if reader.peek() == "(":
        reader.take()
        inside = _any(reader, denied)
        reader.take(")")
        return inside
    clause = _clause(reader)
    return replace(clause, operator=_OPPOSITE[clause.operator]) if denied else clause


def _clause(reader: _Reader) -> Clause:
    field = _ALIASES.get(reader.peek(), reader.peek())
    if field not in _FIELDS:
        raise _bad(f"Field '{reader.take()}' does not exist or you do not have permission to view it.")
    reader.take()
    word = reader.take("=", "!=", "<", "<=", ">", ">=", "in", "not", "is").lower()
    if word == "not":
        word = "not " + reader.take("in").lower()
    elif word == "is" and reader.peek() == "not":
        word = "is " + reader.take().lower()
    if word not in _FIELDS[field]:
        raise _bad(f"The operator '{word}' is not supported by the '{field}' field.")
    if word in ("is", "is not"):
        reader.take("empty", "null")
        return Clause(field, word, ())
    return Clause(field, word, _values(reader) if word.endswith("in") else (reader.take(),))


def _values(reader: _Reader) -> tuple[str, ...]:
    reader.take("(")
    values = [reader.take()]
    while reader.take(",", ")") == ",":
        values.append(reader.take())
    return tuple(values)


def _order(reader: _Reader) -> tuple[tuple[str, bool], ...]:
    """Without ORDER BY the newest come first."""
    if reader.peek() != "order":
        return (("created", True),)
    reader.take()
    reader.take("by")
    order = [_sort(reader)]
    while reader.peek() == ",":
        reader.take()
        order.append(_sort(reader))
    return tuple(order)


def _sort(reader: _Reader) -> tuple[str, bool]:
    field = reader.take().lower()
    if field not in _SORTED:
        raise _bad(f"Not able to sort using field '{field}'.")
    return field, reader.peek() in ("asc", "desc") and reader.take().lower() == "desc"


def _bad(words: str) -> JiraError:
    return JiraError(400, words)

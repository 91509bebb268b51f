"""Reads JQL: the grammar of a query's condition and its ORDER BY. What the words mean is `jql.reference`'s matter.

Two things are not as in Jira's grammar: reserved words may stand without quotes, and WAS and CHANGED are refused.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jql.syntax import (
    Call,
    Clause,
    Condition,
    Empty,
    Group,
    Many,
    Not,
    Operand,
    Operator,
    Query,
    Value,
)

_QUOTED = r"""(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_SIGN = r"(?P<sign><=|>=|!=|!~|&&|\|\||[=<>~!&|(),\[\]])"
_PLAIN = r"""(?P<plain>(?:[^\s"'=!<>()~,\[\]|&{}*/%+^$#@?;\\]|\\.)+)"""
_TOKEN = re.compile(rf"\s*(?:{_QUOTED}|{_SIGN}|{_PLAIN})", re.DOTALL)
_ESCAPE = re.compile(r"""\\(u[0-9a-fA-F]{4}|[tnr"'\\ ]|.)""", re.DOTALL)
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "'": "'", "\\": "\\", " ": " "}
_NUMBER = re.compile(r"-?[0-9]+")
_DEEPEST = 100
"""Parentheses and NOTs within each other: more is refused before Python's own recursion ends."""
_SORTED = ("updated", "created", "id", "key")
_COMPARISONS: dict[str, Operator] = {
    "=": "=",
    "!=": "!=",
    "~": "~",
    "!~": "!~",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}


class _Word(NamedTuple):
    """`kind` is quoted, sign, plain or end; `text` has its escapes resolved; `at` is the place in the query."""

    kind: str
    text: str
    at: int

    @property
    def keyword(self) -> str:
        """In lower case; "" where the word is quoted or at the end."""
        return self.text.lower() if self.kind in ("plain", "sign") else ""


def parse(jql: str) -> Query:
    """Raises JiraError 400 for what is no JQL."""
    return _Reader(jql).query()


def _words(jql: str) -> list[_Word]:
    words, place, text = [], 0, jql.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _bad(text, len(text) - len(text[place:].lstrip()))
        kind = str(found.lastgroup)
        given = found[kind]
        plain = _unescaped(given[1:-1] if kind == "quoted" else given)
        words.append(_Word(kind, plain, found.start(kind)))
        place = found.end()
    return [*words, _Word("end", "", len(text))]


def _unescaped(text: str) -> str:
    def resolved(found: re.Match[str]) -> str:
        escape = found[1]
        if escape[0] == "u" and len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _ESCAPED:
            raise JiraError(400, f"Error in the JQL Query: '\\{escape}' is an illegal JQL escape sequence.")
        return _ESCAPED[escape]

    return _ESCAPE.sub(resolved, text)


class _Reader:
    """Recursive descent: one method for each rule of the grammar, from the loosest to the tightest."""

    def __init__(self, jql: str) -> None:
        self.jql = jql
        self.words = _words(jql)
        self.place = 0
        self.depth = 0

    def query(self) -> Query:
        where = None if self.next.kind == "end" or self.next.keyword == "order" else self._any()
        order = self._order()
        if self.next.kind != "end":
            raise self._unexpected("'AND', 'OR' or 'ORDER BY'")
        return Query(where, order)

    @property
    def next(self) -> _Word:
        return self.words[self.place]

    def _take(self, *expected: str) -> _Word:
        """The next word, which has to be one of these keywords or signs."""
        if self.next.keyword not in expected:
            raise self._unexpected(" or ".join(f"'{one.upper()}'" for one in expected))
        return self._pass()

    def _pass(self) -> _Word:
        word = self.next
        self.place += 1
        return word

    def _seen(self, *keywords: str) -> bool:
        """Passes over the next word where it is one of these."""
        if self.next.keyword in keywords:
            self.place += 1
            return True
        return False

    def _text(self, what: str) -> _Word:
        if self.next.kind not in ("quoted", "plain"):
            raise self._unexpected(what)
        return self._pass()

    def _any(self) -> Condition:
        return self._joined(("or", "|", "||"), self._all, Group(False, ()))

    def _all(self) -> Condition:
        return self._joined(("and", "&", "&&"), self._not, Group(True, ()))

    def _joined(self, words: tuple[str, ...], inner: Callable[[], Condition], joint: Group) -> Condition:
        parts = [inner()]
        while self._seen(*words):
            parts.append(inner())
        return parts[0] if len(parts) == 1 else Group(joint.all, tuple(parts))

    def _not(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise JiraError(400, f"Error in the JQL Query: it is nested deeper than {_DEEPEST} levels.")
        found = self._negated()
        self.depth -= 1
        return found

    def _negated(self) -> Condition:
        if self._seen("not", "!"):
            return Not(self._not())
        if self._seen("("):
            inside = self._any()
            self._take(")")
            return inside
        return self._clause()

    def _clause(self) -> Clause:
        field = self._field()
        sign = self.next.keyword
        if sign in _COMPARISONS:
            self._pass()
            return Clause(field, _COMPARISONS[sign], self._compared(sign))
        if self._seen("in"):
            return Clause(field, "in", self._listed())
        if self._seen("not"):
            self._take("in")
            return Clause(field, "not in", self._listed())
        if self._seen("is"):
            operator: Operator = "is not" if self._seen("not") else "is"
            self._take("empty", "null")
            return Clause(field, operator)
        if self.next.keyword in ("was", "changed"):
            words = f"The operator '{self.next.keyword}' is not supported by the '{field}' field."
            raise JiraError(400, words)
        raise self._unexpected("'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' or 'IS NOT'")

    def _field(self) -> str:
        """A name, `cf[10016]`, or an entity property, which keeps its brackets."""
        name = self._text("a field").text
        while self._seen("["):
            name += f"[{self._text('a number or a property').text}]"
            self._take("]")
            if self.next.kind == "plain" and self.next.text.startswith("."):
                name += self._pass().text
        return name

    def _compared(self, sign: str) -> Operand:
        """One value: a list stands behind IN alone, and EMPTY has no order."""
        if self.next.keyword in ("empty", "null") and sign not in ("=", "!=", "~", "!~"):
            raise self._unexpected("a value or a function")
        if self.next.keyword == "(":
            raise self._unexpected("a value, a function or 'EMPTY'")
        return self._operand()

    def _listed(self) -> Operand:
        if self.next.keyword == "(":
            return self._operand()
        found = self._operand()
        if not isinstance(found, Call):
            raise JiraError(400, "Error in the JQL Query: 'IN' and 'NOT IN' want a list in parentheses or a function.")
        return found

    def _operand(self) -> Operand:
        if self._seen("("):
            self.depth += 1
            if self.depth > _DEEPEST:
                raise JiraError(400, f"Error in the JQL Query: it is nested deeper than {_DEEPEST} levels.")
            operands = [self._operand()]
            while self._take(",", ")").text == ",":
                operands.append(self._operand())
            self.depth -= 1
            return Many(tuple(operands))
        if self._seen("empty", "null"):
            return Empty()
        word = self._text("a value, a function or 'EMPTY'")
        if self._seen("("):
            return Call(word.text, self._arguments())
        return Value(word.text, word.kind == "plain" and _NUMBER.fullmatch(word.text) is not None)

    def _arguments(self) -> tuple[str, ...]:
        if self._seen(")"):
            return ()
        arguments = [self._text("an argument").text]
        while self._take(",", ")").text == ",":
            arguments.append(self._text("an argument").text)
        return tuple(arguments)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if not self._seen("order"):
            return ()
        self._take("by")
        order = [self._sort()]
        while self._seen(","):
            order.append(self._sort())
        return tuple(order)

    def _sort(self) -> tuple[str, bool]:
        field = self._field().lower()
        if field not in _SORTED:
            raise JiraError(400, f"Not able to sort using field '{field}'.")
        if self._seen("desc"):
            return field, True
        self._seen("asc")
        return field, False

    def _unexpected(self, wanted: str) -> JiraError:
        error = _bad(self.jql, self.next.at)
        return JiraError(400, f"{error.messages[0]} Expecting {wanted}.")


def _bad(jql: str, at: int) -> JiraError:
    """Names what stands at the place, by line and character counted from 1."""
    before = jql[:at]
    line, character = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    seen = jql[at:].split(maxsplit=1)[0][:20] if jql[at:].strip() else "the end of the query"
    return JiraError(
        400, f"Error in the JQL Query: '{seen}' is not expected here. (line {line}, character {character})"
    )

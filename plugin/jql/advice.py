"""What may stand at each point of a query, and how to put right what people write instead."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from enum import Enum

from plugin.jql.tokens import KEYWORDS, Token

_OPERATORS = "=, !=, ~, !~, <, <=, >, >=, IN, NOT IN, IS, IS NOT, WAS or CHANGED"
_ATOMS = frozenset({"string", "quoted", "number", "negative"})


class Expected(Enum):
    """What may stand at a point of the grammar, in words."""

    QUERY = "a field, NOT, `(` or ORDER BY"
    CLAUSE = "a field, NOT or `(`"
    OPERATOR = f"an operator ({_OPERATORS})"
    IN = "IN after NOT"
    EMPTY = "EMPTY after IS NOT"
    NOT_OR_EMPTY = "EMPTY or NOT EMPTY after IS"
    VALUE = "a value or a function"
    VALUE_OR_EMPTY = "a value, a function or EMPTY"
    OPERAND = "a value, a function, EMPTY or a list"
    GROUP = "a list in parentheses or a function"
    ARGUMENTS = "`(`, since IN takes a list or a function"
    FIRST_ARGUMENT = "an argument or `)`"
    ARGUMENT = "an argument"
    MORE_ARGUMENTS = "`,` or `)` to end the arguments"
    MORE_ITEMS = "`,` or `)` to end the list"
    CLOSED = "AND, OR or `)`"
    AFTER_CLAUSE = "AND, OR, ORDER BY or the end"
    END = "`,` or the end"
    FIELD_NUMBER_OPEN = "`[` after cf, as in cf[10016]"
    FIELD_NUMBER = "the number of a custom field, as in cf[10016]"
    PROPERTY = "the name of a property"
    BRACKET = "`]`"
    BY = "BY after ORDER"
    SORT = "a field to sort by"


_TAKES_WORDS = frozenset(
    {
        Expected.QUERY,
        Expected.CLAUSE,
        Expected.VALUE,
        Expected.VALUE_OR_EMPTY,
        Expected.OPERAND,
        Expected.GROUP,
        Expected.FIRST_ARGUMENT,
        Expected.ARGUMENT,
        Expected.PROPERTY,
        Expected.SORT,
    }
)
_AFTER_VALUE = frozenset({Expected.CLOSED, Expected.AFTER_CLAUSE, Expected.MORE_ITEMS, Expected.MORE_ARGUMENTS})

_SAID_OTHERWISE = {
    "contains": "JQL says `~` for contains",
    "like": "JQL says `~` for like",
    "equals": "JQL says `=` for equals",
    "isempty": "Write IS EMPTY as two words",
    "isnull": "Write IS NULL as two words",
    "isnot": "Write IS NOT as two words",
    "isnotempty": "Write IS NOT EMPTY as three words",
    "isnotnull": "Write IS NOT NULL as three words",
    "notin": "Write NOT IN as two words",
    "orderby": "Write ORDER BY as two words",
    "group": "JQL has no GROUP BY; a query only selects",
    "groupby": "JQL has no GROUP BY; a query only selects",
    "limit": "JQL has no LIMIT; a query only selects",
    "select": "JQL has no SELECT; start with a field, as in project = ABC",
    "xor": "JQL has no XOR; write (a AND NOT b) OR (NOT a AND b)",
}

Advisor = Callable[[Sequence[Token], int, Expected], str]


def hint(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    """One sentence that says what to write instead; empty where nothing better than the error itself is known."""
    said = next((words for advise in _ADVISORS if (words := advise(tokens, at, expected))), "")
    return f"{said}." if said and not said.endswith("?") else said


def _unreadable(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    raw = tokens[at].raw
    if tokens[at].kind == "unclosed":
        return _quote_left_open(raw, tokens[at + 1])
    if tokens[at].kind != "bad":
        return ""
    if raw == "\\":
        return r'Outside and inside quotes a backslash must be doubled, as in "C:\\temp"'
    if raw.isprintable():
        return f"`{raw}` is a reserved character; put the whole word in quotes"
    return f"The character U+{ord(raw):04X} cannot stand in a query"


def _quote_left_open(raw: str, after: Token) -> str:
    if after.kind != "end":
        return (
            "Inside quotes a backslash stands only before t, n, r, a quote, a backslash, a blank or uXXXX; "
            r"write \\ for a backslash, and \t for a tab"
        )
    if raw.endswith("\\" + raw[0]):
        return rf"The last quote is escaped by a backslash; write \\{raw[0]} if the text ends with a backslash"
    return f"The quote that opens here is never closed; end it with {raw[0]}"


def _other_languages(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    kinds = (tokens[at - 1].kind if at else "", tokens[at].kind)
    if kinds == ("=", "="):
        return "JQL compares with a single `=`"
    if kinds == ("<", ">"):
        return "JQL says != for <>"
    if expected in {Expected.OPERATOR, Expected.AFTER_CLAUSE, Expected.CLOSED, Expected.QUERY, Expected.CLAUSE}:
        return _SAID_OTHERWISE.get(tokens[at].raw.lower(), "")
    return ""


def _quoting(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    token = tokens[at]
    if expected not in _TAKES_WORDS:
        return ""
    if token.kind == "reserved":
        return f'`{token.raw}` is a reserved word; write "{token.raw}" in quotes'
    if token.kind in KEYWORDS and token.kind != "empty" and at and tokens[at - 1].kind not in {"and", "or", "not"}:
        if token.kind == "in" and tokens[at + 1].kind == "string":
            return f'A text of several words needs quotes: "{token.raw} {tokens[at + 1].raw}"'
        return f'`{token.raw}` is a keyword; if it is meant as text, write "{token.raw}" in quotes'
    return ""


def _wrong_operand(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    kind, before = tokens[at].kind, tokens[at - 1].kind if at else ""
    if expected in {Expected.EMPTY, Expected.NOT_OR_EMPTY} and kind in _ATOMS:
        close = get_close_matches(tokens[at].raw.lower(), ["empty", "null", "not"], 1)
        instead = "!=" if before == "not" else "="
        return f"Did you mean {close[0].upper()}?" if close else f"To compare with a value write {instead}"
    if kind == "(" and before in {"=", "!="}:
        return f"To compare with a list write {'IN' if before == '=' else 'NOT IN'}"
    if kind == "empty" and expected is Expected.VALUE:
        return "EMPTY has no order; write IS EMPTY or IS NOT EMPTY"
    if expected is Expected.ARGUMENTS and tokens[at - 1].kind in _ATOMS:
        return f"Write ({tokens[at - 1].raw})"
    if expected is Expected.MORE_ARGUMENTS and kind == "(":
        return "A function takes words and numbers as arguments, not other functions"
    return ""


def _missing_join(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    if expected not in _AFTER_VALUE or tokens[at].kind not in _ATOMS:
        return ""
    before, found = tokens[at - 1], tokens[at]
    glued = next((word for word in ("AND", "OR") if found.raw.upper().startswith(word) and found.kind == "string"), "")
    if glued and found.raw != glued:
        return f"Put a blank behind {glued}"
    if before.kind in _ATOMS and tokens[at + 1].kind in {"end", "and", "or", ")", ",", "order"}:
        return f'A text of several words needs quotes: "{_plain(before.raw)} {_plain(found.raw)}"'
    if expected in {Expected.AFTER_CLAUSE, Expected.CLOSED}:
        return "Join two clauses with AND or OR"
    return "Put a comma between the two"


def _misspelt_operator(tokens: Sequence[Token], at: int, expected: Expected) -> str:
    if expected is not Expected.OPERATOR or tokens[at].kind != "string":
        return ""
    close = get_close_matches(tokens[at].raw.lower(), ["in", "not", "is", "was", "changed"], 1)
    if close:
        return f"Did you mean {close[0].upper()}?"
    if tokens[at - 1].kind == "string" and tokens[at + 1].kind in {"=", "!=", "~", "!~", "in", "is", "not", "was"}:
        return f'A field of several words needs quotes: "{tokens[at - 1].raw} {tokens[at].raw}"'
    return ""


def _plain(raw: str) -> str:
    return raw.strip("\"'")


_ADVISORS: tuple[Advisor, ...] = (
    _unreadable,
    _other_languages,
    _quoting,
    _wrong_operand,
    _missing_join,
    _misspelt_operator,
)

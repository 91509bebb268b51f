"""glob("okr-*") and regex("^\\\\[INC\\\\]"): functions of this house that are valid JQL.

A glob covers the whole value, a regular expression any part of it; letter case does not count, as elsewhere in JQL.
The engine is RE2: it takes time in proportion to the text whatever the expression, so that no rule can stall the rest.
It knows neither look-around nor back-references (https://github.com/google/re2/wiki/Syntax).
"""

from collections.abc import Callable
from functools import cache, lru_cache

import re2

from plugin.jql.clause import Ask, Unfit, answer
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Question
from plugin.jql.view import Reading, Terms, View

_MEMORY = 1 << 20
"""Bytes that one expression may take; a larger one is refused."""
_REMEMBERED = 4096
"""Values of names and labels for which an expression keeps its answer."""

Found = Callable[[str], bool]


def is_pattern(operand: Value | Call) -> bool:
    return isinstance(operand, Call) and operand.name.text.lower() in {"glob", "regex"}


def among_terms(call: Call, ask: Ask, reading: Reading[Terms]) -> Question:
    """Whether one of a field's names fits."""
    found = lru_cache(_REMEMBERED)(_pattern(call))

    def holds(terms: Terms, view: View) -> bool:
        return any(map(found, terms))

    return answer(ask, lambda view: view.terms[reading], holds, reading.field)


def in_text(call: Call, ask: Ask, reading: Reading[str]) -> Question:
    """Whether a text fits."""
    found = _pattern(call)
    return answer(ask, lambda view: view.texts[reading], lambda text, view: found(text), reading.field)


def _pattern(call: Call) -> Found:
    name = call.name.text.lower()
    if len(call.arguments) != 1:
        raise Unfit(call, f'{name}() takes one pattern, as in {name}("{"okr-*" if name == "glob" else "^okr-"}")')
    written = call.arguments[0].text
    return _compiled(call, _translated(written) if name == "glob" else written)


def _compiled(call: Call, expression: str) -> Found:
    try:
        found = re2.compile(expression, options=_options())
    except re2.error as error:
        said = error.args[0] if error.args else error
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise Unfit(
            call,
            f"This regular expression cannot be used: {reason}",
            "It may hold neither look-around nor back-references, and JQL wants each backslash doubled.",
        ) from error
    return lambda text: found.search(text) is not None


def _translated(glob: str) -> str:
    """`*` stands for any characters, `?` for one; all else for itself."""
    pieces = {"*": ".*", "?": "."}
    return rf"(?s)\A{''.join(pieces.get(one) or re2.escape(one) for one in glob)}\z"


@cache
def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return options

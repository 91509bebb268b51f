"""Characters to tokens, by the lexical rules of Atlassian's own JQL grammar (@atlaskit/jql-parser 3.0.0)."""

import re
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words("in is and or not was changed before after from to on during order by asc desc empty null cf")

# Words that Atlassian's lexer keeps for itself: as a field, a value or an argument they need quotes.
RESERVED_WORDS = _words(
    """
    abort access add alias alter any as audit avg begin between boolean break byte catch char character check
    checkpoint collate collation column commit connect continue count create current date decimal declare decrement
    default defaults define delete delimiter difference distinct divide do double drop else encoding end equals escape
    exclusive exec execute exists explain false fetch file field first float for function go goto grant greater group
    having identified if immediate increment index initial inner inout input insert int integer intersect intersection
    into isempty isnull join last left less like limit lock long max min minus mode modify modulo more multiply next
    noaudit notin nowait number object of option outer output power previous prior privileges public raise raw
    remainder rename resource return returns revoke right row rowid rownum rows select session set share size sqrt
    start strict string subtract sum synonym table then trans transaction trigger true uid union unique update user
    validate values view when whenever where while with
    """
)

# The noncharacters stand beside the control characters because Atlassian's lexer refuses both alike.
_CONTROL = r"\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
_CONTROL_BUT_NEWLINE = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
_ESCAPE = r"""\\(?:[tnr"'\\ ]|u[0-9A-Fa-f]{4})"""
_WORD = rf"""(?:[^{_CONTROL} "'=!<>()~,\[\]|&{{}}*/%+^$#@?;\\]|{_ESCAPE})+"""
_IN_DOUBLE = rf"""(?:[^"\\{_CONTROL_BUT_NEWLINE}]|{_ESCAPE})*"""
_IN_SINGLE = rf"""(?:[^'\\{_CONTROL_BUT_NEWLINE}]|{_ESCAPE})*"""

_TOKEN = re.compile(
    rf"""(?P<blank>[ \t\r\n]+)"""
    rf"""|(?P<word>{_WORD})"""
    rf"""|(?P<quoted>"{_IN_DOUBLE}"|'{_IN_SINGLE}')"""
    rf"""|(?P<sign>!=|!~|<=|>=|&&|\|\||[=<>!~(),\[\]&|])"""
    rf"""|(?P<unclosed>"{_IN_DOUBLE}|'{_IN_SINGLE})"""
    rf"""|(?P<bad>.)""",
    re.DOTALL,
)
_NUMBER = re.compile(r"-?[0-9]+")
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
_JOINERS = {"&": "and", "&&": "and", "|": "or", "||": "or"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `kind` is a keyword in lower case, an operator sign, or one of `string`, `quoted`, `number`,
    `negative`, `reserved`, `unclosed`, `bad`, `end`; the last but one three can never stand in a valid query."""

    kind: str
    raw: str
    start: int

    @property
    def stop(self) -> int:
        return self.start + len(self.raw)


def scan(text: str) -> tuple[Token, ...]:
    """All tokens of a text, ended by one of kind `end`. What no rule admits becomes `bad` or `unclosed`."""
    found = [_token(match) for match in _TOKEN.finditer(text) if match.lastgroup != "blank"]
    return (*found, Token("end", "", len(text)))


def decode(raw: str) -> str:
    """The text that a string token means: without its quotes, its escapes resolved."""
    inner = raw[1:-1] if raw[:1] in {'"', "'"} else raw
    return _ESCAPED.sub(_unescaped, inner) if "\\" in inner else inner


def _token(match: "re.Match[str]") -> Token:
    raw, kind = match.group(), match.lastgroup or "bad"
    if kind == "word":
        kind = _word_kind(raw)
    elif kind == "sign":
        kind = _JOINERS.get(raw, raw)
    return Token(kind, raw, match.start())


def _word_kind(raw: str) -> str:
    if _NUMBER.fullmatch(raw):
        return "negative" if raw.startswith("-") else "number"
    # Lower-casing some letters outside ASCII gives ASCII ones (the Kelvin sign): those words are no keywords.
    word = raw.lower() if raw.isascii() else ""
    if word in KEYWORDS:
        return "empty" if word == "null" else word
    return "reserved" if word in RESERVED_WORDS else "string"


def _unescaped(match: "re.Match[str]") -> str:
    code, character = match.groups()
    return chr(int(code, 16)) if code else _ESCAPES.get(character, character)

"""Is a page still what we wrote? Compared as trees, without what Confluence itself stamps on a body.

Strict on purpose: a comment's anchor, a column's width or a changed word all count as people's work, so that such a
page is not overwritten.
"""

from xml.etree.ElementTree import Element

from plugin.review.storage import NAMESPACES, MalformedError, parse

_AC, _RI = (f"{{{NAMESPACES[prefix]}}}" for prefix in ("ac", "ri"))

# Set by the server on a save, or by the editor on a mere opening and closing.
_STAMPED = frozenset({"local-id", f"{_AC}local-id", f"{_AC}macro-id", f"{_AC}schema-version", f"{_RI}version-at-save"})

_Form = tuple[str, tuple[tuple[str, str], ...], str, tuple["_Form", ...], str]


def same(one: str, other: str) -> bool:
    """True where both bodies say the same; a body that cannot be parsed is the same as itself only."""
    if one == other:
        return True
    try:
        return _form(parse(one)) == _form(parse(other))
    except MalformedError:
        return False


def _form(node: Element) -> _Form:
    attributes = tuple(sorted((name, value) for name, value in node.attrib.items() if name not in _STAMPED and value))
    children = [_form(child) for child in node]
    if node.tag == f"{_AC}structured-macro":
        children.sort(key=_parameters_first)
    return node.tag, attributes, _words(node.text), tuple(children), _words(node.tail)


def _parameters_first(child: _Form) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """Parameters come back in any order; bodies keep theirs."""
    is_parameter = child[0] == f"{_AC}parameter"
    return not is_parameter, child[1] if is_parameter else ()


def _words(found: str | None) -> str:
    """Runs of white space are one space, and none at all between blocks, where Confluence lays out at will."""
    words = " ".join((found or "").split())
    if not words:
        return ""
    before = " " if found and found[0].isspace() else ""
    after = " " if found and found[-1].isspace() else ""
    return f"{before}{words}{after}"

"""What the new editor’s schema can hold inside what. A body outside of it is refused, or its page stays legacy.

https://unpkg.com/@atlaskit/adf-schema, dist/json-schema/v1/full.json
"""

from collections.abc import Iterator

from plugin.review.merge.tree import Element
from plugin.review.storage import MalformedError

_PANELS = frozenset({"info", "note", "tip", "warning", "panel"})
_BODIED = frozenset({"details", "excerpt"})


def check(root: Element) -> None:
    """Raises MalformedError with the first place that the new editor could not hold."""
    for where in _faults(root, ()):
        raise MalformedError(f"the page's body holds what the new editor cannot: {where}")


def _faults(node: Element, around: tuple[str, ...]) -> Iterator[str]:
    kind = _kind(node)
    if kind == "layout" and around:
        yield f"a layout inside {around[-1]}"
    if kind == "table" and {"table", "panel"} & set(around):
        yield f"a table inside {around[-1]}"
    if kind in ("expand", "bodied macro") and {"expand", "bodied macro", "panel"} & set(around):
        yield f"{_article(kind)} inside {around[-1]}"
    if kind == "bodied macro" and "table" in around:
        yield "a bodied macro inside a table"
    if kind == "panel" and {"panel", "table in expand"} & set(around):
        yield f"a panel inside {around[-1]}"
    inside = (*around, kind) if kind else around
    for child in node.elements():
        yield from _faults(child, inside)


def _kind(node: Element) -> str:
    if node.name in ("table", "ac:layout"):
        return node.name.removeprefix("ac:")
    if node.name != "ac:structured-macro":
        return ""
    name = node.attributes.get("ac:name", "")
    if name == "expand":
        return "expand"
    return "panel" if name in _PANELS else "bodied macro" if name in _BODIED else ""


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "expand" else f"a {kind}"

"""Storage format as a tree that gives back, byte for byte, whatever was not changed.

Not lxml: it would respell entities, quotes and empty elements of all that it writes, and what people left untouched
keeps its bytes. `defusedxml` proves first that the body is well-formed, so that a pattern can cut it into tags.
"""

import html
import re
from collections.abc import Iterator
from typing import Union

from plugin.review.storage import MalformedError, parse

_TOKEN = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|</?[^\s<>/]+(?:\s+[^\s=<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>|[^<]+",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=<>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_NAME = re.compile(r"</?([^\s<>/]+)")
_UNIT = re.compile(r"&[^;\s]+;|.", re.DOTALL)
DEEPEST = 100
"""Elements within elements; no editor makes a tenth of it."""

MARKER = "ac:inline-comment-marker"

Node = Union["Element", "Words"]


class Words:
    """Text, CDATA, or what nobody sees: a comment or a processing instruction. `raw` is as in the body."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.parent: Element | None = None

    @property
    def name(self) -> str:
        return ""

    @property
    def literal(self) -> bool:
        """CDATA, whose white space counts."""
        return self.raw.startswith("<![CDATA[")

    @property
    def text(self) -> str:
        if self.literal:
            return self.raw[9:-3]
        return "" if self.raw.startswith("<") else html.unescape(self.raw)

    def units(self) -> list[tuple[str, str]]:
        """What cannot be cut further, as (raw, text): characters and entities."""
        return [(one, html.unescape(one)) for one in _UNIT.findall(self.raw)]

    def __str__(self) -> str:
        return self.raw


class Element:
    """An element with its tags as they stood. `children` may be replaced; the tags of a changed one stay."""

    def __init__(self, opening: str, closing: str = "") -> None:
        self.opening = opening
        self.closing = closing
        found = _NAME.match(opening)
        self.name = found[1] if found else ""
        self.attributes = {
            name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(opening)
        }
        self.children: list[Node] = []
        self.parent: Element | None = None

    def append(self, child: Node) -> None:
        child.parent = self
        self.children.append(child)

    def replace_children(self, children: list[Node]) -> None:
        if children and not self.closing:  # it was <p/>
            self.opening = f"{self.opening[:-2].rstrip()}>"
            self.closing = f"</{self.name}>"
        self.children = []
        for child in children:
            self.append(child)

    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Node]:
        """This element and all below it, in the order of the body."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()
            else:
                yield child

    def all(self, *names: str) -> Iterator["Element"]:
        for node in self.walk():
            if isinstance(node, Element) and node.name in names:
                yield node

    @property
    def text(self) -> str:
        return "".join(child.text for child in self.children)

    def __str__(self) -> str:
        return f"{self.opening}{''.join(map(str, self.children))}{self.closing}"


def read(body: str) -> Element:
    """The body under a root without tags, so that `str()` of it is the body. Raises MalformedError with a sentence."""
    parse(body)
    root = Element("")
    open_now = [root]
    for token in _TOKEN.findall(body):
        if not token.startswith("<") or token.startswith(("<!", "<?")):
            open_now[-1].append(Words(token))
        elif token.startswith("</"):
            open_now.pop().closing = token
        else:
            made = Element(token)
            open_now[-1].append(made)
            if not token.endswith("/>"):
                open_now.append(made)
        if len(open_now) > DEEPEST:
            raise MalformedError(f"the page's body nests elements more than {DEEPEST} deep")
    if str(root) != body:
        raise MalformedError("the page's body holds something that is neither a tag nor text")
    return root


def copy(node: Node) -> Node:
    """The node and all below it anew, without a parent."""
    if isinstance(node, Words):
        return Words(node.raw)
    made = Element(node.opening, node.closing)
    for child in node.children:
        made.append(copy(child))
    return made


def unmarked(node: Node) -> Node:
    """A copy without the markers of inline comments; what they stood around stays."""
    made = copy(node)
    if isinstance(made, Element):
        for marker in list(made.all(MARKER)):
            unwrap(marker)
    return made


def unwrap(node: Element) -> None:
    """Puts the children in the node's place."""
    parent = _parent(node)
    at = parent.children.index(node)
    for child in node.children:
        child.parent = parent
    parent.children[at : at + 1] = node.children


def replace(old: Node, new: Node) -> None:
    parent = _parent(old)
    parent.children[parent.children.index(old)] = new
    new.parent = parent


def remove(node: Node) -> None:
    _parent(node).children.remove(node)
    node.parent = None


def insert_after(node: Node, new: Node) -> None:
    parent = _parent(node)
    parent.children.insert(parent.children.index(node) + 1, new)
    new.parent = parent


def insert_before(node: Node, new: Node) -> None:
    parent = _parent(node)
    parent.children.insert(parent.children.index(node), new)
    new.parent = parent


def _parent(node: Node) -> Element:
    if node.parent is None:
        raise ValueError("a root has no place among others")
    return node.parent

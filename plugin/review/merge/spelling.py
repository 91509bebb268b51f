"""How this site spells what we send: learned from what it gave back right after our write."""

from plugin.review.merge.canon import Form, content, form
from plugin.review.merge.outline import flat
from plugin.review.merge.tree import Element, Node, read


class Spelling:
    """Canonical forms of blocks and cells as the site gave them back → as we sent them.

    Empty where the site respells nothing that the canonical form does not look through. A page whose blocks were not
    given back one by one teaches nothing.
    """

    def __init__(self, sent: str | None, read_back: str | None) -> None:
        self._blocks: dict[Form, Form] = {}
        self._cells: dict[Form, Form] = {}
        if sent is None or read_back is None or sent == read_back:
            return
        one, other = read(sent), read(read_back)
        _learn(self._blocks, [form(node) for node in flat(one)], [form(node) for node in flat(other)])
        _learn(self._cells, _contents(one), _contents(other))

    def form(self, node: Node) -> Form:
        found = form(node)
        return self._blocks.get(found, found)

    def content(self, cell: Element) -> Form:
        found = content(cell)
        return self._cells.get(found, found)


def _learn(known: dict[Form, Form], sent: list[Form], given: list[Form]) -> None:
    sent, given = [one for one in sent if one], [one for one in given if one]
    if len(sent) == len(given):
        known |= {theirs: ours for ours, theirs in zip(sent, given, strict=True) if ours != theirs}


def _contents(root: Element) -> list[Form]:
    return [content(cell) for cell in root.all("td", "th")]

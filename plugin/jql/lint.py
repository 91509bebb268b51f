"""What an author should know of a condition that is valid and yet may not mean what was meant."""

from collections.abc import Iterator

from plugin.jql.clause import NEGATIVE
from plugin.jql.condition import Branch, Leaf, Node
from plugin.jql.nodes import Query


def notices(query: Query, root: Node) -> Iterator[str]:
    """One sentence for each finding."""
    if query.order:
        yield "ORDER BY is ignored: a condition selects issues and does not sort them."
    if query.where is None:
        yield "The condition is blank: it matches every issue."
    yield from dict.fromkeys(_loses_empty(root))


def _loses_empty(node: Node) -> Iterator[str]:
    """Negated comparisons that leave out issues without a value, where nothing says that this is meant."""
    if isinstance(node, Leaf):
        if _is_bare_negation(node):
            name = node.field.name
            yield (
                f"`{node.clause}` leaves out issues without a value for {name}, as in Jira; "
                f"to keep them write ({node.clause} OR {name} IS EMPTY)."
            )
        return
    for part in node.parts:
        if not (isinstance(part, Leaf) and _is_bare_negation(part) and _settled(part, node)):
            yield from _loses_empty(part)


def _is_bare_negation(leaf: Leaf) -> bool:
    return leaf.field.nullable and leaf.ask.operator in NEGATIVE and bool(leaf.ask.compared) and not leaf.ask.empty


def _settled(leaf: Leaf, branch: Branch) -> bool:
    """Whether a neighbour says what happens to the empty field: OR … IS EMPTY, or AND with any other clause on it."""
    others = [one for one in branch.parts if isinstance(one, Leaf) and one.field.field == leaf.field.field]
    if branch.joined == "or":
        return any(one.ask.empty and one.ask.operator not in NEGATIVE for one in others)
    return any(one is not leaf and not _is_bare_negation(one) for one in others)

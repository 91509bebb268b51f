"""What an author should know of a condition that is valid and yet may not mean what was meant."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from plugin.jql import reach
from plugin.jql.clause import EQUALITY, NEGATIVE, SEARCH
from plugin.jql.condition import Branch, Leaf, Node
from plugin.jql.nodes import Query, Value
from plugin.jql.site import SiteFacts
from plugin.jql.stems import stem

_WORD = re.compile(r"\w+(?![\w*?])")
"""A word, and not the beginning of one as in `win*`."""


def notices(query: Query, root: Node, site: SiteFacts) -> Iterator[str]:
    """One sentence for each finding."""
    if query.order:
        yield "ORDER BY is ignored: a condition selects issues and does not sort them."
    if query.where is None:
        yield "The condition is blank: it matches every issue."
    elif reach.matches_all(root):
        yield "The condition matches every issue: its clauses leave none out."
    if excluded := reach.exclusion(root):
        yield f"No issue can match: {' and '.join(f'`{one}`' for one in dict.fromkeys(excluded))} leave none."
    leaves = root.leaves()
    if moving := [one.clause for one in leaves if one.field.moves(one.ask)]:
        yield f"`{moving[0]}` changes with the clock: it is decided again at the start of each of the site's days."
    yield from dict.fromkeys(notice for leaf in leaves for notice in _unknown_values(leaf, site))
    yield from dict.fromkeys(notice for leaf in leaves for notice in _by_stems(leaf, site))
    yield from dict.fromkeys(notice for leaf in leaves for notice in _uncounted(leaf))
    yield from dict.fromkeys(_loses_empty(root))


def _unknown_values(leaf: Leaf, site: SiteFacts) -> Iterator[str]:
    """Names that no issue of this site can bear, where all that it may bear are known."""
    if leaf.field.name == "statusCategory":
        return
    known = {name.lower(): name for name in site.values.get(leaf.field.field, ())}
    for operand in leaf.ask.compared:
        if not known or not isinstance(operand, Value) or leaf.ask.operator not in EQUALITY:
            continue
        text = operand.text.lower()
        if text.isdecimal() or text in known or text == "unresolved":
            continue
        close = get_close_matches(text, known, 1, 0.6)
        meant = f" Did you mean {known[close[0]]}?" if close else ""
        yield f"`{leaf.clause}`: this site knows no {leaf.field.name} of that name.{meant}"


def _by_stems(leaf: Leaf, site: SiteFacts) -> Iterator[str]:
    """Words that are looked for by their stems, where a stem is another word than the one written."""
    if leaf.ask.operator not in SEARCH or leaf.field.name == "key" or site.language != "english":
        return
    for operand in leaf.ask.compared:
        words = _WORD.findall(operand.text.lower()) if isinstance(operand, Value) else ()
        if stems := {word: stem(word) for word in words if stem(word) != word}:
            told = ", ".join(f"{word} as {found}" for word, found in stems.items())
            yield (
                f"`{leaf.clause}` looks for words by their English stems ({told}), which is near to Jira's own stems "
                f'and not always the same; {leaf.field.name} IN (regex("…")) is exact.'
            )


def _uncounted(leaf: Leaf) -> Iterator[str]:
    if leaf.field.name in {"votes", "watchers"}:
        yield f"`{leaf.clause}` goes by the count when the issue was last read: no event tells of votes and watchers."


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

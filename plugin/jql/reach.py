"""What can be seen of conditions without an issue: that one matches nothing or everything, or only what another does.

Only what the clauses themselves say is seen, so silence proves nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from plugin.jql.condition import Branch, Condition, Leaf, Node
from plugin.jql.questions import TermSet
from plugin.jql.view import Reading, Terms

_SINGLE = frozenset({"project", "issuetype", "status", "priority", "resolution", "parent", "assignee", "key"})
"""Jira's ids of fields that hold one value at most."""
_FILLED = frozenset({"project", "issuetype", "status", "key"})
"""Jira's ids of fields that no issue leaves empty."""

Asked = tuple[Leaf, TermSet]


def exclusion(root: Node) -> tuple[str, ...]:
    """Clauses that cannot hold together, because of which no issue matches; none where nothing of the kind is seen."""
    return _excluded(root, ())


def _excluded(node: Node, beside: Sequence[Asked]) -> tuple[str, ...]:
    if isinstance(node, Branch) and node.joined == "or":
        each = [_excluded(part, beside) for part in node.parts]
        return each[0] if each and all(each) else ()
    parts = list(_conjuncts(node))
    known = [*beside, *_looked_up(parts)]
    choices = (_excluded(part, known) for part in parts if isinstance(part, Branch))
    return _conflict(known) or next(filter(None, choices), ())


def _conflict(known: Sequence[Asked]) -> tuple[str, ...]:
    for at, (leaf, one) in enumerate(known):
        if one.reading.field in _FILLED and _is_emptiness(one):
            return (leaf.clause,)
        for other_leaf, other in known[at + 1 :]:
            if one.reading is other.reading and (_excludes(one, other) or _excludes(other, one)):
                return leaf.clause, other_leaf.clause
    return ()


def _excludes(one: TermSet, other: TermSet) -> bool:
    if _is_emptiness(one):
        return other.holds in {"has", "lacks"}
    if one.holds != "has":
        return False
    if other.holds in {"lacks", "is free of"}:
        return one.terms <= other.terms
    single = one.reading.field in _SINGLE and _are_names(one.terms | other.terms)
    return other.holds == "has" and single and one.terms.isdisjoint(other.terms)


def _are_names(terms: Terms) -> bool:
    """An id may mean the same as a name."""
    return not any(term.isdecimal() for term in terms)


def _is_emptiness(asked: TermSet) -> bool:
    return asked.holds == "has or is empty" and not asked.terms


def matches_all(node: Node) -> bool:
    """Whether the clauses leave no issue out, as `status = a OR status != a` does."""
    if isinstance(node, Leaf):
        return _covers([node.question]) if isinstance(node.question, TermSet) else False
    if node.joined == "and":
        return all(map(matches_all, node.parts))
    by_reading: dict[Reading[Terms], list[TermSet]] = defaultdict(list)
    for _, asked in _looked_up(node.parts):
        by_reading[asked.reading].append(asked)
    return any(map(_covers, by_reading.values())) or any(map(matches_all, node.parts))


def _covers(sets: Sequence[TermSet]) -> bool:
    """Whether every value, and no value, is met by one of the questions on one field."""
    named = frozenset[str]().union(*(one.terms for one in sets if one.holds in {"has", "has or is empty"}))
    empty = sets[0].reading.field in _FILLED or any(one.holds == "has or is empty" for one in sets)
    return empty and any(one.holds == "lacks" and one.terms <= named for one in sets)


def shadowed(conditions: Sequence[Condition]) -> Iterator[tuple[int, int]]:
    """Positions (later, earlier) of conditions that match nothing which an earlier one does not match as well."""
    waiting: dict[tuple[Reading[Terms], str], list[int]] = defaultdict(list)
    anywhere: list[int] = []
    for at, condition in enumerate(conditions):
        parts = list(_conjuncts(condition.root))
        seen = {place for _, asked in _looked_up(_leaves(condition.root)) for place in _places(asked)}
        earlier = sorted({*anywhere, *(one for place in seen for one in waiting.get(place, ()))})
        found = next((one for one in earlier if implies(condition.root, conditions[one].root)), None)
        if found is not None:
            yield at, found
        named = next((asked for _, asked in _looked_up(parts) if asked.holds == "has"), None)
        for place in _places(named) if named else ():
            waiting[place].append(at)
        if named is None:
            anywhere.append(at)


def _places(asked: TermSet) -> list[tuple[Reading[Terms], str]]:
    return [(asked.reading, term) for term in asked.terms]


def implies(one: Node, other: Node) -> bool:
    """Whether an issue that the one matches is seen to be matched by the other."""
    if isinstance(other, Branch) and other.joined == "and":
        return all(implies(one, part) for part in other.parts)
    if isinstance(one, Branch) and one.joined == "or":
        return bool(one.parts) and all(implies(part, other) for part in one.parts)
    if isinstance(other, Branch) and any(implies(one, part) for part in other.parts):
        return True
    if isinstance(one, Branch):
        return any(implies(part, other) for part in one.parts)
    return isinstance(other, Leaf) and _narrows(one, other)


def _narrows(one: Leaf, other: Leaf) -> bool:
    mine, theirs = one.question, other.question
    if not isinstance(mine, TermSet) or not isinstance(theirs, TermSet):
        return " ".join(one.clause.lower().split()) == " ".join(other.clause.lower().split())
    if mine.reading is not theirs.reading:
        return False
    match mine.holds, theirs.holds:
        case ("has", "has" | "has or is empty") | ("has or is empty", "has or is empty"):
            return mine.terms <= theirs.terms
        case "has", "lacks":
            return not theirs.terms or _excludes_value(mine, theirs)
        case "lacks", "lacks":
            return theirs.terms <= mine.terms
        case _:
            return False


def _excludes_value(mine: TermSet, theirs: TermSet) -> bool:
    names = _are_names(mine.terms | theirs.terms)
    return mine.reading.field in _SINGLE and names and mine.terms.isdisjoint(theirs.terms)


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Branch) and (node.joined == "and" or len(node.parts) == 1):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def _leaves(node: Node) -> list[Node]:
    return list(node.leaves())


def _looked_up(parts: Sequence[Node]) -> list[Asked]:
    return [(one, one.question) for one in parts if isinstance(one, Leaf) and isinstance(one.question, TermSet)]

"""Functions that ask for other issues, as far as an issue and its ancestry tell them.

`parent IN ancestors(KEY)`, and as in Jira's plans `key IN childIssuesOf(KEY)`: KEY stands somewhere above.
`key IN linkedIssues(KEY)` or `linkedIssues(KEY, "is blocked by")`: KEY shows a link to this issue, of this name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from plugin.jql.clause import Ask, Unfit
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Holds, Question, TermSet, both, either
from plugin.jql.view import ALL_ABOVE, SEEN_ABOVE, Issue, Reading, Terms, is_nothing, reading_of

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+")


def ancestors(call: Call, ask: Ask) -> Question:
    """On `parent`, so an issue without a parent is empty: neither IN nor NOT IN matches it."""
    return _above(_issues(call, call.arguments), "lacks" if ask.negative else "has")


def child_issues(call: Call, ask: Ask) -> Question:
    """On `key`, which is never empty: an issue without a parent is no child issue."""
    return _above(_issues(call, call.arguments), "is free of" if ask.negative else "has")


def _above(names: Terms, holds: Holds) -> Question:
    seen, all_of_them = TermSet(SEEN_ABOVE, names, holds), TermSet(ALL_ABOVE, names, holds)
    return either([seen, all_of_them]) if holds == "has" else both([seen, all_of_them])


def linked_issues(call: Call, ask: Ask) -> Question:
    if not 1 <= len(call.arguments) <= 2:
        raise Unfit(
            call, 'linkedIssues() takes an issue and one link type at most, as in linkedIssues(ABC-1, "blocks")'
        )
    issues = _issues(call, call.arguments[:1])
    holds: Holds = "is free of" if ask.negative else "has"
    if len(call.arguments) == 1:
        return TermSet(_LINKS, issues, holds)
    named = call.arguments[1].text.lower()
    return TermSet(_NAMED_LINKS, frozenset(f"{one}\0{named}" for one in issues), holds)


def _issues(call: Call, arguments: Sequence[Value]) -> Terms:
    if not arguments:
        raise Unfit(call, f"{call.name.text}() takes the key of an issue, as in {call.name.text}(ABC-1)")
    for one in arguments:
        if not KEY.fullmatch(one.text):
            raise Unfit(one, f"`{one.text}` is no key of an issue, such as ABC-12")
    return frozenset(one.text.lower() for one in arguments)


def _linked(value: object) -> Terms | None:
    ends = _ends(value)
    return None if ends is None else frozenset(name for _, _, names in ends for name in names)


def _named_links(value: object) -> Terms | None:
    """Each issue at the other end with the link's type, and with the words in which it shows the link to this issue."""
    ends = _ends(value)
    if ends is None or not all(_is_worded(kind) for kind, _, _ in ends):
        return None
    return frozenset(
        f"{name}\0{str(word).lower()}"
        for kind, shown_there, names in ends
        for name in names
        for word in (kind.get("name"), kind.get(shown_there))
        if word
    )


def _is_worded(kind: Mapping[str, object]) -> bool:
    return bool(kind.get("inward") and kind.get("outward"))


def _ends(value: object) -> list[tuple[Mapping[str, object], str, Terms]] | None:
    """Of each link its type, which of the type's two descriptions the other issue shows, and the other's names."""
    if is_nothing(value):
        return []
    return list(_each_end(value)) if isinstance(value, list) else None


def _each_end(links: Sequence[object]) -> Iterator[tuple[Mapping[str, object], str, Terms]]:
    for link in links:
        if not isinstance(link, Mapping):
            continue
        kind = link.get("type")
        for end, shown_there in (("outwardIssue", "inward"), ("inwardIssue", "outward")):
            other = link.get(end)
            if isinstance(other, Mapping):
                names = frozenset(str(other[name]).lower() for name in ("id", "key") if other.get(name))
                yield kind if isinstance(kind, Mapping) else {}, shown_there, names


_LINKS = reading_of("issuelinks", _linked)
_NAMED_LINKS = reading_of("issuelinks", _named_links)


def link_types(issue: Issue) -> Terms | None:
    """The types of an issue's links, and the words in which the issue itself shows them."""
    ends = _ends(issue["issuelinks"]) if "issuelinks" in issue else None
    if ends is None or not all(_is_worded(kind) for kind, _, _ in ends):
        return None
    here = {"inward": "outward", "outward": "inward"}
    words = ((kind.get("name"), kind.get(here[there])) for kind, there, _ in ends)
    return frozenset(str(word).lower() for pair in words for word in pair if word)


LINK_TYPES = Reading[Terms]("issuelinks", link_types)

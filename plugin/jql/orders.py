"""Fields of terms that have an order in Jira: priorities, versions and keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plugin.jql import refusals
from plugin.jql.clause import EMPTINESS, EQUALITY, ORDER, SEARCH, Ask, Unfit
from plugin.jql.moments import COMPARISONS
from plugin.jql.nodes import Call, Value
from plugin.jql.questions import Joint, Question, Scan, TermSet, Test
from plugin.jql.site import SiteFacts
from plugin.jql.terms import TermField, of_mappings
from plugin.jql.view import Reading, Terms, View, reading_of

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-([0-9]+)")


def _value(ask: Ask) -> Value:
    operand = ask.compared[0]
    if isinstance(operand, Call):
        raise refusals.function(operand)
    return operand


@dataclass(frozen=True)
class PriorityField(TermField):
    """Priorities have an order, which is the site's own: `priority > High` means those above High in its list."""

    operators: frozenset[str] = EQUALITY | EMPTINESS | ORDER

    def question(self, ask: Ask) -> Question:
        if ask.operator not in ORDER:
            return super().question(ask)
        return TermSet(self.reading, _priorities(ask, _value(ask)), "has")


def _priorities(ask: Ask, operand: Value) -> Terms:
    """Names and ids of those that the operator allows."""
    names, ids = [name.lower() for name in ask.site.priorities], ask.site.priority_ids
    if not names:
        raise Unfit(operand, "The order of this site's priorities is not known", "List them: priority IN (a, b).")
    text = operand.text.lower()
    if text not in names and text not in ids:
        raise Unfit(operand, f"`{operand.text}` is no priority; this site has {', '.join(ask.site.priorities)}")
    at = names.index(text) if text in names else ids.index(text)
    allowed = [place for place in range(len(names)) if COMPARISONS[ask.operator](at, place)]
    return frozenset(names[place] for place in allowed) | frozenset(ids[place] for place in allowed if ids)


@dataclass(frozen=True)
class VersionField(TermField):
    """Versions have an order within their project: "the version order set up by your admin, not a numeric or
    alphabetic order" (https://support.atlassian.com/jira-service-management-cloud/docs/jql-fields/)."""

    operators: frozenset[str] = EQUALITY | EMPTINESS | ORDER

    def question(self, ask: Ask) -> Question:
        if ask.operator not in ORDER:
            return super().question(ask)
        ids = reading_of(self.field, lambda value: of_mappings(value, ("id",)))
        wanted = _versions(ask, _value(ask))
        return Joint("or", (TermSet(ids, wanted, "has"), Scan(_among(ids, _all_versions(ask.site)), self.field)))


def _all_versions(site: SiteFacts) -> Terms:
    return frozenset(id for project in site.projects.values() for id, _ in project.versions or ())


def _versions(ask: Ask, operand: Value) -> Terms:
    """Ids of the versions that the operator allows, in every project that has a version of that name or id."""
    known = [project.versions for project in ask.site.projects.values() if project.versions is not None]
    if not known:
        instead = "List them: fixVersion IN (a, b), or ask for releasedVersions()."
        raise Unfit(operand, "The order of this site's versions is not known", instead)
    text, allowed, found = operand.text.lower(), set[str](), False
    for versions in known:
        for at, (id, name) in enumerate(versions):
            if text in (id, name.lower()):
                found = True
                allowed |= {other for place, (other, _) in enumerate(versions) if COMPARISONS[ask.operator](place, at)}
    if not found:
        raise Unfit(operand, f"`{operand.text}` is no version of the projects whose versions are known")
    return frozenset(allowed)


def _among(reading: Reading[Terms], known: Terms) -> Test:
    """Never true: unknown where the issue bears a version whose place is not known."""

    def test(view: View) -> bool | None:
        found = view.terms[reading]
        return False if found is not None and found <= known else None

    return test


@dataclass(frozen=True)
class KeyField(TermField):
    """Keys have an order within their project, by number, and are searched by a pattern: `key ~ "ABC-1*"`."""

    operators: frozenset[str] = EQUALITY | ORDER | SEARCH

    def question(self, ask: Ask) -> Question:
        if ask.operator in ORDER:
            return Scan(_beyond(ask, _value(ask)), self.field)
        if ask.operator in SEARCH:
            return Scan(_fitting(_value(ask), ask.negative), self.field)
        return super().question(ask)


def _beyond(ask: Ask, operand: Value) -> Test:
    limit = _KEY.fullmatch(operand.text)
    if limit is None:
        raise Unfit(operand, f"`{operand.text}` is no key of an issue, such as ABC-12; keys alone have an order")
    project, number, compare = limit[1].lower(), int(limit[2]), COMPARISONS[ask.operator]

    def test(view: View) -> bool | None:
        found = _KEY.fullmatch(_key(view.issue))
        return found and found[1].lower() == project and compare(int(found[2]), number)

    return test


def _fitting(operand: Value, negative: bool) -> Test:
    """`*` stands for any characters, and on Cloud `?` for the same."""
    parts = re.split(r"[*?]", operand.text)
    wanted = re.compile(".*".join(map(re.escape, parts)), re.IGNORECASE)

    def test(view: View) -> bool | None:
        key = _key(view.issue)
        return (wanted.fullmatch(key) is None) is negative if key else None

    return test


def _key(issue: Mapping[str, object]) -> str:
    return str(issue.get("key") or "")

"""`rules verify`: what we decide of stored issues, held against what the site itself answers. Nothing is written."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import as_issue
from plugin.atlassian.gateways import JiraGateway
from plugin.domain.issue import Snapshot
from plugin.jql import Condition, Finding, View, ancestry, parse
from plugin.path.asking import Surroundings
from plugin.store import snapshots

SAMPLE = 200
"""How many issues are compared unless another number is asked for."""
_ORDER = re.compile(r"\border\s+by\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Difference:
    """One issue of which we and the site say different things, or of which we cannot say anything."""

    key: str
    name: str
    """The rule, exempt class or scope."""
    clause: str
    """The clause that differs; "" where every one of them agrees and only the whole does not."""
    value: str
    """What we know the issue to hold there."""
    ours: bool | None
    """None where a field that decides is unknown to us."""
    theirs: bool


@dataclass(frozen=True)
class Verification:
    """What was compared and what came of it."""

    issues: int
    conditions: int
    differences: tuple[Difference, ...]
    unknown: tuple[Difference, ...]
    """Where we do not decide; the next refresh does. No difference: nothing wrong was said."""
    refused: tuple[tuple[str, str], ...]
    """What the site does not answer, with its words: functions of ours, or names that it does not know."""
    set_aside: tuple[str, ...] = ()
    """Keys of sampled issues that the site shows no more, or that changed there since we last saw them."""


def verify(around: Surroundings, book: RuleBook, size: int = SAMPLE) -> Verification:
    """Compares over a random sample of the stored issues. Raises what the gateway raises."""
    with around.engine.connect() as connection:
        sample = snapshots.sample(connection, size)
        above = snapshots.ancestors(connection, sample)
    alike = _unchanged(around, sample)
    parents = {name: one.fields["parent"] for name, (one, _) in above.items() if "parent" in one.fields}
    now = around.clock()
    views = {one.id: (one, View(as_issue(one), now, ancestry(one.fields, parents))) for one in alike}
    comparison = _Comparison(around.jira, views)
    conditions = _conditions(book)
    comparison.compare(conditions)
    return Verification(
        issues=len(alike),
        conditions=len(conditions),
        differences=tuple(one for one in comparison.found if one.ours is not None),
        unknown=tuple(one for one in comparison.found if one.ours is None),
        refused=tuple(dict.fromkeys(comparison.refused)),
        set_aside=tuple(sorted(one.key for one in sample if one.id not in views)),
    )


def told(found: Verification) -> Iterator[str]:
    """The verification in words, a line each."""
    for one in found.differences:
        where = f"{one.clause}, where it holds {one.value}" if one.clause else "every clause agrees, the whole does not"
        yield f"{one.key} · {one.name}: we say {_said(one.ours)}, the site says {_said(one.theirs)} · {where}"
    for one in found.unknown:
        yield f"{one.key} · {one.name}: unknown to us, the site says {_said(one.theirs)} · {one.clause}"
    for name, words in found.refused:
        yield f"{name}: not compared, the site refuses it: {words}"
    if found.set_aside:
        yield f"set aside, gone or changed since we saw them: {', '.join(found.set_aside)}"
    yield (
        f"{found.conditions} conditions over {found.issues} issues: {len(found.differences)} differences, "
        f"{len(found.unknown)} unknown to us"
    )


class _Comparison:
    """Asks the site and keeps what differs."""

    def __init__(self, jira: JiraGateway, issues: Mapping[str, tuple[Snapshot, View]]) -> None:
        self._jira = jira
        self._issues = issues
        self.found: list[Difference] = []
        self.refused: list[tuple[str, str]] = []

    def compare(self, conditions: Mapping[str, Condition]) -> None:
        """Each condition as a whole; where that differs or is refused, its clauses one by one."""
        ids = list(self._issues)
        answers = self._jira.matches(ids, [_where(one) for one in conditions.values()])
        for (name, condition), answer in zip(conditions.items(), answers, strict=True):
            if answer.refused:
                self.refused.append((name, answer.refused))
                self._compare_clauses(name, condition, dict.fromkeys(ids))
            else:
                self._compare_clauses(name, condition, self._differing(condition, answer.ids))

    def _differing(self, condition: Condition, matched: frozenset[str]) -> dict[str, bool | None]:
        """What the site says of the issues of which we say something else."""
        return {
            id: id in matched for id, (_, view) in self._issues.items() if condition.matches(view) != (id in matched)
        }

    def _compare_clauses(self, name: str, condition: Condition, theirs: Mapping[str, bool | None]) -> None:
        """`theirs` is the site's answer to the whole condition, None where it refused that."""
        if not theirs:
            return
        leaves = {id: _leaves(condition.explain(self._issues[id][1])) for id in theirs}
        clauses = list(dict.fromkeys(leaf.clause for found in leaves.values() for leaf in found))
        matched = dict(zip(clauses, self._jira.matches(list(theirs), clauses), strict=True))
        for id, whole in theirs.items():
            one = [
                self._difference(id, name, leaf, id in matched[leaf.clause].ids)
                for leaf in leaves[id]
                if not matched[leaf.clause].refused and leaf.matched != (id in matched[leaf.clause].ids)
            ]
            self.found += one or self._of_the_whole(id, name, condition, whole)
        self.refused += [(f"{name}: {clause}", answer.refused) for clause, answer in matched.items() if answer.refused]

    def _difference(self, id: str, name: str, leaf: Finding, theirs: bool) -> Difference:
        return Difference(self._issues[id][0].key, name, leaf.clause, leaf.value, leaf.matched, theirs)

    def _of_the_whole(self, id: str, name: str, condition: Condition, theirs: bool | None) -> list[Difference]:
        """Every clause agrees: then it is how they are joined, unless the site refused the whole."""
        if theirs is None:
            return []
        snapshot, view = self._issues[id]
        return [Difference(snapshot.key, name, "", "", condition.matches(view), theirs)]


def _unchanged(around: Surroundings, sample: Sequence[Snapshot]) -> list[Snapshot]:
    """Those that the site still shows as we saw them last."""
    shown = {str(raw["id"]): around.snapshot(raw) for raw in around.jira.read([one.id for one in sample], ["updated"])}
    return [one for one in sample if one.id in shown and shown[one.id].updated <= one.updated]


def _conditions(book: RuleBook) -> dict[str, Condition]:
    """All that is asked of issues, by name: the same words are asked once, a blank condition never."""
    names: dict[str, list[str]] = defaultdict(list)
    by_text: dict[str, Condition] = {}
    for name, condition in _named(book):
        if parse(condition.text).where is not None:
            names[condition.text].append(name)
            by_text[condition.text] = condition
    return {", ".join(dict.fromkeys(names[text])): condition for text, condition in by_text.items()}


def _named(book: RuleBook) -> Iterator[tuple[str, Condition]]:
    for product in book.products:
        yield f"scope of {product.product.id}", product.scope
        for rule in product.rules:
            yield f"rule {rule.rule.id}", rule.condition
        for one in product.exempt:
            yield f"exempt class {one.exempt.id}", one.condition


def _where(condition: Condition) -> str:
    """The condition's text without ORDER BY: some doors put it into a larger query."""
    query = parse(condition.text)
    return _ORDER.sub("", query.text[: query.order[0].field.start]) if query.order else query.text


def _leaves(finding: Finding) -> list[Finding]:
    return [leaf for part in finding.parts for leaf in _leaves(part)] if finding.parts else [finding]


def _said(answer: bool | None) -> str:
    return "yes" if answer else "no"

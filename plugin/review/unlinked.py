"""Unlinked work: which issues need a decision first, why each is unlinked in words, and the one step that fixes it."""

from collections.abc import Sequence
from urllib.parse import quote

from plugin.alignment.words import step
from plugin.domain.effort import MILLION
from plugin.domain.product import Product, Site
from plugin.domain.verdict import Reason, Verdict
from plugin.review.model import Allocation, BuildFacts, CountedIssue, UnlinkedIssue, UnlinkedWork

AT_MOST = 10
KEYS_IN_SEARCH = 100
"""Longer lists of keys make addresses that browsers and proxies cut off."""

_REASONS = {
    Reason.NO_PARENT: "It has no parent, and no rule matches it.",
    Reason.NO_RULE: "No rule matches it.",
    Reason.RULES_DISAGREE: "Two rules name different objectives for it.",
    Reason.NEW: "It is new and has time to find its place.",
}


def unlinked_work(
    unlinked: Sequence[CountedIssue], plan: tuple[Product, Site], effort: Allocation, facts: BuildFacts, total: int
) -> UnlinkedWork:
    """The most effort first; of the same, work in progress, then work that waits, then what is finished.

    New work is last, as it may still find its place. `total` also counts what readers may not see by name.
    """
    product, site = plan
    named = sorted(unlinked, key=lambda issue: _urgency(issue, effort))
    jql = _search(named, product, site) if named else None
    return UnlinkedWork(
        total=total,
        issues=tuple(_row(issue, product, effort, facts) for issue in named[:AT_MOST]),
        jql=jql,
        url=f"{facts.jira_url}/issues/?jql={quote(jql, safe='')}" if facts.jira_url and jql else None,
    )


def _spent(issue: CountedIssue, effort: Allocation) -> float:
    return issue.days / MILLION if effort.model == "days" else 1.0


def _urgency(issue: CountedIssue, effort: Allocation) -> tuple[bool, float, int, str, int]:
    stages = {"indeterminate": 0, "new": 1, "": 2, "done": 3}
    project, _, number = issue.key.rpartition("-")
    new, spent = issue.verdict.reason is Reason.NEW, _spent(issue, effort)
    place = int(number) if number.isdecimal() else 0
    return new, -spent, stages.get(issue.status_category, 2), project, place


def _search(unlinked: Sequence[CountedIssue], product: Product, site: Site) -> str:
    """The label finds all unlinked work as it is now; where no labels are written, the issues are named instead."""
    if (product.product.mode or site.mode) == "tag":
        return f'labels = "{site.tag.unlinked_label}" AND ({product.scope})'
    return f"key in ({', '.join(issue.key for issue in unlinked[:KEYS_IN_SEARCH])})"


def _row(issue: CountedIssue, product: Product, effort: Allocation, facts: BuildFacts) -> UnlinkedIssue:
    # A verdict may have aligned it since: to an objective that was not active in this week.
    reason = issue.verdict.reason or Reason.OBJECTIVE_ENDED
    return UnlinkedIssue(
        key=issue.key,
        url=issue.url,
        summary=issue.summary,
        issuetype=issue.issuetype,
        stage=issue.stage,
        in_progress=issue.status_category == "indeterminate",
        reason=_in_words(reason, issue, product),
        step=step(reason),
        effort=_spent(issue, effort),
        age_days=max(0, (facts.now - issue.created).days) if issue.created else None,
        looks_like=_looks_like(issue, product),
    )


def _looks_like(issue: CountedIssue, product: Product) -> str:
    found = issue.looks_like
    objective = product.objective(found.objective) if found else None
    if found is None or objective is None:
        return ""
    return f"It looks like “{objective.title}”: {', '.join(found.words)}."


def _in_words(reason: Reason, issue: CountedIssue, product: Product) -> str:
    if reason is Reason.PARENT_WITHOUT_OBJECTIVE:
        return f"Its parent{f' {issue.parent}' if issue.parent else ''} serves no objective, and no rule matches it."
    if reason is Reason.OBJECTIVE_ENDED:
        return _ended(issue.verdict, product)
    return _REASONS[reason]


def _ended(verdict: Verdict, product: Product) -> str:
    rule = next((one for one in product.rules if one.id == verdict.rule), None)
    objective = product.objective(verdict.objective or (rule.objective if rule else None))
    if objective is None:
        return "The objective that it would serve has ended."
    return f"“{objective.title}”, which it would serve, ended on {objective.last:%-d %b %Y}."

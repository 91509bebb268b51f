"""From a verdict to what has to be written on the issue, or to nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

from plugin.alignment.facts import Facts
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.words import clauses, link_words, shortened
from plugin.domain.issue import Snapshot
from plugin.domain.product import Mode
from plugin.domain.verdict import Change, LinkWords, Reason, State, Verdict

LONGEST_PROPERTY = 32_768
"""Jira's limit for an issue property, in characters of JSON."""

_CLAUSES, _CLAUSE, _WHY = 8, 160, 600
"""How many clauses the provenance keeps, how long each, and how long the why: far below the limit together."""

Provenance = dict[str, str | int | list[str] | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what terms a change may be written."""

    mode: Mode
    link_url: str
    """Where the remote link leads. A new address alone is no change; it travels with the next one."""
    last_link: LinkWords | None
    """The remote link that we wrote last and did not remove, None where there is none."""
    decided: datetime
    """When the verdict was reached, aware."""


def plan(facts: Facts, verdict: Verdict, book: RuleBook, terms: Terms) -> Change | None:
    """The change that makes the issue say what the verdict says; None where it already does or nothing may be written.

    Only labels of `facts.ours` are removed; a label that a person took away is not put back. Work that was finished
    before any of today's objectives began is left as it is: installing Plumbline relabels no past.
    """
    labels = facts.snapshot.labels
    if terms.mode == "shadow" or verdict.state is State.UNDECIDED or labels is None:
        return None
    if _is_past(facts.snapshot, verdict, book, terms.decided):
        return None
    wanted = wanted_labels(verdict, book)
    remove = (facts.ours & labels) - wanted
    add = {one for one in wanted - facts.taken_away if not _stands(one, labels - remove)}
    words = link_words(verdict, book, terms.link_url) if _shown(verdict) else None
    moved = bool(add or remove)
    if not moved and not _retitled(words, terms.last_link):
        return None
    return Change(
        issue_id=facts.snapshot.id,
        issue_key=facts.snapshot.key,
        add=tuple(sorted(add)),
        remove=tuple(sorted(remove)),
        provenance=provenance(verdict, terms.decided) if words else None,
        link=words,
        link_changed=_reworded(words, terms.last_link),
    )


def without_flag(change: Change, flag: str, last_link: LinkWords | None) -> Change | None:
    """The change for an issue that may not be flagged yet: what is wrong on it goes, and nothing else is said."""
    if not (change.remove or last_link or set(change.add) - {flag}):
        return None
    return change.model_copy(
        update={
            "add": tuple(one for one in change.add if one != flag),
            "provenance": None,
            "link": None,
            "link_changed": last_link is not None,
        }
    )


def wanted_labels(verdict: Verdict, book: RuleBook) -> frozenset[str]:
    """The labels that the verdict calls for."""
    if verdict.state is State.ALIGNED and verdict.objective:
        return frozenset({book.label_of(verdict.objective)})
    flagged = verdict.state is State.UNALIGNED and verdict.reason is not Reason.NEW
    return frozenset({book.tag.unlinked_label}) if flagged else frozenset()


def provenance(verdict: Verdict, decided: datetime) -> Provenance:
    """The issue property: why the issue carries its tag, and since when. Always shorter than LONGEST_PROPERTY."""
    return {
        "state": verdict.state.value,
        "objective": verdict.objective,
        "reason": verdict.reason.value if verdict.reason else None,
        "rule": verdict.rule,
        "why": shortened(verdict.why, _WHY),
        "how": verdict.how,
        "version": verdict.version,
        "decided": decided.astimezone(UTC).isoformat(timespec="seconds"),
        "clauses": [*clauses(verdict.evidence, _CLAUSES, _CLAUSE)],
    }


def _is_past(snapshot: Snapshot, verdict: Verdict, book: RuleBook, now: datetime) -> bool:
    finished = snapshot.finished_at
    return finished is not None and book.today(finished) < book.collecting_since(verdict.product, book.today(now))


def _shown(verdict: Verdict) -> bool:
    """Whether the verdict is told on the issue at all: exempt work, new work and that of others is left in peace."""
    return verdict.state is State.ALIGNED or (verdict.state is State.UNALIGNED and verdict.reason is not Reason.NEW)


def _stands(label: str, labels: frozenset[str]) -> bool:
    """People capitalise: a second spelling of the same label beside theirs would help nobody."""
    return any(one.lower() == label for one in labels)


def _retitled(words: LinkWords | None, last: LinkWords | None) -> bool:
    """Whether the objective's or the reason's words are others than those on the issue."""
    return (words.title if words else None) != (last.title if last else None)


def _reworded(words: LinkWords | None, last: LinkWords | None) -> bool:
    if words is None or last is None:
        return words is not last
    return (words.title, words.summary) != (last.title, last.summary)

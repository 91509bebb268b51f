"""All that is known of one issue's verdict, as a value, and in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.alignment.moves import by_what, place
from plugin.alignment.nearly import Nearly
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.words import because, step
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Change, Decided, Verdict
from plugin.store.changes import Waiting, Written
from plugin.store.verdicts import Override, Standing


@dataclass(frozen=True)
class Explained:
    """One issue: what was decided, what people said, what we wrote, and what was nearly a match."""

    snapshot: Snapshot
    book: RuleBook
    standing: Standing | None
    nearly: Sequence[Nearly]
    overrides: Sequence[Override]
    written: Written
    waiting: Waiting | None
    history: Sequence[Decided]


def told(one: Explained) -> Iterator[str]:
    """Line by line, for a terminal; moments are in the site's zone."""
    yield f"{one.snapshot.key}  {one.snapshot.text('summary')}".rstrip()
    if one.snapshot.deleted:
        yield "It was deleted in Jira, or Jira does not show it any more."
    if one.standing is None:
        yield "It was never decided: no configuration is in force, or the worker has not come to it yet."
    else:
        yield from _verdict(one, one.standing)
    yield from _section("Nearly matched", map(_nearly, one.nearly))
    yield from _section("Said by people", (_override(one, said) for said in one.overrides))
    yield from _section("On the issue by our own log", _ours(one))
    yield from _section("History", (_past(one, past) for past in one.history))


def _verdict(one: Explained, standing: Standing) -> Iterator[str]:
    verdict = standing.verdict
    objective = one.book.objective(verdict.objective)
    title = f": {objective.title}" if objective else ""
    yield f"{place(verdict)}{title}, since {_moment(one, standing.since)}"
    yield f"  {because(verdict, one.book)}" + (f" {step(verdict.reason)}" if verdict.reason else "")
    yield f"  {_age(verdict, one.book.version)}"
    yield from _section("Matched", (f"{seen.clause} ← {seen.value or 'nothing'}" for seen in verdict.evidence))
    yield from _section(
        "In conflict", (f"rule {id} names another objective at the same priority" for id in verdict.conflict)
    )


def _age(verdict: Verdict, version: int) -> str:
    if verdict.version == version:
        return f"Decided by version {version}, which is in force."
    return (
        f"Decided by version {verdict.version}; version {version} is in force, and the worker has not come to it yet."
    )


def _nearly(near: Nearly) -> str:
    serves = f" → {near.objective}" if near.objective else ""
    return f"{near.name}{serves}: all but `{near.clause}`; the issue has {near.value or 'nothing'}"


def _override(one: Explained, said: Override) -> str:
    who = f"account {said.actor}" if said.actor else "somebody"
    done = "put it there" if said.kind == "set" else "took it away"
    return f"label {said.label}: {who} {done} on {_moment(one, said.at)}"


def _ours(one: Explained) -> Iterator[str]:
    yield from (f"label {label}" for label in sorted(one.written.labels))
    if one.written.link:
        yield f"link “{one.written.link.title}”: {one.written.link.summary}"
    if one.waiting:
        state = "parked" if one.waiting.parked else "waiting"
        error = f" ({one.waiting.error})" if one.waiting.error else ""
        yield f"{state} to be written: {_change(one.waiting.change)}{error}"


def _change(change: Change) -> str:
    verbs = [*(f"add {label}" for label in change.add), *(f"remove {label}" for label in change.remove)]
    if change.link_changed:
        verbs.append("rewrite the link" if change.link else "remove the link")
    return ", ".join(verbs) or "rewrite what explains it"


def _past(one: Explained, past: Decided) -> str:
    what = by_what(past.verdict)
    by = f" ({what})" if what else ""
    return f"{_moment(one, past.at)}  {place(past.verdict)}{by}, version {past.verdict.version}"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    """A title over its lines; nothing where there are none."""
    for number, line in enumerate(lines):
        if not number:
            yield title
        yield f"  {line}"


def _moment(one: Explained, at: datetime) -> str:
    return f"{at.astimezone(one.book.zone):%a %-d %b %Y %H:%M}"

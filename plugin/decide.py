"""Snapshots in, verdicts and changes recorded: the part of the path that digest and sweep share."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from plugin.alignment.facts import Ancestors, Facts
from plugin.alignment.plan import Terms, plan
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import align, grace_ends
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Change, Reason, State, Verdict
from plugin.store import changes, snapshots, verdicts

ASK_AGAIN = timedelta(days=1)
"""How long an issue that Jira did not show counts as hidden."""

_UNDECIDED_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Occasion:
    """When a batch is decided, and where the remote links that it plans lead."""

    now: datetime
    link_url: str


@dataclass(frozen=True)
class Decision:
    """What became of a batch. `unknown` holds ids of issues that need a refresh, `parents` names never seen.

    An issue that waits for its parent's verdict alone needs no refresh.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    planned: int = 0
    unknown: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()

    @property
    def undecided(self) -> frozenset[str]:
        return frozenset(id for id, one in self.verdicts.items() if one.state is State.UNDECIDED)


def decide(connection: Connection, book: RuleBook, batch: Collection[Snapshot], occasion: Occasion) -> Decision:
    """Aligns the batch, records what changed, plans the writes, and has the children of changed parents looked at.

    Runs inside the caller's transaction.
    """
    now = occasion.now
    living = [one for one in batch if not one.deleted]
    if not living:
        return Decision()
    facts = _facts(connection, living)
    above, unknown_parents = _ancestors(connection, living, now)
    decided = align(facts, book, above, now)
    previous = {one.id: one.previous for one in facts if one.previous}
    planned = _planned(connection, facts, decided, book, occasion)
    verdicts.record(connection, decided, previous, now)
    changes.put(connection, planned)
    snapshots.aligned(connection, decided, book.version)
    turned = [one for one in living if not decided[one.id].same_tag(previous.get(one.id))]
    snapshots.look_at_children(connection, turned, now)
    _look_later(connection, book, living, decided, now)
    return Decision(
        verdicts=decided,
        planned=sum(1 for one in planned.values() if one),
        unknown=frozenset(one.id for one in living if _lacks_own_fields(one, decided[one.id])),
        parents=frozenset(unknown_parents),
    )


def _lacks_own_fields(one: Snapshot, verdict: Verdict) -> bool:
    return any(name != "parent" or name not in one.fields for name in verdict.missing)


def _facts(connection: Connection, living: Collection[Snapshot]) -> list[Facts]:
    ids = [one.id for one in living]
    previous, ours = verdicts.of(connection, ids), changes.ours(connection, ids)
    said = verdicts.overrides(connection, ids)
    return [
        Facts(
            snapshot=one,
            previous=previous.get(one.id),
            ours=ours[one.id].labels if one.id in ours else frozenset(),
            taken_away=frozenset(word.label for word in said.get(one.id, ()) if word.kind == "removed"),
            set_by_people=frozenset(word.label for word in said.get(one.id, ()) if word.kind == "set"),
        )
        for one in living
    ]


def _ancestors(connection: Connection, living: Collection[Snapshot], now: datetime) -> tuple[Ancestors, set[str]]:
    """The parents above the batch, and the names among them that were never seen and not asked for lately."""
    found: dict[str, tuple[Snapshot, Verdict | None] | None] = dict(snapshots.ancestors(connection, living))
    named = {one.parent for one in living} | {pair[0].parent for pair in found.values() if pair}
    batch = {name for one in living for name in (one.id, one.key)}
    missing = {name for name in named if name} - found.keys() - batch
    hidden = snapshots.hidden_among(connection, missing, now - ASK_AGAIN)
    found.update(dict.fromkeys(hidden))
    return found, missing - hidden


def _planned(
    connection: Connection, facts: Iterable[Facts], decided: Mapping[str, Verdict], book: RuleBook, occasion: Occasion
) -> dict[str, Change | None]:
    there = changes.ours(connection, decided)
    planned = {}
    for one in facts:
        verdict = decided[one.id]
        terms = Terms(
            mode=book.mode(verdict.product, one.snapshot.project_key),
            link_url=occasion.link_url,
            last_link=there[one.id].link if one.id in there else None,
            decided=occasion.now,
        )
        planned[one.id] = plan(one, verdict, book, terms)
    return planned


def _look_later(
    connection: Connection, book: RuleBook, living: Iterable[Snapshot], decided: Mapping[str, Verdict], now: datetime
) -> None:
    """An issue in its grace is looked at when that ends; an undecided one soon, in case its refresh is lost."""
    undecided = []
    for one in living:
        verdict = decided[one.id]
        if verdict.state is State.UNDECIDED:
            undecided.append(one.id)
        elif verdict.reason is Reason.NEW and (ends := grace_ends(one, book.configuration.site.grace)):
            snapshots.look_again(connection, [one.id], ends)
    snapshots.look_again(connection, undecided, now + _UNDECIDED_AGAIN)

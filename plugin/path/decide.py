"""Snapshots in, verdicts and changes recorded: the part of the path that digest and sweep share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from plugin.alignment.facts import Ancestors, Facts
from plugin.alignment.plan import Terms, plan
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import align, grace_ends
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Change, Reason, State, Verdict
from plugin.path.facts import facts_of
from plugin.path.quiet import hush
from plugin.path.tags import unexplained
from plugin.store import changes, snapshots, unshown, verdicts

ASK_AGAIN = timedelta(days=1)
"""How long an issue that Jira did not show counts as hidden."""

_SOON = timedelta(minutes=5)
"""When an issue is looked at again for which Jira has to be asked, in case nobody does."""


@dataclass(frozen=True)
class Occasion:
    """When a batch is decided, where the remote links that it plans lead, and whether it may wait for others.

    Live is what deliveries tell: somebody just did it. A fill, a sweep, other rules, a new day are bulk.
    """

    now: datetime
    link_url: str
    bulk: bool = False


@dataclass(frozen=True)
class Questions:
    """What has to be asked of Jira: issues by id or key, and, by id, who changed the tags on an issue."""

    issues: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.issues or self.tags)


@dataclass(frozen=True)
class Decision:
    """What became of a batch. `unknown` holds ids of issues that need a refresh, `parents` names never seen.

    An issue that waits for its parent's verdict alone needs no refresh. `unexplained` holds ids of issues whose tags
    somebody changed and no event told who: nothing was recorded of them, and nothing is written before that is known.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    planned: int = 0
    unknown: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    unexplained: frozenset[str] = frozenset()

    @property
    def questions(self) -> Questions:
        """What to ask Jira before deciding again."""
        return Questions(issues=self.unknown | self.parents, tags=self.unexplained)

    @property
    def undecided(self) -> frozenset[str]:
        return frozenset(id for id, one in self.verdicts.items() if one.state is State.UNDECIDED)


@dataclass(frozen=True)
class Judged:
    """What would become of a batch, before anything is recorded. `planned` is None where nothing is to be written."""

    facts: Sequence[Facts]
    verdicts: Mapping[str, Verdict]
    planned: Mapping[str, Change | None]

    @cached_property
    def previous(self) -> Mapping[str, Verdict]:
        return {one.id: one.previous for one in self.facts if one.previous}


def decide(connection: Connection, book: RuleBook, batch: Collection[Snapshot], occasion: Occasion) -> Decision:
    """Aligns the batch, records what changed, plans the writes, and has the children of changed parents looked at.

    Runs inside the caller's transaction.
    """
    now = occasion.now
    living = [one for one in batch if not one.deleted]
    if not living:
        return Decision()
    verdicts.forget_spent(connection, [one.id for one in living], book.tag.unlinked_label, book.version)
    above, unknown_parents = _ancestors(connection, living, now)
    judged = _judge(connection, book, living, above, occasion)
    held = unexplained(connection, judged.facts, book, now)
    decided, previous = judged.verdicts, judged.previous
    verdicts.record(connection, {id: one for id, one in decided.items() if id not in held}, previous, now)
    wanted = {id: None if id in held else one for id, one in judged.planned.items()}
    quiet = hush(connection, book, wanted, now)
    changes.put(connection, quiet.planned, bulk=occasion.bulk)
    changes.park_planned(connection, quiet.fights)
    snapshots.aligned(connection, decided, book.version)
    turned = [one for one in living if one.id not in held and not decided[one.id].same_tag(previous.get(one.id))]
    snapshots.look_at_children(connection, turned, now)
    _look_later(connection, book, living, decided, now)
    for id, at in quiet.again.items():
        snapshots.look_again(connection, [id], at)
    snapshots.look_again(connection, held, now + _SOON)
    return Decision(
        verdicts=decided,
        planned=sum(1 for one in quiet.planned.values() if one),
        unknown=frozenset(one.id for one in living if _lacks_own_fields(one, decided[one.id], book)),
        parents=frozenset(unknown_parents),
        unexplained=held,
    )


def rehearse(connection: Connection, book: RuleBook, living: Collection[Snapshot], occasion: Occasion) -> Judged:
    """The same without the last step: what `decide` would come to once it had decided every issue under these rules.

    Parents outside of the batch are decided anew with it, as what the store says of them comes from other rules.
    """
    above, _ = _ancestors(connection, living, occasion.now)
    parents = {pair[0].id: pair[0] for pair in above.values() if pair and not pair[0].deleted}
    whole = parents | {one.id: one for one in living}
    judged = _judge(connection, book, whole.values(), above, occasion)
    ids = {one.id for one in living}
    return Judged(
        facts=[one for one in judged.facts if one.id in ids],
        verdicts={id: one for id, one in judged.verdicts.items() if id in ids},
        planned={id: one for id, one in judged.planned.items() if id in ids},
    )


def _judge(
    connection: Connection, book: RuleBook, living: Collection[Snapshot], above: Ancestors, occasion: Occasion
) -> Judged:
    facts = facts_of(connection, living, book)
    decided = align(facts, book, above, occasion.now)
    planned = _planned(connection, facts, decided, book, occasion)
    return Judged(facts, decided, planned)


def _lacks_own_fields(one: Snapshot, verdict: Verdict, book: RuleBook) -> bool:
    """Whether Jira can tell more. What the site does not have (any more) is none of the fields that the book needs."""
    return any(name in book.needs and (name != "parent" or name not in one.fields) for name in verdict.missing)


def _ancestors(connection: Connection, living: Collection[Snapshot], now: datetime) -> tuple[Ancestors, set[str]]:
    """The parents above the batch, and the names among them that were never seen and not asked for lately."""
    found: dict[str, tuple[Snapshot, Verdict | None] | None] = dict(snapshots.ancestors(connection, living))
    named = {one.parent for one in living} | {pair[0].parent for pair in found.values() if pair}
    batch = {name for one in living for name in (one.id, one.key)}
    missing = {name for name in named if name} - found.keys() - batch
    hidden = unshown.hidden_among(connection, missing, now - ASK_AGAIN)
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
            if book.needs.intersection(verdict.missing):
                undecided.append(one.id)
        elif verdict.reason is Reason.NEW and (ends := grace_ends(one, book.configuration.site.grace)):
            snapshots.look_again(connection, [one.id], ends)
    snapshots.look_again(connection, undecided, now + _SOON)

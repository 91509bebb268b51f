"""Differences of tags that no event explains, settled by what Jira's history says of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from plugin.alignment.facts import Facts
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.tags import Explanation, difference, explain
from plugin.domain.issue import LabelChange, Snapshot
from plugin.path.facts import facts_of
from plugin.store import changes, labels, snapshots, verdicts
from plugin.store.progress import Fact
from plugin.store.verdicts import Override

UNKNOWN = "unknown objective labels"
"""The name of the fact that tells of them."""


@dataclass
class Histories:
    """What Jira told of who changed labels."""

    of: dict[str, Sequence[LabelChange] | None] = field(default_factory=dict)
    """By issue id; None where Jira does not tell."""
    me: str | None = None
    """Our account; None before anything was asked."""


def unexplained(connection: Connection, facts: Collection[Facts], book: RuleBook, now: datetime) -> frozenset[str]:
    """Ids of the issues whose tags differ from our log of writes and from what events told of people."""
    active = book.active(book.today(now))
    nothing = labels.Sent()
    differing = [one for one in facts if difference(one, book, active, nothing)]
    if not differing:
        return frozenset()
    log = labels.sent(connection, [one.id for one in differing])
    return frozenset(one.id for one in differing if difference(one, book, active, log[one.id]))


def settle(connection: Connection, told: Histories, book: RuleBook, now: datetime) -> None:
    """Records what people did, and what of ours is not there, for the issues whose history was asked for."""
    if not told.of:
        return
    active = book.active(book.today(now))
    log = labels.sent(connection, told.of.keys())
    known = snapshots.by_ids(connection, told.of)
    for one in facts_of(connection, known.values(), book):
        different = difference(one, book, active, log[one.id])
        found = explain(one, different, log[one.id], told.of[one.id], told.me)
        _record(connection, one.snapshot, found, book)


def _record(connection: Connection, issue: Snapshot, found: Explanation, book: RuleBook) -> None:
    said = [
        Override(
            issue_id=issue.id,
            label=one.label,
            kind="set" if one.kind == "added" else "removed",
            actor=one.actor,
            at=one.at,
            parent=issue.parent,
            version=book.version,
        )
        for one in found.by_people
    ]
    if found.there or found.not_there:
        snapshots.set_labels(connection, issue.id, sorted(found.there), sorted(found.not_there))
    verdicts.add_overrides(connection, said)
    changes.disown(connection, issue.id, found.not_ours)


def unknown_objectives(connection: Connection, book: RuleBook, now: datetime) -> Fact:
    """Labels with our prefix that name no active objective. Nothing touches them; a person has to."""
    today = book.today(now)
    active = book.active(today)
    inactive = {one.id: one for product in book.products for one in product.product.objectives if one.id not in active}
    found = labels.nameless(connection, book.tag.label_prefix, map(book.label_of, active), map(book.label_of, inactive))
    if not found:
        return Fact(name=UNKNOWN, ok=True, words="every label with our prefix names an active objective", at=now)
    return Fact(name=UNKNOWN, ok=False, words=_told(found), at=now)


def _told(found: Iterable[labels.Nameless]) -> str:
    lines = [
        f"{one.label} on {one.issues:,} ({', '.join(one.keys)}{', …' if one.issues > len(one.keys) else ''})"
        for one in found
    ]
    more = f"; and {len(lines) - _MOST:,} more labels" if len(lines) > _MOST else ""
    return (
        f"{'; '.join(lines[:_MOST])}{more}. They name no active objective, and we leave them as they are: "
        "give the issues another label, or add the objective"
    )


_MOST = 10

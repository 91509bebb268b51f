"""What the store knows of issues before they are aligned."""

from collections.abc import Collection

from sqlalchemy import Connection

from plugin.alignment.facts import Facts
from plugin.alignment.rulebook import RuleBook
from plugin.domain.issue import Snapshot
from plugin.store import changes, verdicts
from plugin.store.verdicts import Override


def facts_of(connection: Connection, living: Collection[Snapshot], book: RuleBook) -> list[Facts]:
    """In the order given."""
    ids = [one.id for one in living]
    previous, ours = verdicts.of(connection, ids), changes.ours(connection, ids)
    said = verdicts.overrides(connection, ids)
    return [
        Facts(
            snapshot=one,
            previous=previous.get(one.id),
            ours=ours[one.id].labels if one.id in ours else frozenset(),
            taken_away=frozenset(word.label for word in said.get(one.id, ()) if _keeps_away(word, book)),
            set_by_people=frozenset(word.label for word in said.get(one.id, ()) if word.kind == "set"),
            chosen=frozenset(word.label for word in said.get(one.id, ()) if word.kind == "set" and word.in_console),
        )
        for one in living
    ]


def _keeps_away(word: Override, book: RuleBook) -> bool:
    """A tag that a person took away stays away for good; the unlinked label until the rules are other ones."""
    if word.kind != "removed":
        return False
    return word.label != book.tag.unlinked_label or word.version in (None, book.version)

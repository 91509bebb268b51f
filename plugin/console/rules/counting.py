"""What rules do in the store, counted over all issues and therefore not at every request."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from plugin.alignment.lint import by_rule
from plugin.alignment.rulebook import RuleBook
from plugin.review.model import RuleRecord
from plugin.store import linking, rules
from plugin.store.rules import Conflict, Use

CHEAP = 0.25
"""Seconds of counting that every request may cost; what takes longer is kept for ten times as long as it took."""


@dataclass(frozen=True)
class Counted:
    """By product and rule. `at` is when it was counted."""

    at: datetime
    uses: Mapping[tuple[str, str], Use]
    records: Mapping[tuple[str, str], RuleRecord]
    conflicts: tuple[Conflict, ...]
    lint: Mapping[tuple[str, str], tuple[str, ...]]

    def disputes(self, product: str, rule: str) -> int:
        """Open issues on which another rule disagrees with this one."""
        return sum(one.number for one in self.conflicts if one.product == product and rule in one.rules)


class Counting:
    """Counts again where something was decided or written since, at most a tenth of the time. Safe to call from
    several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made_for: tuple[int, tuple[int, int]] | None = None
        self._kept: Counted | None = None
        self._fresh_until = 0.0
        self._linted: tuple[RuleBook, dict[tuple[str, str], tuple[str, ...]]] | None = None

    def __call__(self, connection: Connection, book: RuleBook, now: datetime) -> Counted:
        with self._lock:
            wanted = book.version, rules.stamp(connection)
            stale = self._made_for != wanted and time.monotonic() >= self._fresh_until
            if self._kept is None or stale or (self._made_for or wanted)[0] != book.version:
                began = time.monotonic()
                self._kept, self._made_for = self._count(connection, book, now), wanted
                took = time.monotonic() - began
                self._fresh_until = time.monotonic() + took * 10 if took > CHEAP else 0.0
            return self._kept

    def _count(self, connection: Connection, book: RuleBook, now: datetime) -> Counted:
        records = {
            (product.id, rule): RuleRecord(rule=rule, tagged=tagged, corrected=corrected)
            for product in book.configuration.products
            for rule, tagged, corrected in linking.rule_records(connection, product.id, book.tag.label_prefix)
        }
        return Counted(
            at=now,
            uses=rules.uses(connection),
            records=records,
            conflicts=tuple(rules.conflicts(connection)),
            lint=self._lint(book),
        )

    def _lint(self, book: RuleBook) -> dict[tuple[str, str], tuple[str, ...]]:
        if self._linted is None or self._linted[0] is not book:
            found = {
                (one.product.id, rule): sentences for one in book.products for rule, sentences in by_rule(one).items()
            }
            self._linted = book, found
        return self._linted[1]

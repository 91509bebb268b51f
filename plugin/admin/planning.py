"""`plan`: the path without its last step. Every stored issue is decided under other rules, and nothing is written."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from plugin.admin.flags_this_week import FlagsThisWeek
from plugin.admin.planned import BackTest, Plan, Writes
from plugin.alignment.lint import Reach, lint
from plugin.alignment.moves import Moves
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import as_issue
from plugin.atlassian.throttle import CLOUD
from plugin.configuration.differences import differences
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration
from plugin.domain.verdict import Change
from plugin.domain.week import Week
from plugin.jql import SiteFacts, View
from plugin.path.decide import Judged, Occasion, rehearse
from plugin.path.tags import unexplained
from plugin.review.count import Shares, Span, Tally
from plugin.store import configurations, snapshots

BATCH = 1000
"""Issues that are decided together; with their parents they are all that is held at a time."""

SAMPLES = 5

Progress = Callable[[int, int], None]
"""Told after each batch how many issues are done, and of how many."""


@dataclass(frozen=True)
class Occurrence:
    """When a plan is made, how many names it keeps for each way of moving (None: all), and who hears how far it is."""

    now: datetime
    site: SiteFacts = field(default_factory=SiteFacts)
    samples: int | None = SAMPLES
    batch: int = BATCH
    progress: Progress = lambda done, of: None


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One moment of the database, which refuses every write."""
    with engine.connect() as connection:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        yield connection.execution_options(**options)


def plan(connection: Connection, wanted: Configuration, occurrence: Occurrence) -> Plan:
    """What would become of every issue that is stored, if `wanted` were applied now. Writes nothing."""
    active = configurations.active(connection)
    changed = differences(active, wanted)
    rehearsal = _Rehearsal(active, wanted, occurrence)
    if changed:
        rehearsal.run(connection)
    return Plan(
        version=active.version if active else 0,
        differences=changed,
        issues=rehearsal.issues,
        moves=rehearsal.moves,
        back_tests=tuple(one.told() for one in rehearsal.back_tests) if rehearsal.issues else (),
        writes=rehearsal.writes(),
        cautions=tuple(rehearsal.cautions(active, wanted)) if changed else (),
        lint=rehearsal.lint(active) if changed else (),
    )


def book_of(configuration: Configuration, site: SiteFacts) -> RuleBook:
    """The configuration compiled for the site, in the zone that it names itself."""
    return RuleBook(configuration, replace(site, time_zone=ZoneInfo(configuration.site.time_zone)))


class _BackTest:
    """One product over one span, counted twice over the same issues."""

    def __init__(self, product: str, span: Span, before: Configuration | None, after: Configuration) -> None:
        self.product, self.span = product, span
        old, new = before.product(product) if before else None, after.product(product)
        self.before = Tally(old, span) if old else None
        self.after = Tally(new, span) if new else None

    def add(self, judged: Judged, id: str) -> None:
        previous = judged.previous.get(id)
        if self.before and previous:
            self.before.add(previous)
        if self.after:
            self.after.add(judged.verdicts[id])

    def told(self) -> BackTest:
        def shares(tally: Tally | None) -> Shares | None:
            return tally.shares() if tally else None

        return BackTest(self.product, self.span, shares(self.before), shares(self.after))


class _Rehearsal:
    """Everything that is counted on one way through the stored issues."""

    def __init__(self, active: Configuration | None, wanted: Configuration, occurrence: Occurrence) -> None:
        self._occurrence = occurrence
        self._book = book_of(wanted, occurrence.site)
        self._calls: dict[str, int] = defaultdict(int)
        self._flags = FlagsThisWeek(self._book, occurrence.now)
        self._held = 0
        self._reach = Reach(self._book)
        self._undecidable: list[str] = []
        self.issues = 0
        self.moves = Moves(occurrence.samples)
        self.back_tests = [
            _BackTest(product, span, active, wanted) for product, span in _spans(active, wanted, self._book, occurrence)
        ]

    def run(self, connection: Connection) -> None:
        of = snapshots.number_living(connection)
        for batch in snapshots.living(connection, self._occurrence.batch):
            self._try(connection, batch)
            self.issues += len(batch)
            self._occurrence.progress(self.issues, of)

    def writes(self) -> Writes:
        puts, posts, deletes = (self._calls[method] for method in ("PUT", "POST", "DELETE"))
        seconds = (
            CLOUD.least_seconds("PUT", puts),
            CLOUD.least_seconds("POST", posts),
            CLOUD.least_seconds("DELETE", deletes),
        )
        waiting = self._flags.waiting.total()
        return Writes(puts, posts + deletes, max(seconds), flags_waiting=waiting, held=self._held)

    def lint(self, active: Configuration | None) -> tuple[str, ...]:
        """What was not said of the rules in force already, then what the stored issues tell."""
        known = set(lint(book_of(active, self._occurrence.site))) if active else set()
        return (*(one for one in lint(self._book) if one not in known), *self._reach.findings())

    def cautions(self, active: Configuration | None, wanted: Configuration) -> Iterator[str]:
        old = {one.id: one.scope for one in active.products} if active else {}
        for one in wanted.products:
            if old.get(one.id) != one.scope:
                how = "another" if one.id in old else "new"
                yield (
                    f"the scope of {one.id} is {how}: issues that were never read are not among these; "
                    "the next sweep after `apply` reads them"
                )
        new = self._book.needs - book_of(active, self._occurrence.site).needs if active else ()
        if new:
            yield (
                f"no rule asked for {', '.join(sorted(new))} before: where an issue was stored without it, "
                "it is undecided here, and is read from Jira after `apply`"
            )
        yield from self._undecidable

    def _try(self, connection: Connection, batch: Sequence[Snapshot]) -> None:
        """The batch; where something in it raises, its halves, down to the one issue that cannot be decided."""
        try:
            judged = rehearse(connection, self._book, batch, Occasion(self._occurrence.now, link_url=""))
        except DBAPIError:
            raise
        except Exception as error:
            if len(batch) == 1:
                self._undecidable.append(f"{batch[0].key} cannot be decided: {type(error).__name__}: {error}")
                return
            middle = len(batch) // 2
            self._try(connection, batch[:middle])
            self._try(connection, batch[middle:])
        else:
            self._take(connection, batch, judged)

    def _take(self, connection: Connection, batch: Sequence[Snapshot], judged: Judged) -> None:
        previous = judged.previous
        for one in batch:
            self.moves.add(one.key, previous.get(one.id), judged.verdicts[one.id])
        self._reach.add([View(as_issue(one), self._occurrence.now) for one in batch])
        self._count_writes(connection, batch, judged)
        self._count_work(connection, judged)

    def _count_writes(self, connection: Connection, batch: Sequence[Snapshot], judged: Judged) -> None:
        """What the path holds back is not written now, and not counted."""
        planned = {id: one for id, one in judged.planned.items() if one}
        held = unexplained(connection, judged.facts, self._book, self._occurrence.now) & planned.keys()
        self._held += len(held)
        free = {id: one for id, one in planned.items() if id not in held}
        for change in self._flags.within(connection, free, batch).values():
            if change:
                self._count_calls(change)

    def _count_calls(self, change: Change) -> None:
        """One edit each, and the link where it changes."""
        self._calls["PUT"] += 1
        if change.link_changed:
            self._calls["POST" if change.link else "DELETE"] += 1

    def _count_work(self, connection: Connection, judged: Judged) -> None:
        by_span: dict[Span, list[_BackTest]] = defaultdict(list)
        for one in self.back_tests:
            by_span[one.span].append(one)
        for span, tests in by_span.items():
            start, end = span.bounds(self._book.zone)
            moved, in_progress = snapshots.worked_on(connection, start, end, among=list(judged.verdicts))
            for id in moved | in_progress:
                for test in tests:
                    test.add(judged, id)


def _spans(
    active: Configuration | None, wanted: Configuration, book: RuleBook, occurrence: Occurrence
) -> Iterator[tuple[str, Span]]:
    """Last week and this quarter for every product of either configuration."""
    last_week = Span.of_week(Week.of(occurrence.now, book.zone).previous())
    old = {one.id: one for one in active.products} if active else {}
    for id, product in (old | {one.id: one for one in wanted.products}).items():
        yield id, last_week
        yield id, Span.of_quarter(product, book.today(occurrence.now))

"""`plan`: the path without its last step. Every stored issue is decided under other rules, and nothing is written."""

import contextlib
import gc
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from plugin.admin.back_test import BackTesting, back_tests
from plugin.admin.flags_this_week import FlagsThisWeek
from plugin.admin.halfway import Halfway, Keep, Nowhere
from plugin.admin.planned import Plan, Writes
from plugin.alignment.lint import Reach, lint
from plugin.alignment.moves import Moves
from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.throttle import CLOUD
from plugin.configuration.differences import differences
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration
from plugin.domain.verdict import Change
from plugin.effort.calendar import moment
from plugin.jql import SiteFacts
from plugin.path.decide import Judged, Occasion, rehearse
from plugin.path.tags import unexplained
from plugin.review.count import Span
from plugin.store import configurations, snapshots, spans

BATCH = 1000
"""Issues that are decided together; with their parents they are all that is held at a time."""

TOLD = 16_000
"""Issues of which the rules' fields are read together."""

SAMPLES = 5

KEPT = 10
"""Batches after which a plan that is stopped goes on; it costs a small write."""

Progress = Callable[[int, int], None]
"""Told after each batch how many issues are done, and of how many."""


@dataclass(frozen=True)
class Occurrence:
    """When a plan is made, how many names it keeps for each way of moving (None: all), and who hears how far it is.

    `counting` hears of how many issues the rules were asked, `progress` of how many the verdicts are known. `kept` is
    where a plan that is stopped leaves what it has; one that names every issue leaves nothing, as that may be long.
    """

    now: datetime
    site: SiteFacts = field(default_factory=SiteFacts)
    samples: int | None = SAMPLES
    batch: int = BATCH
    counting: Progress = lambda done, of: None
    progress: Progress = lambda done, of: None
    kept: Keep = field(default_factory=Nowhere)

    def name(self, active: Configuration | None, wanted: Configuration) -> str:
        """A hash of all that a plan depends on beside the issues."""
        day = self.now.astimezone(ZoneInfo(wanted.site.time_zone)).date()
        version = active.version if active else 0
        parts = (version, wanted.model_dump(mode="json", exclude={"version"}), asdict(self.site), self.samples, day)
        told = json.dumps(parts, sort_keys=True, default=lambda one: sorted(one) if isinstance(one, Set) else str(one))
        return hashlib.sha256(told.encode()).hexdigest()


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


def ask_all(connection: Connection, reach: Reach, now: datetime, after: str = "") -> Iterator[str]:
    """Asks the rules of every stored issue behind the id `after`; gives after each batch the last id of it.

    Nothing here refers to itself in a circle, and to search a batch's many small objects for that costs a third."""
    collects = gc.isenabled()
    gc.disable()
    try:
        for rows in snapshots.told(connection, reach.fields, TOLD, after):
            reach.add(rows, now)
            yield rows[-1][0]
    finally:
        if collects:
            gc.enable()


class _Rehearsal:
    """Everything that is counted on one way through the stored issues."""

    def __init__(self, active: Configuration | None, wanted: Configuration, occurrence: Occurrence) -> None:
        self._occurrence = occurrence
        self._book = book_of(wanted, occurrence.site)
        self._name = occurrence.name(active, wanted)
        found = occurrence.kept.found(self._name) if occurrence.samples is not None else None
        self._found, before = found, found or Halfway(begun=occurrence.now)
        self._begun, self._counted_to, self._decided_to = before.begun, before.counted_to, before.decided_to
        self._calls: dict[str, int] = defaultdict(int, before.calls)
        self._flags = FlagsThisWeek(self._book, occurrence.now, before.flags)
        self._held = before.held
        self._reach = Reach(self._book, before.reached)
        self._undecidable = list(before.undecidable)
        self.issues = before.issues
        self.moves = Moves.going_on(occurrence.samples, before.moves)
        self.back_tests = back_tests(active, wanted, self._book, occurrence.now, before.tallies)

    def run(self, connection: Connection) -> None:
        of = snapshots.number_living(connection)
        self._count(connection, of)
        self._decide(connection, of)
        self._occurrence.kept.drop(self._name)

    def _count(self, connection: Connection, of: int) -> None:
        """What each rule reaches: of the issues only the fields that rules read."""
        for last in ask_all(connection, self._reach, self._occurrence.now, self._counted_to):
            self._counted_to = last
            self._keep()
            self._occurrence.counting(self._reach.so_far.issues, of)

    def _decide(self, connection: Connection, of: int) -> None:
        """What becomes of each issue."""
        for at, batch in enumerate(snapshots.living(connection, self._occurrence.batch, self._decided_to), 1):
            self._try(connection, batch)
            self.issues += len(batch)
            self._decided_to = batch[-1].id
            if at % KEPT == 0:
                self._keep()
            self._occurrence.progress(self.issues, of)

    def _keep(self) -> None:
        if self._occurrence.samples is not None:
            self._occurrence.kept.keep(self._name, self._halfway())

    def _halfway(self) -> Halfway:
        return Halfway(
            begun=self._begun,
            counted_to=self._counted_to,
            reached=self._reach.so_far,
            decided_to=self._decided_to,
            issues=self.issues,
            moves=self.moves.so_far,
            calls=self._calls,
            held=self._held,
            flags=self._flags.so_far,
            undecidable=tuple(self._undecidable),
            tallies=tuple(one.so_far for one in self.back_tests),
        )

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
        if self._found:
            yield (
                f"a plan of the same rules was stopped and this one went on with it: {self._found.issues:,} issues are "
                f"told as they stood at {self._begun:%H:%M} UTC"
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
        by_span: dict[Span, list[BackTesting]] = defaultdict(list)
        for one in self.back_tests:
            by_span[one.span].append(one)
        for span, tests in by_span.items():
            start, end = span.bounds(self._book.zone)
            for id in spans.worked_on(connection, moment(start), moment(end), list(judged.verdicts)):
                for test in tests:
                    test.add(judged, id)

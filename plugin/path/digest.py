"""The middle of the path: inbox → coalesce by issue → snapshot or refresh → align → verdicts and changes → settle."""

import logging
import traceback
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.errors import DoorError, Permanent, Retryable
from plugin.domain.issue import Snapshot
from plugin.domain.product import TagNames
from plugin.domain.verdict import State, Verdict
from plugin.path.asking import Asked, Surroundings, ask
from plugin.path.decide import Decision, Occasion, Questions, decide
from plugin.path.echo import echo_of
from plugin.path.gather import GONE, Course, Gathered, Group, Outcome, Told, follow, gather, history_of, label_change
from plugin.path.tags import settle
from plugin.path.vanished import Vanished
from plugin.store import accounts, changes, forgotten, history, progress, snapshots, unhindered, verdicts
from plugin.store.accounts import Told as Counted
from plugin.store.progress import Fact
from plugin.store.verdicts import Override
from webhooks.events import IssueEvent, Kind
from webhooks.inbox import Claimed, Inbox, Settlement

logger = logging.getLogger(__name__)

_MOST = 500
LEASE = timedelta(minutes=5)
"""How long a digest that says nothing keeps the deliveries that it claimed."""

_ECHO_WITHIN = timedelta(hours=1)
"""How long before its event a write may have been sent, however late the event is digested."""

_REFUSED_AGAIN = 60.0
"""Seconds until Jira is asked again that refused our account."""

_WITHOUT_ENTRY = (Kind.CREATED, Kind.DELETED)
"""Changes that stand in no changelog."""

_HIGHEST = 20
"""How many levels of unseen parents are asked for, one after the other."""


class Digest:
    """One worker's digest. Several may run at once, on any machine: rows are claimed."""

    def __init__(self, around: Surroundings, inbox: Inbox, owner: str, lease: timedelta = LEASE) -> None:
        self._around, self._inbox, self._owner, self._lease = around, inbox, owner, lease

    def run(self) -> int:
        """Digests until nothing is due; returns how many changes were planned."""
        planned = 0
        while claimed := self._inbox.claim(self._owner, most=_MOST, lease=self._lease):
            planned += self._digest(claimed)
        Vanished(self._around).look()
        return planned + self.look()

    def look(self) -> int:
        """Aligns again what is due: children of changed parents, issues whose grace ended, all under newer rules."""
        planned, book = 0, self._around.book()
        if book:
            self._notice_a_new_day(book)
        while book:
            batch: list[Snapshot] = []
            try:
                decision = unhindered(partial(self._look_at_batch, book, batch))
            except DBAPIError:
                raise
            except Exception:
                logger.exception("a batch of %d issues cannot be decided; trying them one by one", len(batch))
                planned += sum(self._look_at_one(book, one) for one in batch)
                continue
            if not batch:
                break
            planned += decision.planned + self._ask_and_decide(decision)
        return planned

    def _look_at_batch(self, book: RuleBook, batch: list[Snapshot]) -> Decision:
        """Decides what is due now and leaves it in `batch`, also for a caller to whom this raises."""
        now = self._around.clock()
        with self._around.engine.begin() as connection:
            batch[:] = snapshots.due(connection, book.version, now, _MOST)
            return decide(connection, book, batch, Occasion(now, self._around.link_url(connection), bulk=True))

    def _look_at_one(self, book: RuleBook, issue: Snapshot) -> int:
        """Decides the issue by itself; where that raises, it is set aside and said, and its neighbours go on."""
        now = self._around.clock()
        try:
            with self._around.engine.begin() as connection:
                occasion = Occasion(now, self._around.link_url(connection), bulk=True)
                return decide(connection, book, [issue], occasion).planned
        except DBAPIError:
            raise
        except Exception as error:
            logger.exception("%s cannot be decided", issue.key)
            words = f"{issue.key} cannot be decided under version {book.version}: {type(error).__name__}: {error}"
            with self._around.engine.begin() as connection:
                snapshots.aligned(connection, [issue.id], book.version)
                progress.note(connection, Fact(name=f"issue {issue.key}", ok=False, words=words, at=now))
            return 0

    def _notice_a_new_day(self, book: RuleBook) -> None:
        """On the day on which objectives begin or end, and daily under rules that ask the clock, all are looked at."""
        now = self._around.clock()
        with self._around.engine.begin() as connection:
            last = progress.cursor_at(connection, progress.DAY)
            if last and book.today(last) == book.today(now):
                return
            if last and (book.depends_on_clock or book.active(book.today(last)) != book.active(book.today(now))):
                snapshots.look_at_all(connection, now)
            progress.move_cursor(connection, progress.DAY, now)

    def _digest(self, claimed: Sequence[Claimed]) -> int:
        """The batch; where something in it raises, its halves, down to the one that is poison: that one is parked."""
        try:
            return unhindered(lambda: self._settle(claimed))
        except DoorError as error:
            if not _is_poison(error):
                self._wait([one.id for one in claimed], error)
                return 0
            return self._narrow(claimed, error)
        except DBAPIError:
            raise  # the database's trouble is nobody's poison: the leases run out and the rows are taken again
        except Exception as error:
            return self._narrow(claimed, error)

    def _narrow(self, claimed: Sequence[Claimed], error: Exception) -> int:
        if len(claimed) > 1:
            middle = len(claimed) // 2
            return self._digest(claimed[:middle]) + self._digest(claimed[middle:])
        logger.exception("delivery %s is parked", claimed[0].id)
        self._inbox.park(claimed[0].id, f"{type(error).__name__}: {error}", traceback.format_exc())
        return 0

    def _wait(self, ids: Sequence[str], error: DoorError) -> None:
        """Jira cannot be asked: the deliveries wait, for as long as it says."""
        self._note_jira(error)
        after = error.after if isinstance(error, Retryable) else _REFUSED_AGAIN
        self._inbox.postpone(ids, timedelta(seconds=after), str(error))

    def _settle(self, claimed: Sequence[Claimed]) -> int:
        gathered, asked = gather(claimed, self._around.snapshot), Asked()
        thin = frozenset(name for name, one in gathered.groups.items() if one.thin and not one.deleted)
        self._ask(gathered, Questions(thin), asked)
        for _ in range(_HIGHEST):
            with self._around.engine.connect() as connection, connection.begin() as transaction:
                decision, outcomes = self._record(connection, gathered, asked)
                wanted = asked.left_of(decision.questions)
                if not wanted:
                    self._close(connection, outcomes)
                    return decision.planned
                transaction.rollback()
            if not self._ask(gathered, wanted, asked):
                break
        with self._around.engine.begin() as connection:
            decision, outcomes = self._record(connection, gathered, asked)
            self._close(connection, outcomes)
        return decision.planned

    def _ask(self, gathered: Gathered, questions: Questions, asked: Asked) -> bool:
        """Asks Jira; where it cannot be asked, the deliveries that need it wait, and the others go on without them."""
        try:
            ask(self._around, questions, asked)
        except DoorError as error:
            if _is_poison(error):
                raise
            names = gathered.groups.keys() & (questions.issues | questions.tags)
            waiting = {id for name in names for id in gathered.groups[name].deliveries}
            if not waiting:  # it is about parents only: all of the batch waits
                waiting = {id for one in gathered.groups.values() for id in one.deliveries}
            self._wait(sorted(waiting), error)
            gathered.groups = {
                name: one for name, one in gathered.groups.items() if not waiting.intersection(one.deliveries)
            }
            return False
        return True

    def _ask_and_decide(self, decision: Decision) -> int:
        """Refreshes what a decision lacked and decides it again; where Jira cannot be asked, it is looked at later."""
        asked, planned, book = Asked(), 0, self._around.book()
        undecided = decision.undecided | decision.unexplained
        for _ in range(_HIGHEST):
            wanted = asked.left_of(decision.questions)
            if not wanted or not book:
                break
            try:
                ask(self._around, wanted, asked)
            except DoorError as error:
                self._note_jira(error)
                break
            with self._around.engine.begin() as connection:
                now = self._around.clock()
                asked.store(connection, now)
                settle(connection, asked.histories, book, now)
                batch = snapshots.by_ids(connection, undecided | asked.snapshots.keys())
                occasion = Occasion(now, self._around.link_url(connection), bulk=True)
                decision = decide(connection, book, batch.values(), occasion)
            undecided |= decision.undecided | decision.unexplained
            planned += decision.planned
        return planned

    def _record(self, connection: Connection, gathered: Gathered, asked: Asked) -> tuple[Decision, dict[str, Outcome]]:
        now, book = self._around.clock(), self._around.book()
        groups = _by_id(connection, gathered, asked)
        recording = _Recording(connection, groups, _courses(connection, groups, asked), now)
        asked.store(connection, now)
        recording.recognise_echoes(self._me())
        recording.store(book)
        snapshots.end_projects(connection, [key for key, there in gathered.projects.items() if not there])
        snapshots.restore_projects(connection, [key for key, there in gathered.projects.items() if there], now)
        self._forget_what_changed(connection, gathered.otherwise, now)
        decision = Decision()
        if book:
            settle(connection, asked.histories, book, now)
            batch = snapshots.by_ids(connection, [*recording.to_decide(), *asked.snapshots])
            decision = decide(connection, book, batch.values(), Occasion(now, self._around.link_url(connection)))
        recording.close(decision.verdicts)
        outcomes = gathered.settled | recording.outcomes(decision.verdicts, asked)
        everywhere = (id for group in gathered.groups.values() for id in group.deliveries)
        return decision, dict.fromkeys(everywhere, GONE) | outcomes

    def _forget_what_changed(
        self, connection: Connection, otherwise: Mapping[Kind, Collection[str]], now: datetime
    ) -> None:
        """What issues say of a sprint, a version or a person that changed is unknown from here on; `look` asks Jira for
        it, some hundred issues in a call, where a rule needs it, and for no other issue."""
        if sprints := otherwise.get(Kind.SPRINT):
            forgotten.sprints(connection, self._around.fields.site().field_called("Sprint"), sprints, now)
        forgotten.versions(connection, otherwise.get(Kind.VERSION, ()), now)
        if people := otherwise.get(Kind.PERSON_GONE):
            forgotten.people(connection, people, now)
            self._inbox.forget_actors(connection, people)

    def _close(self, connection: Connection, outcomes: Mapping[str, Outcome]) -> None:
        self._inbox.settle(connection, [Settlement(id, *one) for id, one in outcomes.items()])
        counted = Counter(f"delivery {one.outcome}" for one in outcomes.values())
        progress.count(connection, counted, self._around.clock().date())

    def _me(self) -> str | None:
        """Our account; None where Jira cannot be asked."""
        try:
            return self._around.fields.myself()
        except DoorError as error:
            self._note_jira(error)
            return None

    def _note_jira(self, error: DoorError) -> None:
        with self._around.engine.begin() as connection:
            progress.note(connection, Fact(name="jira", ok=False, words=str(error), at=self._around.clock()))


def _is_poison(error: DoorError) -> bool:
    """Whether Jira would answer the same for ever, for another reason than our account's."""
    return isinstance(error, Permanent) and not error.forbidden


class _Recording:
    """One batch inside one transaction: snapshots, what people did to our labels, what was an echo."""

    def __init__(
        self, connection: Connection, groups: Mapping[str, Group], courses: Mapping[str, Course], now: datetime
    ) -> None:
        self._connection, self._groups, self._courses, self._now = connection, groups, courses, now
        self._echoes: dict[str, frozenset[int]] = {}
        self._me: str | None = None
        self._seen: list[int] = []

    def recognise_echoes(self, me: str | None) -> None:
        self._me = me
        first = min((event.at for group in self._groups.values() for event in group.events), default=self._now)
        expected = changes.expected(self._connection, self._groups, first - _ECHO_WITHIN)
        seen: list[int] = []
        for id, group in self._groups.items():
            matched = {at: echo_of(event, me, expected.get(id, ())) for at, event in enumerate(group.events)}
            self._echoes[id] = frozenset(at for at, seq in matched.items() if seq is not None)
            seen += [seq for seq in matched.values() if seq is not None]
        self._seen = seen

    def store(self, book: RuleBook | None) -> None:
        groups, courses = self._groups, self._courses
        snapshots.upsert_told(self._connection, [one.newest for one in courses.values() if one.newest])
        snapshots.mark_deleted(self._connection, [id for id, one in courses.items() if one.deleted])
        history.record(
            self._connection,
            (
                change
                for id, group in groups.items()
                for at, one in enumerate(group.told)
                if at not in self._echoes[id]
                for change in history_of(id, one.event)
            ),
        )
        tag, version = (book.tag, book.version) if book else (TagNames(), None)
        ours, known = changes.ours(self._connection, groups), snapshots.by_ids(self._connection, groups)
        for id, group in groups.items():
            labels = ours[id].labels if id in ours else frozenset[str]()
            people = [one for at, one in enumerate(group.told) if at not in self._echoes[id]]
            made = [
                replace(said, parent=_parent(one, known.get(id)), version=version)
                for one in people
                for said in _overrides(id, one.event, labels, tag, self._me)
            ]
            verdicts.add_overrides(self._connection, made)
            changes.disown(self._connection, id, [one.label for one in made if one.kind == "removed"])

    def close(self, decided: Mapping[str, Verdict]) -> None:
        """Last of all: a writer, too, takes an issue's row before that of its log."""
        changes.echoed(self._connection, self._seen, self._now)
        accounts.note(self._connection, self._seen_live(decided))

    def _seen_live(self, decided: Mapping[str, Verdict]) -> Iterator[Counted]:
        """What these deliveries told of, for the account; not of our own writes, nor of issues out of scope."""
        for id, group in self._groups.items():
            if id in decided and decided[id].state is State.OUT_OF_SCOPE:
                continue
            for at, event in enumerate(group.events):
                change = event.change_id or (event.kind.value if event.kind in _WITHOUT_ENTRY else None)
                if change and at not in self._echoes[id]:
                    yield Counted(issue_id=id, change=change, at=event.at)

    def to_decide(self) -> list[str]:
        return [
            id
            for id, one in self._courses.items()
            if not one.deleted and (one.relabelled or any(at not in self._echoes[id] for at in one.undecided))
        ]

    def outcomes(self, decided: Mapping[str, Verdict], asked: Asked) -> dict[str, Outcome]:
        """A delivery that speaks of two issues has the outcome of the first that is known."""
        found: dict[str, tuple[int, Outcome]] = {}
        for id, group in self._groups.items():
            for at, one in enumerate(group.told):
                outcome = self._outcome(id, at, decided.get(id), asked)
                if one.delivery not in found or one.place < found[one.delivery][0]:
                    found[one.delivery] = one.place, outcome
        return {delivery: outcome for delivery, (_, outcome) in found.items()}

    def _outcome(self, id: str, at: int, verdict: Verdict | None, asked: Asked) -> Outcome:
        course = self._courses[id]
        if at in self._echoes[id]:
            return Outcome("echo", "our own write came back")
        if ending := course.endings[at]:
            return ending
        if verdict is None:
            return Outcome("noted", "no configuration is applied yet")
        return Outcome(verdict.state.value, "refreshed" if id in asked.snapshots and at in course.asking else "")


def _courses(connection: Connection, groups: Mapping[str, Group], asked: Asked) -> dict[str, Course]:
    known = snapshots.held(connection, groups)
    return {id: follow(one, known.get(id), asked.snapshots.get(id)) for id, one in groups.items()}


def _by_id(connection: Connection, gathered: Gathered, asked: Asked) -> dict[str, Group]:
    """The groups under their issues' ids; one that nobody knows and Jira does not show is left out, unless deleted."""
    ids = snapshots.ids_of_keys(connection, [name for name in gathered.groups if not name.isdigit()])
    found: dict[str, Group] = {}
    for name, group in gathered.groups.items():
        fresh = asked.found(name)
        id = fresh.id if fresh else name if name.isdigit() else ids.get(name)
        if id is None or (fresh is None and group.wholly_thin):
            continue
        found[id] = found[id].merged(group) if id in found else group
    return found


def _overrides(id: str, event: IssueEvent, ours: frozenset[str], tag: TagNames, me: str | None) -> Iterator[Override]:
    """What a person did to tags: they may set any; only those that we put there can be taken away from us.

    What our account set and our log says we wrote is ours, also where its event was not known for an echo.
    """
    added, removed = label_change(event.changelog)
    for label in added - ours if me is not None and event.actor == me else added:
        if label == tag.unlinked_label or tag.objective_in(label) is not None:
            yield Override(id, label, "set", event.actor, event.at)
    for label in removed & ours:
        yield Override(id, label, "removed", event.actor, event.at)


def _parent(told: Told, known: Snapshot | None) -> str | None:
    """The issue's parent when the event happened; one that does not say is taken for the present."""
    whole = told.whole if told.whole and "parent" in told.whole.fields else known
    return whole.parent if whole else None

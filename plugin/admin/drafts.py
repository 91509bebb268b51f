"""A draft of the configuration: begun from the version in force, changed, planned by a worker, put in force.

It goes through the loader, the plan and the apply of the files. Nothing here asks Jira.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from plugin.admin import versions
from plugin.admin.halfway import InStore
from plugin.admin.planned import Plan, rows_of, writes_in_words
from plugin.admin.planning import Occurrence, reading
from plugin.admin.planning import plan as planned
from plugin.admin.versions import Applied
from plugin.alignment.moves import Moved
from plugin.configuration import ConfigurationFaults, Fault
from plugin.configuration.differences import differences
from plugin.configuration.editing import Files
from plugin.configuration.export import files as exported
from plugin.configuration.loader import load_texts
from plugin.configuration.rebase import Rebased, rebase
from plugin.domain.frozen import Frozen
from plugin.domain.product import Configuration
from plugin.path.site import known_facts
from plugin.store import configurations, drafts
from plugin.store.drafts import StoredDraft

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""How long a plan stays with a worker that says nothing; between two batches it says something."""


class Meanwhile(Exception):  # noqa: N818 - it says what it is; nothing went wrong
    """The draft was changed in another window since; nothing was changed by this."""


class NotPlanned(Exception):  # noqa: N818 - it says what it is; nothing went wrong
    """The draft, as it is, was not planned."""


class BackTestTold(Frozen):
    """`rows` are name, before and after, in words."""

    name: str
    rows: tuple[tuple[str, str, str], ...]


class PlanTold(Frozen):
    """A plan as people read it. `version` was in force, 0 where none was."""

    version: int
    differences: tuple[str, ...]
    issues: int
    moves: tuple[Moved, ...]
    """Those of the most issues first."""
    back_tests: tuple[BackTestTold, ...]
    writes: str
    cautions: tuple[str, ...]
    lint: tuple[str, ...]

    @property
    def moved(self) -> int:
        return sum(count for _, _, count, _ in self.moves)

    @classmethod
    def of(cls, plan: Plan) -> "PlanTold":
        return cls(
            version=plan.version,
            differences=plan.differences,
            issues=plan.issues,
            moves=tuple(sorted(plan.moves.so_far, key=lambda one: (-one[2], one[0], one[1]))),
            back_tests=tuple(
                BackTestTold(name=f"{one.product}, {one.span.name}", rows=tuple(rows_of(one)))
                for one in plan.back_tests
            ),
            writes=writes_in_words(plan.writes),
            cautions=plan.cautions,
            lint=plan.lint,
        )


@dataclass(frozen=True)
class Judged:
    """What a draft comes to. `configuration` is None where it has faults."""

    configuration: Configuration | None
    faults: tuple[Fault, ...]
    differences: tuple[str, ...]
    """From the version in force; empty also where there are faults."""


def begun(connection: Connection, who: str, now: datetime) -> StoredDraft | None:
    """The admin's draft; where there is none, one that would begin with what is in force, under the mark "".

    None where nothing is in force yet.
    """
    found = drafts.of(connection, who)
    active = None if found else configurations.active(connection)
    if found or active is None:
        return found
    return StoredDraft(who=who, base=active.version, files=exported(active), mark="", at=now)


def keep(connection: Connection, draft: StoredDraft, files: Files) -> None:
    """The draft with these files in place of its own. Raises Meanwhile where it is another one by now."""
    if not drafts.keep(connection, draft.who, draft.base, files, draft.mark or None):
        raise Meanwhile


def judged(connection: Connection, files: Files, now: datetime) -> Judged:
    """The files by the loader of the configuration, with what the store knows of the site."""
    active = configurations.active(connection)
    try:
        found = loaded(connection, files, now)
    except ConfigurationFaults as faults:
        return Judged(None, faults.faults, ())
    return Judged(found, (), differences(active, found))


def loaded(connection: Connection, files: Files, now: datetime) -> Configuration:
    """Raises ConfigurationFaults."""
    active = configurations.active(connection)
    zone = active.site.time_zone if active else "UTC"
    return load_texts(files, now.astimezone(ZoneInfo(zone)).date(), known_facts(connection))


def put_in_force(connection: Connection, who: str, seen: str, why: str, now: datetime) -> Applied:
    """Makes the draft that bears the mark `seen` the version in force, and ends it.

    Raises Meanwhile, NotPlanned, ConfigurationFaults, or Overtaken where its base is not in force any more; the
    transaction is then to be given up.
    """
    draft, plan = drafts.of(connection, who), drafts.plan_of(connection, who)
    if draft is None or draft.mark != seen:
        raise Meanwhile
    active = configurations.active_version(connection)
    if active != draft.base:
        raise configurations.Overtaken(active)
    if plan is None or plan.mark != draft.mark or plan.told is None:
        raise NotPlanned
    version = configurations.apply(connection, loaded(connection, draft.files, now), who, why, instead_of=draft.base)
    drafts.discard(connection, who)
    return Applied(version, version != draft.base)


def brought_up(connection: Connection, draft: StoredDraft, take_theirs: frozenset[str]) -> Rebased:
    """The draft upon the version in force; nothing is stored. Raises ConfigurationFaults or VersionError."""
    base = exported(versions.of_version(connection, draft.base))
    theirs = exported(versions.of_version(connection, configurations.active_version(connection)))
    return rebase(base, draft.files, theirs, take_theirs)


def since_base(connection: Connection, draft: StoredDraft) -> tuple[str, ...]:
    """What came into force since the draft was begun, in sentences."""
    active = configurations.active(connection)
    base = configurations.of_version(connection, draft.base)
    return differences(base, active) if active and active.version != draft.base else ()


def make_plans(engine: Engine, owner: str, clock: Callable[[], datetime]) -> None:
    """The task `plan`: makes every plan that waits. One that is killed is taken over, and goes on where it was."""
    while True:
        with engine.begin() as connection:
            taken = drafts.take_plan(connection, owner, LEASE)
        if taken is None:
            return
        who, mark = taken
        try:
            told, fault = _plan(engine, who, mark, clock()), None
        except _Unwanted:
            continue
        except ConfigurationFaults as faults:
            told, fault = None, str(faults)
        except Exception as error:
            logger.exception("the plan of %s's draft failed", who)
            told, fault = None, f"the plan failed: {type(error).__name__}; the worker's log tells where"
        with engine.begin() as connection:
            drafts.finish_plan(connection, who, mark, told, fault)


class _Unwanted(Exception):  # noqa: N818
    """The draft was changed or discarded while it was planned."""


def _plan(engine: Engine, who: str, mark: str, now: datetime) -> dict[str, object]:
    def progress(step: str) -> Callable[[int, int], None]:
        def told(done: int, of: int) -> None:
            with engine.begin() as connection:
                if not drafts.advance(connection, who, mark, (step, done, of), LEASE):
                    raise _Unwanted

        return told

    with engine.connect() as connection:
        draft = drafts.of(connection, who)
        if draft is None or draft.mark != mark:
            with engine.begin() as other:
                drafts.finish_plan(other, who, mark, None, "the draft was changed meanwhile; plan it again")
            raise _Unwanted
        wanted, facts = loaded(connection, draft.files, now), known_facts(connection)
    counting, deciding = progress("asking the rules"), progress("deciding each issue")
    with reading(engine) as connection:
        how = Occurrence(now, facts, counting=counting, progress=deciding, kept=InStore(engine))
        return PlanTold.of(planned(connection, wanted, how)).model_dump(mode="json")

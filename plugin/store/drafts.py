"""Drafts of the configuration, one for each admin, and the plans that were asked for of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import draft, draft_plan


@dataclass(frozen=True)
class StoredDraft:
    """`base` is the version that it was begun from; `mark` is another one after each change."""

    who: str
    base: int
    files: Mapping[str, str]
    mark: str
    at: datetime


@dataclass(frozen=True)
class StoredPlan:
    """A plan of the draft that bore `mark`. `step` is "" while it waits for a worker; `told` and `fault` are None
    until it is finished, and then one of the two is not."""

    who: str
    mark: str
    asked_at: datetime
    step: str
    done: int
    total: int
    told: dict[str, Any] | None
    fault: str | None
    finished_at: datetime | None


def of(connection: Connection, who: str) -> StoredDraft | None:
    row = connection.execute(select(draft).where(draft.c.who == who)).first()
    return StoredDraft(**row._mapping) if row else None


def others(connection: Connection, who: str) -> list[tuple[str, datetime]]:
    """Who else has one, and when they last changed it."""
    rows = connection.execute(select(draft.c.who, draft.c.at).where(draft.c.who != who).order_by(draft.c.who))
    return [(row.who, row.at) for row in rows]


def keep(connection: Connection, who: str, base: int, files: Mapping[str, str], seen: str | None) -> bool:
    """Keeps it where the draft still bears the mark that was `seen`, None where there was none. Else keeps nothing."""
    values = {"base": base, "files": dict(files), "mark": secrets.token_hex(8), "at": func.now()}
    if seen is None:
        statement = insert(draft).values(who=who, **values).on_conflict_do_nothing().returning(draft.c.who)
        return connection.execute(statement).first() is not None
    mine = and_(draft.c.who == who, draft.c.mark == seen)
    return connection.execute(update(draft).where(mine).values(values).returning(draft.c.who)).first() is not None


def discard(connection: Connection, who: str) -> bool:
    """Whether there was one."""
    connection.execute(delete(draft_plan).where(draft_plan.c.who == who))
    return connection.execute(delete(draft).where(draft.c.who == who).returning(draft.c.who)).first() is not None


def plan_of(connection: Connection, who: str) -> StoredPlan | None:
    names = ("who", "mark", "asked_at", "step", "done", "total", "told", "fault", "finished_at")
    row = connection.execute(select(*(draft_plan.c[one] for one in names)).where(draft_plan.c.who == who)).first()
    return StoredPlan(**row._mapping) if row else None


def ask_plan(connection: Connection, who: str, mark: str) -> None:
    """In place of the one before; one of the same draft that is under way goes on."""
    values: dict[str, Any] = {
        "mark": mark,
        "asked_at": func.now(),
        "step": "",
        "done": 0,
        "total": 0,
        "told": None,
        "fault": None,
        "finished_at": None,
        "owner": None,
        "lease_until": None,
    }
    under_way = and_(draft_plan.c.mark == mark, draft_plan.c.finished_at.is_(None))
    statement = insert(draft_plan).values(who=who, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[draft_plan.c.who], set_=values, where=~under_way)
    )


def plans_wait(connection: Connection) -> bool:
    return connection.scalar(select(func.count()).select_from(draft_plan).where(_free())) != 0


def take_plan(connection: Connection, owner: str, lease: timedelta) -> tuple[str, str] | None:
    """Whose plan this owner makes, and the draft's mark; None where none waits."""
    chosen = select(draft_plan.c.who).where(_free()).order_by(draft_plan.c.asked_at).limit(1)
    statement = (
        update(draft_plan)
        .where(draft_plan.c.who.in_(chosen.with_for_update(skip_locked=True).scalar_subquery()))
        .values(owner=owner, lease_until=func.now() + lease)
        .returning(draft_plan.c.who, draft_plan.c.mark)
    )
    row = connection.execute(statement).first()
    return (row.who, row.mark) if row else None


def advance(connection: Connection, who: str, mark: str, far: tuple[str, int, int], lease: timedelta) -> bool:
    """Notes the step, how many are done and of how many; False where this plan is not wanted any more."""
    step, done, total = far
    values = {"step": step, "done": done, "total": total, "lease_until": func.now() + lease}
    statement = update(draft_plan).where(_mine(who, mark)).values(values).returning(draft_plan.c.who)
    return connection.execute(statement).first() is not None


def finish_plan(connection: Connection, who: str, mark: str, told: dict[str, Any] | None, fault: str | None) -> None:
    values = {"told": told, "fault": fault, "finished_at": func.now(), "owner": None, "lease_until": None}
    connection.execute(update(draft_plan).where(_mine(who, mark)).values(values))


def _mine(who: str, mark: str) -> ColumnElement[bool]:
    return and_(draft_plan.c.who == who, draft_plan.c.mark == mark, draft_plan.c.finished_at.is_(None))


def _free() -> ColumnElement[bool]:
    lease_over = or_(draft_plan.c.owner.is_(None), draft_plan.c.lease_until <= func.now())
    return and_(draft_plan.c.finished_at.is_(None), lease_over)

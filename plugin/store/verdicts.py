"""Verdicts and people's overrides."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, case, delete, or_, select, true

from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Decided, State, Verdict
from plugin.store.rows import insert_all, one_of
from plugin.store.tables import issue, override, verdict, verdict_history

CONSOLE = "console:"


@dataclass(frozen=True)
class Override:
    """A person put a label of ours on an issue, or took one away. `actor` is an account id, None where unknown; for
    whom chose in the console it is `console:` and the name there.

    `parent` is the issue's parent then, and `version` that of the configuration then in force, None where unknown.
    """

    issue_id: str
    label: str
    kind: Literal["set", "removed"]
    actor: str | None
    at: datetime
    parent: str | None = None
    version: int | None = None

    @property
    def in_console(self) -> bool:
        return (self.actor or "").startswith(CONSOLE)


def of(connection: Connection, ids: Iterable[str]) -> dict[str, Verdict]:
    rows = connection.execute(select(verdict.c.issue_id, verdict.c.body).where(one_of(verdict.c.issue_id, ids)))
    return {row.issue_id: Verdict.model_validate(row.body) for row in rows}


@dataclass(frozen=True)
class Standing:
    """A verdict, when it was reached, and since when state, objective and reason are the same."""

    verdict: Verdict
    decided_at: datetime
    since: datetime


def standing(connection: Connection, issue_id: str) -> Standing | None:
    """None for an issue that was never decided."""
    columns = (verdict.c.body, verdict.c.decided_at, verdict.c.since)
    row = connection.execute(select(*columns).where(verdict.c.issue_id == issue_id)).first()
    return Standing(Verdict.model_validate(row.body), row.decided_at, row.since) if row else None


def history(connection: Connection, issue_id: str) -> list[Decided]:
    """Every change of state, objective or reason, the newest first."""
    past = verdict_history.c
    rows = connection.execute(select(past.at, past.body).where(past.issue_id == issue_id).order_by(past.seq.desc()))
    return [Decided(issue_id=issue_id, at=row.at, verdict=Verdict.model_validate(row.body)) for row in rows]


def record(
    connection: Connection, decided: Mapping[str, Verdict], previous: Mapping[str, Verdict], at: datetime
) -> None:
    """Stores the verdicts; the history gets those whose state, objective or reason changed."""
    changed = {id: one for id, one in decided.items() if one != previous.get(id)}
    if not changed:
        return
    statement = insert_all(verdict, [_values(id, changed[id], at) for id in sorted(changed)])
    new = statement.excluded
    same = (
        (verdict.c.state == new.state)
        & verdict.c.objective.is_not_distinct_from(new.objective)
        & verdict.c.reason.is_not_distinct_from(new.reason)
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[verdict.c.issue_id],
            set_={
                "product": new.product,
                "state": new.state,
                "objective": new.objective,
                "reason": new.reason,
                "body": new.body,
                "decided_at": new.decided_at,
                "since": case((same, verdict.c.since), else_=new.since),
            },
        )
    )
    turns = [
        {"issue_id": id, "at": at, "body": one.model_dump(mode="json")}
        for id, one in changed.items()
        if not one.same_tag(previous.get(id))
    ]
    if turns:
        connection.execute(insert_all(verdict_history, turns))


def overrides(connection: Connection, ids: Iterable[str]) -> dict[str, list[Override]]:
    found: dict[str, list[Override]] = {}
    for row in connection.execute(select(override).where(one_of(override.c.issue_id, ids))):
        found.setdefault(row.issue_id, []).append(Override(**row._mapping))
    return found


def add_overrides(connection: Connection, made: Iterable[Override]) -> None:
    """The latest word of people on each label of each issue."""
    latest = {(one.issue_id, one.label): vars(one) for one in sorted(made, key=lambda one: one.at)}
    if not latest:
        return
    statement = insert_all(override, [latest[key] for key in sorted(latest)])
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[override.c.issue_id, override.c.label],
            set_={name: new[name] for name in ("kind", "actor", "at", "parent", "version")},
            where=override.c.at <= new.at,
        )
    )


def forget_spent(connection: Connection, ids: Collection[str], flag: str, version: int) -> None:
    """Words of people that hold no more, so that what we write later is not taken for theirs.

    A flag that they took away may come back once the issue's parent or the rules are other than they were; a label
    that they set and that is not there since is set no more, whoever took it away.
    """
    moved = override.c.parent.is_distinct_from(issue.c.parent) | (override.c.version != version)
    may_return = and_(override.c.label == flag, override.c.kind == "removed", override.c.version.is_not(None), moved)
    withdrawn = and_(
        override.c.kind == "set",
        override.c.at <= issue.c.updated,
        ~issue.c.fields["labels"].has_key(override.c.label),
    )
    connection.execute(
        delete(override).where(
            one_of(override.c.issue_id, ids), override.c.issue_id == issue.c.id, or_(may_return, withdrawn)
        )
    )


def in_product(
    connection: Connection, product: str, among: Collection[str] | None = None
) -> list[tuple[Snapshot, Verdict]]:
    """Every living issue in the product's scope with its verdict. `among` bounds it to these ids; None: all of them."""
    asked = true() if among is None else one_of(issue.c.id, sorted(among))
    statement = (
        select(issue.c.id, issue.c.key, issue.c.updated, issue.c.fields, issue.c.deleted, verdict.c.body)
        .join(verdict, verdict.c.issue_id == issue.c.id)
        .where(verdict.c.product == product, verdict.c.state != State.OUT_OF_SCOPE, issue.c.deleted.is_(False), asked)
        .order_by(issue.c.id)
    )
    return [
        (
            Snapshot(id=row.id, key=row.key, updated=row.updated, fields=row.fields, deleted=row.deleted),
            Verdict.model_validate(row.body),
        )
        for row in connection.execute(statement)
    ]


def _values(issue_id: str, one: Verdict, at: datetime) -> dict[str, Any]:
    return {
        "issue_id": issue_id,
        "product": one.product,
        "state": one.state,
        "objective": one.objective,
        "reason": one.reason,
        "body": one.model_dump(mode="json"),
        "decided_at": at,
        "since": at,
    }


def chosen_at(connection: Connection, at: datetime) -> list[Override]:
    """What somebody chose in the console at that moment, in one deed."""
    rows = connection.execute(select(override).where(override.c.at == at, override.c.actor.startswith(CONSOLE)))
    return [Override(**row._mapping) for row in rows]

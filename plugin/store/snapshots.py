"""Issues as we last saw them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, case, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import array, insert

from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Verdict
from plugin.store import unshown
from plugin.store.rows import insert_all, one_of
from plugin.store.tables import history, issue, span_stale, status, verdict

_columns = (issue.c.id, issue.c.key, issue.c.updated, issue.c.fields, issue.c.deleted)

_OUR_TRACES = array(["labels", "updated", "votes", "watches"])
"""Fields that a write of ours changes, or an onlooker: a difference in these alone is no work by a team."""


def by_ids(connection: Connection, ids: Iterable[str]) -> dict[str, Snapshot]:
    """The snapshots of these ids; one that is not known is not in the answer."""
    rows = connection.execute(select(*_columns).where(one_of(issue.c.id, ids)))
    return {row.id: _snapshot(row) for row in rows}


def held(connection: Connection, ids: Iterable[str]) -> dict[str, Snapshot]:
    """The same, locked until the transaction ends: nobody else changes them meanwhile."""
    statement = select(*_columns).where(one_of(issue.c.id, ids)).order_by(issue.c.id).with_for_update()
    return {row.id: _snapshot(row) for row in connection.execute(statement)}


def number(connection: Connection) -> int:
    """How many living issues are known."""
    return connection.scalar(select(func.count()).select_from(issue).where(issue.c.deleted.is_(False))) or 0


def ids_of_keys(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Key → id. A key is only a name: where two ids bore it, the live one is meant."""
    rows = connection.execute(
        select(issue.c.key, issue.c.id).where(one_of(issue.c.key, keys)).order_by(issue.c.deleted.desc())
    )
    return {row.key: row.id for row in rows}


def upsert(connection: Connection, snapshots: Iterable[Snapshot]) -> None:
    """Stores what Jira shows, where it is newer than what is there or the same: then an issue that was gone lives.

    A field that the newer one does not know keeps its old value.
    """
    _upsert(connection, snapshots, issue.c.updated <= insert(issue).excluded.updated)


def upsert_told(connection: Connection, snapshots: Iterable[Snapshot]) -> None:
    """The same of what an event told: one as old as a deletion raises nothing from the dead, whichever came first."""
    new = insert(issue).excluded
    alive = and_(issue.c.updated == new.updated, issue.c.deleted.is_(False))
    _upsert(connection, snapshots, or_(issue.c.updated < new.updated, alive))


def _upsert(connection: Connection, snapshots: Iterable[Snapshot], where: ColumnElement[bool]) -> None:
    rows = [_values(one) for one in sorted({one.id: one for one in snapshots}.values(), key=lambda one: one.id)]
    if not rows:
        return
    parents = _parents(connection, rows)
    statement = insert_all(issue, rows)
    new = statement.excluded
    merged = issue.c.fields.op("||")(new.fields)
    same_work = issue.c.fields.op("-")(_OUR_TRACES) == merged.op("-")(_OUR_TRACES)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[issue.c.id],
            set_={
                "key": new.key,
                "project": new.project,
                "parent": case((new.fields.has_key("parent"), new.parent), else_=issue.c.parent),
                "updated": new.updated,
                "touched_at": case((same_work, issue.c.touched_at), else_=new.touched_at),
                "fields": merged,
                "deleted": new.deleted,
                "with_project": False,
            },
            where=where,
        )
    )
    unshown.show(connection, {name for row in rows for name in (row["id"], row["key"])})
    _spans_are_stale(connection, [row["id"] for row in rows])
    _remember_statuses(connection, rows)
    now_there = _parents(connection, rows)
    _look_below(connection, [id for id, parent in parents.items() if now_there[id] != parent])


def _parents(connection: Connection, rows: Iterable[dict[str, Any]]) -> dict[str, str | None]:
    """Of those issues among them that are known."""
    found = connection.execute(
        select(issue.c.id, issue.c.parent).where(one_of(issue.c.id, (row["id"] for row in rows)))
    )
    return {row.id: row.parent for row in found}


_BELOW = text(
    "WITH RECURSIVE below AS ("
    "  SELECT id, key FROM issue WHERE id = ANY(:ids)"
    "  UNION SELECT issue.id, issue.key FROM issue JOIN below ON issue.parent IN (below.id, below.key))"
    " UPDATE issue SET look_at = least(coalesce(look_at, now()), now())"
    " WHERE id IN (SELECT id FROM below) AND id <> ALL(:ids) AND NOT deleted"
)


def _look_below(connection: Connection, ids: Sequence[str]) -> None:
    """All that stand below these issues, at any depth, are due: other ancestors are theirs, whatever the verdicts in
    between."""
    if ids:
        connection.execute(_BELOW, {"ids": list(ids)})


def mark_deleted(connection: Connection, ids: Collection[str]) -> None:
    connection.execute(
        update(issue).where(one_of(issue.c.id, ids)).values(deleted=True, with_project=False, look_at=None)
    )
    _spans_are_stale(connection, ids)


def end_projects(connection: Connection, keys: Iterable[str]) -> None:
    """The issues of these projects are gone with them; what waits to be written there meets that by itself."""
    there = and_(one_of(issue.c.project, keys), issue.c.deleted.is_(False))
    connection.execute(update(issue).where(there).values(deleted=True, with_project=True, look_at=None))


def restore_projects(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    """The issues that went with them live again and are looked at; those that had been deleted before do not."""
    back = and_(one_of(issue.c.project, keys), issue.c.with_project)
    connection.execute(update(issue).where(back).values(deleted=False, with_project=False, look_at=now))


def set_labels(connection: Connection, issue_id: str, add: Sequence[str], remove: Sequence[str]) -> None:
    """What a write of ours did to the labels, before Jira tells us; `updated` stays Jira's to say."""
    connection.execute(
        text(
            "UPDATE issue SET fields = jsonb_set(fields, '{labels}',"
            " (SELECT coalesce(jsonb_agg(label ORDER BY label), '[]'::jsonb) FROM ("
            "   SELECT jsonb_array_elements_text(coalesce(nullif(fields->'labels', 'null'), '[]')) AS label"
            "   UNION SELECT unnest(CAST(:add AS text[])) EXCEPT SELECT unnest(CAST(:remove AS text[]))) AS labels))"
            " WHERE id = :id"
        ),
        {"id": issue_id, "add": list(add), "remove": list(remove)},
    )


def look_again(connection: Connection, ids: Iterable[str], at: datetime) -> None:
    """These issues are due to be aligned again at `at`, or earlier where that was said before."""
    connection.execute(
        update(issue)
        .where(one_of(issue.c.id, ids), issue.c.deleted.is_(False))
        .values(look_at=func.least(func.coalesce(issue.c.look_at, at), at))
    )


def look_at_all(connection: Connection, at: datetime) -> None:
    """Every issue is due at `at`, or earlier where that was said before."""
    connection.execute(
        update(issue)
        .where(issue.c.deleted.is_(False))
        .values(look_at=func.least(func.coalesce(issue.c.look_at, at), at))
    )


def look_at_children(connection: Connection, parents: Iterable[Snapshot], at: datetime) -> None:
    """The children of these issues are due now: their parent's verdict changed."""
    names = [name for one in parents for name in (one.id, one.key)]
    connection.execute(
        update(issue)
        .where(one_of(issue.c.parent, names), issue.c.deleted.is_(False))
        .values(look_at=func.least(func.coalesce(issue.c.look_at, at), at))
    )


def due(connection: Connection, version: int, now: datetime, most: int) -> list[Snapshot]:
    """Issues to align again, locked until the transaction ends: their time has come, or the rules are newer."""
    statement = (
        select(*_columns)
        .where(
            issue.c.deleted.is_(False),
            or_(issue.c.look_at <= now, issue.c.aligned_version < version),
        )
        .order_by(issue.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [_snapshot(row) for row in connection.execute(statement)]


def aligned(connection: Connection, ids: Iterable[str], version: int) -> None:
    """These issues were looked at under this version of the configuration."""
    connection.execute(update(issue).where(one_of(issue.c.id, ids)).values(aligned_version=version, look_at=None))


def ancestors(connection: Connection, snapshots: Iterable[Snapshot]) -> dict[str, tuple[Snapshot, Verdict | None]]:
    """The parents above these issues, at any depth, by id and by key; a cycle in the data ends."""
    found: dict[str, tuple[Snapshot, Verdict | None]] = {}
    wanted = {one.parent for one in snapshots if one.parent}
    while wanted:
        names = list(wanted)
        statement = (
            select(*_columns, verdict.c.body)
            .outerjoin(verdict, verdict.c.issue_id == issue.c.id)
            .where(or_(one_of(issue.c.id, names), one_of(issue.c.key, names)))
        )
        wanted = set()
        for row in connection.execute(statement):
            snapshot = _snapshot(row)
            known = Verdict.model_validate(row.body) if row.body else None
            found[snapshot.id] = found[snapshot.key] = (snapshot, known)
            if snapshot.parent and snapshot.parent not in found:
                wanted.add(snapshot.parent)
    return found


def living(connection: Connection, size: int, after: str = "") -> Iterator[list[Snapshot]]:
    """Every issue that is not deleted, so many at a time, in the order of their ids, from behind the id `after`."""
    last = after
    while True:
        statement = select(*_columns).where(issue.c.deleted.is_(False), issue.c.id > last).order_by(issue.c.id)
        batch = [_snapshot(row) for row in connection.execute(statement.limit(size))]
        if not batch:
            return
        yield batch
        last = batch[-1].id


def told(connection: Connection, fields: Sequence[str], size: int, after: str = "") -> Iterator[Sequence[Row[Any]]]:
    """Id, key, and each of these fields as JSON text, None where it is absent, of every issue that is not deleted.

    So many issues at a time, in the order of their ids, from the first that comes behind `after`."""
    asked = (issue.c.id, issue.c.key, *(cast(issue.c.fields[name], Text) for name in fields))
    statement = select(*asked).where(issue.c.deleted.is_(False)).order_by(issue.c.id).limit(size)
    while rows := connection.execute(statement.where(issue.c.id > after)).all():
        yield rows
        after = rows[-1].id


def sample(connection: Connection, size: int) -> list[Snapshot]:
    """So many issues that are not deleted, by chance; all of them where there are fewer."""
    statement = select(*_columns).where(issue.c.deleted.is_(False)).order_by(func.random()).limit(size)
    return [_snapshot(row) for row in connection.execute(statement)]


def number_living(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(issue).where(issue.c.deleted.is_(False))) or 0


def number_due(connection: Connection, version: int, now: datetime) -> int:
    """How many issues wait to be aligned, because the rules are newer or their time has come."""
    waits = or_(issue.c.look_at <= now, issue.c.aligned_version < version)
    statement = select(func.count()).select_from(issue).where(issue.c.deleted.is_(False), waits)
    return connection.scalar(statement) or 0


def _values(one: Snapshot) -> dict[str, Any]:
    return {
        "id": one.id,
        "key": one.key,
        "project": one.project_key,
        "parent": one.parent,
        "updated": one.updated,
        "touched_at": one.updated,
        "fields": dict(one.fields),
        "deleted": one.deleted,
    }


def _spans_are_stale(connection: Connection, ids: Iterable[str]) -> None:
    """Where an issue's changes do not say how it began, its snapshot does."""
    rows = [{"issue_id": id} for id in sorted(ids)]
    if rows:
        connection.execute(insert_all(span_stale, rows).on_conflict_do_nothing())


def _remember_statuses(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    seen: dict[str, dict[str, str]] = {}
    for row in rows:
        state = row["fields"].get("status")
        category = (state or {}).get("category")
        if state and category and category.get("key"):
            seen[state["id"]] = {"id": state["id"], "name": state["name"] or "", "category": category["key"]}
    if seen:
        statement = insert_all(status, [seen[id] for id in sorted(seen)])
        new = statement.excluded
        learned = connection.scalars(
            statement.on_conflict_do_update(
                index_elements=[status.c.id],
                set_={"name": new.name, "category": new.category},
                where=or_(status.c.name != new.name, status.c.category != new.category),
            ).returning(status.c.id)
        ).all()
        if learned:
            told = or_(
                history.c.from_value.in_(learned), history.c.category.is_(None) & history.c.to_value.in_(learned)
            )
            unsure = select(history.c.issue_id).distinct().where(history.c.field == "status", told)
            connection.execute(
                insert(span_stale)
                .from_select(["issue_id"], unsure.order_by(history.c.issue_id))
                .on_conflict_do_nothing()
            )


def _snapshot(row: Row[*tuple[Any, ...]]) -> Snapshot:
    return Snapshot(id=row.id, key=row.key, updated=row.updated, fields=row.fields, deleted=row.deleted)

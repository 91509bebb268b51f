"""Spans of work in progress, made from issues' histories where these are newer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from plugin.effort.calendar import moment
from plugin.effort.spans import Event, Span, State, spans_of
from plugin.store import progress
from plugin.store.history import People

CLOSED = "effort closed"
"""Cursor: the end of the last quarter whose spans were reduced."""

_BATCH = 1_000


def refresh(connection: Connection) -> int:
    """Makes anew the spans of issues whose history or snapshot is newer than these; returns how many issues."""
    done = 0
    while some := refresh_some(connection):
        done += some
    return done


def refresh_some(connection: Connection) -> int:
    """The same for a thousand of them at most; 0 when there are none left that nobody else makes anew."""
    closed = progress.cursor_at(connection, CLOSED)
    since = moment(closed) if closed else 0
    ids = _take(connection)
    if not ids:
        return 0
    if since:
        forget(connection, since, ids)
    made = [(id, one) for id, found in _spans(connection, ids, People(connection)).items() for one in found]
    connection.execute(text("DELETE FROM span WHERE issue_id = ANY(:ids)"), {"ids": ids})
    _insert(connection, [(id, one) for id, one in made if one.ends > since], since)
    return len(ids)


def worked_on(connection: Connection, start: int, end: int, among: Sequence[str]) -> list[str]:
    """Those of the issues that the count model counts from start until before end: they were in progress, or changed
    their status. After `refresh`; a quarter that is closed for effort has neither.
    """
    rows = connection.execute(
        text(
            "SELECT issue_id FROM span WHERE issue_id = ANY(:among) AND ends > :start AND starts < :end"
            " UNION SELECT issue_id FROM history WHERE issue_id = ANY(:among) AND field = 'status'"
            " AND at >= :start AND at < :end"
        ),
        {"among": list(among), "start": start, "end": end},
    )
    return sorted(rows.scalars())


def forget(connection: Connection, since: int, ids: Sequence[str] | None = None) -> None:
    """Removes from the histories what happened before `since`, but for each field's last word, which still stands then.

    That one forgets whom it took the issue from. `ids` None means every issue.
    """
    connection.execute(
        text(
            "DELETE FROM history AS old WHERE at < :since AND (:every OR issue_id = ANY(:ids)) AND EXISTS ("
            " SELECT 1 FROM history AS later WHERE later.issue_id = old.issue_id AND later.field = old.field"
            ' AND later.at < :since AND (later.at, length(later.change_id), later.change_id COLLATE "C")'
            ' > (old.at, length(old.change_id), old.change_id COLLATE "C"))'
        ),
        {"since": since, "every": ids is None, "ids": list(ids or ())},
    )
    connection.execute(
        text(
            "UPDATE history SET from_value = NULL WHERE at < :since AND (:every OR issue_id = ANY(:ids))"
            " AND field = 'assignee' AND from_value IS NOT NULL"
        ),
        {"since": since, "every": ids is None, "ids": list(ids or ())},
    )


def _take(connection: Connection) -> list[str]:
    rows = connection.execute(
        text(
            "DELETE FROM span_stale WHERE issue_id IN (SELECT issue_id FROM span_stale ORDER BY issue_id"
            " LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING issue_id"
        ),
        {"most": _BATCH},
    )
    return sorted(rows.scalars())


def _spans(connection: Connection, ids: Sequence[str], people: People) -> dict[str, list[Span]]:
    categories: dict[str, str] = {
        row.id: row.category for row in connection.execute(text("SELECT id, category FROM status"))
    }
    told: dict[str, list[Row[Any]]] = {id: [] for id in ids}
    for row in connection.execute(
        text(
            "SELECT issue_id, at, field, from_value, to_value, category FROM history WHERE issue_id = ANY(:ids)"
            ' ORDER BY issue_id, at, length(change_id), change_id COLLATE "C", field'
        ),
        {"ids": list(ids)},
    ):
        told[row.issue_id].append(row)
    known = {
        row.id: row.fields
        for row in connection.execute(
            text(
                "SELECT id, jsonb_build_object('created', fields->'created', 'status', fields->'status',"
                " 'assignee', fields->'assignee') AS fields FROM issue WHERE id = ANY(:ids) AND NOT deleted"
            ),
            {"ids": list(ids)},
        )
    }
    return {id: _of_issue(known[id], told[id], categories, people) for id in ids if id in known}


def _of_issue(
    fields: Mapping[str, Any], rows: Sequence[Row[Any]], categories: Mapping[str, str], people: People
) -> list[Span]:
    created = fields.get("created")
    if not rows and not created:
        return []
    begun = moment(datetime.fromisoformat(created)) if created else rows[0].at
    return spans_of(
        min(begun, rows[0].at) if rows else begun,
        _initial(fields, rows, categories, people),
        [
            Event(
                at=row.at,
                category=(row.category or categories.get(row.to_value, "")) if row.field == "status" else None,
                reassigned=row.field == "assignee",
                person=UUID(row.to_value) if row.field == "assignee" and row.to_value else None,
            )
            for row in rows
        ],
    )


def _initial(
    fields: Mapping[str, Any], rows: Sequence[Row[Any]], categories: Mapping[str, str], people: People
) -> State:
    """What the first changes left; where there are none, what the issue has now."""
    moved = next((row for row in rows if row.field == "status"), None)
    handed = next((row for row in rows if row.field == "assignee"), None)
    status, assignee = fields.get("status") or {}, fields.get("assignee") or {}
    now = str((status.get("category") or {}).get("key") or "")
    person = people.hash(assignee["id"]) if assignee.get("id") else None
    if handed:
        person = UUID(handed.from_value) if handed.from_value else None
    return State(categories.get(moved.from_value or "", "") if moved else now, person)


def _insert(connection: Connection, made: Iterable[tuple[str, Span]], since: int) -> None:
    rows = list(made)
    connection.execute(
        text(
            "INSERT INTO span (issue_id, starts, ends, person) SELECT * FROM unnest(CAST(:ids AS text[]),"
            " CAST(:starts AS bigint[]), CAST(:ends AS bigint[]), CAST(:people AS uuid[]))"
        ),
        {
            "ids": [id for id, _ in rows],
            "starts": [max(one.starts, since) for _, one in rows],
            "ends": [one.ends for _, one in rows],
            "people": [one.person for _, one in rows],
        },
    )

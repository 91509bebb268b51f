"""What happened to issues: changes of status and assignee, and other signs of life.

A person stands here only as a keyed hash: HMAC-SHA256 of the id under one random key of this installation, cut to 128
bits. The key lies in a table of its own and is read by nothing else; without it a hash cannot be tried against a list
of ids. See plugin/effort/README.md for how long a hash is kept.
"""

import hmac
import secrets
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from plugin.domain.history import FieldChange
from plugin.effort.calendar import moment
from plugin.store.tables import person_key

_MOST = 5_000


def record(connection: Connection, changes: Iterable[FieldChange]) -> int:
    """Keeps the changes that are not known yet; returns how many. Telling a change twice does nothing.

    A change is known by its issue, its changelog entry and its field. The status category is kept as it is known at
    this moment, so that a status that changes its category later leaves the past as it was.
    """
    told = {(one.issue_id, one.change_id, one.field): one for one in changes}
    rows = [told[key] for key in sorted(told)]
    hashes = People(connection)
    return sum(_insert(connection, rows[at : at + _MOST], hashes) for at in range(0, len(rows), _MOST))


class People:
    """Person id → keyed hash. Makes the installation's key where there is none yet."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._key, self._known = connection, b"", dict[str, UUID]()

    def hash(self, person: str) -> UUID:
        if not self._key:
            self._key = _key(self._connection)
        if person not in self._known:
            self._known[person] = UUID(bytes=hmac.digest(self._key, person.encode(), "sha256")[:16])
        return self._known[person]


def _insert(connection: Connection, rows: list[FieldChange], people: People) -> int:
    def kept(one: FieldChange, value: str | None) -> str | None:
        return str(people.hash(value)) if value and one.field == "assignee" else value

    inserted = connection.execute(
        text(
            "WITH told AS (SELECT * FROM unnest(CAST(:issues AS text[]), CAST(:changes AS text[]),"
            " CAST(:ats AS bigint[]), CAST(:fields AS text[]), CAST(:froms AS text[]), CAST(:tos AS text[]))"
            " AS told (issue_id, change_id, at, field, from_value, to_value)),"
            " kept AS (INSERT INTO history (issue_id, change_id, at, field, from_value, to_value, category)"
            " SELECT told.*, status.category FROM told"
            " LEFT JOIN status ON told.field = 'status' AND status.id = told.to_value"
            " ON CONFLICT DO NOTHING RETURNING issue_id),"
            " stale AS (INSERT INTO span_stale SELECT DISTINCT issue_id FROM kept ORDER BY 1 ON CONFLICT DO NOTHING)"
            " SELECT count(*) FROM kept"
        ),
        {
            "issues": [one.issue_id for one in rows],
            "changes": [one.change_id for one in rows],
            "ats": [moment(one.at) for one in rows],
            "fields": [one.field for one in rows],
            "froms": [kept(one, one.from_) for one in rows],
            "tos": [kept(one, one.to) for one in rows],
        },
    )
    return int(inserted.scalar_one())


def _key(connection: Connection) -> bytes:
    known = select(person_key.c.key)
    found: bytes | None = connection.scalar(known)
    if found is None:
        connection.execute(insert(person_key).values(one=True, key=secrets.token_bytes(32)).on_conflict_do_nothing())
        found = connection.execute(known).scalar_one()
    return bytes(found)

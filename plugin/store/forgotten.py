"""What snapshots say of sprints, versions and people that are no more as they were: unknown, until Jira is asked again.

Jira sends no event of the issues, and leaves their `updated` as it is: neither a webhook nor the sweep tells of them.
"""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, update
from sqlalchemy.dialects.postgresql import JSONB

from plugin.store.tables import issue, override

_VERSIONS = ("fixVersions", "versions")
_PEOPLE = ("assignee", "reporter", "creator")


def versions(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """Of issues that carry one of these versions, in either field."""
    for name in _VERSIONS if ids else ():
        _forget(connection, name, [[{"id": id}] for id in sorted(ids)], at)


def sprints(connection: Connection, field: str | None, ids: Collection[str], at: datetime) -> None:
    """Of issues that are or were in one of these sprints. `field` is the site's Sprint field, None where it has none.

    Cloud tells a sprint as an object, Data Center as the text of one: `…Sprint@1f[id=7,rapidViewId=2,state=…]`.
    """
    if field is None or not ids:
        return
    numbers = sorted({int(id) for id in ids})
    _forget(connection, field, [[{"id": number}] for number in numbers], at)
    text = cast(issue.c.fields[field], Text)
    wanted = "|".join(re.escape(str(number)) for number in numbers)
    _forget_where(connection, field, text.regexp_match(rf"[\[,]id=({wanted})[],]"), at)


def people(connection: Connection, ids: Collection[str], at: datetime) -> None:
    """Of living issues that name one of these accounts, and of overrides, which stay and name nobody."""
    for name in _PEOPLE:
        _forget(connection, name, [{"id": id} for id in sorted(ids)], at)
    connection.execute(update(override).where(override.c.actor.in_(ids)).values(actor=None))


def _forget(connection: Connection, name: str, held: Collection[object], at: datetime) -> None:
    _forget_where(connection, name, or_(*(issue.c.fields[name].op("@>")(cast(one, JSONB)) for one in held)), at)


def _forget_where(connection: Connection, name: str, where: ColumnElement[bool], at: datetime) -> None:
    connection.execute(
        update(issue)
        .where(issue.c.deleted.is_(False), issue.c.fields.has_key(name), where)
        .values(
            fields=issue.c.fields.op("-")(cast(name, Text)),
            look_at=func.least(func.coalesce(issue.c.look_at, at), at),
        )
    )

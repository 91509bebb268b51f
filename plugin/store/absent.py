"""Which issues Jira shows, while an id sweep goes on, against those that we hold as living."""

from collections.abc import Sequence

from sqlalchemy import Connection, exists, select, text
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import issue, shown


def forget(connection: Connection) -> None:
    """Nothing was shown yet."""
    connection.execute(text("TRUNCATE shown"))


def show(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Jira shows these; returns those of them that we do not hold as living."""
    if not ids:
        return []
    given = select(text("id")).select_from(text("unnest(CAST(:ids AS text[])) AS id")).params(ids=list(ids))
    connection.execute(insert(shown).from_select(["issue_id"], given).on_conflict_do_nothing())
    strangers = text(
        "SELECT given.id FROM unnest(CAST(:ids AS text[])) AS given (id)"
        " LEFT JOIN issue ON issue.id = given.id AND NOT issue.deleted WHERE issue.id IS NULL ORDER BY given.id"
    )
    return list(connection.scalars(strangers, {"ids": list(ids)}))


def unseen(connection: Connection, after: str, most: int) -> list[str]:
    """Ids of living issues that were not shown, in their order, behind `after`."""
    statement = (
        select(issue.c.id)
        .where(issue.c.deleted.is_(False), issue.c.id > after, ~exists().where(shown.c.issue_id == issue.c.id))
        .order_by(issue.c.id)
        .limit(most)
    )
    return list(connection.scalars(statement))

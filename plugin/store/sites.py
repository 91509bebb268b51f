"""What the Jira site says of itself, as it was last read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, select
from sqlalchemy.dialects.postgresql import insert

from plugin.domain.jira_site import JiraSite
from plugin.store.tables import jira_site


@dataclass(frozen=True)
class Known:
    """`revision` grows when the site says something else; `read_at` is when it was last asked, in UTC."""

    site: JiraSite
    revision: int
    read_at: datetime


def known(connection: Connection) -> Known | None:
    """None before the site was asked for the first time."""
    row = connection.execute(select(jira_site.c.body, jira_site.c.revision, jira_site.c.read_at)).first()
    return Known(JiraSite.model_validate(row.body), row.revision, row.read_at) if row else None


def revision(connection: Connection) -> int:
    """0 before the site was asked for the first time."""
    return connection.scalar(select(jira_site.c.revision)) or 0


def read_at(connection: Connection) -> datetime | None:
    found: datetime | None = connection.scalar(select(jira_site.c.read_at))
    return found


def store(connection: Connection, site: JiraSite, at: datetime) -> int:
    """Takes the place of what was known; returns the revision, which is the same where nothing differs."""
    statement = insert(jira_site).values(body=site.model_dump(mode="json"), revision=1, read_at=at)
    new = statement.excluded
    same = jira_site.c.body == new.body
    stored: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[jira_site.c.one],
            set_={
                "body": new.body,
                "revision": case((same, jira_site.c.revision), else_=jira_site.c.revision + 1),
                "read_at": new.read_at,
            },
        ).returning(jira_site.c.revision)
    ).scalar_one()
    return stored

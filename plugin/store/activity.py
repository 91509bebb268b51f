"""Who changed what, when and why. Rows are added, and nothing here changes or removes one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import activity


@dataclass(frozen=True)
class Deed:
    """`what` is a sentence; `why` is "" where nobody said."""

    seq: int
    at: datetime
    who: str
    what: str
    why: str


def note(connection: Connection, who: str, what: str, why: str = "") -> None:
    connection.execute(insert(activity).values(who=who, what=what, why=why))


def newest(connection: Connection, most: int, before: int | None = None) -> list[Deed]:
    """The newest first; `before` is the `seq` of the last one that was told already."""
    statement = select(activity).order_by(activity.c.seq.desc()).limit(most)
    if before is not None:
        statement = statement.where(activity.c.seq < before)
    return [Deed(**row._mapping) for row in connection.execute(statement)]

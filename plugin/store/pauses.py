"""What Jira or Confluence has closed and for how long, for every process of ours."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from plugin.store.tables import pause

logger = logging.getLogger(__name__)


class StoredPauses:
    """Judged by the database's clock. Without its database a process heeds what it was told itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, site: str, subject: str, seconds: float) -> None:
        """A longer pause that is known stays; those that are over are forgotten."""
        until = func.clock_timestamp() + timedelta(seconds=seconds)
        statement = insert(pause).values(site=site, subject=subject, until=until)
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(pause).where(pause.c.until <= func.clock_timestamp()))
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=[pause.c.site, pause.c.subject],
                        set_={"until": func.greatest(pause.c.until, statement.excluded.until)},
                    )
                )
        except SQLAlchemyError as error:
            logger.warning("other processes are not told of a pause: %s", type(error).__name__)

    def left(self, site: str) -> Mapping[str, float]:
        seconds = func.extract("epoch", pause.c.until - func.clock_timestamp())
        statement = select(pause.c.subject, seconds).where(pause.c.site == site, pause.c.until > func.clock_timestamp())
        try:
            with self._engine.connect() as connection:
                return {subject: float(left) for subject, left in connection.execute(statement)}
        except SQLAlchemyError as error:
            logger.warning("pauses of other processes are not known: %s", type(error).__name__)
            return {}

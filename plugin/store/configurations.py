"""Versions of the configuration. The newest is the active one."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from plugin.domain.product import Configuration
from plugin.store.tables import configuration


def active(connection: Connection) -> Configuration | None:
    """The configuration in force, with its version; None before the first apply."""
    row = connection.execute(
        select(configuration.c.version, configuration.c.body).order_by(configuration.c.version.desc()).limit(1)
    ).first()
    return Configuration.model_validate({**row.body, "version": row.version}) if row else None


def active_version(connection: Connection) -> int:
    """The version in force, 0 before the first apply."""
    return connection.scalar(select(configuration.c.version).order_by(configuration.c.version.desc()).limit(1)) or 0


def apply(connection: Connection, wanted: Configuration, who: str, why: str) -> int:
    """Makes it the active version and returns its number; one that equals the active version changes nothing."""
    connection.execute(configuration.select().with_for_update())
    now = active(connection)
    if now and now.model_copy(update={"version": 0}) == wanted.model_copy(update={"version": 0}):
        return now.version
    body = wanted.model_dump(mode="json", exclude={"version"})
    version: int = connection.execute(
        configuration.insert().values(who=who, why=why, body=body).returning(configuration.c.version)
    ).scalar_one()
    return version


def first_applied(connection: Connection) -> datetime | None:
    """When the first version came into force, in UTC: what was due before that could not be in time."""
    found: datetime | None = connection.scalar(select(func.min(configuration.c.at)))
    return found

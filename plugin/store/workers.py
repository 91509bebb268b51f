"""Who works on this database's jobs, as Procrastinate's own table tells."""

from datetime import timedelta

from sqlalchemy import Connection, text


def silent_for(connection: Connection) -> timedelta | None:
    """For how long, by the database's clock, the worker heard last has been silent; None where none is known."""
    found: timedelta | None = connection.scalar(text("SELECT now() - max(last_heartbeat) FROM procrastinate_workers"))
    return found

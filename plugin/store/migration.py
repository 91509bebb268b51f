"""Brings a database to the present: our tables by Alembic, imported when it is needed, Procrastinate's by its own
schema."""

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import Engine, text

from plugin.store.engine import database_address, engine_for

_ADVISORY_LOCK = 7_586_253_014  # any number that nobody else in the database takes


def migrate(url: str) -> None:
    """Migrates; safe to call from several processes at once and on a database that is up to date."""
    from alembic import command
    from alembic.config import Config

    engine = engine_for(url, connections=2)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()
            config = Config()
            config.set_main_option("script_location", "plugin.store:migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            has_jobs = connection.scalar(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL"))
            connection.commit()
            if not has_jobs:
                _apply_job_schema(url)
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()
    finally:
        engine.dispose()


def pending(engine: Engine) -> list[str]:
    """The migrations that this database still lacks, oldest first."""
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "plugin.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        done = MigrationContext.configure(connection).get_current_revision()
    missing = [one.revision for one in scripts.iterate_revisions("head", done or "base") if one.revision != done]
    return missing[::-1]


def _apply_job_schema(url: str) -> None:
    app = App(connector=SyncPsycopgConnector(conninfo=database_address(url)))
    with app.open():
        app.schema_manager.apply_schema()


def empty(url: str) -> None:
    """Drops everything that the database holds. For the demo, whose sandbox remembers nothing either."""
    engine = engine_for(url, connections=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    finally:
        engine.dispose()

"""The migrations, against what the code believes."""

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text

from plugin.store import empty, engine_for, migrate
from plugin.store.tables import metadata as ours
from webhooks.inbox import metadata as inbox


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(database: str) -> None:
    known = MetaData()
    for room in (ours, inbox):
        for table in room.sorted_tables:
            table.to_metadata(known)
    engine = engine_for(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: (
                    kind != "table" or not (name or "").startswith(("procrastinate", "alembic"))
                ),
            },
        )
        assert compare_metadata(context, known) == []
    engine.dispose()


def test_several_processes_may_migrate_at_once(empty_database: str) -> None:
    raised: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty_database)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    engine = engine_for(empty_database)
    tables = inspect(engine).get_table_names()
    assert {"delivery", "issue", "procrastinate_jobs"} <= set(tables)
    engine.dispose()


def test_an_emptied_database_can_be_migrated_again(database: str) -> None:
    engine = engine_for(database)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO cursor VALUES ('sweep', now())"))
    engine.dispose()
    empty(database)
    migrate(database)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cursor")) == 0
    engine.dispose()

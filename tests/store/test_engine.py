"""Two transactions that want each other's rows: one is ended by PostgreSQL, and done again by us."""

import threading

from sqlalchemy import Connection, Engine, text

from plugin.store import engine_for, unhindered


def test_who_is_ended_by_a_deadlock_does_it_again(database: str) -> None:
    engine = engine_for(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (id int PRIMARY KEY, n int)"))
        connection.execute(text("INSERT INTO thing VALUES (1, 0), (2, 0)"))
    meeting, begun = threading.Barrier(2, timeout=20), dict.fromkeys((1, 2), 0)

    def count_both(first: int, second: int) -> None:
        begun[first] += 1
        with engine.begin() as connection:
            _count(connection, first)
            if begun[first] == 1:
                meeting.wait()  # each holds what the other wants
            _count(connection, second)

    threads = [threading.Thread(target=unhindered, args=(lambda a=a: count_both(a, 3 - a),)) for a in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(begun.values()) == [1, 2]
    assert _counts(engine) == [2, 2]
    engine.dispose()


def _count(connection: Connection, id: int) -> None:
    connection.execute(text("UPDATE thing SET n = n + 1 WHERE id = :id"), {"id": id})


def _counts(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT n FROM thing ORDER BY id")))

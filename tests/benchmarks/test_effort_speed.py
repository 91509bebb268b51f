"""A week of effort of a large product, against what PostgreSQL needs to read its spans once.

200 streams of five people; spans of half a day to three days over 26 weeks. Times are wall clock of one run, both sides
in the same database, and both have read every span that they are asked for.
"""

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import Connection, Engine, text

from plugin.domain.effort import MILLION
from plugin.domain.product import Configuration
from plugin.domain.week import Week
from plugin.effort.measure import measure
from plugin.store import effort, engine_for
from tests.effort.world import configuration, product

pytestmark = pytest.mark.bench

STREAMS, PER_ISSUE = 200, 50
LARGE, SMALL = 100_000, 10_000
WEEK = Week(2026, 46)
MOST, MEMORY = 3.0, 400 * 1024
"""Times the reading of all spans; kilobytes of this process."""


def acme() -> Configuration:
    streams = {f"s{number:03}": [f"P{number}"] for number in range(STREAMS)}
    return configuration(product("acme", streams, [f"o{number}" for number in range(STREAMS)]))


def fill(engine: Engine, issues: int) -> None:
    """Each issue has fifty spans, in turn with the five people of its stream, from July to December."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO issue (id, key, project, parent, updated, touched_at, fields)"
                " SELECT CAST(n AS text), 'P' || n % :streams || '-' || n, 'P' || n % :streams,"
                " CASE WHEN n % 10 > 2 THEN CAST(n - n % 10 AS text) END, now(), now(),"
                " jsonb_build_object('summary', repeat('word ', 20), 'labels', '[]'::jsonb)"
                " FROM generate_series(1, :issues) AS n"
            ),
            {"issues": issues, "streams": STREAMS},
        )
        connection.execute(
            text(
                "INSERT INTO verdict (issue_id, product, state, objective, body, decided_at, since)"
                " SELECT CAST(n AS text), 'acme', CASE WHEN n % 7 = 0 THEN 'unaligned' ELSE 'aligned' END,"
                " CASE WHEN n % 7 > 0 THEN 'o' || n % :streams END, '{\"how\": \"rule\"}', now(), now()"
                " FROM generate_series(1, :issues) AS n"
            ),
            {"issues": issues, "streams": STREAMS},
        )
        connection.execute(
            text(
                "INSERT INTO span (issue_id, starts, ends, person) SELECT CAST(n AS text),"
                " :begin + CAST(k AS bigint) * 310000000 + n % 1000 * 300000,"
                " :begin + CAST(k AS bigint) * 310000000 + n % 1000 * 300000 + 43200000 + n % 6 * 43200000,"
                " md5((n % :streams) || ' ' || (n + k) % 5)::uuid"
                " FROM generate_series(1, :issues) AS n, generate_series(0, :each) AS k"
            ),
            {
                "issues": issues,
                "streams": STREAMS,
                "each": PER_ISSUE - 1,
                "begin": int(datetime(2026, 7, 1, tzinfo=UTC).timestamp() * 1000),
            },
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def copied(connection: Connection) -> tuple[float, int]:
    """Seconds to read every span once, and how many there were."""
    raw = connection.connection.cursor()
    started, rows = time.perf_counter(), 0
    with raw.copy("COPY span TO STDOUT") as copy:
        for block in copy:
            rows += BytesIO(block).getvalue().count(b"\n")
    return time.perf_counter() - started, rows


def measured(connection: Connection) -> tuple[float, float]:
    """Seconds for one week, and the part of people's days that was observed."""
    settled = acme()
    asked = measure(settled, settled.products[0], WEEK, datetime(2026, 11, 20, tzinfo=UTC))
    started = time.perf_counter()
    found = effort.of_week(connection, asked)
    taken = time.perf_counter() - started
    assert found.whole.capacity == STREAMS * 5 * 5 * MILLION
    assert found.whole.days
    assert found.whole.days.total == found.whole.observed
    return taken, found.whole.coverage or 0


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    found = engine_for(database)
    yield found
    found.dispose()


def test_a_week_costs_at_most_three_readings_and_grows_with_the_issues(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = {}
    for issues in (SMALL, LARGE):
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE issue, verdict, span, span_stale"))
        fill(engine, issues)
        with engine.connect() as connection, connection.begin():
            reading, rows = min(copied(connection) for _ in range(2))
            assert rows == issues * PER_ISSUE
            taken[issues], coverage = min(measured(connection) for _ in range(2))
        with capsys.disabled():
            figures = f"{issues:,} issues, {rows:,} spans: COPY {reading:.2f} s, a week {taken[issues]:.2f} s"
            print(f"\n{figures} ({taken[issues] / reading:.2f} times), coverage {coverage:.0%}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with capsys.disabled():
        print(f"grew {taken[LARGE] / taken[SMALL]:.1f} times; this process had at most {peak / 1024:.0f} MB")
    assert taken[LARGE] <= MOST * reading
    assert taken[LARGE] <= 12 * taken[SMALL]
    assert peak <= MEMORY

"""What a thousand rules reach of a million stored issues: `python -m tests.benchmarks.back_test URL` prints figures.

A process of its own, so that the memory is its own. It does what `plumbline plan` does first: issues are streamed from
the store, of each only the fields that rules read, and how far it is is kept after each batch. `ratio` is its time in
times of decoding the same issues, each whole as the store holds it, with `json.loads`; `of_lines` in times of decoding
the file's compact lines. All is processor time of this process; with what PostgreSQL takes beside it, it is `elapsed`.

The real issues are told again and again, one after another, so that no batch holds one twice.
"""

import json
import resource
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import cycle, islice

import psycopg

from plugin.admin.halfway import Halfway, InStore
from plugin.admin.planning import TOLD, ask_all
from plugin.alignment.lint import Reach, Reached, named_conditions
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import as_issue
from plugin.domain.product import Configuration
from plugin.jql import Condition, Projection, Row, SiteFacts, View
from plugin.store import engine_for, snapshots
from tests.benchmarks.real_issues import SPRINT, as_jql, issues, raw_lines, rules

ISSUES, RULES = 1_000_000, 1000
NOW = datetime(2026, 11, 2, tzinfo=UTC)


def fill(url: str) -> None:
    """So many issues: the real ones, then the same again under other ids and keys."""
    columns = "id, key, project, parent, updated, touched_at, fields"
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY issue ({columns}) FROM STDIN") as copy:
            for one in issues():
                fields = json.dumps(
                    {name: _storable(value) for name, value in one.items() if name not in ("id", "key")}
                )
                copy.write_row((f"0-{one['id']}", one["key"], "TIMOB", None, one["updated"], one["updated"], fields))
        cursor.execute(
            f"INSERT INTO issue ({columns})"
            " SELECT n || substr(id, 2), key || n, project, parent, updated, touched_at, fields"
            " FROM generate_series(1, %s) AS n, issue ORDER BY n LIMIT %s",
            (ISSUES // len(issues()) + 1, ISSUES - len(issues())),
        )


def _storable(value: object) -> object:
    return value.replace("\0", "") if isinstance(value, str) else value


def main(url: str) -> None:
    stored = [json.dumps(one) for one in issues()]
    book = RuleBook(_configuration(), SiteFacts(fields={SPRINT: "Sprint"}))
    kept, reach = InStore(engine_for(url)), Reach(book, Reached())
    began, clock = time.process_time(), time.monotonic()
    with kept.engine.connect() as connection:
        for last in ask_all(connection, reach, NOW):
            kept.keep("bench", Halfway(begun=NOW, counted_to=last, reached=reach.so_far))
    whole, elapsed = time.process_time() - began, time.monotonic() - clock
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = kept.found("bench")
    assert found is not None
    figures = {
        "issues": found.reached.issues,
        "rules": len(book.products[0].rules),
        "bytes an issue": round(sum(map(len, stored)) / len(stored)),
        "matches": sum(found.reached.matched.values()),
        "checked": _checked(kept, [one for _, one in named_conditions(book.products[0])]),
        "ratio": round(whole / _decoding(stored), 2),
        "of_lines": round(whole / _decoding(raw_lines()), 2),
        "seconds": round(whole),
        "elapsed": round(elapsed),
        "megabytes": megabytes,
    }
    sys.stdout.write(json.dumps(figures))


def _decoding(lines: Iterable[str | bytes]) -> float:
    began = time.process_time()
    for line in islice(cycle(lines), ISSUES):
        json.loads(line)
    return time.process_time() - began


def _configuration() -> Configuration:
    objective = {"id": "o", "stream": "s", "quarter": "2026-Q4", "title": "O"}
    product = {
        "product": {"id": "p", "name": "P"},
        "scope": "project = TIMOB",
        "streams": [{"id": "s", "name": "S"}],
        "objectives": [objective],
        "rules": [{"id": f"r{at}", "objective": "o", "when": as_jql(one)} for at, one in enumerate(rules(RULES))],
    }
    return Configuration.model_validate({"site": {"review": {"space": "P"}}, "products": [product]})


def _checked(kept: InStore, conditions: Sequence[Condition]) -> int:
    """On a sample the columns say what asking the whole issue says; how many matches that were."""
    projection, matches = Projection(conditions), 0
    with kept.engine.connect() as connection:
        rows: Sequence[Row] = next(snapshots.told(connection, projection.fields, TOLD))
        sample = {place: str(rows[place][0]) for place in range(0, len(rows), 200)}
        known = snapshots.by_ids(connection, sample.values())
    batch = projection.batch(rows, NOW)
    for condition in conditions:
        bits = batch.matches(condition)
        for place, id in sample.items():
            answer = condition.matches(View(as_issue(known[id]), NOW))
            if (bool(bits.matched >> place & 1), bool(bits.unknown >> place & 1)) != (answer is True, answer is None):
                raise AssertionError(f"{condition.text} on {known[id].key}: {answer} one by one")
            matches += answer is True
    return matches


if __name__ == "__main__":
    main(sys.argv[1])

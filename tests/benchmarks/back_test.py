"""A back-test of a million issues, as a process of its own: `python -m tests.benchmarks.back_test` prints its figures.

The real issues are told again and again, decoded from their lines and matched in batches; nothing is kept but counts.
`ratio` is the time of decoding and matching in times of decoding alone.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice

from plugin.jql import Batch, Condition, SiteFacts, View
from plugin.jql import compile as compile_jql
from tests.benchmarks.real_issues import SPRINT, as_jql, raw_lines, rules, snapshot

ISSUES, RULES, BATCH = 1_000_000, 1000, 16_000


def main() -> None:
    gc.disable()  # nothing here refers to itself in a circle, and searching millions of objects for that costs a third
    lines = [json.dumps(snapshot(json.loads(line))) for line in raw_lines()]
    conditions = [compile_jql(as_jql(rule), SiteFacts(fields={SPRINT: "Sprint"})) for rule in rules(RULES)]
    began = time.process_time()
    for line in islice(cycle(lines), ISSUES):
        json.loads(line)
    decoding = time.process_time() - began
    began, counts, told, checked = time.process_time(), [0] * RULES, 0, 0
    for views in _batches(lines):
        batch = Batch(views)
        for at, condition in enumerate(conditions):
            counts[at] += batch.matches(condition).matched.bit_count()
        told += len(views)
        if told == BATCH:
            checked = _checked(conditions, batch)
    whole = time.process_time() - began
    figures = {
        "issues": told,
        "rules": RULES,
        "bytes an issue": round(sum(map(len, lines)) / len(lines)),
        "matches": sum(counts),
        "checked": checked,
        "ratio": round(whole / decoding, 2),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(figures))


def _batches(lines: list[str]) -> Iterator[list[View]]:
    left = islice(cycle(lines), ISSUES)
    while batch := [View(json.loads(line)) for line in islice(left, BATCH)]:
        yield batch


def _checked(conditions: list[Condition], batch: Batch) -> int:
    """On a sample the bits say what asking the issue says; how many matches that were."""
    matches = 0
    for condition in conditions:
        bits = batch.matches(condition)
        for place in range(0, len(batch.views), 500):
            answer = condition.matches(batch.views[place])
            if (bool(bits.matched >> place & 1), bool(bits.unknown >> place & 1)) != (answer is True, answer is None):
                raise AssertionError(f"{condition.text} on {batch.views[place].issue['key']}: {answer} one by one")
            matches += answer is True
    return matches


if __name__ == "__main__":
    main()

"""Suggestions on a real backlog: epics play objectives, their newest issues are asked for, and many belong nowhere."""

import gzip
import json
import random
import resource
import time
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from plugin.suggestions.duplicates import Placed, alike
from plugin.suggestions.objectives import Learning
from plugin.suggestions.words import Described

ISSUES = Path(__file__).parents[2].parent / "shared" / "issues" / "timob.jsonl.gz"
EPICS, NOWHERE = 20, 1_500


@cache
def issues() -> tuple[Mapping[str, Any], ...]:
    with gzip.open(ISSUES) as lines:
        return tuple(json.loads(line) for line in lines)


def described(raw: Mapping[str, Any]) -> Described:
    marks = [*(f"component {one}" for one in raw["components"]), *(f"label {one}" for one in raw["labels"])]
    return Described(raw["key"], raw["summary"], raw["description"] or "", marks)


def test_at_the_threshold_suggestions_are_mostly_right() -> None:
    if not ISSUES.exists():
        pytest.skip(f"real issues are missing: {ISSUES}")
    drawn, children = random.Random(1), defaultdict(list)
    for raw in issues():
        children[raw["epic_key"]].append(raw)
    nowhere = drawn.sample(children.pop(None), NOWHERE + 2_000)
    learning, asked = Learning(), []
    for epic in sorted(children, key=lambda epic: (-len(children[epic]), epic))[:EPICS]:
        mine = sorted(children[epic], key=lambda raw: str(raw["created"]))
        known = len(mine) * 7 // 10
        learning.objective(Described(epic, mine[0]["epic_summary"] or mine[0]["epic_name"] or ""))
        for raw in mine[:known]:
            learning.serves(described(raw), epic)
        asked += [(epic, raw) for raw in mine[known:]]
    for raw in nowhere[NOWHERE:]:
        learning.other(described(raw))
    likenesses = learning.learned()
    said = [(epic, likenesses.suggest(described(raw))) for epic, raw in asked]
    right = sum(found is not None and found.objective == epic for epic, found in said)
    wrong = sum(found is not None for _, found in said) - right
    mistaken = sum(likenesses.suggest(described(raw)) is not None for raw in nowhere[:NOWHERE]) / NOWHERE

    def precision(belonging: float) -> float:
        """Where that part of the issues belongs to some objective."""
        found: float = right / (right + wrong + mistaken * len(asked) * (1 - belonging) / belonging)
        return found

    print(
        f"{len(asked)} issues of {EPICS} epics, {NOWHERE} of none: {right / len(asked):.0%} get the right one; "
        f"precision {precision(0.5):.0%} where a half belongs somewhere, {precision(0.2):.0%} where a fifth does, "
        f"{precision(0.05):.0%} where a twentieth does"
    )
    assert precision(0.5) > 0.9
    assert precision(0.2) > 0.75
    assert right / len(asked) > 0.5


@pytest.mark.bench
def test_a_hundred_thousand_open_issues_are_compared_within_seconds() -> None:
    if not ISSUES.exists():
        pytest.fail(f"the benchmark's input is missing: {ISSUES}")
    drawn, number, planted = random.Random(3), 100_000, 50
    placed = [
        Placed(
            Described(
                f"X-{at:06}", drawn.choice(issues())["summary"], (drawn.choice(issues())["description"] or "")[:300]
            ),
            f"stream {at % 12}",
        )
        for at in range(number - planted)
    ]
    odd = [" ".join(f"{a}{b}odd" for b in "pqrstu") for a in drawn.sample(_names(), planted)]
    placed += [Placed(Described(f"Y-{at}-1", text), "stream 1") for at, text in enumerate(odd)]
    placed += [Placed(Described(f"Y-{at}-2", text), "stream 2") for at, text in enumerate(odd)]
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = alike(placed, most=200_000)
    took = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    pairs = {(one.one, one.other) for one in found}
    print(f"{len(placed):,} open issues of 12 streams: {len(found):,} pairs in {took:.1f} s, {grown:.0f} MB more")
    assert {(f"Y-{at}-1", f"Y-{at}-2") for at in range(planted)} <= pairs
    assert took < 40
    assert grown < 600


def _names() -> list[str]:
    return [f"{one}{other}{third}" for one in "abcdef" for other in "ghijk" for third in "lmno"]

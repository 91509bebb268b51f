"""How fast rules are matched, measured against decoding the issues with the standard library, in the same run.

All times are processor time of one core; each ratio is the median over rounds in which both sides take turns. Matching
starts from normalised issues: views whose fields were read before.

What decoding an issue costs depends on which JSON is meant. The bounds come from a study that decoded issues of 6.5 kB,
as Jira gives them. That form is not at hand: the file holds the same issues in a compact form of 1.8 kB, and there are
webhook bodies of 13 kB. Both are measured; the first is the stricter.
"""

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from plugin.jql import Condition, Frequencies, Index, SiteFacts, View
from plugin.jql import compile as compile_jql
from tests.benchmarks import back_test, peers
from tests.benchmarks.real_issues import SPRINT, Rule, as_jql, issues, raw_lines, rules

pytestmark = pytest.mark.bench

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
SITE = SiteFacts(fields={SPRINT: "Sprint"})
ROUNDS = 7
EVERY = 8
"""Every eighth issue is matched, so that the oldest and the newest are among them."""


@cache
def compiled(count: int) -> tuple[Condition, ...]:
    return tuple(compile_jql(as_jql(rule), SITE) for rule in rules(count))


@cache
def index(count: int) -> Index:
    observed = Frequencies.observed(compiled(count), [View(one) for one in issues()[::22]])
    made = Index(compiled(count), observed)
    for view in views():
        made.matches(view)
    return made


@cache
def views() -> tuple[View, ...]:
    """The issues, normalised: the first index that meets them reads their fields."""
    return tuple(View(one) for one in issues()[::EVERY])


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def decode() -> None:
    for line in raw_lines()[::EVERY]:
        json.loads(line)


def match(count: int) -> None:
    found = index(count).matches
    for view in views():
        found(view)


def ratio(work: Callable[[], object], yardstick: Callable[[], object]) -> float:
    work(), yardstick()
    return statistics.median(seconds(work) / seconds(yardstick) for _ in range(ROUNDS))


def assert_equal_answers(count: int) -> None:
    """On a sample the index says what asking every rule says."""
    matched = 0
    for view in views()[::100]:
        found = index(count).matches(view)
        assert found.matched == {at for at, one in enumerate(compiled(count)) if one.matches(view)}
        assert found.unknown == {at for at, one in enumerate(compiled(count)) if one.matches(view) is None}
        matched += len(found.matched)
    assert matched > 0


class NotReachedError(Exception):
    """A bound that is asked for and not kept; the message has the figure."""


def reach(figure: float, bound: float, words: str) -> None:
    print(f"\n{words}: {figure:.2f} times ({bound})")
    if figure > bound:
        raise NotReachedError(f"{words}: {figure:.2f} times, not {bound}")


def not_reached(reason: str) -> pytest.MarkDecorator:
    """Fails as well when the bound is kept, so that the reason does not outlive its truth."""
    return pytest.mark.xfail(raises=NotReachedError, strict=True, reason=f"not reached: {reason}")


@pytest.mark.parametrize(
    ("count", "bound"),
    [
        pytest.param(1000, 0.25, marks=not_reached("0.35 to 0.6 of decoding a compact line of 1.8 kB")),
        (10_000, 2.5),
    ],
)
def test_matching_costs_a_fraction_of_decoding_an_issues_line(count: int, bound: float) -> None:
    assert_equal_answers(count)
    lines = raw_lines()[::EVERY]
    size = statistics.fmean(map(len, lines))
    cost = ratio(lambda: match(count), decode)
    reach(cost, bound, f"{len(lines)} issues of {size:.0f} bytes, {count} rules: matching against decoding")


@pytest.mark.parametrize(("count", "bound"), [(1000, 0.25), (10_000, 2.5)])
def test_matching_costs_a_fraction_of_decoding_what_jira_sends(count: int, bound: float) -> None:
    """Real webhook bodies, with the names, pictures and addresses that the compact file of issues left out."""
    files = [one for one in sorted(PAYLOADS.glob("*.json")) if one.name != "MANIFEST.json"]
    bodies = [json.dumps(json.loads(one.read_bytes())) for one in files]
    if not bodies:
        pytest.fail(f"the benchmark's input is missing: {PAYLOADS}")
    again = len(views()) // len(bodies)

    def decode_bodies() -> None:
        for _ in range(again):
            for body in bodies:
                json.loads(body)

    cost = ratio(lambda: match(count), decode_bodies) * again * len(bodies) / len(views())
    size = statistics.fmean(map(len, bodies))
    reach(cost, bound, f"{len(bodies)} bodies of {size:.0f} bytes, {count} rules: matching an issue against decoding")


def test_ten_times_the_rules_cost_less_than_twelve_times_the_time() -> None:
    cost = ratio(lambda: match(10_000), lambda: match(1000))
    reach(cost, 12, f"{len(views())} issues, 10,000 rules against 1,000")


@pytest.mark.parametrize(
    ("engine", "factor", "sample"), [("rule_engine", 500, 40), ("json_logic", 500, 40), ("mokaccino", 1, 2000)]
)
def test_it_is_faster_than_its_peers(engine: str, factor: float, sample: int) -> None:
    pytest.importorskip(engine, reason=f"{engine} is not installed; pip install -e '.[bench]' brings it")
    chosen: Sequence[View] = views()[:: max(1, len(views()) // sample)]
    plain = [peers.plain(view.issue, SPRINT) for view in chosen]
    theirs = peers.ENGINES[engine](rules(1000))
    ours = index(1000).matches
    for view, one in zip(chosen, plain, strict=True):
        assert set(theirs(one)) == ours(view).matched

    def ask_them() -> None:
        for one in plain:
            theirs(one)

    def ask_us() -> None:
        for view in chosen:
            ours(view)

    ask_us()
    found = statistics.median(seconds(ask_them) for _ in range(3)) / statistics.median(
        seconds(ask_us) for _ in range(9)
    )
    print(f"\n{len(chosen)} issues, 1,000 rules: {found:,.0f} times the issues/s of {engine} ({factor})")
    assert found >= factor


def test_a_million_issues_are_tested_back_in_bounded_time_and_memory(database: str) -> None:
    """The figures are those of `plugin.admin.planning` asking what rules reach; verdicts are not among them."""
    back_test.fill(database)
    command = [sys.executable, "-m", "tests.benchmarks.back_test", database]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    figures = json.loads(ran.stdout)
    print(f"\n{figures}")
    assert figures["issues"] == back_test.ISSUES
    assert figures["rules"] == back_test.RULES
    assert figures["checked"] > 0
    assert figures["megabytes"] <= 600
    reach(figures["ratio"], 2.5, "a million issues, 1,000 rules: reading and matching against decoding")


def test_the_rules_are_as_many_and_as_different_as_they_seem() -> None:
    made: list[Rule] = rules(1000)
    assert len(made) == 1000
    assert len(set(made)) > 700

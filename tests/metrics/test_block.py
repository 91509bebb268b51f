"""A metric's block: the drawing's week, figure by figure."""

from datetime import date

import pytest

from plugin.domain.product import KeyResult, Metric
from plugin.domain.week import Quarter, Week
from plugin.metrics.block import MetricBlock, figure, inputs_first, metric_block
from plugin.metrics.shown import lines, signed, signed_share
from plugin.metrics.sparkline import sparkline
from tests.metrics.values import SITE, WEEK, metric, point, product, weekly

GOAL = KeyResult(metric="conversion", baseline=61, target=68)
CALM = [63.9, 64.2, 64.1, 64.4, 64.0, 64.3] * 2
SIX = [63.9, 64.2, 64.1, 64.8, 65.3, 62.1]


def block(values: list[float], *results: KeyResult, **known: object) -> MetricBlock:
    declared = metric(**known)
    return metric_block(declared, weekly(values), WEEK, product(*results, metrics=(declared,)), SITE)


def test_a_fall_below_the_usual_range_asks_for_an_explanation() -> None:
    found = block([*CALM, *SIX], GOAL)
    assert [one.value for one in found.weeks] == SIX
    assert found.weeks[0].name == "2026-W42"
    assert found.figure(found.value) == "62.1\u00a0%"
    assert signed(found.on_last_week, found) == "−3.2"
    assert found.target == pytest.approx(61 + 7 * 53 / 92)
    assert signed(found.variance, found) == "−2.9"
    assert not found.on_target
    assert [one.kind for one in found.to_explain] == ["outside its limits", "off pace"]
    assert found.to_explain[0].words.startswith("Checkout conversion 62.1\u00a0%: below the lower limit of 63.")
    assert found.to_explain[1].words == "Checkout conversion at risk: 0.16 done of 0.58 due, a pace of 0.27"


def test_a_quiet_metric_asks_for_nothing() -> None:
    found = block([*CALM, 65.9], KeyResult(metric="conversion", baseline=61, target=66), better="higher")
    assert found.to_explain[1:] == ()
    assert found.on_target
    assert found.core.last_week == 64.3


def test_a_week_without_value_is_not_judged() -> None:
    declared = metric()
    points = weekly([*CALM, 10.0], WEEK.previous())
    found = metric_block(declared, points, WEEK, product(GOAL), SITE)
    assert (found.value, found.signal, found.pace, found.to_explain) == (None, None, None, ())
    assert "no data since 13 Nov 2026" in found.health
    assert found.figure(found.value) == "–"


def test_days_after_the_week_change_nothing() -> None:
    later = point(date(2026, 11, 23), 99)
    declared = metric()
    now = metric_block(declared, weekly(SIX), WEEK, product(GOAL), SITE)
    assert metric_block(declared, [*weekly(SIX), later], WEEK, product(GOAL), SITE) == now


def test_last_years_week_is_beside_each_week() -> None:
    points = [*weekly(SIX), *weekly([58.0, 60.0], Week(2025, 47))]
    found = metric_block(metric(), points, WEEK, product(), SITE)
    assert [one.year_before for one in found.weeks] == [None, None, None, None, 58.0, 60.0]
    assert signed_share(found.on_last_year) == "+3.5\u00a0%"


def test_core_values_run_to_the_weeks_end() -> None:
    points = [point(date(2026, month, 1), month) for month in range(1, 13)]
    found = metric_block(metric(aggregate="sum"), points, WEEK, product(GOAL), SITE)
    assert (found.core.month_to_date, found.core.quarter_to_date, found.core.year_to_date) == (11, 21, 66)
    assert found.months[-1].target is None  # a month's sum is no weekly value


def test_the_quarter_to_date_is_the_objectives_own_quarter() -> None:
    own = Quarter.parse("2026-11-02..2027-01-31")
    points = [point(date(2026, 11, 1), 1), point(date(2026, 11, 2), 2)]
    found = metric_block(metric(aggregate="sum"), points, WEEK, product(GOAL, quarter=own), SITE)
    assert found.core.quarter_to_date == 2


def test_a_week_over_two_quarters_takes_the_first_objectives_target() -> None:
    week = Week(2026, 53)
    found = metric_block(metric(), weekly([66], week), week, product(GOAL), SITE)
    assert (found.target, found.pace and round(found.pace.pace, 2)) == (68, 0.71)


@pytest.mark.parametrize(
    ("value", "decimals", "told"),
    [(62.14, 1, "62.1 %"), (-0.04, 1, "0.0 %"), (-3.2, 1, "−3.2 %"), (1234567, 0, "1,234,567 %")],
)
def test_figures(value: float, decimals: int, told: str) -> None:
    assert figure(value, decimals, "%").replace("\u00a0", " ") == told


def test_inputs_stand_before_the_outcome_that_they_drive() -> None:
    def named(id: str, kind: str, drives: str | None = None) -> Metric:
        return metric(id=id, kind=kind, drives=drives)

    given = [named("a", "outcome"), named("loose", "input"), named("b", "outcome"), named("b1", "input", "b")]
    assert [one.id for one in inputs_first([*given, named("a1", "input", "a")])] == ["a1", "a", "b1", "b", "loose"]


def test_a_sparkline_shows_the_shape_and_the_gaps() -> None:
    assert sparkline([1, None, 8, 4.5]) == "▁·█▅"
    assert sparkline([3, 3]) == "▅▅"
    assert sparkline([None, None]) == "··"


def test_a_block_as_lines() -> None:
    told = "\n".join(lines(block([*CALM, *SIX], GOAL, owner="Checkout"))).replace("\u00a0", " ")
    assert "Checkout · no source · not certified" in told
    assert "this week 62.1 %, target 65.0 %, −3.2 on last week, – on last year" in told
    assert "  63.9 % 64.2 % 64.1 % 64.8 % 65.3 % 62.1 %" in told
    assert "at risk: 0.16 done of 0.58 due, a pace of 0.27" in told
    assert told.count("to explain: ") == 2
    assert told.endswith("lacks: no source, not certified")

"""Pace and natural limits, worked out by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plugin.domain.product import Certified, KeyResult, PaceLimits
from plugin.domain.source import Source
from plugin.domain.week import Quarter, Week
from plugin.metrics.judgement import Signal, elapsed, health, history, natural_limits, pace, signal, target_on, unmoved
from plugin.metrics.series import Series
from tests.metrics.values import Q4, WEEK, metric, weekly

LIMITS = PaceLimits()
CALM = [64.0, 64.4] * 6
"""Twelve weeks: mean 64.2, every moving range 0.4, so the limits are 64.2 ± 2.66 × 0.4 = 63.136 and 65.264."""


def paced(result: KeyResult, values: list[float], quarter: Quarter = Q4, week: Week = WEEK) -> tuple[float, str] | None:
    found = pace(result, quarter, Series(metric(), weekly(values, week)), week, LIMITS)
    return (round(found.pace, 2), found.word) if found else None


def test_53_of_92_days_have_gone() -> None:
    assert elapsed(Q4, date(2026, 11, 22)) == 53 / 92
    assert elapsed(Q4, date(2026, 9, 30)) == 0
    assert elapsed(Q4, date(2026, 10, 1)) == 1 / 92
    assert elapsed(Q4, date(2027, 1, 9)) == 1


@pytest.mark.parametrize(
    ("baseline", "target", "current", "expected"),
    [
        (61, 68, 62.1, (0.27, "at risk")),  # 1.1 of 7 is 0.157 done, of 0.576 due
        (22, 42, 28, (0.52, "behind")),  # 6 of 20 is 0.300
        (0.9, 0.6, 0.9, (0.0, "at risk")),
        (3.4, 2.3, 2.3, (1.74, "on track")),  # done, with less than six tenths of the quarter gone
        (61, 68, 60, (-0.25, "at risk")),  # further away than at the start
    ],
)
def test_pace_is_what_was_done_against_what_was_due(
    baseline: float, target: float, current: float, expected: tuple[float, str]
) -> None:
    assert paced(KeyResult(metric="conversion", baseline=baseline, target=target), [current]) == expected


def test_a_threshold_itself_is_still_the_better_word() -> None:
    half = Quarter.parse("2026-11-16..2026-11-29")  # the week is exactly the first half of it
    result = KeyResult(metric="conversion", baseline=0, target=100)
    assert paced(result, [35], half) == (0.7, "on track")
    assert paced(result, [20], half) == (0.4, "behind")
    assert paced(result, [19.9], half) == (0.4, "at risk")


def test_no_pace_without_value_baseline_or_quarter() -> None:
    result = KeyResult(metric="conversion", baseline=61, target=68)
    series = Series(metric(), weekly([62], WEEK.previous()))
    assert pace(result, Q4, series, WEEK, LIMITS) is None
    assert paced(KeyResult(metric="conversion", target=68), [62]) is None
    assert paced(result, [62], Quarter.parse("2027-Q1")) is None


def test_a_bound_is_judged_by_the_weeks_that_held() -> None:
    below = KeyResult(metric="conversion", keep="below", target=2.3)
    # Q4's weeks until W47 are W40 (it ends on 4 October) to W47: eight, of which six hold; W39 is September's.
    values = [9.9, 2.4, 2.3, 2.2, 2.1, 2.5, 2.0, 2.1, 2.2]
    found = pace(below, Q4, Series(metric(), weekly(values)), WEEK, LIMITS)
    assert found is not None
    assert (found.kept, found.attainment, found.word) == ((6, 8), 0.75, "on track")
    above = KeyResult(metric="conversion", keep="above", target=2.3)
    found = pace(above, Q4, Series(metric(), weekly(values)), WEEK, LIMITS)
    assert found is not None
    assert (found.kept, found.word) == ((3, 8), "at risk")


def test_a_bound_has_no_baseline() -> None:
    with pytest.raises(ValidationError, match="remove baseline"):
        KeyResult(metric="conversion", keep="below", baseline=1, target=2)


def test_the_target_of_a_week_lies_on_the_line_to_the_quarters_target() -> None:
    result = KeyResult(metric="conversion", baseline=61, target=68)
    assert target_on(result, Q4, date(2026, 11, 22)) == pytest.approx(61 + 7 * 53 / 92)
    assert target_on(result, Q4, date(2026, 12, 31)) == target_on(result, Q4, date(2027, 1, 3)) == 68
    assert target_on(result, Q4, date(2026, 9, 30)) is None
    assert target_on(KeyResult(metric="conversion", keep="below", target=3), Q4, date(2026, 10, 1)) == 3


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 12))
def test_whoever_is_on_the_line_has_a_pace_of_one(baseline: float, target: float, weeks: int) -> None:
    if abs(target - baseline) < 1e-3 * max(1, abs(baseline)):
        return
    week = Week(2026, 40 + weeks)
    result = KeyResult(metric="conversion", baseline=baseline, target=target)
    due = target_on(result, Q4, Series(metric(), []).weeks(week, 1)[0].days.last)
    assert due is not None
    assert paced(result, [due], week=week) == (1.0, "on track")


def test_natural_limits_of_twelve_weeks() -> None:
    found = natural_limits(CALM)
    assert found is not None
    assert [found.mean, found.lower, found.upper, found.weeks] == [
        pytest.approx(64.2),
        pytest.approx(63.136),
        pytest.approx(65.264),
        12,
    ]
    assert natural_limits(CALM[1:]) is None
    assert natural_limits([1000.0, *CALM, *CALM[:4]]) == natural_limits([*CALM, *CALM[:4]])  # 16 weeks, no older ones


@pytest.mark.parametrize(
    ("newest", "kind"),
    [(63.2, None), (63.1, "below"), (65.2, None), (65.3, "above")],
)
def test_a_week_outside_of_the_limits_of_those_before_it_is_a_signal(newest: float, kind: str | None) -> None:
    assert kind_of(signal([*CALM, newest])) == kind


def test_eight_weeks_on_one_side_of_the_mean_are_a_signal() -> None:
    # The limits rest on the 16 weeks before: 9 around 64.2, 7 at 64.6, so the mean is 64.4.
    before = ([64.0, 64.4] * 10)[:19]
    assert kind_of(signal([*before, *[64.6] * 7, 64.5])) == "run above"
    assert kind_of(signal([*before, *[64.6] * 6, 64.0, 64.5])) is None
    assert kind_of(signal([*before, *[63.8] * 7, 63.9])) == "run below"


def test_what_never_moves_is_no_signal() -> None:
    assert signal([0.1] * 20) is None
    assert kind_of(signal([*[0.1] * 20, 0.2])) == "above"


@given(st.lists(st.floats(-1e6, 1e6), min_size=13, max_size=40))
def test_a_value_at_the_mean_is_never_outside(values: list[float]) -> None:
    limits = natural_limits(values)
    assert limits is not None
    assert limits.lower <= limits.mean <= limits.upper
    assert kind_of(signal([*values, limits.mean])) in (None, "run above", "run below")


def kind_of(found: Signal | None) -> str | None:
    return found.kind if found else None


def test_limits_skip_weeks_without_a_value() -> None:
    points = weekly([1.0] * 20)
    del points[10:13]
    assert history(Series(metric(), points), WEEK) == [1.0] * 14


def test_the_health_of_a_metric_names_what_it_lacks() -> None:
    bare = metric()
    assert health(bare, Series(bare, []), WEEK, [KeyResult(metric="conversion", target=1)]) == (
        "no owner",
        "no source",
        "no data yet",
        "not certified",
        "no baseline",
    )
    whole = metric(
        owner="Checkout", source=Source(type="push"), certified=Certified(by="Finance", on=date(2026, 10, 1))
    )
    assert (
        health(whole, Series(whole, weekly([1, 2, 3])), WEEK, [KeyResult(metric="conversion", baseline=1, target=2)])
        == ()
    )
    old = Series(whole, weekly([1, 2], WEEK.previous()))
    assert health(whole, old, WEEK, []) == ("no data since 13 Nov 2026",)
    assert health(whole, Series(whole, weekly([1.0] * 8)), WEEK, []) == ("has not moved for 8 weeks",)


def test_seven_equal_weeks_may_still_move() -> None:
    assert not unmoved(Series(metric(), weekly([1.0] * 7)), WEEK)
    assert not unmoved(Series(metric(), weekly([*[1.0] * 7, 2.0])), WEEK)

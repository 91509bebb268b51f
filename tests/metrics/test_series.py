"""Periods of a series: what their values are, which days they hold, and what they are compared with."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.week import Week
from plugin.metrics.series import (
    Days,
    Series,
    difference,
    growth,
    quarter_to_date,
    same_week_last_year,
    year_to_date,
)
from tests.metrics.values import READ_AT, WEEK, metric, point, weekly

VALUES = st.floats(-1e9, 1e9)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
AGGREGATES = ("last", "mean", "sum", "min", "max")


@pytest.mark.parametrize(("aggregate", "value"), [("last", 5), ("mean", 4), ("sum", 12), ("min", 3), ("max", 5)])
def test_a_week_takes_the_declared_aggregate_of_its_days(aggregate: str, value: float) -> None:
    points = [point(WEEK.monday + timedelta(days=at), found) for at, found in ((0, 4), (3, 3), (6, 5))]
    beside = [point(WEEK.monday - timedelta(days=1), 100), point(WEEK.monday + timedelta(days=7), -100)]
    series = Series(metric(aggregate=aggregate), [*points, *beside])
    assert series.value(Days.of_week(WEEK)) == value


def test_a_week_without_points_has_no_value() -> None:
    series = Series(metric(aggregate="sum"), weekly([1, 2]))
    assert [one.value for one in series.weeks(WEEK)] == [None, None, None, None, 1, 2]


def test_the_newest_version_of_a_day_counts_however_they_come() -> None:
    first, second = point(WEEK.monday, 1), point(WEEK.monday, 2, READ_AT + timedelta(hours=1))
    for points in ([first, second], [second, first]):
        assert Series(metric(aggregate="sum"), points).value(Days.of_week(WEEK)) == 2


def test_points_of_a_former_unit_are_left_out_and_counted() -> None:
    points = [point(date(2026, 11, 16), 3400, unit="ms"), point(date(2026, 11, 17), 3.4, unit="s")]
    series = Series(metric(unit="s"), points)
    assert (series.value(Days.of_week(WEEK)), series.in_another_unit) == (3.4, 1)


def test_twelve_months_end_with_the_week_and_are_compared_with_the_same_days() -> None:
    points = [point(date(2026, 11, 22), 10), point(date(2025, 11, 22), 8), point(date(2025, 11, 23), 100)]
    months = Series(metric(aggregate="sum"), points).months(date(2026, 11, 22))
    assert [one.name for one in months][::11] == ["2025-12", "2026-11"]
    assert (months[-1].value, months[-1].year_before, len(months)) == (10, 8, 12)


def test_a_month_before_is_whole() -> None:
    points = [point(date(2026, 10, 31), 1), point(date(2025, 10, 31), 2)]
    october = Series(metric(), points).months(date(2026, 11, 22))[-2]
    assert (october.value, october.year_before) == (1, 2)


@pytest.mark.parametrize(
    ("week", "before"),
    [
        ("2026-W47", "2025-W47"),
        ("2027-W01", "2026-W01"),
        ("2026-W53", "2026-W01"),  # 28 December 2026 to 3 January 2027, against 29 December 2025 to 4 January 2026
        ("2021-W52", "2020-W52"),
    ],
)
def test_the_same_week_a_year_before(week: str, before: str) -> None:
    assert str(same_week_last_year(Week.parse(week))) == before


@given(DAYS)
def test_a_year_before_is_about_a_year_before(day: date) -> None:
    week = Week.of(datetime(day.year, day.month, day.day, tzinfo=UTC), UTC)  # type: ignore[arg-type]  # any zone does
    gap = (week.monday - same_week_last_year(week).monday).days
    assert gap in (364, 371)


def test_growth_is_against_the_size_of_what_was() -> None:
    assert growth(2.4, 3.2) == pytest.approx(-0.25)
    assert growth(1, -2) == pytest.approx(1.5)
    assert growth(1, 0) is None
    assert growth(None, 1) is growth(1, None) is None
    assert difference(62.1, 65.3) == pytest.approx(-3.2)
    assert difference(0, None) is None


@pytest.mark.parametrize(
    ("day", "starts", "quarter", "year"),
    [
        (date(2026, 11, 22), "01-01", date(2026, 10, 1), date(2026, 1, 1)),
        (date(2026, 11, 22), "04-01", date(2026, 10, 1), date(2026, 4, 1)),
        (date(2026, 3, 31), "04-01", date(2026, 1, 1), date(2025, 4, 1)),
        (date(2026, 1, 31), "02-01", date(2025, 11, 1), date(2025, 2, 1)),
        (date(2026, 2, 1), "02-01", date(2026, 2, 1), date(2026, 2, 1)),
    ],
)
def test_quarters_follow_the_years_beginning(day: date, starts: str, quarter: date, year: date) -> None:
    assert quarter_to_date(day, starts) == Days(first=quarter, last=day)
    assert year_to_date(day, starts) == Days(first=year, last=day)


def test_the_29th_of_february_is_compared_with_the_28th() -> None:
    assert Days(first=date(2028, 2, 1), last=date(2028, 2, 29)).year_before.last == date(2027, 2, 28)


@settings(deadline=None)
@given(st.dictionaries(DAYS, VALUES, max_size=60), st.sampled_from(AGGREGATES), DAYS)
def test_the_months_of_a_year_hold_each_day_once(found: dict[date, float], aggregate: str, last: date) -> None:
    months = Series(metric(aggregate=aggregate), [point(*one) for one in found.items()]).months(last)
    days = [
        one.days.first + timedelta(days=at) for one in months for at in range((one.days.last - one.days.first).days + 1)
    ]
    assert len(days) == len(set(days))
    assert days == sorted(days)
    measured = {day for day in found if day in set(days)}
    with_value = [one for one in months if one.value is not None]
    assert {(one.year, one.month) for one in measured} == {
        (one.days.first.year, one.days.first.month) for one in with_value
    }


@settings(deadline=None)
@given(st.dictionaries(DAYS, VALUES, min_size=1, max_size=60), DAYS, st.integers(0, 400), st.integers(0, 400))
def test_a_sum_adds_up_wherever_days_are_parted(
    found: dict[date, float], first: date, length: int, parted: int
) -> None:
    series = Series(metric(aggregate="sum"), [point(*one) for one in found.items()])
    middle, last = first + timedelta(days=min(parted, length)), first + timedelta(days=length)
    parts = [Days(first=first, last=middle), Days(first=middle + timedelta(days=1), last=last)]
    values = [value for one in parts if (value := series.value(one)) is not None]
    whole = series.value(Days(first=first, last=last))
    assert whole == (pytest.approx(sum(values), abs=1e-3) if values else None)


@settings(deadline=None)
@given(st.dictionaries(DAYS, VALUES, min_size=1, max_size=60), st.sampled_from(["last", "mean", "min", "max"]), DAYS)
def test_no_week_leaves_the_range_of_its_days(found: dict[date, float], aggregate: str, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    inside = [value for on, value in found.items() if monday <= on <= monday + timedelta(days=6)]
    value = Series(metric(aggregate=aggregate), [point(*one) for one in found.items()]).value(
        Days(first=monday, last=monday + timedelta(days=6))
    )
    if not inside:
        assert value is None
    else:
        assert value is not None
        assert min(inside) - 1e-6 <= value <= max(inside) + 1e-6


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, VALUES, st.integers(0, 9)), max_size=40))
def test_the_order_of_points_does_not_matter(given: list[tuple[date, float, int]]) -> None:
    versions = {(day, version): value for day, value, version in given}
    points = [point(day, value, READ_AT + timedelta(hours=version)) for (day, version), value in versions.items()]
    shuffled = sorted(points, key=lambda one: (one.value, one.day))
    weeks = [[one.value for one in Series(metric(), order).weeks(WEEK, 300)] for order in (points, shuffled)]
    assert weeks[0] == weeks[1]

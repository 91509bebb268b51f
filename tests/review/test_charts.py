"""The pictures of a review, read as the text and marks of their SVG, and as the bytes that are attached."""

import re
from collections.abc import Sequence

import pytest

from plugin.domain.product import KeyResult
from plugin.metrics.block import MetricBlock, metric_block
from plugin.review.charts import Bar, WeekShare, alignment_picture, effort_picture, metric_picture
from plugin.review.charts.metric import metric_drawing
from plugin.review.charts.picture import BLUE, GREY, RED, svg
from plugin.review.charts.shares import alignment_drawing, effort_drawing
from tests.metrics.values import SITE, WEEK, metric, product, weekly

GOAL = KeyResult(metric="conversion", baseline=61, target=68)
SIX = [63.9, 64.2, 64.1, 64.8, 65.3, 62.1]
BARS = [
    Bar(name="Fewer people give up at payment", planned=0.4, actual=0.27),
    Bar(name="Unlinked", planned=None, actual=0.16),
]


def block(values: Sequence[float], *results: KeyResult) -> MetricBlock:
    declared = metric()
    return metric_block(declared, weekly(values), WEEK, product(*results, metrics=(declared,)), SITE)


def words(drawn: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawn)


def shown(found: MetricBlock) -> str:
    drawing = metric_drawing(found)
    assert drawing is not None
    return svg(drawing)


def test_a_metric_shows_six_weeks_with_their_figures_and_twelve_months() -> None:
    drawn = words(shown(block([*[60.0 + week / 50 for week in range(110)], *SIX], GOAL)))
    assert {"Six weeks", "Twelve months", "W42", "W47", "Dec", "Nov"} <= set(drawn)
    figures = [one for one in drawn if one in {f"{value:.1f}" for value in SIX}]
    assert sorted(figures) == sorted([*(f"{value:.1f}" for value in SIX), "62.1"]), "the last month ends with W47"


def test_last_year_is_dashed_the_target_is_a_tick_and_an_exception_is_circled() -> None:
    calm = [63.9, 64.2, 64.1, 64.4, 64.0, 64.3] * 18
    marked, plain = shown(block([*calm, *SIX], GOAL)), shown(block([64.2] * 30))
    assert 'stroke-dasharray="5,4"' in marked
    assert GREY in marked
    assert re.search(
        rf'class="mark-symbol role-mark[^>]*><path[^>]*fill="none"[^>]*stroke="{RED}"|stroke="{RED}"', marked
    )
    assert f'fill="{RED}"' in marked
    assert RED not in plain
    assert BLUE in plain


def test_both_halves_have_one_axis() -> None:
    """The same figures stand beside both, so that a fall of a week is seen in the year's measure."""
    drawing = metric_drawing(block([*[40.0] * 60, *SIX]))
    assert drawing is not None
    domains = re.findall(r"'domain': (\[[\d.]+, [\d.]+\])", str(drawing["hconcat"]))
    assert len(domains) > 2
    assert len(set(domains)) == 1


def test_nothing_is_drawn_of_a_metric_without_values() -> None:
    assert metric_picture(block([])) is None


@pytest.mark.parametrize("values", [[0.0], [5.0] * 3, [-3.0, 3.0], [1e12, 1e-12]])
def test_few_equal_and_extreme_values_are_drawn(values: list[float]) -> None:
    picture = metric_picture(block(values))
    assert picture is not None
    assert picture.png.startswith(b"\x89PNG")


def test_the_same_values_give_the_same_bytes() -> None:
    found = block(SIX, GOAL)
    once, again = metric_picture(found), metric_picture(found)
    assert once == again
    assert once is not None
    assert again is not None
    assert once.png == again.png
    assert once.name == "metric-conversion.png"
    assert once.alt.startswith("Checkout conversion, six weeks: W42 63.9\u00a0%, W43 64.2\u00a0%")
    other = metric_picture(block([*SIX[:5], 62.2], GOAL))
    assert other is not None
    assert other.png != once.png
    assert other.mark != once.mark


def test_effort_shows_planned_beside_actual() -> None:
    drawn = words(svg(effort_drawing(BARS)))
    assert {"Fewer people give up at payment", "Unlinked", "planned", "actual", "40 %", "27 %", "16 %"} <= set(drawn)
    assert effort_picture([Bar(name="One", planned=0.4, actual=None)]) is None


def test_rows_that_begin_alike_stay_apart() -> None:
    long = "Every person who pays with a saved card can pay "
    drawing = effort_drawing([Bar(name=long + end, planned=None, actual=0.2) for end in ("in one tap", "in two taps")])
    assert len({one for one in words(svg(drawing)) if one.startswith("Every person")}) == 2


def test_a_hostile_name_stays_a_word() -> None:
    name = '"><script>alert(1)</script> \x00\ud800\u202e'
    drawn = svg(effort_drawing([Bar(name=name, planned=0.1, actual=0.2)]))
    assert "<script" not in drawn
    assert "\x00" not in drawn


def test_a_week_that_saw_too_little_keeps_its_place() -> None:
    weeks = [WeekShare(week="2026-W45", aligned=0.6), WeekShare(week="2026-W46", aligned=None)]
    assert alignment_picture(weeks) is None
    drawn = words(svg(alignment_drawing([*weeks, WeekShare(week="2026-W47", aligned=0.5)])))
    assert {"W45", "W46", "W47", "60 %", "50 %"} <= set(drawn)

"""The 6-12 chart of a metric: six weeks and twelve months side by side, on one y axis."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from plugin.domain.frozen import Frozen
from plugin.metrics.block import MetricBlock, Trailing, figure
from plugin.review.charts.picture import BLUE, GREY, INK, RED, Drawing, Picture, mark_of, styled

WEEKS_WIDE, MONTHS_WIDE, HIGH = 280, 430, 176
LABEL_AWAY = 17
"""Points between a value's dot and the middle of its figure."""


class _Reach(Frozen):
    """The y axis of both halves."""

    lowest: float
    highest: float


def metric_picture(block: MetricBlock) -> Picture | None:
    """None where no period has a value: there is nothing to draw."""
    reach = _reach((*block.weeks, *block.months))
    if reach is None:
        return None
    return Picture(
        name=f"metric-{block.id}.png",
        alt=_alt(block),
        width=WEEKS_WIDE + MONTHS_WIDE + 70,
        mark=mark_of(block),
        draw=lambda: _drawing(block, reach),
    )


def metric_drawing(block: MetricBlock) -> Drawing | None:
    reach = _reach((*block.weeks, *block.months))
    return _drawing(block, reach) if reach else None


def _drawing(block: MetricBlock, reach: _Reach) -> Drawing:
    import altair as alt

    weeks = [_row(one, f"W{one.name[-2:]}", block, labelled=True) for one in block.weeks]
    ends = {_first_known(block.months), len(block.months) - 1}
    months = [
        _row(one, _month(one.days.first), block, labelled=place in ends) for place, one in enumerate(block.months)
    ]
    weeks[-1]["ring"] = block.value if block.signal else None
    _place_figures(weeks, reach)
    _place_figures(months, reach)
    left = _half(weeks, block, reach).properties(title="Six weeks", width=WEEKS_WIDE, height=HIGH)
    right = _half(months, block, reach).properties(title="Twelve months", width=MONTHS_WIDE, height=HIGH)
    return styled(alt.hconcat(left, right, spacing=28))


def _half(rows: list[dict[str, Any]], block: MetricBlock, reach: _Reach) -> Any:
    import altair as alt

    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("period:O", scale=alt.Scale(domain=[row["period"] for row in rows]), axis=alt.Axis(labelAngle=0)),
    )
    scale = alt.Scale(domain=[reach.lowest, reach.highest], nice=False, zero=False)
    axis = alt.Axis(format=f",.{block.decimals}f", tickCount=5)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    def has(field: str) -> Any:
        return alt.datum[field] != None  # noqa: E711 - a comparison of the drawing's, not of Python's

    known = base.transform_filter(has("value"))
    layers = [
        base.transform_filter(has("before")).mark_line(color=GREY, strokeDash=[5, 4]).encode(y=y("before")),
        base.transform_filter(has("target")).mark_tick(color=RED, thickness=3, width=18).encode(y=y("target")),
        known.mark_line(color=BLUE, strokeWidth=2.5, point=alt.OverlayMarkDef(color=BLUE, size=46)).encode(
            y=y("value")
        ),
        base.transform_filter(has("ring"))
        .mark_point(color=RED, size=420, strokeWidth=2.2, filled=False)
        .encode(y=y("ring")),
    ]
    for away in (-LABEL_AWAY, LABEL_AWAY):
        figures = base.transform_filter((alt.datum.away == away) & has("figure"))
        layers.append(
            figures.mark_text(dy=away, fontWeight="bold", fontSize=12, color=INK).encode(y=y("value"), text="figure:N")
        )
    return alt.layer(*layers)


def _row(period: Trailing, name: str, block: MetricBlock, *, labelled: bool) -> dict[str, Any]:
    told = figure(period.value, block.decimals, "") if labelled and period.value is not None else None
    return {
        "period": name,
        "value": period.value,
        "before": period.year_before,
        "target": period.target,
        "ring": None,
        "figure": told,
        "away": 0,
    }


def _place_figures(rows: list[dict[str, Any]], reach: _Reach) -> None:
    """Each figure stands above or below its dot, on the side where it is farther from whatever else is drawn there."""
    away = LABEL_AWAY * (reach.highest - reach.lowest) / HIGH
    for place, row in enumerate(rows):
        if row["value"] is None:
            continue
        beside = [one["value"] for one in (*rows[max(place - 1, 0) : place], *rows[place + 1 : place + 2])]
        # A third of the way to its neighbour is where the line leaves the width of a figure.
        line = [row["value"] + (one - row["value"]) / 3 for one in beside if one is not None]
        drawn = [one for one in (row["target"], row["before"], *line) if one is not None]

        def free(side: int, value: float = row["value"], drawn: list[float] = drawn) -> float:
            return min((abs(value + side * away - one) for one in drawn), default=away)

        row["away"] = -LABEL_AWAY if free(1) >= free(-1) else LABEL_AWAY


def _reach(periods: Iterable[Trailing]) -> _Reach | None:
    """From the lowest to the highest value of any kind, with room for figures above and below."""
    periods = list(periods)
    if all(one.value is None for one in periods):
        return None
    seen = [kind for one in periods for kind in (one.value, one.year_before, one.target) if kind is not None]
    lowest, highest = min(seen), max(seen)
    room = (highest - lowest or abs(highest) or 1.0) * 0.18
    return _Reach(lowest=lowest - room, highest=highest + room)


def _first_known(periods: Sequence[Trailing]) -> int:
    return next((place for place, one in enumerate(periods) if one.value is not None), 0)


def _month(day: date) -> str:
    return f"{day:%b}"


def _alt(block: MetricBlock) -> str:
    weeks = ", ".join(f"W{one.name[-2:]} {block.figure(one.value)}" for one in block.weeks)
    first = block.months[_first_known(block.months)]
    told = [
        f"{block.name}, six weeks: {weeks}",
        f"twelve months: {block.figure(first.value)} in {first.days.first:%B %Y}, "
        f"{block.figure(block.months[-1].value)} in {block.months[-1].days.first:%B %Y}",
    ]
    if block.target is not None:
        told.append(f"this week’s target: {block.figure(block.target)}")
    if block.weeks[-1].year_before is not None:
        told.append(f"the same week a year before: {block.figure(block.weeks[-1].year_before)}")
    return "; ".join(told)

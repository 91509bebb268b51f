"""Pictures of shares: effort against plan, and alignment over the weeks."""

from collections.abc import Sequence
from typing import Any

from plugin.domain.frozen import Frozen
from plugin.review.charts.picture import BLUE, INK, LIGHT, Drawing, Picture, mark_of, styled

WIDE = 640
ROW = 44
"""Points for a row with its two bars."""
PERCENT = "format(datum.value * 100, '.0f') + ' %'"
"""An axis speaks as the words do."""
LONGEST = 38
"""Letters of a row's name; a longer one is cut."""


class Bar(Frozen):
    """One row: what was planned or agreed and what was spent, 0 to 1; None where it is not known."""

    name: str
    planned: float | None
    actual: float | None


class WeekShare(Frozen):
    """A week's share of work that is linked to an objective, 0 to 1; None where too little was seen."""

    week: str
    """2026-W47."""
    aligned: float | None


class _Shown(Frozen):
    rows: tuple[Bar | WeekShare, ...]


def effort_picture(bars: Sequence[Bar]) -> Picture | None:
    """None where nothing is known of any row."""
    if all(bar.actual is None for bar in bars):
        return None
    told = "; ".join(f"{bar.name}: planned {_percent(bar.planned)}, actual {_percent(bar.actual)}" for bar in bars)
    return Picture(
        name="effort.png",
        alt=f"Effort against plan. {told}",
        width=WIDE + 270,
        mark=mark_of(_Shown(rows=tuple(bars))),
        draw=lambda: effort_drawing(bars),
    )


def effort_drawing(bars: Sequence[Bar]) -> Drawing:
    import altair as alt

    names = [_cut(f"{bar.name}", place, bars) for place, bar in enumerate(bars)]
    rows = [
        {"name": name, "kind": kind, "share": share, "figure": _percent(share)}
        for name, bar in zip(names, bars, strict=True)
        for kind, share in (("planned", bar.planned), ("actual", bar.actual))
        if share is not None
    ]
    longest = max((share for bar in bars for share in (bar.planned, bar.actual) if share is not None), default=0.0)
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("name:N", sort=names, axis=alt.Axis(labelLimit=300), scale=alt.Scale(paddingInner=0.3)),
        yOffset=alt.YOffset("kind:N", sort=["planned", "actual"], scale=alt.Scale(paddingInner=0.08)),
        x=alt.X(
            "share:Q",
            scale=alt.Scale(domain=[0, _round_up(longest)]),
            axis=alt.Axis(labelExpr=PERCENT, tickCount=6),
        ),
    )
    colour = alt.Color(
        "kind:N",
        sort=["planned", "actual"],
        scale=alt.Scale(domain=["planned", "actual"], range=[LIGHT, BLUE]),
        legend=alt.Legend(orient="top", title=None, labelFontSize=12, symbolType="square"),
    )
    figures = base.mark_text(align="left", dx=4, fontSize=12, color=INK).encode(text="figure:N")
    return styled(
        alt.layer(base.mark_bar().encode(color=colour), figures).properties(width=WIDE, height=ROW * len(bars))
    )


def alignment_picture(weeks: Sequence[WeekShare]) -> Picture | None:
    """None with fewer than two weeks that are known: one dot is no course of things."""
    known = [one for one in weeks if one.aligned is not None]
    if len(known) < 2:
        return None
    told = ", ".join(f"W{one.week[-2:]} {_percent(one.aligned)}" for one in known)
    alt_text = f"Work linked to an objective, by week: {told}"
    return Picture(
        name="alignment.png",
        alt=alt_text,
        width=WIDE + 60,
        mark=mark_of(_Shown(rows=tuple(weeks))),
        draw=lambda: alignment_drawing(weeks),
    )


def alignment_drawing(weeks: Sequence[WeekShare]) -> Drawing:
    import altair as alt

    rows = [{"week": f"W{one.week[-2:]}", "share": one.aligned, "figure": _percent(one.aligned)} for one in weeks]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("week:O", scale=alt.Scale(domain=[row["week"] for row in rows]), axis=alt.Axis(labelAngle=0)),
        y=alt.Y(
            "share:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr=PERCENT, values=[0, 0.25, 0.5, 0.75, 1])
        ),
    )
    known: Any = base.transform_filter(alt.datum.share != None)  # noqa: E711 - the drawing's comparison
    line = known.mark_line(color=BLUE, strokeWidth=2.5, point=alt.OverlayMarkDef(color=BLUE, size=46))
    figures = known.mark_text(dy=-14, fontWeight="bold", fontSize=12, color=INK).encode(text="figure:N")
    return styled(alt.layer(line, figures).properties(width=WIDE, height=140))


def _cut(name: str, place: int, bars: Sequence[Bar]) -> str:
    """The name as short as the axis wants it, of what can be drawn, and unlike every other row's."""
    name = "".join(letter for letter in name if letter.isprintable())
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
    same = [number for number, bar in enumerate(bars[:place]) if bar.name[: LONGEST - 1] == name[: LONGEST - 1]]
    return f"{short} ({len(same) + 1})" if same else short


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{int(share * 100 + 0.5 + 1e-9)} %"


def _round_up(share: float) -> float:
    """The next tenth that leaves room for the figure, at least a tenth."""
    return min((int(share * 10 + 1e-9) + 1) / 10 + 0.05, 1.15)

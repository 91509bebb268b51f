"""A metric's block as lines for a terminal. Pure."""

from collections.abc import Iterator

from plugin.metrics.block import MINUS, MetricBlock, figure, pace_words
from plugin.metrics.sparkline import sparkline


def lines(block: MetricBlock) -> Iterator[str]:
    """What a weekly page says of the metric, in words and figures."""
    drives = f", drives {block.drives}" if block.drives else ""
    yield f"{block.name} ({block.kind}{drives})"
    yield f"  {block.owner or 'no owner'} · {block.source or 'no source'} · {_certified(block)}"
    yield f"  this week {block.figure(block.value)}, target {block.figure(block.target)}, {_changes(block)}"
    core = block.core
    yield "  to date: " + ", ".join(
        f"{name} {block.figure(value)}"
        for name, value in (
            ("month", core.month_to_date),
            ("quarter", core.quarter_to_date),
            ("year", core.year_to_date),
        )
    )
    for name, periods in (("weeks", block.weeks), ("months", block.months)):
        values = [one.value for one in periods]
        yield f"  {len(periods)} {name} {sparkline(values)}  {' '.join(block.figure(one) for one in values)}"
    if block.pace:
        yield f"  {block.pace.word}: {pace_words(block.pace)}"
    yield from (f"  to explain: {one.words}" for one in block.to_explain)
    if block.health:
        yield f"  lacks: {', '.join(block.health)}"


def signed(value: float | None, block: MetricBlock) -> str:
    """A difference in the metric's unit, with its sign; a dash where there is none.

    Of percentages the difference is in points and stands without a sign of its unit, which would tell a growth.
    """
    if value is None:
        return "–"
    told = figure(value, block.decimals, "" if block.unit == "%" else block.unit)
    return told if told.startswith(MINUS) or not round(value, block.decimals) else f"+{told}"


def signed_share(value: float | None) -> str:
    """A growth as a percentage with its sign, below ten with one decimal; a dash where there is none."""
    if value is None:
        return "–"
    decimals = 0 if abs(value) >= 0.1 else 1
    told = figure(value * 100, decimals, "%")
    return told if told.startswith(MINUS) or not round(value * 100, decimals) else f"+{told}"


def _changes(block: MetricBlock) -> str:
    return f"{signed(block.on_last_week, block)} on last week, {signed_share(block.on_last_year)} on last year"


def _certified(block: MetricBlock) -> str:
    if block.certified_by is None or block.certified_on is None:
        return "not certified"
    return f"certified by {block.certified_by}, {block.certified_on:%-d %b %Y}"

"""The words of a metric's block: figures, standing, trends, and what a page says of all of them. No markup."""

from collections.abc import Iterator, Sequence

from plugin.metrics.block import MetricBlock, Trailing, figure
from plugin.metrics.judgement import FEWEST, MOST
from plugin.metrics.shown import signed, signed_share
from plugin.metrics.sparkline import sparkline
from plugin.review.model import Review

OUTSIDE, BETTER = "outside its usual range", "better than its usual range"
METRIC_COLUMNS = (
    "This week",
    "Target",
    "Variance",
    "On last week",
    "On last year",
    "Month to date",
    "Quarter to date",
    "Year to date",
)


def metric_figures(block: MetricBlock) -> list[str]:
    """One figure for each of METRIC_COLUMNS."""
    core = block.core
    return [
        block.figure(block.value),
        block.figure(block.target),
        signed(block.variance, block),
        signed(block.on_last_week, block),
        signed_share(block.on_last_year),
        *(block.figure(one) for one in (core.month_to_date, core.quarter_to_date, core.year_to_date)),
    ]


def metric_kind(block: MetricBlock) -> str:
    return f"input → {block.drives}" if block.drives else block.kind


def standing(block: MetricBlock) -> list[str]:
    """How the metric stands, each a few words; none where there is nothing to compare it with."""
    if block.value is None:
        return [f"no data since {block.last_day:%-d %b %Y}" if block.last_day else "no data yet"]
    found = [OUTSIDE if block.worse else BETTER] if block.signal else []
    if block.on_target:
        found.append("on target")
    elif block.pace:
        found.append(block.pace.word)
    return found


def answered_for(block: MetricBlock) -> str:
    """Who owns the metric, where it comes from, and who vouches for it since when."""
    by, on = block.certified_by, block.certified_on
    certified = f"{by}, {on:%-d %b %Y}" if by and on else "not certified"
    return f"{block.owner or 'no owner yet'} · {block.source or 'no source yet'} · {certified}"


def trends(block: MetricBlock) -> Iterator[list[str]]:
    """Six weeks and twelve months, each with its target and the year before: name, picture, figures without unit."""
    for name, periods in (("Six weeks", block.weeks), ("Twelve months", block.months)):
        yield _trend(f"{name}, {_label(periods[0])} to {_label(periods[-1])}", [one.value for one in periods], block)
        targets = [one.target for one in periods]
        if any(one is not None for one in targets):
            yield _trend("Target", targets, block)
        yield _trend("A year before", [one.year_before for one in periods], block)


def nothing_to_explain(review: Review) -> str:
    if any(one.value is not None for one in review.metrics):
        return "No metric is outside its usual range or behind its pace."
    return "No metric has a value this week, so nothing can be seen that would need an explanation."


def how_metrics_are_made(review: Review) -> Iterator[str]:
    """Lines for the end of the page; none where the product has no metrics."""
    if not review.metrics:
        return
    yield (
        "A metric’s target of a week lies on the straight line from the key result’s baseline to its target at the "
        "quarter’s end. Pace is what was attained over the part of the quarter that has gone."
    )
    yield (
        f"The usual range is the mean of the {FEWEST} to {MOST} weeks before and 2.66 times their mean moving range to "
        "both sides; eight weeks in a row on one side of the mean are outside too. Metrics are not correlated."
    )


def _trend(name: str, values: Sequence[float | None], block: MetricBlock) -> list[str]:
    told = ("–" if one is None else figure(one, block.decimals, "") for one in values)
    return [name, sparkline(values), " · ".join(told)]


def _label(period: Trailing) -> str:
    """W47, or Nov."""
    return period.name.partition("-")[2] if "W" in period.name else f"{period.days.first:%b %Y}"

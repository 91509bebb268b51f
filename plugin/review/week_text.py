"""The words of objectives, exceptions, linking and changes: what a page says beside metrics and shares. No markup."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from plugin.metrics.block import figure, pace_words
from plugin.metrics.sparkline import sparkline
from plugin.review.model import (
    FEWEST,
    AskRow,
    CarryOver,
    Confidence,
    EffortModel,
    ExceptionRow,
    KeyResultRow,
    Review,
    RuleRecord,
    StreamRow,
    UnmovedEffort,
)
from plugin.review.text import NONE, percentage

MOST_SAID = 600
"""Characters of the lead's comment that are told again a week later."""
MOST_STREAMS, MOST_CHANGES, MOST_RULES = 20, 30, 5
WRONG_OFTEN = 0.8
"""A rule of less precision than this is named."""


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count:,} weeks"


def age(one: ExceptionRow) -> str:
    since = f"{one.first_week}, {weeks(one.weeks)}"
    return since if one.current else f"{since}; carried on until it is explained"


def answer(one: ExceptionRow) -> str:
    return one.explanation or "not explained yet"


def key_result(one: KeyResultRow) -> str:
    def told(value: float | None) -> str:
        return NONE if value is None else figure(value, one.decimals, one.unit)

    words = f"{one.name} {told(one.current)}"
    aim = f"to stay {one.keep} {told(one.target)}" if one.keep else f"target {told(one.target)}"
    if one.baseline is not None:
        aim += f" from {told(one.baseline)}"
    if one.first_target != one.target:
        aim += f", first agreed {told(one.first_target)}"
    pace = f"; {pace_words(one.pace)}" if one.pace else ""
    return f"{words} ({aim}{pace})"


def way(one: KeyResultRow) -> str:
    """From where, through where it stands, to where: Checkout conversion 61.0 → 62.1 → 68.0 %."""

    def told(value: float | None, unit: str = "") -> str:
        return NONE if value is None else figure(value, one.decimals, unit)

    aim = told(one.target, one.unit)
    words = f"{one.name} {told(one.current)}, to stay {one.keep} {aim}"
    if not one.keep:
        words = f"{one.name} {told(one.baseline)} → {told(one.current)} → {aim}"
    return words if one.first_target == one.target else f"{words}, first agreed {told(one.first_target, one.unit)}"


def confidence(one: Confidence | None) -> str:
    if one is None:
        return "not said yet"
    change = one.value - one.before if one.before is not None else 0
    moved = f", {abs(change)} {'more' if change > 0 else 'less'} than before" if change else ""
    return f"{one.value} of 10{moved}"


def six_weeks(trend: Sequence[float | None]) -> str:
    known = [NONE if one is None else percentage(one) for one in trend]
    return f"{sparkline(trend)} {known[0]} → {known[-1]}" if any(one is not None for one in trend) else NONE


def stream_figures(one: StreamRow) -> tuple[str, str, str, str]:
    focus = NONE if one.focus is None else f"{one.focus:.1f}"
    total, aligned, unlinked = (_in_unit(amount, one.model) for amount in (one.total, one.aligned, one.unlinked))
    return total, aligned, unlinked, focus


def _in_unit(amount: float, model: EffortModel) -> str:
    return f"{amount:.1f} d" if model == "days" else f"{amount:g}"


def about_objectives(review: Review) -> Iterator[str]:
    """Lines below the table of objectives."""
    covered = review.coverage
    if covered.objectives:
        yield (
            f"Of {covered.objectives} objectives {covered.with_work} got work, {covered.with_key_result} have a key "
            f"result, and of {covered.with_pace} the pace can be told."
        )
    if review.unmoved:
        yield f"On objectives whose metrics did not move: {_unmoved(review.unmoved)} of the work on objectives."
    if review.carry_over:
        yield f"To carry over or to stop: {' '.join(map(_carried, review.carry_over))}"
    if review.upcoming:
        named = ", ".join(f"“{one.title}” ({one.quarter}, {one.life})" for one in review.upcoming)
        yield f"Not begun yet: {named}."


def _unmoved(one: UnmovedEffort) -> str:
    unit = "days" if one.model == "days" else "issues"
    amount = f"{one.amount:.3g} of {one.of:.3g} {unit}"
    return amount if one.share is None else f"{percentage(one.share)} ({amount})"


def _carried(one: CarryOver) -> str:
    ended = f"“{one.title}”, until {one.last:%-d %b %Y}"
    parts = [] if one.attainment is None else [f"{percentage(max(0.0, one.attainment))} of the way"]
    if one.issues:
        parts.append(f"{one.issues} {'issue' if one.issues == 1 else 'issues'} of this week")
    return f"{ended} ({', '.join(parts)})."


def about_effort(review: Review) -> Iterator[str]:
    if review.drift is not None:
        yield f"Drift from the plan: {review.drift:.2f}, where 0 is as planned and 1 is all elsewhere."


def nobody_hungry(review: Review) -> str:
    known = 1 + len(review.trend)
    if not any(row.planned for row in review.objectives):
        return "No objective has a planned share, so none can be starved or over-fed."
    if review.counted < FEWEST:
        return f"With fewer than {FEWEST} issues nothing is said."
    if known < 3:
        return f"None; only {weeks(known)} can be compared so far."
    return "None."


def about_linking(review: Review) -> Iterator[str]:
    """Lines below the unlinked work: its age, how fast work is linked, and the rules that are often wrong."""
    linking = review.linking
    if linking.orphan_age_days is not None:
        open_work = (
            "1 open issue serves" if linking.open_unlinked == 1 else f"{linking.open_unlinked:,} open issues serve"
        )
        yield f"{open_work} no objective; half of them are {days(round(linking.orphan_age_days))} old or older."
    if linking.not_yet_flagged:
        yield (
            f"{linking.not_yet_flagged:,} of the open ones {'is' if linking.not_yet_flagged == 1 else 'are'} not yet "
            f"flagged: at most {linking.flags_per_week:,} a week are in each project, the oldest "
            "in progress first."
        )
    if linking.hours_to_link is not None:
        linked = "1 issue was" if linking.first_linked == 1 else f"{linking.first_linked:,} issues were"
        yield f"{linked} linked for the first time; half of them within {_hours(linking.hours_to_link)}."
    yield from _often_wrong(review.rule_records)


def _hours(hours: float) -> str:
    if hours < 1:
        return "an hour"
    return f"{hours:.0f} hours" if hours < 48 else days(round(hours / 24))


def _often_wrong(records: Sequence[RuleRecord]) -> Iterator[str]:
    wrong = [
        (precision, one) for one in records if (precision := one.precision) is not None and precision < WRONG_OFTEN
    ]
    for precision, one in sorted(wrong, key=lambda pair: (pair[0], pair[1].rule))[:MOST_RULES]:
        yield (
            f"Rule {one.rule} is often wrong: people corrected {one.corrected} of its {one.tagged} tags, "
            f"a precision of {percentage(precision)}."
        )


def nothing_changed(review: Review) -> str:
    if review.aligned.before is None:
        return "The week before has no review to compare with."
    return "Nothing in objectives, rules or metrics; no work moved between objectives, and no number was restated."


def open_since(one: AskRow) -> str:
    return f"{one.first_week}, {weeks(one.weeks)}"


def lead_before(review: Review) -> str:
    """What the lead wrote a week before, up to its first words; empty where nothing was written."""
    said = review.lead_before
    cut = said if len(said) <= MOST_SAID else said[:MOST_SAID].rsplit(" ", 1)[0] + " …"
    return f"The week before: “{cut}”" if said else ""


def read_from(review: Review) -> str:
    """Which version of last week's page people's words come from."""
    if review.told_by is None:
        return "No page of the week before was read for what people wrote."
    at = review.told_by.at
    day = f", saved on {at.astimezone(ZoneInfo(review.period.zone)):%-d %b %Y}" if at else ""
    return f"What people wrote was read on version {review.told_by.version} of last week’s page{day}."


def how_judged(review: Review) -> Iterator[str]:
    """Lines for the end of the page."""
    yield (
        "An objective’s state is that of its worst key result by pace, and at risk where people’s confidence is low. "
        "Starved and over-fed are said after weeks in a row, with the limits of the configuration."
    )
    yield (
        "Drift is half of the sum of all gaps between planned and actual shares, unlinked work included. Objectives in "
        "effect are 1 / Σ share², over a stream’s linked work. Below five issues neither is told."
    )
    afterwards = [one for one in review.trend if not one.frozen]
    if afterwards:
        yield (
            f"{weeks(len(afterwards))} of the trend {'has' if len(afterwards) == 1 else 'have'} no review of "
            "their own and were counted afterwards, by the verdicts of the day on which this page was made."
        )
    yield read_from(review)
    if review.not_seen:
        yield f"Not seen: {' '.join(review.not_seen)}"
    values, version = f"{review.points_used:,}", review.model_version
    yield f"The metrics rest on {values} values. The week is frozen as model version {version}."

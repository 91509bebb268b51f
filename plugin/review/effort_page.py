"""Where the effort went, by days of work, with the other two models beside: the page's table and the lines below it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from plugin.domain.effort import ENOUGH, MILLION, EffortOfGroup, Spent
from plugin.review import text
from plugin.review.model import Allocation, Review, percent
from plugin.review.storage import Markup, emphasis, number, paragraph, table
from plugin.review.storage import text as escaped

_HEADS = ("Work", "Days", "Share", "Six weeks", "Planned or agreed", "Gap in points", "By count", "By points")


class _Row(NamedTuple):
    name: str
    amount: Callable[[Spent], int]
    planned: float | None
    trend: Callable[[Allocation], float]


def effort_table(review: Review, whole: EffortOfGroup, days: Spent) -> Markup:
    """Shares are of the observed days; those that rest on too little observed time stand in italics, and it is said."""
    heads = [f"Share of {_days(days.total)} days" if one == "Share" else one for one in _HEADS]
    header = [paragraph(escaped(heads[0])), *(number(escaped(one)) for one in heads[1:])]
    return table(header, [*(_cells(review, one, whole) for one in _rows(review)), _unobserved(whole)])


def _rows(review: Review) -> Iterator[_Row]:
    for row in review.objectives:
        yield _Row(row.title, _of_objective(row.id), row.planned, _objective_then(row.id))
    linked = "All work linked to an objective"
    yield _Row(linked, lambda one: sum(one.aligned.values()), None, lambda one: sum(one.objectives.values()))
    for exempt in review.exempt_rows:
        yield _Row(f"Exempt: {exempt.name}", _of_class(exempt.id), exempt.budget, _class_then(exempt.id))
    if not review.exempt_rows:
        yield _Row("Exempt", lambda one: sum(one.exempt.values()), None, lambda one: sum(one.exempt.values()))
    yield _Row("Unlinked", lambda one: one.unlinked, None, lambda one: one.unlinked)
    yield _Row("Not decided yet", lambda one: one.undecided, None, lambda one: one.undecided)


def _of_objective(id: str) -> Callable[[Spent], int]:
    return lambda one: one.aligned.get(id, 0)


def _objective_then(id: str) -> Callable[[Allocation], float]:
    return lambda one: one.objectives.get(id, 0.0)


def _of_class(id: str) -> Callable[[Spent], int]:
    return lambda one: one.exempt.get(id, 0)


def _class_then(id: str) -> Callable[[Allocation], float]:
    return lambda one: one.exempt.get(id, 0.0)


def _cells(review: Review, row: _Row, whole: EffortOfGroup) -> list[Markup]:
    days = whole.days or Spent()
    share = _share(days, row)
    gap = text.NONE
    if share is not None and row.planned is not None:
        gap = text.signed(percent(share) - percent(row.planned))
    shown = text.NONE if share is None else text.percentage(share)
    return [
        paragraph(escaped(row.name)),
        number(escaped(_days(row.amount(days)))),
        number(emphasis(escaped(shown)) if whole.grey else escaped(shown)),
        number(escaped(_six_weeks(review, row))),
        number(escaped(text.NONE if row.planned is None else text.percentage(row.planned))),
        number(escaped(gap)),
        *(number(escaped(_beside(one, row))) for one in (whole.count, whole.points)),
    ]


def _unobserved(whole: EffortOfGroup) -> list[Markup]:
    unobserved, capacity = whole.unobserved or 0, whole.capacity or 0
    share = f"{text.percentage(unobserved / capacity)} of {_days(capacity)}" if capacity else text.NONE
    rest = [number(escaped(text.NONE)) for _ in _HEADS[3:]]
    return [paragraph(escaped("Not observed")), number(escaped(_days(unobserved))), number(escaped(share)), *rest]


def _share(spent: Spent, row: _Row) -> float | None:
    return spent.share(row.amount(spent))


def _beside(spent: Spent | None, row: _Row) -> str:
    share = _share(spent, row) if spent else None
    return text.NONE if share is None else text.percentage(share)


def _six_weeks(review: Review, row: _Row) -> str:
    """The oldest first; a week that was measured by another model is not compared with."""
    past = [one.allocation for one in review.trend if one.allocation.model == review.effort.model][-5:]
    ratios = [one.ratio(row.trend(one)) for one in (*past, review.effort)]
    return " · ".join(text.NONE if one is None else str(percent(one)) for one in ratios)


def about_coverage(review: Review) -> Iterator[str]:
    """How much was observed, what that means for the shares, and how far the models lie apart."""
    whole = review.measured.whole if review.measured else None
    if whole is None or whole.days is None or whole.capacity is None or whole.observed is None:
        return
    if whole.coverage is None:
        yield "The week had no working day, so there is no coverage to tell."
    else:
        grey = (
            f" Below {text.percentage(ENOUGH)} the shares are only hints, and stand in italics." if whole.grey else ""
        )
        observed = f"{_days(whole.observed)} of {_days(whole.capacity)} working days of people"
        yield f"Observed: {observed}, a coverage of {text.percentage(whole.coverage)}.{grey}"
    spreads = [(spread, row.title) for row in review.objectives if (spread := whole.spread(row.id)) is not None]
    if spreads:
        widest, title = max(spreads)
        yield f"The models lie at most {percent(widest)} points apart: at “{title}”."
    if whole.guessed:
        issues = "1 completed issue has" if whole.guessed == 1 else f"{whole.guessed:,} completed issues have"
        yield f"{issues} no estimate; the median of the team’s estimates stands in by points."
    few = [one.stream for one in review.measured.streams if one.few and one.count.total] if review.measured else []
    if few:
        names = {one.id: one.name for one in review.streams}
        streams = ", ".join(names.get(one or "", one or "") for one in few)
        yield (
            f"Issues alone are counted for {streams}: fewer than four people, or the smallest stream beside it. "
            "Their days are in the product’s total alone."
        )


def how_measured(review: Review) -> Iterator[str]:
    """Lines for the end of the page; none where days of work are not told."""
    if review.effort_model != "days":
        return
    yield (
        "Days: each person’s working day is divided by how long each issue was in progress with them that day. A day "
        "without any is not observed. An issue stops counting 30 days after its last event. A parent counts only while "
        "no child of it is in progress with somebody; work on an issue out of scope counts for its nearest parent in "
        "scope. A person belongs to the stream whose projects held most of their work in the last 30 days."
    )
    yield (
        "Count: 1 for each issue that moved or was in progress. Points: the estimate, in the week of completion. An "
        "issue with several objectives is split equally. A stream of fewer than four people shows its count alone."
    )


def _days(millionths: int) -> str:
    return f"{millionths / MILLION:.1f}"

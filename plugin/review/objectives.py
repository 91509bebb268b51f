"""What is said of objectives: state, key results, starved and over-fed, what goes on after their end. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum

from plugin.domain.product import KeyResult, Objective, ObjectiveLimits, Product, Site
from plugin.domain.week import Week
from plugin.metrics import judgement
from plugin.metrics.block import MetricBlock, pace_words
from plugin.metrics.judgement import Pace
from plugin.metrics.point import Point
from plugin.metrics.series import Days, Series
from plugin.review.model import (
    Allocation,
    BuildFacts,
    CarryOver,
    Confidence,
    Hunger,
    KeyResultRow,
    ObjectiveCoverage,
    ObjectiveRow,
    ObjectiveState,
    ObjectiveWord,
    Review,
    UnmovedEffort,
    UpcomingObjective,
)

TREND = 6
"""Weeks that a trend shows, this one included."""
ENDS_SOON = timedelta(days=14)
"""Before an objective's last day its carry-over is proposed."""
ENDED_LATELY = timedelta(days=91)
"""For so long after its last day it is asked what becomes of its work."""

_ROUNDING = 1e-9
"""What rounding makes of equal shares: 0.55 − 0.4 is not more than 0.15."""
_ORDER: tuple[ObjectiveWord, ...] = ("on track", "behind", "at risk")


@dataclass(frozen=True)
class Standing:
    """What the rows of all objectives of one week rest on."""

    product: Product
    site: Site
    week: Week
    effort: Allocation
    blocks: Sequence[MetricBlock]
    before: Review | None
    facts: BuildFacts

    @property
    def last(self) -> date:
        """The week's last day."""
        return self.week.monday + timedelta(days=6)


def key_results(objective: Objective, at: Standing) -> tuple[KeyResultRow, ...]:
    return tuple(_key_results(objective, at))


def _key_results(objective: Objective, at: Standing) -> Iterator[KeyResultRow]:
    blocks = {one.id: one for one in at.blocks}
    metrics = {one.id: one for one in at.product.metrics}
    earlier = next((row for row in at.before.objectives if row.id == objective.id), None) if at.before else None
    for result in objective.key_results:
        if result.metric not in metrics:
            continue
        metric, block = metrics[result.metric], blocks[result.metric]
        series = Series(metric, _points(at, result.metric))
        pace = judgement.pace(result, objective.quarter, series, at.week, at.site.pace)
        yield KeyResultRow(
            metric=metric.id,
            name=metric.name,
            unit=metric.unit,
            decimals=block.decimals,
            current=block.value,
            baseline=result.baseline,
            target=result.target,
            first_target=_first_target(result, earlier),
            keep=result.keep,
            pace=pace,
            moved=_moved(result, pace, at.site.objective_limits),
        )


def _points(at: Standing, metric: str) -> Iterable[Point]:
    return at.facts.points.get(metric, ())


def _first_target(result: KeyResult, earlier: ObjectiveRow | None) -> float:
    same = (one for one in (earlier.key_results if earlier else ()) if one.metric == result.metric)
    found = next(same, None)
    return found.first_target if found else result.target


def _moved(result: KeyResult, pace: Pace | None, limits: ObjectiveLimits) -> bool | None:
    """A bound that is kept need not move."""
    if pace is None:
        return None
    return bool(result.keep) or pace.attainment >= limits.moved - _ROUNDING


def state(rows: Sequence[KeyResultRow], confidence: Confidence | None, limits: ObjectiveLimits) -> ObjectiveState:
    """The worst of its key results, by pace; at risk at a low confidence; a word worse where that fell by three."""
    paced = [(row, row.pace) for row in rows if row.pace]
    if confidence and confidence.value <= limits.low_confidence:
        return ObjectiveState(word="at risk", rule=f"people give it a confidence of {confidence.value} of 10")
    if not paced:
        why = "it has no key result" if not rows else "none of its key results has a value and a baseline"
        return ObjectiveState(word="not measured", rule=why)
    worst, pace = max(paced, key=lambda pair: _ORDER.index(pair[1].word))
    rule = f"{worst.name}: {pace_words(pace)}"
    if confidence and confidence.before is not None and confidence.before - confidence.value >= 3:
        word = _ORDER[min(_ORDER.index(pace.word) + 1, len(_ORDER) - 1)]
        fell = f"confidence fell from {confidence.before} to {confidence.value}"
        return ObjectiveState(word=word, rule=f"{rule}; {fell}")
    return ObjectiveState(word=pace.word, rule=rule)


def confidence(objective: str, at: Standing) -> Confidence | None:
    """What people said last; without a word this week, last week's stands."""
    row = next((one for one in at.before.objectives if one.id == objective), None) if at.before else None
    before = row.confidence if row else None
    said = at.facts.told.confidence.get(objective)
    if said is None:
        return Confidence(value=before.value, before=before.value) if before else None
    return Confidence(value=said, before=before.value if before else None)


def weeks_of(objective: Objective, at: Standing) -> Iterator[tuple[Week, float | None]]:
    """Its share this week and in the weeks before, the newest first, while it collected work all week long."""
    weeks = [(at.week, at.effort), *((one.week, one.allocation) for one in at.facts.earlier)]
    for week, effort in weeks:
        days = Days.of_week(week)
        if not (objective.quarter.first <= days.first and days.last <= objective.last):
            return
        yield week, effort.of_objective(objective.id)


def starved_weeks(objective: Objective, at: Standing) -> int:
    """Weeks in a row in which it got less than that part of its planned share."""
    plan, limit = objective.planned_share or 0, at.site.objective_limits.starved
    return _in_a_row(share is not None and share < limit * plan - _ROUNDING for _, share in weeks_of(objective, at))


def over_fed_weeks(objective: Objective, at: Standing) -> int:
    """Weeks in a row in which it got so much more of all effort than planned."""
    plan, limit = objective.planned_share, at.site.objective_limits.over_fed
    if plan is None:
        return 0
    return _in_a_row(share is not None and share - plan > limit + _ROUNDING for _, share in weeks_of(objective, at))


def _in_a_row(held: Iterable[bool]) -> int:
    count = 0
    for one in held:
        if not one:
            break
        count += 1
    return count


def trend(objective: Objective, at: Standing) -> tuple[float | None, ...]:
    """Its share of six weeks, the oldest first; None where a week is not known, or it had not begun."""
    known = [share for _, share in zip(range(TREND), _shares(objective, at), strict=False)]
    return (*[None] * (TREND - len(known)), *reversed(known))


def _shares(objective: Objective, at: Standing) -> Iterator[float | None]:
    for week, effort in ((at.week, at.effort), *((one.week, one.allocation) for one in at.facts.earlier)):
        yield effort.of_objective(objective.id) if Days.of_week(week).last >= objective.quarter.first else None


def hunger(rows: Iterable[ObjectiveRow], effort: Allocation, limits: ObjectiveLimits) -> Iterator[Hunger]:
    """Objectives that were starved or over-fed long enough, in the order of the rows."""
    for row in rows:
        actual = effort.of_objective(row.id)
        if row.planned is None or actual is None:
            continue
        if row.starved_weeks >= limits.weeks:
            yield _hunger(row, "starved", row.starved_weeks, actual)
        elif row.over_fed_weeks >= limits.weeks:
            yield _hunger(row, "over-fed", row.over_fed_weeks, actual)


def _hunger(row: ObjectiveRow, kind: str, weeks: int, actual: float) -> Hunger:
    facts = {"objective": row.id, "title": row.title, "kind": kind, "weeks": weeks, "planned": row.planned}
    return Hunger.model_validate(facts | {"actual": actual})


def unmoved(rows: Sequence[ObjectiveRow], effort: Allocation) -> UnmovedEffort | None:
    told = [(row.id, [one.moved for one in row.key_results if one.moved is not None]) for row in rows]
    known = [(effort.objectives.get(id, 0.0), any(moved)) for id, moved in told if moved]
    whole, still = fsum(one for one, _ in known), fsum(one for one, moved in known if not moved)
    if not whole:
        return None
    share = None if effort.ratio(whole) is None else still / whole
    return UnmovedEffort(model=effort.model, amount=still, of=whole, share=share)


def coverage(rows: Sequence[ObjectiveRow], effort: Allocation) -> ObjectiveCoverage:
    return ObjectiveCoverage(
        objectives=len(rows),
        with_work=sum(1 for row in rows if row.part.share.count or effort.objectives.get(row.id)),
        with_key_result=sum(1 for row in rows if row.key_results),
        with_pace=sum(1 for row in rows if any(one.pace for one in row.key_results)),
    )


def carry_over(at: Standing, serving: Mapping[str, int]) -> Iterator[CarryOver]:
    """Objectives whose end is near or past, and that are short of a key result or still get work.

    `serving`: issues by the objective that they serve or would serve.
    """
    for one in at.product.objectives:
        near = at.last - ENDED_LATELY <= one.last <= at.last + ENDS_SOON
        if one.dropped or not near or one.quarter.first > at.last:
            continue
        paces = [row.pace.attainment for row in key_results(one, at) if row.pace and not row.keep]
        attainment, issues = min(paces, default=None), serving.get(one.id, 0)
        ended = one.last <= at.last
        if (issues and ended) or (not ended and attainment is not None and attainment < 1):
            yield CarryOver(id=one.id, title=one.title, last=one.last, attainment=attainment, issues=issues)


def upcoming(at: Standing) -> Iterator[UpcomingObjective]:
    """Objectives that are proposed or agreed, and whose quarter has not begun."""
    for one in at.product.objectives:
        life = one.life(at.last)
        if life in ("proposed", "agreed"):
            yield UpcomingObjective(id=one.id, title=one.title, quarter=one.quarter, life=life)

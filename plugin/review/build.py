"""The numbers of a week → a frozen Review. Pure: the same values give the same review at any time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from plugin.domain.effort import MILLION
from plugin.domain.product import ExemptClass, Objective, Product, Site
from plugin.domain.week import Week
from plugin.metrics.block import MetricBlock, inputs_first, metric_block
from plugin.review import objectives
from plugin.review.allocation import by_count, by_days, drift, focus, issues
from plugin.review.asks import asks, raised
from plugin.review.changed import changed
from plugin.review.count import active_between
from plugin.review.exceptions import exceptions
from plugin.review.model import (
    MODEL_VERSION,
    Allocation,
    BuildFacts,
    Earlier,
    ExemptRow,
    ObjectiveRow,
    Part,
    Period,
    Review,
    Share,
    StreamRow,
    WeekEffort,
    Worked,
)
from plugin.review.objectives import Standing
from plugin.review.state import judge
from plugin.review.unlinked import unlinked_work

TEMPLATE_VERSION = 4
"""Raised when the same review would be rendered in other words or another order."""

LATE_AFTER = timedelta(hours=1)
"""A review that is made within this time of its deadline is on time."""


def _share(amount: int, worked: Worked) -> Share:
    """`amount` in millionths of an issue."""
    whole, rest = divmod(amount, MILLION)
    return Share(count=round(amount / MILLION, 2) if rest else whole, of=issues(worked.whole))


def build(  # noqa: PLR0913, PLR0917 - a review rests on exactly these six values; a wrapper would only rename them
    product: Product,
    site: Site,
    week: Week,
    worked: Worked,
    previous: Review | None,
    facts: BuildFacts,
) -> Review:
    """The review of one product's week.

    `previous` serves as "last week" only if it is that product's week before.
    """
    active = active_objectives(product, week)
    counted = worked.whole
    effort = by_count(worked, active)
    if facts.measured:
        effort = by_days(facts.measured, effort)
    facts = facts.model_copy(update={"earlier": tuple(_comparable(effort.whole, facts.earlier))})
    before = previous if previous and (previous.product, previous.week) == (product.id, week.previous()) else None
    metrics = tuple(_blocks(product, site, week, facts))
    standing = Standing(product, site, week, effort.whole, metrics, before, facts)
    rows = tuple(_objective_rows(active, worked, standing))
    to_explain = exceptions(metrics, week, before, facts.told.explanations)
    hungry = tuple(objectives.hunger(rows, effort.whole, site.objective_limits))
    exempt_rows = tuple(_exempt_rows(product, site, worked, before))
    unlinked = Part(share=_share(counted.unlinked, worked), before=before and before.unlinked.share)
    undecided = Part(share=_share(counted.undecided, worked), before=before and before.undecided.share)
    return Review(
        model_version=MODEL_VERSION,
        product=product.id,
        product_name=product.product.name,
        week=week,
        period=_period(week, site),
        generated_at=facts.now,
        due_at=facts.due_at,
        late=facts.now > facts.due_at + LATE_AFTER,
        rules_version=facts.version,
        template_version=TEMPLATE_VERSION,
        state=judge(effort.whole, rows, exempt_rows, (metrics, site.objective_limits)),
        effort_model=effort.whole.model,
        aligned=Part(share=_share(sum(counted.aligned.values()), worked), before=before and before.aligned.share),
        exempt=Part(share=_share(sum(counted.exempt.values()), worked), before=before and before.exempt.share),
        unlinked=unlinked,
        undecided=undecided,
        objectives=rows,
        exempt_rows=exempt_rows,
        unlinked_work=unlinked_work(worked.unlinked, (product, site), effort.whole, facts, counted.unlinked // MILLION),
        seen=facts.seen,
        metrics=metrics,
        points_used=sum(len(facts.points.get(one.id, ())) for one in product.metrics),
        exceptions=to_explain,
        drift=drift(effort.whole, {one.id: one.planned for one in rows if one.planned is not None}),
        unmoved=objectives.unmoved(rows, effort.whole),
        coverage=objectives.coverage(rows, effort.whole),
        hunger=hungry,
        carry_over=tuple(objectives.carry_over(standing, worked.serving)),
        upcoming=tuple(objectives.upcoming(standing)),
        effort=effort.whole,
        measured=facts.measured,
        streams=tuple(_streams(product, effort)),
        trend=tuple(reversed(facts.earlier)),
        linking=facts.linking,
        rule_records=facts.rule_records,
        changed=tuple(
            changed(
                (before, facts.before) if before else None,
                product,
                week,
                (metrics, facts.moved, facts.recounted),
            )
        ),
        released=facts.released,
        duplicates=facts.duplicates,
        not_seen=tuple(_not_seen(undecided.share, metrics, facts)),
        asks=asks(raised(to_explain, rows, hungry), week, before, facts.told.asks),
        lead_before=facts.told.lead,
        told_by=facts.told.page,
    )


def _comparable(effort: Allocation, earlier: Iterable[Earlier]) -> Iterator[Earlier]:
    """The weeks before, back to the last one that was measured by another model."""
    return takewhile(lambda one: one.allocation.model == effort.model, earlier)


def active_objectives(product: Product, week: Week) -> tuple[Objective, ...]:
    """Objectives that collect work on at least one day of the week: where a quarter changes, those of both."""
    return active_between(product, week.monday, week.monday + timedelta(days=6))


def _period(week: Week, site: Site) -> Period:
    zone = ZoneInfo(site.time_zone)
    return Period(start=week.start(zone), end=week.end(zone), zone=site.time_zone)


def _blocks(product: Product, site: Site, week: Week, facts: BuildFacts) -> Iterator[MetricBlock]:
    for one in inputs_first(product.metrics):
        block = metric_block(one, facts.points.get(one.id, ()), week, product, site)
        silent = ("its source does not answer",) if one.id in facts.unanswered else ()
        yield block.model_copy(update={"health": (*block.health, *silent)})


def _objective_rows(active: Sequence[Objective], worked: Worked, at: Standing) -> Iterator[ObjectiveRow]:
    last = {row.id: row.part.share for row in at.before.objectives} if at.before else {}
    streams = {stream.id: stream.name for stream in at.product.streams}
    for one in active:
        results, believed = objectives.key_results(one, at), objectives.confidence(one.id, at)
        yield ObjectiveRow(
            id=one.id,
            title=one.title,
            stream=streams.get(one.stream, one.stream),
            why=one.why,
            quarter=one.quarter,
            part=Part(share=_share(worked.whole.aligned.get(one.id, 0), worked), before=last.get(one.id)),
            planned=one.planned_share,
            url=f"{at.facts.jira_url}/browse/{one.issue}" if at.facts.jira_url and one.issue else None,
            life=one.life(at.last),
            state=objectives.state(results, believed, at.site.objective_limits),
            key_results=results,
            confidence=believed,
            next_step=at.facts.told.next_steps.get(one.id),
            trend=objectives.trend(one, at),
            starved_weeks=objectives.starved_weeks(one, at),
            over_fed_weeks=objectives.over_fed_weeks(one, at),
        )


def _exempt_rows(product: Product, site: Site, worked: Worked, before: Review | None) -> Iterator[ExemptRow]:
    """A row for each agreed class, used or not, and for a class that is no longer configured but was used."""
    counts = worked.whole.exempt
    agreed: dict[str, ExemptClass] = {one.id: one for one in (*site.exempt, *product.exempt)}
    last = {row.id: row.part.share for row in before.exempt_rows} if before else {}
    for id in dict.fromkeys((*agreed, *sorted(counts))):
        yield ExemptRow(
            id=id,
            name=id.replace("-", " ").replace("_", " "),
            part=Part(share=_share(counts.get(id, 0), worked), before=last.get(id)),
            budget=agreed[id].budget if id in agreed else None,
        )


def _streams(product: Product, effort: WeekEffort) -> Iterator[StreamRow]:
    """Streams that had work; a stream that is no longer configured keeps its id for a name."""
    names = {one.id: one.name for one in product.streams}
    order = dict.fromkeys((*names, *(id for id in effort.streams if id is not None), None))
    for id in order:
        found = effort.streams.get(id)
        if found is not None and found.total:
            yield StreamRow(
                id=id or "",
                name=names.get(id, id) if id else "in no stream",
                model=found.model,
                total=found.total,
                aligned=sum(found.objectives.values()),
                unlinked=found.unlinked,
                focus=focus(found),
            )


def _not_seen(undecided: Share, metrics: Sequence[MetricBlock], facts: BuildFacts) -> Iterator[str]:
    yield from facts.told.unreadable
    if facts.seen.lost:
        yield f"{facts.seen.lost:,} changes of Jira were lost."
    if count := undecided.count:
        what = "1 issue lacks" if count == 1 else f"{count:,} issues lack"
        yield f"{what} a field that a rule needs."
    for one in metrics:
        if one.id in facts.unanswered:
            yield f"{one.name}: {facts.unanswered[one.id].rstrip('.')}."
        elif one.value is None:
            yield f"{one.name} has no value in this week."

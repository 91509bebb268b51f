"""The numbers of a week → a frozen Review. Pure: the same values give the same review at any time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from plugin.domain.product import ExemptClass, Objective, Product, Site
from plugin.domain.week import Week
from plugin.metrics.block import inputs_first, metric_block
from plugin.review.count import Group, active_between, group_of
from plugin.review.model import (
    BuildFacts,
    CountedIssue,
    ExemptRow,
    ObjectiveRow,
    Part,
    Period,
    Review,
    Share,
)
from plugin.review.state import judge
from plugin.review.unlinked import unlinked_work

TEMPLATE_VERSION = 2
"""Raised when the same review would be rendered in other words or another order."""

LATE_AFTER = timedelta(hours=1)
"""A review that is made within this time of its deadline is on time."""


class _Counted:
    """The week's issues, each in exactly one of four groups."""

    def __init__(self, issues: Iterable[CountedIssue], product: Product, active: Sequence[Objective]) -> None:
        ids = {objective.id for objective in active}
        groups: dict[Group | None, list[CountedIssue]] = {group: [] for group in (*Group, None)}
        for one in issues:
            if one.moved or one.in_progress:
                groups[group_of(one.verdict, product.id, ids)].append(one)
        self.aligned, self.exempt = groups[Group.ALIGNED], groups[Group.EXEMPT]
        self.unlinked, self.undecided = groups[Group.UNLINKED], groups[Group.UNDECIDED]
        self._all = sum(len(groups[group]) for group in Group)

    def share(self, count: int) -> Share:
        return Share(count=count, of=self._all)


def build(  # noqa: PLR0913, PLR0917 - a review rests on exactly these six values; a wrapper would only rename them
    product: Product,
    site: Site,
    week: Week,
    counted: Sequence[CountedIssue],
    previous: Review | None,
    facts: BuildFacts,
) -> Review:
    """The review of one product's week.

    `counted` may hold more than the week's issues: what neither moved nor was in progress, is out of scope, or belongs
    to another product is left out. `previous` serves as "last week" only if it is that product's week before.
    """
    active = active_objectives(product, week)
    groups = _Counted(counted, product, active)
    before = previous if previous and (previous.product, previous.week) == (product.id, week.previous()) else None
    objectives = tuple(_objective_rows(product, active, groups, before, facts))
    exempt_rows = tuple(_exempt_rows(product, site, groups, before))
    metrics = tuple(
        metric_block(one, facts.points.get(one.id, ()), week, product, site) for one in inputs_first(product.metrics)
    )
    unlinked = Part(share=groups.share(len(groups.unlinked)), before=before and before.unlinked.share)
    undecided = Part(share=groups.share(len(groups.undecided)), before=before and before.undecided.share)
    return Review(
        product=product.id,
        product_name=product.product.name,
        week=week,
        period=_period(week, site),
        generated_at=facts.now,
        due_at=facts.due_at,
        late=facts.now > facts.due_at + LATE_AFTER,
        rules_version=facts.version,
        template_version=TEMPLATE_VERSION,
        state=judge(unlinked, undecided, objectives, exempt_rows, metrics),
        effort_model="count",
        aligned=Part(share=groups.share(len(groups.aligned)), before=before and before.aligned.share),
        exempt=Part(share=groups.share(len(groups.exempt)), before=before and before.exempt.share),
        unlinked=unlinked,
        undecided=undecided,
        objectives=objectives,
        exempt_rows=exempt_rows,
        unlinked_work=unlinked_work(groups.unlinked, product, site, facts.jira_url),
        seen=facts.seen,
        metrics=metrics,
    )


def active_objectives(product: Product, week: Week) -> tuple[Objective, ...]:
    """Objectives that collect work on at least one day of the week: where a quarter changes, those of both."""
    return active_between(product, week.monday, week.monday + timedelta(days=6))


def _period(week: Week, site: Site) -> Period:
    zone = ZoneInfo(site.time_zone)
    return Period(start=week.start(zone), end=week.end(zone), zone=site.time_zone)


def _objective_rows(
    product: Product, active: Sequence[Objective], groups: _Counted, before: Review | None, facts: BuildFacts
) -> Iterable[ObjectiveRow]:
    counts = Counter(issue.verdict.objective for issue in groups.aligned)
    last = {row.id: row.part.share for row in before.objectives} if before else {}
    streams = {stream.id: stream.name for stream in product.streams}
    for one in active:
        yield ObjectiveRow(
            id=one.id,
            title=one.title,
            stream=streams.get(one.stream, one.stream),
            why=one.why,
            quarter=one.quarter,
            part=Part(share=groups.share(counts[one.id]), before=last.get(one.id)),
            planned=one.planned_share,
            url=f"{facts.jira_url}/browse/{one.issue}" if facts.jira_url and one.issue else None,
        )


def _exempt_rows(product: Product, site: Site, groups: _Counted, before: Review | None) -> Iterable[ExemptRow]:
    """A row for each agreed class, used or not, and for a class that is no longer configured but was used."""
    counts = Counter(issue.verdict.rule or "other" for issue in groups.exempt)
    agreed: dict[str, ExemptClass] = {one.id: one for one in (*site.exempt, *product.exempt)}
    last = {row.id: row.part.share for row in before.exempt_rows} if before else {}
    for id in dict.fromkeys((*agreed, *sorted(counts))):
        yield ExemptRow(
            id=id,
            name=id.replace("-", " ").replace("_", " "),
            part=Part(share=groups.share(counts[id]), before=last.get(id)),
            budget=agreed[id].budget if id in agreed else None,
        )

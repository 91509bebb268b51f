"""A week's numbers out of the store: gathered, built, frozen once, and built again to prove that they are the same."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.domain.audience import Audience
from plugin.domain.effort import EffortOfWeek
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration, Product
from plugin.domain.verdict import State, Verdict
from plugin.domain.week import Deadline, Week
from plugin.effort.measure import measure
from plugin.path.asking import Surroundings
from plugin.review.allocation import by_count, by_days
from plugin.review.build import active_objectives, build
from plugin.review.frozen import Inputs, digest
from plugin.review.model import (
    Allocation,
    BuildFacts,
    ChangesSeen,
    CountedIssue,
    DuplicatePair,
    Duplicates,
    Earlier,
    Linking,
    LooksLike,
    MovedWork,
    PairedIssue,
    Released,
    ReleasedIssue,
    Review,
    RuleRecord,
    Told,
)
from plugin.review.objectives import TREND
from plugin.review.upgrade import read
from plugin.store import (
    accounts,
    configurations,
    effort,
    flags,
    likenesses,
    linking,
    points,
    progress,
    reviews,
    snapshots,
    verdicts,
)
from plugin.store.reviews import Proof

_RELEASED_LATELY = timedelta(days=91)
"""What was released longer ago is not asked about any more."""
_MOST_RELEASED = _MOST_PAIRS = 10


class FreezingError(Exception):
    """Why a week cannot be built, shown or proved, as one sentence."""


@dataclass(frozen=True)
class ProductWeek:
    """One product's week under a configuration."""

    configuration: Configuration
    product: Product
    week: Week

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.configuration.site.time_zone)

    def over(self, now: datetime) -> bool:
        return self.week.end(self.zone) <= now


def product_week(connection: Connection, product: str, week: Week) -> ProductWeek:
    """Under the configuration in force. Raises FreezingError for a product that it does not have."""
    configuration = configurations.active(connection)
    if configuration is None:
        raise FreezingError("no configuration is in force; run `plumbline apply`")
    found = configuration.product(product)
    if found is None:
        known = ", ".join(one.id for one in configuration.products)
        raise FreezingError(f"there is no product {product}; there are: {known or 'none'}")
    return ProductWeek(configuration, found, week)


def frozen(connection: Connection, product: str, week: Week) -> Review | None:
    """The review as it was frozen, whatever model it has; None where the week was not frozen."""
    body = reviews.frozen(connection, product, str(week))
    return read(body) if body else None


def freeze(connection: Connection, one: ProductWeek, around: Surroundings, told: Told | None = None) -> Review:
    """The week as it is frozen; the first to come freezes it. `told` is what people wrote on the week before."""
    known = frozen(connection, one.product.id, one.week)
    if known:
        return known
    made, inputs = preview(connection, one, around, told)
    proof = Proof(inputs=inputs.packed(), digest=digest(made))
    return read(reviews.freeze(connection, made.model_dump(mode="json"), around.clock(), proof))


def preview(
    connection: Connection, one: ProductWeek, around: Surroundings, told: Told | None = None
) -> tuple[Review, Inputs]:
    """What the week would be frozen as now, and what that rests on. Stores nothing."""
    gathered = _Gathering(connection, one, around)
    facts = gathered.facts()
    inputs = Inputs.of(gathered.issues, facts.model_copy(update={"told": told}) if told else facts)
    return _built(connection, one, inputs), inputs


@dataclass(frozen=True)
class Rebuilt:
    """A week that was built again from what its review was built from."""

    review: Review
    frozen: Review
    same: bool
    """Whether the bytes are the same as those that were frozen."""


def rebuild(connection: Connection, product: str, week: Week) -> Rebuilt:
    """Raises FreezingError where the week was not frozen, or what it was built from was not kept."""
    kept, proof = frozen(connection, product, week), reviews.proof(connection, product, str(week))
    if kept is None:
        raise FreezingError(f"{week} of {product} is not frozen; `plumbline review build` freezes a week that is over")
    if proof is None:
        raise FreezingError(f"{week} of {product} was frozen before inputs were kept; it can be shown, not rebuilt")
    configuration = configurations.of_version(connection, kept.rules_version)
    found = configuration.product(product) if configuration else None
    if configuration is None or found is None:
        raise FreezingError(f"version {kept.rules_version} of the configuration has no product {product}")
    again = _built(connection, ProductWeek(configuration, found, week), Inputs.unpacked(proof.inputs))
    return Rebuilt(review=again, frozen=kept, same=digest(again) == proof.digest)


def _built(connection: Connection, one: ProductWeek, inputs: Inputs) -> Review:
    """From the inputs, and from what the store keeps for good."""
    last, facts = one.week.monday + timedelta(days=6), inputs.facts
    values = points.of_product(connection, one.product.id, last, facts.now)
    before = frozen(connection, one.product.id, one.week.previous())
    then = configurations.of_version(connection, before.rules_version) if before else None
    whole = facts.model_copy(
        update={
            "points": {id: tuple(known) for id, known in values.items()},
            "before": then.product(one.product.id) if then else None,
        }
    )
    return build(one.product, one.configuration.site, one.week, inputs.issues, before, whole)


class _Gathering:
    """Reads what the numbers of one week are made of."""

    def __init__(self, connection: Connection, one: ProductWeek, around: Surroundings) -> None:
        self._connection, self._one, self._around = connection, one, around
        self._now = around.clock()
        self._streams = {project: stream.id for stream in one.product.streams for project in stream.projects}
        plan = one.configuration.site.audience
        pages = None if plan.pages is None else frozenset(plan.pages)
        self._audience = Audience(projects=pages, restricted=frozenset(plan.restricted))

    @cached_property
    def issues(self) -> list[CountedIssue]:
        return self._issues_of(self._one.week)

    @cached_property
    def _previous(self) -> Review | None:
        return frozen(self._connection, self._one.product.id, self._one.week.previous())

    def facts(self) -> BuildFacts:
        one, connection = self._one, self._connection
        site = one.configuration.site
        deadline = Deadline.parse(site.review.publish).of(one.week, one.zone)
        before = self._previous
        return BuildFacts(
            now=self._now,
            due_at=max(deadline, configurations.first_applied(connection) or deadline),
            version=one.configuration.version,
            seen=_seen(connection, one.week, one.zone),
            jira_url=self._around.jira.browse_url("").removesuffix("/browse/"),
            unanswered=self._unanswered(),
            measured=self._measured(one.week),
            earlier=tuple(self._earlier()),
            moved=tuple(self._moved(before)) if before else (),
            recounted=self._allocation(one.week.previous()) if before else None,
            rule_records=self._rule_records(),
            linking=self._linking(),
            released=self._released(),
            duplicates=self._duplicates(),
        )

    def _issues_of(self, week: Week) -> list[CountedIssue]:
        zone = self._one.zone
        moved, in_progress = snapshots.worked_on(self._connection, week.start(zone), week.end(zone))
        found = verdicts.in_product(self._connection, self._one.product.id, moved | in_progress)
        counted = [self._counted(snapshot, verdict, moved, in_progress) for snapshot, verdict in found]
        return self._likened(counted, {snapshot.key: snapshot.id for snapshot, _ in found})

    def _likened(self, counted: list[CountedIssue], ids: Mapping[str, str]) -> list[CountedIssue]:
        unlinked = [ids[one.key] for one in counted if one.verdict.state is State.UNALIGNED]
        known = likenesses.suggestions(self._connection, unlinked)
        like = {id: LooksLike(objective=one.objective, words=one.words) for id, one in known.items()}
        return [
            one.model_copy(update={"looks_like": like[ids[one.key]]}) if ids[one.key] in like else one
            for one in counted
        ]

    def _counted(
        self, snapshot: Snapshot, verdict: Verdict, moved: Collection[str], in_progress: Collection[str]
    ) -> CountedIssue:
        created = snapshot.text("created")
        return CountedIssue(
            key=snapshot.key,
            summary=snapshot.text("summary"),
            issuetype=snapshot.name("issuetype"),
            stage=snapshot.name("status"),
            status_category=snapshot.status_category,
            project=snapshot.project_key,
            stream=self._streams.get(snapshot.project_key),
            verdict=verdict,
            moved=snapshot.id in moved,
            in_progress=snapshot.id in in_progress,
            url=self._around.jira.browse_url(snapshot.key),
            parent=_parent_key(snapshot),
            created=datetime.fromisoformat(created) if created else None,
            named=self._audience.shows(snapshot),
        )

    def _duplicates(self) -> Duplicates | None:
        if progress.cursor_at(self._connection, progress.LIKENED) is None:
            return None
        streams = {
            project: stream.name
            for product in self._one.configuration.products
            for stream in product.streams
            for project in stream.projects
        }
        found = [
            pair
            for pair in likenesses.candidates(self._connection, self._audience)
            if {pair.one.project, pair.other.project} & self._streams.keys()
            and {pair.one.project, pair.other.project} <= streams.keys()
        ]

        def paired(side: likenesses.Side) -> PairedIssue:
            url = self._around.jira.browse_url(side.key)
            return PairedIssue(key=side.key, url=url, summary=side.summary, stream=streams[side.project])

        return Duplicates(
            total=len(found),
            pairs=tuple(
                DuplicatePair(one=paired(pair.one), other=paired(pair.other), words=pair.words)
                for pair in found[:_MOST_PAIRS]
            ),
        )

    def _allocation(self, week: Week) -> Allocation:
        """The week as it counts now, by the verdicts that are in force now."""
        product = self._one.product
        counted = by_count(self._issues_of(week), product, active_objectives(product, week))
        return by_days(self._measured(week), counted).whole

    def _measured(self, week: Week) -> EffortOfWeek:
        one, estimates = self._one, self._around.fields.estimates()
        return effort.of_week(self._connection, measure(one.configuration, one.product, week, self._now, estimates))

    def _earlier(self) -> Iterator[Earlier]:
        week = self._one.week
        for _ in range(TREND - 1):
            week = week.previous()
            known = frozen(self._connection, self._one.product.id, week)
            allocation = known.effort if known else self._allocation(week)
            yield Earlier(week=week, allocation=allocation, frozen=known is not None)

    def _unanswered(self) -> Mapping[str, str]:
        mine = self._one.product.id
        asked = points.asked(self._connection)
        return {
            metric: one.failure for (product, metric), one in sorted(asked.items()) if product == mine and one.failure
        }

    def _moved(self, before: Review) -> Iterator[MovedWork]:
        found = linking.moved(self._connection, self._one.product.id, before.generated_at, self._now)
        for then, now, issues in found:
            yield MovedWork(before=then, after=now, issues=issues)

    def _rule_records(self) -> tuple[RuleRecord, ...]:
        """Of the rules of today, in their order."""
        prefix = self._one.configuration.site.tag.label_prefix
        found = {one[0]: one for one in linking.rule_records(self._connection, self._one.product.id, prefix)}
        rules = [found[rule.id] for rule in self._one.product.rules if rule.id in found]
        return tuple(RuleRecord(rule=rule, tagged=tagged, corrected=corrected) for rule, tagged, corrected in rules)

    def _linking(self) -> Linking:
        one = self._one
        orphans = linking.orphan_age(self._connection, one.product.id, self._now)
        period = (one.week.start(one.zone), one.week.end(one.zone))
        linked = linking.time_to_link(self._connection, one.product.id, period)
        return Linking(
            open_unlinked=orphans.number,
            orphan_age_days=orphans.value,
            first_linked=linked.number,
            hours_to_link=linked.value,
            not_yet_flagged=self._not_yet_flagged(),
            flags_per_week=one.configuration.site.flags_per_week,
        )

    def _not_yet_flagged(self) -> int:
        """In shadow mode no flag waits: none is to be written."""
        product, site = self._one.product, self._one.configuration.site
        if not site.flags_per_week or (product.product.mode or site.mode) != "tag":
            return 0
        return flags.not_yet_flagged(self._connection, site.tag.unlinked_label, product.id)

    def _released(self) -> Released:
        one = self._one
        end = one.week.end(one.zone)
        entered = (end - _RELEASED_LATELY, end)
        found = linking.in_status(self._connection, one.product.id, one.configuration.site.released, entered)
        known = snapshots.by_ids(self._connection, [out.issue_id for out in found])
        named = [(out, known[out.issue_id]) for out in found if self._audience.shows(known[out.issue_id])]
        titles = {objective.id: objective.title for objective in one.product.objectives}
        return Released(
            total=len(found),
            issues=tuple(
                ReleasedIssue(
                    key=snapshot.key,
                    url=self._around.jira.browse_url(snapshot.key),
                    summary=snapshot.text("summary"),
                    objective=titles.get(out.objective, out.objective),
                    since=out.since,
                )
                for out, snapshot in named[:_MOST_RELEASED]
            ),
        )


def _seen(connection: Connection, week: Week, zone: ZoneInfo) -> ChangesSeen:
    """By days of UTC, as they are kept."""
    start, end = week.start(zone), week.end(zone)
    days = accounts.per_day(connection, start.date(), end.date() - timedelta(days=1))
    began = configurations.first_applied(connection)
    return ChangesSeen(
        live=sum(one.live for one in days),
        recovered=sum(one.recovered for one in days),
        lost=sum(one.lost for one in days),
        history_until=min(began, end) if began and began > start else None,
    )


def _parent_key(snapshot: Snapshot) -> str | None:
    parent = snapshot.fields.get("parent")
    return str(parent["key"]) if isinstance(parent, dict) and parent.get("key") else None

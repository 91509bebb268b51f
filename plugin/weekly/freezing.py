"""A week's numbers out of the store: gathered, built, frozen once, and built again to prove that they are the same."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.domain.audience import Audience
from plugin.domain.effort import EffortOfWeek
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration, Product
from plugin.domain.week import Deadline, Week
from plugin.effort.measure import measure
from plugin.path.asking import Surroundings
from plugin.review.allocation import by_count, by_days
from plugin.review.build import active_objectives, build
from plugin.review.count import worked_of, would_serve
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
    Worked,
)
from plugin.review.objectives import TREND
from plugin.review.unlinked import KEYS_IN_SEARCH
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
    syncs,
)
from plugin.store.reviews import Proof
from plugin.suggestions.objectives import Suggestion

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
    inputs = Inputs.of(gathered.worked, facts.model_copy(update={"told": told}) if told else facts)
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
    return build(one.product, one.configuration.site, one.week, inputs.worked, before, whole)


class _Gathering:
    """Reads what the numbers of one week are made of."""

    def __init__(self, connection: Connection, one: ProductWeek, around: Surroundings) -> None:
        self._connection, self._one, self._around = connection, one, around
        self._now = around.clock()
        self._frozen: dict[Week, Review | None] = {}
        plan = one.configuration.site.audience
        pages = None if plan.pages is None else frozenset(plan.pages)
        self._audience = Audience(projects=pages, restricted=frozenset(plan.restricted))

    def facts(self) -> BuildFacts:
        one, connection = self._one, self._connection
        site = one.configuration.site
        deadline = Deadline.parse(site.review.publish).of(one.week, one.zone)
        before = self._known(one.week.previous())
        return BuildFacts(
            now=self._now,
            due_at=max(deadline, configurations.first_applied(connection) or deadline),
            version=one.configuration.version,
            seen=_seen(connection, one.week, one.zone),
            jira_url=self._around.jira.browse_url("").removesuffix("/browse/"),
            unanswered=self._unanswered(),
            measured=self._measured[0][one.week],
            earlier=tuple(self._earlier()),
            moved=tuple(self._moved(before)) if before else (),
            recounted=self._allocation(one.week.previous()) if before else None,
            rule_records=self._rule_records(),
            linking=self._linking(),
            released=self._released(),
            duplicates=self._duplicates(),
        )

    @property
    def worked(self) -> Worked:
        """What counts in the week, with the unlinked issues that its readers may see by name."""
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[dict[Week, EffortOfWeek], Worked]:
        """Every week that has to be measured: this one first, so that its issues can be asked for."""
        one, week, estimates = self._one, self._one.week, self._around.fields.estimates()
        weeks = [week, *(past for past in self._past if not self._known(past) or past == week.previous())]
        asked = [measure(one.configuration, one.product, week, self._now, estimates) for week in weeks]
        measuring = effort.Measuring(self._connection, asked)
        found = {week: measuring.week(asked[0])}
        worked = self._told_of(measuring, found[week])
        return found | {past: measuring.week(then) for past, then in zip(weeks[1:], asked[1:], strict=True)}, worked

    @cached_property
    def _past(self) -> list[Week]:
        """The weeks before that a trend shows, the newest first."""
        weeks = [self._one.week]
        while len(weeks) < TREND:
            weeks.append(weeks[-1].previous())
        return weeks[1:]

    def _known(self, week: Week) -> Review | None:
        if week not in self._frozen:
            self._frozen[week] = frozen(self._connection, self._one.product.id, week)
        return self._frozen[week]

    def _told_of(self, measuring: effort.Measuring, found: EffortOfWeek) -> Worked:
        serving: Counter[str] = Counter()
        for one in measuring.serving():
            id = would_serve(one, self._one.product)
            if id:
                serving[id] += one.issues
        unlinked = measuring.unlinked(found, self._audience, KEYS_IN_SEARCH)
        like = likenesses.suggestions(self._connection, [one.snapshot.id for one in unlinked])
        named = [self._counted(one, like.get(one.snapshot.id)) for one in unlinked]
        return worked_of(found, dict(sorted(serving.items())), named)

    def _counted(self, one: effort.Unlinked, like: Suggestion | None) -> CountedIssue:
        created = one.snapshot.text("created")
        return CountedIssue(
            key=one.snapshot.key,
            summary=one.snapshot.text("summary"),
            issuetype=one.snapshot.name("issuetype"),
            stage=one.snapshot.name("status"),
            status_category=one.snapshot.status_category,
            verdict=one.verdict,
            url=self._around.jira.browse_url(one.snapshot.key),
            parent=_parent_key(one.snapshot),
            created=datetime.fromisoformat(created) if created else None,
            days=one.days,
            looks_like=LooksLike(objective=like.objective, words=like.words) if like else None,
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
        mine = {project for stream in self._one.product.streams for project in stream.projects}
        found = [
            pair
            for pair in likenesses.candidates(self._connection, self._audience)
            if {pair.one.project, pair.other.project} & mine
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
        found = self._measured[0][week]
        counted = by_count(worked_of(found), active_objectives(self._one.product, week))
        return by_days(found, counted).whole

    def _earlier(self) -> Iterator[Earlier]:
        for week in self._past:
            known = self._known(week)
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
    began = syncs.first_finished(connection)
    return ChangesSeen(
        live=sum(one.live for one in days),
        recovered=sum(one.recovered for one in days),
        lost=sum(one.lost for one in days),
        history_until=min(began, end) if began and began > start else None,
    )


def _parent_key(snapshot: Snapshot) -> str | None:
    parent = snapshot.fields.get("parent")
    return str(parent["key"]) if isinstance(parent, dict) and parent.get("key") else None

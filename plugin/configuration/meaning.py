"""What the parts of a configuration say of each other: ids that exist, exist once, and add up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from plugin.configuration.document import Steps
from plugin.configuration.draft import Draft
from plugin.configuration.faults import Fault, listed, meant
from plugin.domain.product import LONGEST_LABEL, Objective, Product, Site, TagNames

ProductDraft = Draft[Product]
SiteDraft = Draft[Site]


@dataclass(frozen=True)
class _Claim:
    """A name that one place of one file takes for itself."""

    draft: ProductDraft | SiteDraft
    steps: Steps
    name: str


def judge_product(draft: ProductDraft, tag: TagNames, today: date) -> Iterator[Fault]:
    """What one product's file can tell alone. `today` may be a day off, as the site's zone may be ahead."""
    if draft.model:
        yield from _references(draft, draft.model)
        yield from _labels(draft, draft.model, tag)
        yield from _quarters(draft, draft.model)
        yield from _shares(draft, draft.model, today)
        yield from _days(draft, draft.model, today)


def judge_ids(site: SiteDraft, drafts: Sequence[ProductDraft]) -> Iterator[Fault]:
    """Names that may be taken once only: some in a file, some over all files."""
    for draft in drafts:
        for section in ("goals", "metrics", "streams", "rules"):
            yield from _taken_twice(section.removesuffix("s"), _items(draft, section))
    yield from _taken_twice("product", (_Claim(one, ("product", "id"), one.model.id) for one in drafts if one.model))
    yield from _taken_twice("objective", (claim for one in drafts for claim in _items(one, "objectives")))
    exempt = (claim for one in drafts for claim in _items(one, "exempt"))
    yield from _taken_twice("exempt class", [*_items(site, "exempt"), *exempt])
    yield from _taken_twice(
        "project", (claim for one in drafts for claim in _stream_projects(one)), "is in two streams"
    )


def _items(draft: ProductDraft | SiteDraft, section: str) -> Iterator[_Claim]:
    for number, one in enumerate(getattr(draft.model, section, ())):
        yield _Claim(draft, (section, number, "id"), one.id)


def _stream_projects(draft: ProductDraft) -> Iterator[_Claim]:
    for number, stream in enumerate(draft.model.streams if draft.model else ()):
        for place, project in enumerate(stream.projects):
            yield _Claim(draft, ("streams", number, "projects", place), project)


def _taken_twice(kind: str, claims: Iterable[_Claim], complaint: str = "is there twice") -> Iterator[Fault]:
    first: dict[str, _Claim] = {}
    for claim in claims:
        other = first.setdefault(claim.name, claim)
        if other is not claim:
            where = other.draft.fault(other.steps, "")
            yield claim.draft.fault(
                claim.steps, f"{kind} {claim.name!r} {complaint}; the first is at {where.file}:{where.line}; keep one"
            )


def _references(draft: ProductDraft, product: Product) -> Iterator[Fault]:
    outcomes = [one.id for one in product.metrics if one.kind == "outcome"]
    unsound = set(draft.ids("metrics")) - {one.id for one in product.metrics}
    for number, objective in enumerate(product.objectives):
        steps: Steps = ("objectives", number)
        yield from _known(draft, (*steps, "stream"), objective.stream, draft.ids("streams"))
        yield from _known(draft, (*steps, "goal"), objective.goal, draft.ids("goals"))
        for place, result in enumerate(objective.key_results):
            yield from _known(draft, (*steps, "key_results", place, "metric"), result.metric, draft.ids("metrics"))
    for number, rule in enumerate(product.rules):
        yield from _known(draft, ("rules", number, "objective"), rule.objective, draft.ids("objectives"))
    for number, goal in enumerate(product.goals):
        yield from _known(draft, ("goals", number, "outcome"), goal.outcome, [*outcomes, *unsound], "outcome metric")
    for number, metric in enumerate(product.metrics):
        yield from _known(draft, ("metrics", number, "drives"), metric.drives, [*outcomes, *unsound], "outcome metric")


def _known(
    draft: ProductDraft, steps: Steps, name: str | None, allowed: Sequence[str], kind: str = ""
) -> Iterator[Fault]:
    if name is not None and name not in allowed:
        kind = kind or str(steps[-1])
        choice = f"{meant(name, allowed)}; allowed: {listed(sorted(allowed))}"
        yield draft.fault(steps, f"{draft.named(steps)}: there is no {kind} {name!r}{choice}")


def _labels(draft: ProductDraft, product: Product, tag: TagNames) -> Iterator[Fault]:
    for number, objective in enumerate(product.objectives):
        label = tag.label_of(objective.id)
        if len(label) > LONGEST_LABEL:
            sentence = f"its label {label[:40]!r}… has {len(label)} characters; Jira takes at most {LONGEST_LABEL}"
            yield draft.fault(("objectives", number, "id"), sentence)


def _quarters(draft: ProductDraft, product: Product) -> Iterator[Fault]:
    """Quarters of one product are the same days or none in common."""
    seen: list[tuple[int, Objective]] = []
    for number, one in enumerate(product.objectives):
        clash = next((other for _, other in seen if _overlap(one, other)), None)
        if clash:
            yield draft.fault(
                ("objectives", number, "quarter"),
                f"quarter {one.quarter} overlaps {clash.quarter} of objective {clash.id!r}; "
                "quarters of one product are the same or have no day in common",
            )
        else:
            seen.append((number, one))


def _overlap(one: Objective, other: Objective) -> bool:
    a, b = one.quarter, other.quarter
    return a != b and a.first <= b.last and b.first <= a.last


def _shares(draft: ProductDraft, product: Product, today: date) -> Iterator[Fault]:
    """Shares of objectives that ended early are free again for others."""
    planned = [
        (number, one)
        for number, one in enumerate(product.objectives)
        if one.planned_share is not None and not one.last < min(today, one.quarter.last)
    ]
    by_quarter = sorted(planned, key=lambda pair: (pair[1].quarter.first, pair[0]))
    for _, group in groupby(by_quarter, key=lambda pair: pair[1].quarter):
        members = list(group)
        total = sum(one.planned_share or 0 for _, one in members)
        if total > 1 + 1e-9:
            number, last = members[-1]
            parts = listed([f"{one.id} {one.planned_share:.0%}" for _, one in members])
            sentence = f"planned shares of {last.quarter} come to {total:.0%} ({parts}); at most 100%"
            yield draft.fault(("objectives", number, "planned_share"), sentence)


def _days(draft: ProductDraft, product: Product, today: date) -> Iterator[Fault]:
    for number, one in enumerate(product.objectives):
        if one.ended and not one.quarter.first <= one.ended <= one.quarter.last:
            sentence = f"ended: {one.ended} is outside of its quarter, {one.quarter.first} to {one.quarter.last}"
            yield draft.fault(("objectives", number, "ended"), sentence)
        if one.dropped and one.ended:
            sentence = f"dropped: {one.dropped} beside ended: {one.ended}; an objective ends once, keep one of them"
            yield draft.fault(("objectives", number, "dropped"), sentence)
        elif one.dropped and one.dropped > one.quarter.last:
            sentence = f"dropped: {one.dropped} is after the last day of its quarter, {one.quarter.last}"
            yield draft.fault(("objectives", number, "dropped"), sentence)
        if one.agreed and one.agreed > one.quarter.last:
            sentence = f"agreed: {one.agreed} is after its quarter's last day {one.quarter.last}"
            yield draft.fault(("objectives", number, "agreed"), sentence)
    latest = today + timedelta(days=1)
    for number, metric in enumerate(product.metrics):
        if metric.certified and metric.certified.on > latest:
            sentence = f"on: {metric.certified.on} lies in the future; a metric is certified on a day that was"
            yield draft.fault(("metrics", number, "certified", "on"), sentence)
    for number, stream in enumerate(product.streams):
        if stream.charter.revised and stream.charter.revised > latest:
            sentence = f"revised: {stream.charter.revised} lies in the future; give the day of the last revision"
            yield draft.fault(("streams", number, "charter", "revised"), sentence)

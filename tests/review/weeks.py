"""A product, its issues and its weeks, as the tests of this room use them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from plugin.domain.effort import MILLION, Spent
from plugin.domain.product import (
    Certified,
    ExemptClass,
    Metric,
    Objective,
    Product,
    ProductFacts,
    ReviewPlan,
    Rule,
    Site,
    Stream,
)
from plugin.domain.source import Source
from plugin.domain.verdict import Reason, State, Verdict
from plugin.domain.week import Quarter, Week
from plugin.metrics.point import Point
from plugin.review.build import active_objectives
from plugin.review.build import build as built_of
from plugin.review.count import Group, group_of, would_serve
from plugin.review.model import BuildFacts, ChangesSeen, Review, Worked
from plugin.review.model import CountedIssue as NamedIssue


class CountedIssue(NamedIssue):
    """An issue of the week, with what the store would count it by."""

    stream: str | None = None
    named: bool = True


def worked(counted: Iterable[CountedIssue], product: Product, week: Week) -> Worked:
    """What the store gives of these issues."""
    active = [one.id for one in active_objectives(product, week)]
    whole, streams, serving, unlinked = _empty(), defaultdict[str, dict[str, Any]](_empty), Counter[str](), []
    for one in counted:
        group = group_of(one.verdict, product.id, active)
        if group is None:
            continue
        served = would_serve(one.verdict, product)
        serving.update([served] if served else [])
        unlinked += [one] if group is Group.UNLINKED and one.named else []
        name = one.verdict.objective if group is Group.ALIGNED else one.verdict.rule or "other"
        for spent in (whole, streams[one.stream or ""]):
            if group in spent["named"]:
                spent["named"][group][name] += MILLION
            else:
                spent["rest"][group] += MILLION
    return Worked(
        whole=_spent(whole),
        streams={id: _spent(one) for id, one in streams.items()},
        serving=dict(serving),
        unlinked=tuple(NamedIssue.model_validate(one.model_dump(exclude={"stream", "named"})) for one in unlinked),
    )


def _empty() -> dict[str, Any]:
    return {"named": {Group.ALIGNED: Counter(), Group.EXEMPT: Counter()}, "rest": Counter()}


def _spent(given: dict[str, Any]) -> Spent:
    named, rest = given["named"], given["rest"]
    return Spent(
        aligned=named[Group.ALIGNED],
        exempt=named[Group.EXEMPT],
        unlinked=rest[Group.UNLINKED],
        undecided=rest[Group.UNDECIDED],
    )


def build(  # noqa: PLR0917 - as the function that it calls
    product: Product,
    site: Site,
    week: Week,
    counted: Iterable[CountedIssue],
    previous: Review | None,
    facts: BuildFacts,
) -> Review:
    return built_of(product, site, week, worked(counted, product, week), previous, facts)


WEEK = Week(2026, 47)
Q4 = Quarter.parse("2026-Q4")
JIRA = "https://jira.example"

SITE = Site(
    time_zone="Europe/Dublin",
    mode="tag",
    review=ReviewPlan(space="PROD", parent="Product alignment"),
    exempt=(ExemptClass(id="keep-the-lights-on", when="issuetype = Bug", budget=0.2),),
)

CONVERSION = Metric(
    id="conversion",
    name="Checkout conversion",
    kind="outcome",
    unit="%",
    owner="A. Product",
    certified=Certified(by="Finance", on=date(2026, 10, 1)),
    source=Source(type="sql", url="env:WAREHOUSE_URL", query="select 1"),
)
PAGE_LOAD = Metric(id="load", name="Payment page load", kind="input", drives="conversion", unit="s")

PAY = Product(
    product=ProductFacts(id="acme-pay", name="Acme Pay"),
    scope="project in (CHK, WAL, RISK)",
    streams=(
        Stream(id="checkout", name="Checkout"),
        Stream(id="wallet", name="Wallet"),
        Stream(id="risk", name="Risk"),
    ),
    objectives=(
        Objective(
            id="checkout-1",
            stream="checkout",
            quarter=Q4,
            title="Fewer people give up at payment",
            why="Speed wins trust",
            planned_share=0.4,
            issue="CHK-1",
        ),
        Objective(
            id="wallet-1", stream="wallet", quarter=Q4, title="Pay in two taps with saved cards", planned_share=0.25
        ),
        Objective(
            id="risk-1", stream="risk", quarter=Q4, title="Disputes answered before they cost", planned_share=0.15
        ),
        Objective(id="old-1", stream="risk", quarter=Quarter.parse("2026-Q3"), title="Partner onboarding"),
    ),
    rules=(Rule(id="partners", objective="old-1", when="component = Partner"),),
)


def issue(key: str, verdict: Verdict, **known: object) -> CountedIssue:
    """An issue in progress, with what the test says of it."""
    facts = {
        "key": key,
        "summary": f"Work on {key}",
        "issuetype": "Story",
        "stage": "In Progress",
        "status_category": "indeterminate",
        "verdict": verdict,
        "url": f"{JIRA}/browse/{key}",
    }
    return CountedIssue.model_validate(facts | known)


def aligned(objective: str) -> Verdict:
    return Verdict(state=State.ALIGNED, product="acme-pay", objective=objective, how="rule")


def unaligned(reason: Reason, rule: str | None = None) -> Verdict:
    return Verdict(state=State.UNALIGNED, product="acme-pay", reason=reason, rule=rule)


def exempt(rule: str = "keep-the-lights-on") -> Verdict:
    return Verdict(state=State.EXEMPT, product="acme-pay", how="exempt", rule=rule)


UNDECIDED = Verdict(state=State.UNDECIDED, product="acme-pay", missing=("labels",))


def many(prefix: str, count: int, verdict: Verdict) -> list[CountedIssue]:
    return [issue(f"{prefix}-{number}", verdict) for number in range(1, count + 1)]


def facts(**known: object) -> BuildFacts:
    """The facts of a review that was made on time on the Monday after week 47."""
    given = {
        "now": datetime(2026, 11, 23, 8, 0, 40, tzinfo=UTC),
        "due_at": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "version": 14,
        "seen": ChangesSeen(live=1284, recovered=3),
        "jira_url": JIRA,
    }
    return BuildFacts.model_validate(given | known)


def week_before() -> Review:
    """Week 46: 38 issues, 25 of them linked."""
    counted = [
        *many("CHK", 14, aligned("checkout-1")),
        *many("WAL", 9, aligned("wallet-1")),
        *many("RISK", 2, aligned("risk-1")),
        *many("OPS", 8, exempt()),
        *many("NIL", 5, unaligned(Reason.NO_RULE)),
    ]
    then = facts(now=datetime(2026, 11, 16, 8, tzinfo=UTC), due_at=datetime(2026, 11, 16, 8, tzinfo=UTC))
    return build(PAY, SITE, WEEK.previous(), counted, None, then)


def full_week(product: Product = PAY, **known: object) -> Review:
    """Week 47: 40 issues; one objective starved, exempt work over its budget, twelve unlinked, one undecided."""
    return build(product, SITE, WEEK, full_count(), week_before(), facts(**known))


def measured() -> dict[str, tuple[Point, ...]]:
    """Eighteen weeks of checkout conversion: calm, rising, and a fall in week 47; and the same week a year before."""
    values = [
        63.9,
        64.2,
        64.1,
        64.4,
        64.0,
        64.3,
        63.9,
        64.2,
        64.1,
        64.4,
        64.0,
        64.3,
        63.9,
        64.2,
        64.1,
        64.8,
        65.3,
        62.1,
    ]
    read = datetime(2026, 11, 23, 6, tzinfo=UTC)
    fridays = [date(2026, 11, 20) - timedelta(weeks=17 - at) for at in range(18)]
    pairs = [(date(2025, 11, 21), 60.9), *zip(fridays, values, strict=True)]
    return {
        "conversion": tuple(Point(day=on, value=value, source="sql", read_at=read, unit="%") for on, value in pairs)
    }


def full_count() -> Sequence[CountedIssue]:
    done = {"status_category": "done", "stage": "Released"}
    return [
        *many("CHK", 9, aligned("checkout-1")),
        *many("WAL", 8, aligned("wallet-1")),
        *many("OPS", 10, exempt()),
        issue(
            "CHK-412", unaligned(Reason.PARENT_WITHOUT_OBJECTIVE), summary="Retry queue for gift cards", parent="CHK-77"
        ),
        issue("RISK-88", unaligned(Reason.OBJECTIVE_ENDED, "partners"), summary="Partner export v2", stage="In Review"),
        issue("WAL-230", unaligned(Reason.NO_RULE), summary="Rename tokens table", issuetype="Task", **done),
        issue("RISK-90", unaligned(Reason.NEW), summary="Ask for a second factor"),
        *many("NIL", 8, unaligned(Reason.NO_PARENT)),
        issue("RISK-91", UNDECIDED),
    ]

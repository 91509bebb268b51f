"""The count model, as reviews and back-tests share it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.product import Objective, Product, ProductFacts
from plugin.domain.verdict import Reason, State, Verdict
from plugin.domain.week import Quarter
from plugin.review.count import Group, Span, Tally, active_between, group_of
from plugin.review.model import Share
from tests.review.weeks import PAY, WEEK


def verdict(state: State, objective: str | None = None, product: str | None = "acme-pay") -> Verdict:
    reason = Reason.NO_RULE if state is State.UNALIGNED else None
    return Verdict(state=state, product=product, objective=objective, reason=reason)


@pytest.mark.parametrize(
    ("one", "group"),
    [
        (verdict(State.ALIGNED, "checkout-1"), Group.ALIGNED),
        (verdict(State.ALIGNED, "old-1"), Group.UNLINKED),
        (verdict(State.EXEMPT), Group.EXEMPT),
        (verdict(State.UNALIGNED), Group.UNLINKED),
        (verdict(State.UNDECIDED, "old-1"), Group.UNDECIDED),
        (verdict(State.OUT_OF_SCOPE), None),
        (verdict(State.ALIGNED, "checkout-1", product="other"), None),
    ],
)
def test_each_verdict_counts_in_one_group(one: Verdict, group: Group | None) -> None:
    assert group_of(one, "acme-pay", {"checkout-1"}) is group


def test_a_tally_counts_groups_objectives_and_classes_over_the_same_issues() -> None:
    tally = Tally(PAY, Span.of_week(WEEK))
    for _ in range(3):
        tally.add(verdict(State.ALIGNED, "checkout-1"))
    tally.add(verdict(State.ALIGNED, "old-1"))
    tally.add(verdict(State.EXEMPT).model_copy(update={"rule": "keep-the-lights-on"}))
    tally.add(verdict(State.OUT_OF_SCOPE))
    shares = tally.shares()
    assert shares.groups[Group.ALIGNED] == Share(count=3, of=5)
    assert shares.groups[Group.UNLINKED] == Share(count=1, of=5)
    assert shares.objectives == {
        "checkout-1": Share(count=3, of=5),
        "wallet-1": Share(count=0, of=5),
        "risk-1": Share(count=0, of=5),
    }
    assert shares.exempt == {"keep-the-lights-on": Share(count=1, of=5)}


def test_objectives_that_ended_early_are_active_until_then() -> None:
    quarter = Quarter.parse("2026-Q4")
    ended = Objective(id="x", stream="s", title="X", quarter=quarter, ended=date(2026, 11, 3))
    product = Product(product=ProductFacts(id="p", name="P"), scope="project = P", objectives=(ended,))
    assert active_between(product, date(2026, 11, 3), date(2026, 11, 30)) == (ended,)
    assert active_between(product, date(2026, 11, 4), date(2026, 11, 30)) == ()


def test_the_quarter_is_that_of_the_products_objectives_until_today() -> None:
    custom = Quarter.parse("2026-11-02..2027-01-31")
    product = PAY.model_copy(update={"objectives": (PAY.objectives[0].model_copy(update={"quarter": custom}),)})
    span = Span.of_quarter(product, date(2026, 11, 20))
    assert (span.first, span.last) == (date(2026, 11, 2), date(2026, 11, 20))
    assert Span.of_quarter(product, date(2026, 8, 5)).first == date(2026, 7, 1), "the calendar's, where none is active"


def test_a_span_is_bounded_by_the_sites_midnights() -> None:
    start, end = Span(name="x", first=date(2026, 10, 25), last=date(2026, 10, 25)).bounds(ZoneInfo("Europe/Dublin"))
    assert start == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert end == datetime(2026, 10, 26, tzinfo=UTC), "the day on which clocks go back has 25 hours"

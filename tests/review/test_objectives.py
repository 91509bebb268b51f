"""Objectives by hand-calculated examples: state, hunger and its memory, drift, focus, life, exceptions, changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.effort import MILLION, EffortOfGroup, EffortOfWeek, Spent
from plugin.domain.product import KeyResult, Objective, ObjectiveLimits, Product, Stream
from plugin.domain.verdict import Reason
from plugin.domain.week import Quarter, Week
from plugin.metrics.point import Point
from plugin.review.allocation import drift, focus
from plugin.review.model import Allocation, Earlier, ObjectiveRow, Review, RuleRecord, Told
from plugin.review.page import render
from plugin.review.storage import parse
from tests.review.weeks import (
    CONVERSION,
    PAY,
    Q4,
    SITE,
    WEEK,
    CountedIssue,
    aligned,
    build,
    exempt,
    facts,
    full_week,
    issue,
    many,
    unaligned,
)

READ = datetime(2026, 11, 1, tzinfo=UTC)


def spent(unlinked: float = 0.0, **objectives: float) -> Allocation:
    return Allocation(model="count", issues=100, objectives=objectives, exempt={}, unlinked=unlinked, undecided=0.0)


def aiming(*results: KeyResult, **known: object) -> Product:
    """Acme Pay with one objective, which aims at conversion."""
    one = PAY.objectives[0].model_copy(update={"key_results": results, **known})
    return PAY.model_copy(update={"objectives": (one,), "metrics": (CONVERSION,)})


def weekly(*values: float, unit: str = "%", week: Week = WEEK) -> dict[str, tuple[Point, ...]]:
    """Values of conversion on the Fridays until this week's."""
    friday = week.monday + timedelta(days=4)
    days = [friday - timedelta(weeks=len(values) - 1 - at) for at in range(len(values))]
    told = (
        Point(day=on, value=value, source="sql", read_at=READ, unit=unit)
        for on, value in zip(days, values, strict=True)
    )
    return {"conversion": tuple(told)}


def built(
    product: Product,
    counted: Sequence[CountedIssue] = (),
    before: Review | None = None,
    week: Week = WEEK,
    **known: object,
) -> Review:
    return build(product, SITE, week, counted, before, facts(**known))


def row(review: Review) -> ObjectiveRow:
    (found,) = review.objectives
    return found


GOAL = KeyResult(metric="conversion", baseline=61, target=68)


def test_drift_and_focus_are_those_of_the_practice() -> None:
    plan = {"a": 0.5, "b": 0.3, "c": 0.2}
    assert drift(spent(30.0, a=42.0, b=4.0, c=24.0), plan) == pytest.approx(0.34)
    assert drift(spent(a=50.0, b=30.0, c=20.0), plan) == 0
    assert drift(spent(100.0), plan) == 1
    assert drift(spent(a=1.0), {}) is None
    assert focus(spent(7.0, a=10.0, b=10.0, c=10.0)) == pytest.approx(3)
    assert focus(spent(7.0, a=10.0, b=0.0)) == 1
    assert focus(spent(7.0, a=0.0)) is None


parts = st.floats(0, 1000)


@given(st.lists(parts, min_size=1, max_size=8), parts, st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_drift_lies_between_none_and_all_and_focus_between_one_and_as_many(
    amounts: list[float], unlinked: float, shares: list[float]
) -> None:
    effort = spent(unlinked, **{f"o{at}": amount for at, amount in enumerate(amounts)})
    plan = {f"o{at}": share / 8 for at, share in enumerate(shares[: len(amounts)])}
    found, concentrated = drift(effort, plan), focus(effort)
    assert found is None or -1e-9 <= found <= 1 + 1e-9
    assert concentrated is None or 1 - 1e-9 <= concentrated <= len(amounts) + 1e-9


@pytest.mark.parametrize(
    ("value", "word"),
    [(68.0, "on track"), (64.0, "on track"), (63.0, "behind"), (62.0, "at risk"), (None, "not measured")],
)
def test_the_state_is_that_of_the_pace(value: float | None, word: str) -> None:
    # Day 53 of 92: elapsed 0.576. 64 has come 3/7 = 0.43, a pace of 0.74; 63 one of 0.50; 62 one of 0.25.
    found = row(built(aiming(GOAL), points=weekly(value) if value is not None else {}))
    assert found.state.word == word
    assert found.key_results[0].moved is (None if value is None else True)


def test_confidence_lowers_the_state_and_last_weeks_stands_without_a_word() -> None:
    def said(value: int, before: Review | None = None) -> Review:
        told = Told(confidence={"checkout-1": value}, next_steps={"checkout-1": "Ask the shops"})
        return built(aiming(GOAL), before=before, points=weekly(68), told=told)

    last = built(aiming(GOAL), week=WEEK.previous(), points=weekly(68), told=Told(confidence={"checkout-1": 9}))
    assert row(said(8, last)).state.word == "on track"
    fallen = row(said(6, last))
    assert (fallen.state.word, fallen.confidence and fallen.confidence.before) == ("behind", 9)
    assert fallen.state.rule.endswith("confidence fell from 9 to 6")
    assert row(said(3, last)).state.word == "at risk"
    silent = row(built(aiming(GOAL), before=last, points=weekly(68))).confidence
    assert silent is not None
    assert (silent.value, silent.before) == (9, 9)


def earlier(*shares: tuple[float, float]) -> tuple[Earlier, ...]:
    """Weeks before, the newest first: what the objective got, and what was unlinked."""
    found, week = [], WEEK
    for got, rest in shares:
        week = week.previous()
        found.append(Earlier(week=week, allocation=spent(rest, **{"checkout-1": got}), frozen=True))
    return tuple(found)


@pytest.mark.parametrize(
    ("now", "before", "hungry"),
    [
        (0, [(9.0, 91.0), (0.0, 100.0)], ("starved", 3)),
        (0, [(9.0, 91.0)], None),
        (0, [(10.0, 90.0), (0.0, 100.0)], None),
        (1, [(0.0, 100.0), (0.0, 100.0)], None),
        (9, [(60.0, 40.0), (56.0, 44.0), (90.0, 10.0)], ("over-fed", 4)),
        (9, [(55.0, 45.0), (90.0, 10.0)], None),
    ],
    ids=[
        "three weeks",
        "two weeks",
        "a quarter of its plan is enough",
        "fed this week",
        "over-fed",
        "within 15 points",
    ],
)
def test_starved_and_over_fed_need_three_weeks_in_a_row(
    now: int, before: list[tuple[float, float]], hungry: tuple[str, int] | None
) -> None:
    counted = [*many("CHK", now, aligned("checkout-1")), *many("NIL", 9 - now, unaligned(Reason.NO_RULE))]
    review = built(aiming(GOAL), counted, earlier=earlier(*before))
    found = [(one.kind, one.weeks) for one in review.hunger]
    assert found == ([hungry] if hungry else [])


def test_the_limits_of_hunger_are_the_sites() -> None:
    site = SITE.model_copy(update={"objective_limits": ObjectiveLimits(weeks=1)})
    review = build(aiming(GOAL), site, WEEK, many("NIL", 9, unaligned(Reason.NO_RULE)), None, facts())
    assert [(one.kind, one.weeks) for one in review.hunger] == [("starved", 1)]


def test_weeks_before_its_quarter_starve_no_objective() -> None:
    young = aiming(GOAL, quarter=Quarter.parse("2026-11-09..2026-12-27"))
    review = built(young, many("NIL", 9, unaligned(Reason.NO_RULE)), earlier=earlier(*[(0.0, 100.0)] * 4))
    assert (row(review).starved_weeks, review.hunger) == (2, ())
    assert row(review).trend == (None, None, None, None, 0.0, 0.0)


def test_effort_on_metrics_that_did_not_move_is_told_beside_alignment() -> None:
    counted = many("CHK", 6, aligned("checkout-1"))
    still = built(aiming(GOAL), counted, points=weekly(61.6)).unmoved  # 0.6 of 7 points is under a tenth
    moved = built(aiming(GOAL), counted, points=weekly(61.7)).unmoved
    assert still is not None
    assert moved is not None
    assert (still.amount, still.share, moved.amount, moved.share, moved.of) == (6, 1, 0, 0, 6)
    assert built(aiming(GOAL), counted).unmoved is None


def test_an_exception_is_carried_on_with_its_age_until_it_is_answered() -> None:
    first = built(aiming(GOAL), week=Week(2026, 45), points=weekly(61.5, week=Week(2026, 45)))
    (raised,) = first.exceptions
    assert (raised.id, raised.weeks, raised.current, raised.answered) == ("conversion/off-pace", 1, True, False)
    well = built(aiming(GOAL), before=first, week=Week(2026, 46), points=weekly(68, week=Week(2026, 46)))
    (carried,) = well.exceptions
    assert (carried.first_week, carried.weeks, carried.current) == (Week(2026, 45), 2, False)
    answer = Told(explanations={carried.id: "A bank was down"})
    answered = built(aiming(GOAL), before=well, points=weekly(68), told=answer)
    assert [(one.weeks, one.explanation) for one in answered.exceptions] == [(3, "A bank was down")]
    assert built(aiming(GOAL), before=answered, week=WEEK.next(), points=weekly(68, week=WEEK.next())).exceptions == ()


def test_what_changed_is_told_by_kind() -> None:
    old = aiming(GOAL)
    one = old.objectives[0].model_copy(
        update={"key_results": (KeyResult(metric="conversion", baseline=61, target=66),), "planned_share": 0.3}
    )
    added = Objective(id="checkout-2", stream="checkout", quarter=Q4, title="Receipts that people read")
    renamed = (Stream(id="checkout", name="Till"), *PAY.streams[2:])
    new = old.model_copy(
        update={
            "objectives": (one, added),
            "streams": renamed,
            "metrics": (CONVERSION.model_copy(update={"unit": "‰"}),),
        }
    )
    last = built(old, week=WEEK.previous(), points=weekly(65, week=WEEK.previous()))
    review = build(new, SITE, WEEK, [], last, facts(before=old))
    told = [(found.kind, found.words.replace("\u00a0", " ")) for found in review.changed]
    assert told[:3] == [
        ("target", "The planned share of “Fewer people give up at payment” is 30 %, where it was 40 %."),
        (
            "target",
            "The target of “Fewer people give up at payment” on Checkout conversion is 66 from 61, "
            "where it was 68 from 61.",
        ),
        ("objective", "“Receipts that people read” (2026-Q4) was added."),
    ]
    kinds = {kind for kind, _ in told}
    assert kinds == {"target", "objective", "metric", "stream"}
    words = " ".join(said for _, said in told)
    assert "Checkout conversion is told in ‰, where it was in %: values of before are not compared with." in words
    assert "Stream Wallet was closed." in words
    assert "Stream Checkout is called Till." in words
    assert (row_of(review).key_results[0].target, row_of(review).key_results[0].first_target) == (66, 68)


def row_of(review: Review) -> ObjectiveRow:
    return next(one for one in review.objectives if one.id == "checkout-1")


@pytest.mark.parametrize(
    ("known", "day", "life"),
    [
        ({}, date(2026, 9, 30), "proposed"),
        ({"agreed": date(2026, 9, 20)}, date(2026, 9, 19), "proposed"),
        ({"agreed": date(2026, 9, 20)}, date(2026, 9, 20), "agreed"),
        ({}, date(2026, 10, 1), "active"),
        ({}, date(2026, 12, 31), "active"),
        ({}, date(2027, 1, 1), "ended"),
        ({"ended": date(2026, 11, 15)}, date(2026, 11, 15), "active"),
        ({"ended": date(2026, 11, 15)}, date(2026, 11, 16), "ended"),
        ({"dropped": date(2026, 9, 1)}, date(2026, 10, 5), "dropped"),
        ({"dropped": date(2026, 11, 15)}, date(2026, 11, 16), "dropped"),
    ],
)
def test_the_life_of_an_objective(known: dict[str, date], day: date, life: str) -> None:
    one = PAY.objectives[0].model_copy(update=known)
    assert one.life(day) == life
    assert one.active_on(day) is (life == "active")


def test_what_ends_short_of_its_target_or_goes_on_after_its_end_is_proposed_to_be_carried_over() -> None:
    last_weeks = built(aiming(GOAL), points=weekly(64.5, week=Week(2026, 52)), week=Week(2026, 52))
    assert [(one.id, one.attainment, one.issues) for one in last_weeks.carry_over] == [("checkout-1", 0.5, 0)]
    late = built(PAY, [issue("RISK-1", unaligned(Reason.OBJECTIVE_ENDED, "partners"))])
    assert [(one.id, one.attainment, one.issues) for one in late.carry_over] == [("old-1", None, 1)]


def test_a_rule_that_people_often_correct_is_named() -> None:
    records = (RuleRecord(rule="partners", tagged=10, corrected=3), RuleRecord(rule="few", tagged=4, corrected=4))
    assert [one.precision for one in records] == [0.7, None]
    page = render(full_week(rule_records=records)).replace("\u00a0", " ").replace("&#160;", " ")
    assert "Rule partners is often wrong: people corrected 3 of its 10 tags" in page
    assert "Rule few" not in page


# Edges


@pytest.mark.parametrize(
    ("week", "zone", "hours"),
    [
        (Week(2026, 53), "Europe/Dublin", 168),
        (Week(2026, 13), "Europe/Dublin", 167),
        (Week(2026, 43), "Europe/Dublin", 169),
    ],
)
def test_a_week_53_and_weeks_in_which_clocks_change_are_whole(week: Week, zone: str, hours: int) -> None:
    review = built(PAY, many("CHK", 6, aligned("checkout-1")), week=week)
    assert review.period.end - review.period.start == timedelta(hours=hours)
    assert parse(render(review))
    assert built(PAY, [], before=review, week=week.next()).aligned.before == review.aligned.share


def test_a_quarter_that_changes_in_mid_week_has_the_objectives_of_both() -> None:
    # 1 Oct 2026 is a Thursday of week 40: the old objective worked until Wednesday, the new ones from then on.
    counted = [*many("CHK", 5, aligned("checkout-1")), *many("RISK", 5, aligned("old-1"))]
    review = built(PAY, counted, week=Week(2026, 40))
    assert {one.id: (one.part.share.count, one.life) for one in review.objectives} == {
        "checkout-1": (5, "active"),
        "wallet-1": (0, "active"),
        "risk-1": (0, "active"),
        "old-1": (5, "ended"),
    }
    assert (review.unlinked.share.count, review.hunger) == (0, ())


def test_an_objective_that_goes_on_in_the_next_quarter_is_two_with_a_history_each() -> None:
    after = PAY.objectives[0].model_copy(update={"id": "checkout-2", "quarter": Quarter.parse("2027-Q1")})
    both = aiming(GOAL).model_copy(update={"objectives": (*aiming(GOAL).objectives, after)})
    last = built(both, many("CHK", 6, aligned("checkout-1")), week=Week(2026, 53))
    assert {one.id: one.part.share.count for one in last.objectives} == {"checkout-1": 6, "checkout-2": 0}
    first = built(both, many("CHK", 6, aligned("checkout-2")), before=last, week=Week(2027, 1))
    assert {one.id: one.part.share.count for one in first.objectives} == {"checkout-2": 6}
    assert [one.id for one in first.carry_over] == []


def test_a_week_without_work_metrics_or_objectives_says_so_loudly() -> None:
    bare = PAY.model_copy(update={"objectives": (), "metrics": ()})
    review = built(bare)
    page = render(review)
    assert (review.drift, review.unmoved, review.streams, review.hunger) == (None, None, (), ())
    assert "has no metrics" in page
    assert "No objective is active in this week." in page


def test_a_week_in_which_every_issue_is_unlinked_is_judged() -> None:
    review = built(PAY, many("NIL", 8, unaligned(Reason.NO_RULE)))
    assert (review.unlinked.share.count, review.aligned.share.count, review.drift) == (8, 0, 1)
    assert "100 % of the issues are unlinked" in review.state.rule
    assert parse(render(review))


def test_a_week_in_which_no_effort_was_observed_is_counted_and_says_so() -> None:
    people = EffortOfGroup(stream=None, days=Spent(), capacity=25 * MILLION, observed=0)
    nothing = EffortOfWeek(product="acme-pay", week=WEEK, whole=people)
    review = built(PAY, many("CHK", 6, aligned("checkout-1")), measured=nothing)
    assert (review.effort_model, review.effort.total) == ("count", 6)
    assert review.measured is not None
    assert (review.measured.whole.coverage, review.measured.whole.grey) == (0, True)
    assert parse(render(review))


def test_a_metric_whose_unit_changed_is_not_compared_over_the_change() -> None:
    old = weekly(640, 641, unit="‰", week=WEEK.previous())["conversion"]
    review = built(aiming(GOAL), points={"conversion": (*old, *weekly(64)["conversion"])})
    (block,) = review.metrics
    assert (block.value, block.core.last_week) == (64, None)
    assert "2 days are in another unit and left out" in block.health


def test_work_of_a_stream_that_was_closed_keeps_its_row() -> None:
    closed = PAY.model_copy(update={"streams": PAY.streams[:1]})
    counted = [
        *(issue(f"CHK-{at}", aligned("checkout-1"), stream="checkout") for at in range(1, 6)),
        issue("OLD-1", exempt(), stream=None),
    ]
    assert [(one.id, one.name, one.total) for one in built(closed, counted).streams] == [
        ("checkout", "Checkout", 5),
        ("", "in no stream", 1),
    ]


def test_two_hundred_streams_are_counted_and_twenty_shown() -> None:
    streams = tuple(Stream(id=f"s{at}", name=f"Stream {at}") for at in range(200))
    counted = [issue(f"S{at}-{n}", aligned("checkout-1"), stream=f"s{at}") for at in range(200) for n in range(1, 6)]
    review = built(PAY.model_copy(update={"streams": streams}), counted)
    assert (len(review.streams), {one.focus for one in review.streams}) == (200, {1.0})
    page = render(review)
    assert "180 more streams had work" in page
    assert "Stream 19<" in page
    assert "Stream 20<" not in page

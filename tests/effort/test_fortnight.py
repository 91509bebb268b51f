"""A small team's fortnight, worked out on paper: the figures in the comments are the paper's.

Checkout has Ann, Ben, Cid and Dee; Wallet has Eve alone. Wednesday 11 November is a holiday, so week 46 has four
working days. Work in hours of the day; an epic (3) has a sub-task (5) and a child out of scope (4).
"""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from plugin.domain.effort import Spent
from plugin.domain.week import Week
from plugin.effort.measure import Seats, effort_of_week, measure
from plugin.store import engine_for
from tests.effort.world import World, configuration, local, product

ACME = product("acme", {"checkout": ["CHK"], "wallet": ["WAL"]}, ["o1", "o2"])
DAY = 1_000_000


@pytest.fixture
def connection(database: str) -> Any:
    engine = engine_for(database)
    with engine.connect() as connection, connection.begin():
        yield connection
    engine.dispose()


@pytest.fixture
def fortnight(connection: Connection) -> World:
    world = World(connection, configuration(ACME, holidays=[date(2026, 11, 11)]))
    world.issue("1", "CHK", "aligned o1", estimate=5)
    world.issue("2", "CHK", "aligned o2", estimate=3)
    world.issue("3", "CHK", "aligned o2")
    world.issue("4", "OPS", None, parent="3")
    world.issue("5", "CHK", "aligned o1", parent="3")
    world.issue("6", "CHK", "exempt c1", estimate=8)
    world.issue("7", "CHK", "unaligned")
    world.issue("8", "CHK", "aligned o1")
    world.issue("9", "WAL", "aligned o1")
    world.issue("10", "CHK", "tagged o1", labels=["objective-o1", "Objective-O2", "objective-gone", "other"])
    world.issue("12", "CHK", "undecided")
    # Ann: Monday all of 1. Tuesday 24 h of 1 and 12 h of 2. Thursday 12 h of 4, and then 12 h of its parent 3.
    # Friday 12 h of 1 and 6 h of 3, whose other 18 h Ben's sub-task carries.
    world.works("1", "ann", local("2026-11-09"), local("2026-11-11"))
    world.works("2", "ann", local("2026-11-10", 12), local("2026-11-11"))
    world.works("3", "ann", local("2026-11-12"), local("2026-11-14"))
    world.works("4", "ann", local("2026-11-12"), local("2026-11-12", 12))
    world.moves("1", local("2026-11-13"), "2")
    world.moves("1", local("2026-11-13", 12), "3")
    world.works("5", "ben", local("2026-11-13", 6), local("2026-11-14"))
    # Cid: Monday exempt, then unlinked, which he completes on Friday evening without an estimate.
    world.works("6", "cid", local("2026-11-09"), local("2026-11-10"))
    world.taken("7", local("2026-11-10"), "cid")
    world.moves("7", local("2026-11-10"), "2")
    world.moves("7", local("2026-11-13", 20), "3")
    # Dee: in October, and on the holiday, which is nobody's working day.
    world.works("8", "dee", local("2026-10-26"), local("2026-10-28"))
    world.moves("8", local("2026-11-11", 8), "2")
    world.moves("8", local("2026-11-11", 18), "1")
    world.works("9", "eve", local("2026-11-09"), local("2026-11-14"))
    # Week 47: Ann's issue carries two objectives' tags, Ben's is undecided, and 1 is reopened and done again.
    world.works("10", "ann", local("2026-11-16"), local("2026-11-17"))
    world.works("12", "ben", local("2026-11-16"), local("2026-11-18"))
    world.moves("1", local("2026-11-16", 9), "1")
    world.moves("1", local("2026-11-17", 9), "3")
    return world


def test_the_first_week_in_progress_days(fortnight: World) -> None:
    week = fortnight.effort("2026-W46")
    # o1: Ann 1 + 24/36 + 12/18, Ben 1, Eve 4. o2: Ann 12/36 + 1 + 6/18. In millionths the later issue takes the rest.
    spent = Spent(aligned={"o1": 7_333_332, "o2": 1_666_668}, exempt={"c1": DAY}, unlinked=3 * DAY)
    assert week.whole.days == spent
    assert spent.total == 13 * DAY
    assert (week.whole.capacity, week.whole.observed) == (20 * DAY, 13 * DAY)  # five people, four days
    assert week.whole.coverage == 0.65
    checkout, wallet = week.streams
    # Four people are enough, but what they had told would tell what Eve did: 13 days less theirs.
    assert (checkout.few, checkout.days, checkout.points, checkout.capacity) == (True, None, None, None)
    # Eve is alone: nothing but the count is told of her stream, and her days are in the product's total.
    assert (wallet.few, wallet.days, wallet.points, wallet.capacity, wallet.observed) == (True, None, None, None, None)
    assert wallet.count == Spent(aligned={"o1": DAY})


def test_the_first_week_by_count_and_by_points(fortnight: World) -> None:
    whole = fortnight.effort("2026-W46").whole
    # Issues 1, 5, 8, 9 · 2, 3 · 6 · 7; the child out of scope is nobody's issue.
    assert whole.count == Spent(aligned={"o1": 4 * DAY, "o2": 2 * DAY}, exempt={"c1": DAY}, unlinked=DAY)
    # 1 had 5; 7 had none and takes the median of Checkout's 3, 5 and 8.
    assert whole.points == Spent(aligned={"o1": 5 * DAY}, unlinked=5 * DAY)
    assert whole.guessed == 1
    # o1: 7.333332/13 of the days, 4/8 of the count, 5/10 of the points.
    assert whole.spread("o1") == pytest.approx(7.333332 / 13 - 0.5)


def test_the_second_week(fortnight: World) -> None:
    whole = fortnight.effort("2026-W47").whole
    assert whole.days == Spent(aligned={"o1": 500_000, "o2": 500_000}, undecided=2 * DAY)
    assert (whole.capacity, whole.observed, whole.grey) == (25 * DAY, 3 * DAY, True)
    # 10 is split between its two objectives; 1 moved.
    assert whole.count == Spent(aligned={"o1": 1_500_000, "o2": 500_000}, undecided=DAY)
    assert whole.points == Spent()  # what was done before and is done again is not credited again


def test_doing_it_again_changes_nothing(fortnight: World) -> None:
    first = fortnight.effort("2026-W46")
    assert fortnight.effort("2026-W46").model_dump_json() == first.model_dump_json()


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ({"a": 4, "b": 6}, ["a", "b"]),
        ({"a": 1, "b": 4, "c": 6}, ["c"]),
        ({"a": 1, "b": 2, "c": 4, "d": 6}, ["d"]),
        ({"a": 2, "b": 2, "c": 4, "d": 6}, ["c", "d"]),
        ({"a": 0, "b": 4, "c": 6}, ["b", "c"]),
        ({"a": 3, "b": 9}, []),
    ],
)
def test_no_small_stream_can_be_told_by_subtraction(people: dict[str, int], shown: list[str]) -> None:
    """Those that show no days have nobody among them, or four people together, or are all there are."""
    settled = configuration(product("p", {id: [f"P{id.upper()}"] for id in people}, ["o1"]))
    asked = measure(settled, settled.products[0], Week.parse("2026-W46"), local("2026-11-20"))
    week = effort_of_week(asked, [], [Seats(id, number, 5 * number, number) for id, number in people.items()])
    assert [one.stream for one in week.streams if not one.few] == shown
    assert (week.whole.few, week.whole.capacity) == (False, 5 * DAY * sum(people.values()))

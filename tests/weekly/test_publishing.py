"""Which weeks are due, and that whoever makes them makes each once: late where the clock skipped them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.product import ProductFacts
from plugin.domain.week import Deadline, Week
from plugin.sandbox.faults import Failing
from plugin.store import progress, reviews
from plugin.weekly.publishing import Publishing, due, due_weeks
from tests.house import House, configuration, housed

DUBLIN, UTC_ZONE = ZoneInfo("Europe/Dublin"), ZoneInfo("UTC")
MONDAY_8 = Deadline.parse("monday 08:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def weeks(now: str, *done: str, zone: ZoneInfo = DUBLIN, deadline: Deadline = MONDAY_8) -> list[str]:
    return [str(one) for one in due_weeks(at(now), zone, deadline, [Week.parse(one) for one in done])]


@pytest.mark.parametrize(
    ("now", "done", "expected"),
    [
        pytest.param("2026-11-16T08:00", (), ["2026-W45", "2026-W46"], id="first start: the last two weeks"),
        pytest.param("2026-11-16T07:59", (), ["2026-W44", "2026-W45"], id="a minute before the deadline"),
        pytest.param("2026-11-16T08:00", ("2026-W45",), ["2026-W46"], id="one is missing"),
        pytest.param("2026-11-16T07:59", ("2026-W45",), [], id="nothing is due"),
        pytest.param("2026-11-16T08:00", ("2026-W45", "2026-W46"), [], id="all is done"),
        pytest.param("2026-11-18T12:00", ("2026-W43",), ["2026-W44", "2026-W45", "2026-W46"], id="weeks were skipped"),
        pytest.param("2026-11-18T12:00", ("2026-W44", "2026-W46"), ["2026-W45"], id="a week between was skipped"),
        pytest.param("2026-12-28T09:00", ("2026-W51",), ["2026-W52"], id="the last week but one of a long year"),
        pytest.param("2027-01-04T09:00", ("2026-W52",), ["2026-W53"], id="the 53rd week, seen from the next year"),
        pytest.param("2027-01-11T09:00", ("2026-W52",), ["2026-W53", "2027-W01"], id="across the year's end"),
    ],
)
def test_weeks_are_due_once_their_deadline_has_passed(now: str, done: tuple[str, ...], expected: list[str]) -> None:
    assert weeks(now, *done) == expected


@pytest.mark.parametrize(
    ("before", "after", "week"),
    [
        pytest.param("2026-10-26T07:59", "2026-10-26T08:00", "2026-W43", id="winter time since Sunday"),
        pytest.param("2026-03-30T06:59", "2026-03-30T07:00", "2026-W13", id="summer time since Sunday"),
    ],
)
def test_the_deadline_is_the_wall_clocks_where_clocks_changed_that_night(before: str, after: str, week: str) -> None:
    done = str(Week.parse(week).previous())
    assert weeks(before, done) == []
    assert weeks(after, done) == [week]


def test_a_deadline_in_the_middle_of_the_week_belongs_to_the_week_before() -> None:
    wednesday = Deadline.parse("wednesday 12:00")
    assert weeks("2026-11-18T11:59", "2026-W45", zone=UTC_ZONE, deadline=wednesday) == []
    assert weeks("2026-11-18T12:00", "2026-W45", zone=UTC_ZONE, deadline=wednesday) == ["2026-W46"]


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.apply(configuration())
        found.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        found.sweep()
        yield found


def weekly_versions(house: House) -> dict[str, int]:
    pages = house.sandbox.confluence.list_pages("PROD")
    return {page.title: page.latest.number for page in pages if "week" in page.title}


def fact(house: House, name: str) -> bool | None:
    with house.app.engine.connect() as connection:
        return next((one.ok for one in progress.facts(connection) if one.name == name), None)


def test_two_publishers_at_once_make_one_page_a_week(house: House) -> None:
    start = Barrier(2)

    def publish(owner: str) -> None:
        start.wait(10)
        Publishing(house.app.around, house.app.confluence, owner).run()

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(publish, ("one", "another"))) == [None, None]
    assert list(weekly_versions(house).values()) == [1, 1]
    with house.app.engine.connect() as connection:
        assert len(reviews.done_periods(connection, "review")) == 2


def test_a_publisher_that_never_came_back_is_replaced_when_its_lease_ran_out(house: House) -> None:
    with house.app.engine.begin() as connection:
        waiting = due(connection, house.clock())
        for one in waiting:
            assert reviews.take_period(connection, "review", one.period, "the dead", timedelta(minutes=10))
    house.review()
    assert weekly_versions(house) == {}
    with house.app.engine.begin() as connection:
        for one in waiting:
            reviews.release_period(connection, "review", one.period, "the dead", timedelta(0))
    house.review()
    assert list(weekly_versions(house).values()) == [1, 1]


def test_weeks_that_the_clock_skipped_are_built_when_seen_and_marked_late(house: House) -> None:
    house.review()
    made = set(weekly_versions(house))
    house.later(timedelta(weeks=3))
    house.review()
    pages = sorted(house.sandbox.confluence.list_pages("PROD"), key=lambda page: int(page.id))
    later = [page for page in pages if page.title not in made and "week" in page.title]
    assert len(later) == 3
    assert ["late: due" in page.latest.body for page in later[:2]] == [True, True]


def test_a_page_that_confluence_did_not_take_is_said_and_made_later(house: House) -> None:
    house.sandbox.faults.add(Failing(path="/wiki/", times=1000))
    house.review()
    assert fact(house, "confluence") is False
    house.sandbox.faults.clear()
    with house.app.engine.begin() as connection:
        for one in due(connection, house.clock()):
            reviews.release_period(connection, "review", one.period, "a test", timedelta(0))
    house.review()
    assert fact(house, "confluence") is True
    assert list(weekly_versions(house).values()) == [1, 1]


def test_a_product_whose_review_raises_leaves_the_other_products_alone(house: House) -> None:
    given = configuration()
    (well,) = given.products
    broken = well.model_copy(
        update={"product": ProductFacts(id="a-broken-one", name="Broken"), "scope": "project = WAL"}
    )
    house.apply(given.model_copy(update={"products": (broken, well)}))
    with house.app.engine.begin() as connection:
        periods = [one.period for one in due(connection, house.clock()) if one.product.id == broken.id]
        for period in periods:
            week = period.rpartition("/")[2]
            reviews.freeze(connection, {"product": broken.id, "week": week, "no": "review"}, house.clock())
    house.review()
    assert [title.partition(",")[0] for title in weekly_versions(house)] == ["Acme Pay", "Acme Pay"]
    assert [fact(house, f"review {period}") for period in periods] == [False, False]

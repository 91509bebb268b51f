"""A quarter closes: its effort stays to the digit, and nothing of its people is left."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from plugin.effort.calendar import moment
from plugin.effort.quarters import closable
from plugin.store import configurations, effort, history
from plugin.store.history import People
from plugin.weekly.closing import close_quarter
from tests.effort.test_fortnight import ACME
from tests.effort.world import World, configuration, local
from tests.house import housed

WEEKS = ("2026-W52", "2026-W53", "2027-W01", "2027-W02", "2027-W03")
"""The quarter ends on Thursday of week 53."""


def everybody(connection: Connection) -> set[str]:
    people = People(connection)
    return {str(people.hash(one)) for one in ("ann", "ben", "cid", "dee", "eve")}


def hashes(connection: Connection, before: int) -> set[str]:
    """Whose hashes stand in histories and spans before the moment."""
    rows = connection.execute(
        text(
            "SELECT CAST(person AS text) FROM span WHERE starts < :at UNION SELECT from_value FROM history"
            " WHERE field = 'assignee' AND at < :at UNION SELECT CAST(person AS text) FROM seat WHERE week < '2026-W53'"
        ),
        {"at": before},
    )
    return {one for one in rows.scalars() if one}


def worked_until_january(world: World) -> None:
    world.issue("1", "CHK", "aligned o1", estimate=5)
    world.issue("2", "CHK", "aligned o2", parent="1")
    world.issue("3", "CHK", "unaligned", estimate=3)
    world.issue("4", "WAL", "exempt c1")
    for week in range(4):
        monday = local("2026-12-14") + timedelta(weeks=week)
        world.works("1", "ann", monday, monday + timedelta(days=4))
        world.works("2", "ben", monday + timedelta(days=1), monday + timedelta(days=2, hours=7))
        world.works("3", "cid", monday, monday + timedelta(days=5))
        world.works("4", "eve", monday + timedelta(hours=5), monday + timedelta(days=2))
    world.works("3", "dee", local("2026-12-12"), local("2026-12-16", 3))
    world.moves("1", local("2026-12-30"), "3")
    world.told()


def test_effort_stays_to_the_digit_and_the_quarters_people_go(database: str) -> None:
    with housed(database) as house:
        settled = configuration(ACME)
        house.apply(settled)
        house.later(local("2027-02-15", 12) - datetime.now().astimezone())
        with house.app.engine.begin() as connection:
            world = World(connection, configurations.active(connection) or settled)
            worked_until_january(world)
            before = [_measured(connection, world, week) for week in WEEKS]
            assert all(one.whole.days and one.whole.days.total for one in before[:3])
            told = world.changes
        assert close_quarter(house.app.around)
        boundary = moment(local("2027-01-01"))
        with house.app.engine.begin() as connection:
            assert [_measured(connection, world_of(world, connection), week) for week in WEEKS] == before
            assert hashes(connection, boundary) == set()
            kept = text("SELECT string_agg(effort_day::text, ' ') || string_agg(effort_seats::text, ' ')")
            rows = str(connection.scalar(text(f"{kept} FROM effort_day, effort_seats")))
            assert not [one for one in everybody(connection) if one in rows]
        assert not close_quarter(house.app.around)
        # A changelog that is read again brings nobody back, and changes nothing.
        with house.app.engine.begin() as connection:
            history.record(connection, told)
            assert [_measured(connection, world_of(world, connection), week) for week in WEEKS] == before
            assert hashes(connection, boundary) == set()


def _measured(connection: Connection, world: World, week: str) -> Any:
    return effort.of_week(connection, world.asked(week, local("2027-02-15", 12)))


def world_of(world: World, connection: Connection) -> World:
    return World(connection, world.configuration)


def test_a_quarter_closes_when_no_week_looks_back_into_it() -> None:
    site = configuration(ACME).site
    assert closable(site, local("2027-02-07")) == date(2026, 10, 1)
    assert closable(site, local("2027-02-08")) == date(2027, 1, 1)
    in_april = site.model_copy(update={"year_starts": "02-01"})
    assert closable(in_april, local("2027-02-08")) == date(2026, 11, 1)

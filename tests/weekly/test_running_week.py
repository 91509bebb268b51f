"""The draft of the running week: made two days before the deadline, refreshed daily, frozen with what people wrote."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.week import Deadline, Week
from plugin.sandbox.confluence.values import Page
from plugin.store import progress
from plugin.weekly.running_week import RunningWeek, drafts_due, running
from tests.house import House, configuration, housed

ZONE, MONDAY_8 = ZoneInfo("Europe/Dublin"), Deadline.parse("monday 08:00")


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2026-11-21T07:59", None),
        ("2026-11-21T08:00", ("2026-W47", 0)),
        ("2026-11-22T07:59", ("2026-W47", 0)),
        ("2026-11-22T08:00", ("2026-W47", 1)),
        ("2026-11-23T07:59", ("2026-W47", 1)),
        ("2026-11-23T08:00", None),
    ],
)
def test_the_running_week_is_a_draft_for_two_days(now: str, found: tuple[str, int] | None) -> None:
    known = running(datetime.fromisoformat(now).replace(tzinfo=UTC), ZONE, MONDAY_8)
    assert (known and (str(known[0]), known[1])) == found


@pytest.fixture
def house(database: str) -> Iterator[House]:
    """On a Saturday, an hour after drafts begin; the weeks before are published."""
    with housed(database) as found:
        found.apply(configuration())
        found.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        found.sweep()
        zone = ZoneInfo(configuration().site.time_zone)
        begins = Deadline.parse(configuration().site.review.publish).of(Week.of(found.clock(), zone).next(), zone)
        found.later(begins - timedelta(days=2, hours=-1) - found.clock())
        found.sweep()
        found.review()
        yield found


def draft(house: House) -> int:
    """Makes what is due; how many were."""
    with house.app.engine.connect() as connection:
        due = len(drafts_due(connection, house.clock()))
    RunningWeek(house.app.around, house.app.confluence, "a test").run()
    return due


def newest(house: House) -> Page:
    pages = [one for one in house.sandbox.confluence.list_pages("PROD") if ", week " in one.title]
    return max(pages, key=lambda one: int(one.id))


def test_a_draft_is_refreshed_once_a_day_and_frozen_with_what_people_wrote(house: House) -> None:
    before = len(house.sandbox.confluence.list_pages("PROD"))
    assert draft(house) == 1
    assert draft(house) == 0
    page = newest(house)
    assert len(house.sandbox.confluence.list_pages("PROD")) == before + 1
    assert "draft, not frozen" in page.latest.body
    site, person = house.sandbox.confluence, page.latest.author

    def write(body: str) -> str:
        mine = re.sub("(>)not said yet(<)", r"\g<1>7\2", body, count=1)
        return mine.replace("No comment yet. What is written here stays.", "We were two.")

    site.edit_page(page.id, person, write)
    house.sandbox.jira.create_issue("CHK", "Pay by card", components=["Wallet"])
    house.later(timedelta(days=1))
    house.sweep()
    assert (draft(house), draft(house)) == (1, 0)
    refreshed = newest(house).latest
    assert refreshed.message.startswith("Plumbline: draft of")
    assert ("We were two." in refreshed.body, ">7<" in refreshed.body) == (True, True)
    house.later(timedelta(days=1))
    assert draft(house) == 0
    house.review()
    frozen = newest(house)
    assert frozen.id == page.id
    assert "draft, not frozen" not in frozen.latest.body
    assert ("We were two." in frozen.latest.body, ">7<" in frozen.latest.body) == (True, True)
    with house.app.engine.connect() as connection:
        assert all(one.ok for one in progress.facts(connection) if one.name.startswith(("page ", "draft ")))
    house.later(timedelta(weeks=1))
    house.review()
    later = newest(house).latest.body
    assert "7 of 10" in re.sub("<[^>]*>", "", later)
    assert "The week before: “We were two.”" in later

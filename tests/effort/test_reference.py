"""The SQL against a slow reference that was written apart, and what must hold of any past."""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
import requests
from sqlalchemy import Connection, text

from plugin.configuration.export import files
from plugin.domain.product import Configuration
from plugin.domain.week import Week
from plugin.effort.calendar import Slot, moment, slots, working_days
from plugin.effort.measure import Measure, measure
from plugin.review.frozen import Inputs
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue
from plugin.store import configurations, effort, engine_for, tokens
from plugin.store.history import People
from tests.effort.reference import Day, Past, worked
from tests.effort.world import STATUSES, ZONE, World, configuration, product
from tests.house import House, housed, tell_the_story

WEEK = Week(2026, 43)
"""The clocks go back at its end: a Sunday that counts here, as these teams work on all seven days."""
ACME = product("acme", {"checkout": ["CHK"], "wallet": ["WAL"]}, ["o1", "o2"])
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    engine = engine_for(database)
    with engine.connect() as connection, connection.begin():
        yield connection
    engine.dispose()


def told_by_chance(world: World, chance: Random) -> dict[str, Past]:
    """Twelve issues in trees, five people, sixty events in five weeks, some of them long apart."""
    pasts: dict[str, Past] = {}
    begun = datetime(2026, 9, 20, 8, tzinfo=UTC)
    created = moment(datetime(2026, 9, 20, 7, tzinfo=UTC))
    for number in range(1, 13):
        id = str(number)
        parent = chance.choice([None, *pasts]) if pasts else None
        verdict = chance.choice(["aligned o1", "aligned o2", "unaligned", "exempt c1", None])
        project = chance.choice(["CHK", "WAL", "OPS"])
        world.issue(id, project, verdict, parent, created="2026-09-20T07:00:00.000+00:00")
        pasts[id] = Past(created, "new", None, parent)
    at = begun
    for _ in range(160):
        at += timedelta(minutes=chance.choice([0, 7, 61, 300, 900]))
        id = chance.choice(list(pasts))
        match chance.choice(["move", "move", "take", "take", "touch"]):
            case "move":
                to = chance.choice(["1", "2", "2", "3"])
                world.moves(id, at, to)
                pasts[id].events.append((moment(at), STATUSES[to][1], None, False))
            case "take":
                person = chance.choice(["ann", "ben", "cid", "dee", "eve", None])
                world.taken(id, at, person)
                pasts[id].events.append((moment(at), None, person, True))
            case _:
                world.touched(id, at)
                pasts[id].events.append((moment(at), None, None, False))
    world.told()
    return pasts


def days_of(asked: Measure) -> list[Day]:
    """Whole days, however they are cut."""
    found: dict[str, tuple[int, int]] = {}
    for one in asked.slots:
        first, last = found.get(str(one.day), (one.starts, one.ends))
        found[str(one.day)] = (min(first, one.starts), max(last, one.ends))
    return [(day, *edges) for day, edges in found.items()]


def shared(connection: Connection, asked: Measure) -> Counter[tuple[str, str, str]]:
    """What the SQL gives each person's day, before it is summed."""
    effort.of_week(connection, asked)
    rows = connection.execute(text("SELECT person, day, issue_id, sum(amount) AS n FROM effort_share GROUP BY 1, 2, 3"))
    return Counter({(str(row.person), str(row.day), row.issue_id): int(row.n) for row in rows if row.n})


def by_hash(connection: Connection, found: Mapping[tuple[str, str, str], int]) -> Counter[tuple[str, str, str]]:
    people = People(connection)
    return Counter({(str(people.hash(person)), day, id): n for (person, day, id), n in found.items() if n})


@pytest.mark.parametrize("seed", range(4))
def test_any_past_is_shared_out_as_the_reference_says(connection: Connection, seed: int) -> None:
    chance = Random(seed)
    settled = configuration(ACME)
    site = settled.site.model_copy(update={"working_days": EVERY_DAY})
    world = World(connection, settled.model_copy(update={"site": site}))
    pasts = told_by_chance(world, chance)
    asked = world.asked(str(WEEK))
    expected = worked(pasts, days_of(asked), asked.since, asked.until)
    assert len(expected) > 10
    assert shared(connection, asked) == by_hash(connection, expected)

    # A person's day is a million or nothing: no effort is lost or doubled.
    days: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (person, day, _), amount in shared(connection, asked).items():
        days[person, day] += amount
    assert set(days.values()) == {1_000_000}

    # Cut at any moment, the two parts add up to the week, person by person and issue by issue.
    cut = chance.randrange(asked.since, asked.until)
    whole = shared(connection, asked)
    parts = [shared(connection, part(asked, site, *edges)) for edges in ((asked.since, cut), (cut, asked.until))]
    assert parts[0] + parts[1] == whole

    # The shares of a model sum to one, and re-running changes nothing.
    week = effort.of_week(connection, asked)
    for spent in (week.whole.days, week.whole.count):
        if spent and spent.total:
            amounts = [*spent.aligned.values(), *spent.exempt.values(), spent.unlinked, spent.undecided]
            assert sum(amounts) == spent.total
    connection.execute(text("INSERT INTO span_stale SELECT id FROM issue ON CONFLICT DO NOTHING"))
    assert effort.of_week(connection, asked) == week


def past_of(site: JiraSite, issue: Issue) -> Past:
    """What the sandbox remembers of the issue; what our own account did to labels is no sign of life."""
    categories = {one.id: one.category.key for one in site.catalogue.statuses}
    status, person = issue.status.id, issue.assignee
    events: list[tuple[int, str | None, str | None, bool]] = []
    for one in reversed(issue.history):
        moved = {item.field_id: item for item in one.items}
        status = (moved["status"].before[0] or status) if "status" in moved else status
        person = moved["assignee"].before[0] if "assignee" in moved else person
    for one in issue.history:
        moved = {item.field_id: item for item in one.items}
        if one.author == site.catalogue.service.id and set(moved) == {"labels"}:
            continue
        to = categories[moved["status"].after[0] or ""] if "status" in moved else None
        taken = "assignee" in moved
        events.append((moment(one.created), to, moved["assignee"].after[0] if taken else None, taken))
    return Past(moment(issue.created), categories[status], person, issue.parent, events)


def part(asked: Measure, site: object, since: int, until: int) -> Measure:
    """The same seats and whole days, with only what lies between since and until inside."""
    cut: list[Slot] = []
    for name, first, last in days_of(asked):
        day = next(one.day for one in asked.slots if str(one.day) == name)
        edges = sorted({first, last, *(at for at in (since, until) if first < at < last)})
        cut += [Slot(day, a, b, since <= a and b <= until) for a, b in pairwise(edges)]
    return replace(asked, slots=tuple(cut))


def test_the_week_in_which_clocks_change_has_a_day_of_25_hours() -> None:
    site = configuration(ACME).site.model_copy(update={"working_days": EVERY_DAY})
    days = working_days(site, WEEK.monday, WEEK.monday + timedelta(days=6))
    found = slots(site, days, moment(WEEK.start(ZONE)), moment(WEEK.end(ZONE)))
    assert [(one.ends - one.starts) // 3_600_000 for one in found] == [24] * 6 + [25]


def test_the_sandbox_s_past_is_measured_as_the_reference_says_and_names_nobody(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """From the sandbox's own changelogs, as Jira would hold them, not from what was kept of them."""
    caplog.set_level(logging.DEBUG)
    with housed(database) as house:
        tell_the_story(house)
        site = house.sandbox.jira
        pasts = {issue.id: past_of(site, issue) for issue in site.issues.values()}
        with house.app.engine.begin() as connection:
            settled = configurations.active(connection)
            assert settled
            week = Week.of(house.clock(), ZoneInfo(settled.site.time_zone)).previous()
            asked = measure(settled, settled.products[0], week, house.clock())
            expected = worked(pasts, days_of(asked), asked.since, asked.until)
            assert shared(connection, asked) == by_hash(connection, expected)
            assert sum(expected.values()) > 40_000_000
            everybody = [*site.catalogue.people]
            hashes = [People(connection).hash(one) for one in everybody]
        assert len(everybody) > 15
        secrets = [*everybody, *map(str, hashes), *(one.hex for one in hashes)]
        for name, words in outputs(house, settled).items():
            assert len(words) > 100, name
            assert not [one for one in secrets if one in words], name
        assert not [one for one in secrets[len(everybody) :] if one in caplog.text]


def outputs(house: House, settled: Configuration) -> dict[str, str]:
    """All that leaves the engine: reviews as JSON and by API, what they are built from, pages, exported files."""
    lead = settled.products[0].product.lead or "nobody"
    found = {name: words.replace(lead, "what an admin wrote there") for name, words in files(settled).items()}
    with house.app.engine.begin() as connection:
        tokens.add(connection, "reads", sha256(b"reads").hexdigest(), ["read"], "an admin")
        rows = connection.execute(text("SELECT product, week, body, inputs FROM review")).all()
    for row in rows:
        found[f"review {row.week}"] = json.dumps(row.body)
        found[f"inputs {row.week}"] = Inputs.unpacked(row.inputs).facts.model_dump_json()
        address = f"{house.url}/api/reviews/{row.product}/{row.week}"
        found[address] = requests.get(address, headers={"Authorization": "Bearer reads"}, timeout=10).text
    for page in house.sandbox.confluence.list_pages("PROD"):
        if "week" in page.title:
            found[page.title] = page.versions[-1].body
            for words in ("working days of people", "Not observed", "By points", "Issues alone are counted for "):
                assert words in found[page.title]
    return found

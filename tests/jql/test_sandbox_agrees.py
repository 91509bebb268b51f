"""What we decide of an issue that was read through Jira's door is what the sandbox's own evaluator says of it.

The two were written apart, from the vendor's words alone, so where both err they hardly err alike. REST tells every
field, so nothing is ever unknown here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, SecretStr

from plugin.alignment.site import site_facts
from plugin.alignment.verdicts import as_issue
from plugin.atlassian.access import Access
from plugin.atlassian.connect import connect_jira
from plugin.domain.reading import read_issue
from plugin.jql import SiteFacts, View
from plugin.jql import compile as compile_jql
from plugin.sandbox.jira.catalogue import PRIORITIES, SPRINT, STORY_POINTS
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Dialect, Person
from plugin.sandbox.jql.reference import meets
from plugin.sandbox.jql.words import parse
from plugin.sandbox.serve import RunningSandbox
from tests.described import wrap

NOW = datetime(2026, 3, 29, 12, 17, tzinfo=UTC)
"""The day on which Dublin's clocks go forward."""
ZONE = "Europe/Dublin"
WORDS = ("paying", "pays", "wallet", "wallets", "baskets", "full", "screen", "fails", "failing", "Ärger", "no")
TEAM, NOTES, LAUNCH, MEETING = (f"customfield_{number}" for number in range(10050, 10054))
NUMBER = 120
"""How many issues every query is asked of."""


@dataclass
class World:
    site: JiraSite
    asker: Person
    facts: SiteFacts
    views: dict[str, View]


@pytest.fixture(scope="module", params=["cloud", "data center"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    dialect: Dialect = request.param
    site = filled(dialect)
    with RunningSandbox(dialect, site, wrap(dialect)) as sandbox:
        asker = site.catalogue.people[site.catalogue.service.id]
        email = asker.email if dialect == "cloud" else None
        jira = connect_jira(Access(url=sandbox.url, token=SecretStr(asker.token), email=email))
        told = jira.site(list(site.projects))
        names = told.names
        epic = told.field_called("Epic Link") if not email else None
        raw = jira.read(list(site.issues), [*names, "parent"])
        snapshots = [read_issue(one, epic_link=epic, asked=[*names, "parent"]) for one in raw]
        facts = replace(site_facts(told, ZONE), timer=True)
        yield World(site, asker, facts, {one.id: View(as_issue(one), NOW) for one in snapshots})


def filled(dialect: Dialect) -> JiraSite:
    """Issues of which each field is empty now and then; always the same ones."""
    site, chance = JiraSite.with_defaults(dialect, lambda: NOW), Random(7)
    service = site.catalogue.service
    site.catalogue.people[service.id] = replace(service, time_zone=ZONE)
    for at, name in enumerate(("1.0", "2.0", "Shared vault")):
        site.add_version("CHK", name, released=at == 0)
        site.add_version("WAL", name, released=at == 1)
    site.add_field(TEAM, "Team", "select")
    site.add_field(NOTES, "Notes", "textarea")
    site.add_field(LAUNCH, "Launch", "datepicker")
    site.add_field(MEETING, "Meeting", "datetime")
    for number in range(NUMBER):
        add_issue(site, chance, number)
    keys = [one.key for one in site.issues.values()]
    for _ in range(30):
        site.link_issues(chance.choice(keys), "Blocks", chance.choice(keys), at=NOW)
    return site


def add_issue(site: JiraSite, chance: Random, number: int) -> None:
    project = chance.choice(["CHK", "WAL"])
    people = list(site.catalogue.people)
    epics = [one.key for one in site.issues.values() if one.type.name == "Epic"]
    stories = [one.key for one in site.issues.values() if one.type.level == 0]
    kind = chance.choice(["Epic", "Story", "Task", "Bug", "Sub-task"] if stories and epics else ["Epic", "Story"])
    above = {"Epic": [], "Sub-task": stories}.get(kind, epics)
    issue = site.create_issue(
        project,
        sentence(chance),
        at=NOW - timedelta(minutes=chance.randrange(0, 60 * 24 * 40)),
        type=kind,
        parent=chance.choice(above) if above and (kind == "Sub-task" or chance.random() < 0.6) else None,
        priority=chance.choice(PRIORITIES).name,
        labels=chance.sample(["odd", "Even", "okr-1"], chance.randrange(0, 3)),
        components=chance.sample(list(site.projects[project].components), chance.randrange(0, 2)),
        fix_versions=chance.sample(list(site.projects[project].versions), chance.randrange(0, 3)),
        assignee=chance.choice([None, *people]),
        description=chance.choice([None, sentence(chance)]),
        due=chance.choice([None, NOW.date() + timedelta(days=chance.randrange(-9, 9))]),
        custom=custom_values(site.dialect, chance),
    )
    if chance.random() < 0.7:
        status = chance.choice(site.catalogue.statuses).name
        site.transition(issue.key, status, at=issue.created + timedelta(minutes=number))


def sentence(chance: Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 6)))


def custom_values(dialect: Dialect, chance: Random) -> dict[str, JsonValue]:
    sprint: JsonValue = {"id": 41, "name": "Sprint 41", "state": "active"}
    other: JsonValue = {"id": 42, "name": "Sprint 42", "state": "closed"}
    payments: JsonValue = {"id": "701", "value": "Payments"}
    risk: JsonValue = {"id": "702", "value": "Risk"}
    return {
        STORY_POINTS[dialect]: chance.choice([None, 1, 2.5, 8]),
        SPRINT[dialect]: chance.choice([None, [sprint], [other, sprint]]),
        TEAM: chance.choice([None, payments, risk]),
        NOTES: chance.choice([None, sentence(chance)]),
        LAUNCH: chance.choice([None, (NOW.date() + timedelta(days=chance.randrange(-9, 9))).isoformat()]),
        MEETING: chance.choice([None, (NOW + timedelta(hours=chance.randrange(-99, 99))).isoformat()]),
    }


# -- queries of the language that both decide --------------------------------------------------------------------------

EMPTINESS = ("IS EMPTY", "IS NOT EMPTY", "= EMPTY", "!= EMPTY")
NAMES: dict[str, tuple[str, ...]] = {
    "project": ("CHK", "wal", "Checkout", "10001"),
    "issuetype": ("Bug", "epic", "Sub-task", "10002"),
    "type": ("Story",),
    "status": ('"To Do"', '"in progress"', "Done", "6"),
    "component": ("Wallet", "basket", "Cards"),
    "fixVersion": ('"1.0"', "2.0", '"shared vault"'),
    "labels": ("odd", "even", "okr-1", "nothing"),
    "resolution": ("Done", "unresolved", "10001"),
    "assignee": ("SERVICE", "ADA"),
    "reporter": ("ADA",),
    "parent": ("KEY3", "KEY9", "ID5"),
    "Team": ("Payments", "risk", '"701"'),
    "Sprint": ('"Sprint 41"', "42"),
}
LISTS: dict[str, tuple[str, ...]] = {
    "issuetype": ("standardIssueTypes()", "subTaskIssueTypes()"),
    "fixVersion": ("releasedVersions()", "unreleasedVersions(CHK)", "releasedVersions(WAL, CHK)"),
    "Sprint": ("openSprints()", "closedSprints()", "futureSprints()"),
}
PLAIN: dict[str, tuple[str, ...]] = {
    "statusCategory": ('"To Do"', "done", "indeterminate", '"In Progress"'),
    "key": ("KEY3", "KEY9", "ID5"),
    "id": ("ID7", "ID8"),
    "priority": ("Highest", "5"),
    "issueLinkType": ("Blocks", '"is blocked by"', '"blocks"'),
}
FUNCTIONS = (
    *("now()", "startOfDay()", 'endOfDay("-1")', "startOfWeek()", 'startOfWeek("+1d")', "endOfWeek(-1)"),
    *("startOfMonth()", 'endOfMonth("-1M")', 'startOfMonth("-3d")', "startOfYear()", 'endOfYear("-1y")'),
    *('endOfMonth("+1")', 'startOfDay("-5h")', 'endOfWeek("-2w")', 'startOfDay("36h")', 'endOfMonth("-10d")'),
)
MOMENTS = (*FUNCTIONS, "-1w", '"-2d 4h"', '"-90"', "1773000000000", "2026-03-10", '"2026/03/12 08:30"', "-36h")
DAYS = (*FUNCTIONS, "-1w", '"1d"', "2026-03-27", '"2026/04/01"', "-3d", "1774700000000")
ORDERED: dict[str, tuple[str, ...]] = {
    "priority": ("High", "medium"),
    "created": MOMENTS,
    "updated": MOMENTS,
    "resolved": MOMENTS,
    "due": DAYS,
    "Launch": DAYS,
    "Meeting": MOMENTS,
    "hierarchyLevel": ("0", "1", "-1"),
    '"Story Points"': ("1", "2.5", '"8"', "3"),
}
NULLABLE_ORDERED = ("due", "Launch", "Meeting", "resolved", '"Story Points"')
TEXTS = ("summary", "description", "Notes")
SEARCHES = ("pay", "wallet basket", r"\"full screen\"", "fail*", "wallet -full", "ärger", "NO", "screens", "+pay fail")


def drawn(field: str, operators: tuple[str, ...], values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds(lambda operator, value: f"{field} {operator} {value}", *map(st.sampled_from, (operators, values)))


def listed(field: str, values: tuple[str, ...]) -> st.SearchStrategy[str]:
    several = st.lists(st.sampled_from(values), min_size=1, max_size=3).map(lambda found: f"({', '.join(found)})")
    return st.builds(lambda operator, value: f"{field} {operator} {value}", st.sampled_from(("IN", "NOT IN")), several)


def called(field: str, values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return drawn(field, ("IN", "NOT IN"), values)


EQUAL, ORDER = ("=", "!="), ("<", "<=", ">", ">=")
clauses = st.one_of(
    *(drawn(field, EQUAL, values) for field, values in (NAMES | PLAIN).items()),
    *(listed(field, values) for field, values in PLAIN.items()),
    *(listed(field, (*values, "EMPTY")) for field, values in NAMES.items()),
    *(called(field, values) for field, values in LISTS.items()),
    *(st.sampled_from(EMPTINESS).map(f"{field} {{}}".format) for field in (*NAMES, *NULLABLE_ORDERED)),
    *(st.sampled_from(EMPTINESS[:2]).map(f"{field} {{}}".format) for field in TEXTS),
    *(drawn(field, (*EQUAL, *ORDER), values) for field, values in ORDERED.items()),
    *(drawn(field, ("~", "!~"), tuple(f'"{one}"' for one in SEARCHES)) for field in TEXTS),
    drawn("fixVersion", ORDER, NAMES["fixVersion"]),
    drawn("key", ORDER, ("KEY3", "KEY9")),
    drawn("key", ("~", "!~"), ('"CHK-1*"', '"*-2"', '"wal-*"', "KEY4")),
    called("issue", ("linkedIssues(KEY4)", 'linkedIssues(KEY8, "is blocked by")', "linkedIssues(KEY8, blocks)")),
)
queries = st.recursive(
    clauses,
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.builds(
            lambda parts, word: "(" + f" {word} ".join(parts) + ")",
            st.lists(inner, min_size=2, max_size=3),
            st.sampled_from(("AND", "OR")),
        ),
    ),
    max_leaves=5,
)


def named(world: World, query: str) -> str:
    """The query with what only this site knows put in."""
    keys = [one.key for one in world.site.issues.values()]
    for number in (3, 4, 8, 9):
        query = query.replace(f"KEY{number}", keys[number])
    for number in (5, 7, 8):
        query = query.replace(f"ID{number}", str(10001 + number))
    ada = next(one.id for one in world.site.catalogue.people.values() if one.name.startswith("Ada"))
    query = query.replace("ADA", f'"{ada}"').replace("SERVICE", f'"{world.asker.id}"')
    points = "Story point estimate" if world.site.dialect == "cloud" else "Story Points"
    return query.replace("Story Points", points)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(queries)
def test_every_issue_is_decided_as_the_site_decides_it(world: World, query: str) -> None:
    jql = named(world, query)
    ours = compile_jql(jql, world.facts)
    theirs = meets(world.site, world.asker, parse(jql).where)
    said = {id: ours.decide(view).matched for id, view in world.views.items()}
    asked = {id: theirs(issue) for id, issue in world.site.issues.items()}
    differing = [world.site.issues[id].key for id in asked if said[id] is not asked[id]]
    assert not differing, (
        f"{jql}: {differing[:5]}, of which we say {[said[world.site.ids[one]] for one in differing[:5]]}"
    )

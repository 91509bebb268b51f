"""What a plan says is what apply then does; and it writes nothing, whatever it says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from plugin.admin.halfway import InStore
from plugin.admin.planned import BackTest, Plan, told
from plugin.admin.planning import Occurrence, plan, reading
from plugin.alignment.moves import place
from plugin.alignment.rulebook import RuleBook
from plugin.domain.history import FieldChange
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration
from plugin.domain.verdict import Verdict
from plugin.domain.week import Quarter, Week
from plugin.path.decide import Judged, Occasion, rehearse
from plugin.review.count import Group
from plugin.review.model import Share
from plugin.store import changes, configurations, history, snapshots, spans, unshown, verdicts
from plugin.store.verdicts import Override
from tests.alignment.world import below, component
from tests.house import House, housed

NOW = datetime.now(UTC)
QUARTER = str(Quarter.of(NOW.date()))
_steps = count(1)
_UTC = ZoneInfo("UTC")


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        yield found


def configuration(
    rules: list[dict[str, JsonValue]], scope: str = "project = CHK", mode: str = "tag", **parts: JsonValue
) -> Configuration:
    objectives = [{"id": id, "stream": "s", "quarter": QUARTER, "title": f"Objective {id}"} for id in ("a", "b")]
    product: dict[str, Any] = {
        "product": {"id": "acme", "name": "Acme"},
        "scope": scope,
        "streams": [{"id": "s", "name": "S"}],
        "objectives": objectives,
        "rules": rules,
        **parts,
    }
    site = {"mode": mode, "review": {"space": "PROD"}, "grace": {"new": "1d"}}
    return Configuration.model_validate({"site": site, "products": [product]})


def snapshot(number: int, **fields: JsonValue) -> Snapshot:
    known: dict[str, JsonValue] = {
        "project": {"id": "1", "key": "CHK", "name": "Checkout"},
        "issuetype": {"id": "1", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "status": {"id": "3", "name": "Doing", "category": {"id": "4", "key": "indeterminate", "name": "In Progress"}},
        "labels": [],
        "components": [],
        "parent": None,
        "created": "2026-01-01T09:00:00+00:00",
        **fields,
    }
    return Snapshot(id=str(number), key=f"CHK-{number}", updated=NOW, fields=known)


def start_over(connection: Connection, known: list[Snapshot]) -> None:
    tables = "issue, verdict, verdict_history, override, change, written, configuration"
    connection.execute(text(f"TRUNCATE {tables}, history, span, span_stale, status"))
    snapshots.upsert(connection, known)


def standing(connection: Connection, known: list[Snapshot]) -> dict[str, Verdict]:
    return verdicts.of(connection, [one.id for one in known])


def put_in_force(house: House, wanted: Configuration) -> None:
    with house.app.engine.begin() as connection:
        configurations.apply(connection, wanted, "a test", f"step {next(_steps)}")
    house.digest()


def planned(house: House, wanted: Configuration, **how: Any) -> Plan:
    with reading(house.app.engine) as connection:
        return plan(connection, wanted, Occurrence(NOW, **how))


_conditions = st.sampled_from(
    [
        "component = Wallet",
        "component != Wallet",
        "component is empty",
        "labels = fast",
        "issuetype = Bug",
        "component in (Wallet, Card) AND labels = fast",
        "key in (CHK-1, CHK-3)",
        "parent = CHK-2",
    ]
)
_rules = st.lists(
    st.fixed_dictionaries(
        {"objective": st.sampled_from("ab"), "when": _conditions, "priority": st.sampled_from([1, 100])}
    ),
    max_size=3,
).map(lambda found: [{"id": f"r{at}", **one} for at, one in enumerate(found)])
_configurations = st.builds(
    configuration,
    rules=_rules,
    scope=st.sampled_from(["project = CHK", "issuetype = Story", "labels is empty"]),
    mode=st.sampled_from(["tag", "tag", "shadow"]),
    exempt=st.sampled_from([[], [{"id": "bugs", "when": "issuetype = Bug"}]]),
)


_labels: st.SearchStrategy[JsonValue] = st.sampled_from([[], ["fast"], ["objective-a"], ["objective-b", "fast"]])


@st.composite
def _issues(draw: st.DrawFn) -> list[Snapshot]:
    """Up to eight issues; a parent is any other, so that there are families, circles and parents nobody knows."""
    numbers = range(1, draw(st.integers(1, 8)) + 1)
    return [
        snapshot(
            number,
            components=draw(st.sampled_from([[], component("Wallet"), component("Card")])),
            labels=draw(_labels),
            issuetype={"id": "1", "name": draw(st.sampled_from(["Story", "Bug", "Epic"])), "subtask": False},
            parent=draw(st.none() | st.sampled_from([one for one in range(1, 10) if one != number]).map(below)),
            created=draw(st.sampled_from(["2026-01-01T09:00:00+00:00", NOW.isoformat()])),
        )
        for number in numbers
    ]


_said = st.lists(
    st.builds(
        Override,
        issue_id=st.integers(1, 8).map(str),
        label=st.sampled_from(["objective-a", "objective-b", "no-objective"]),
        kind=st.sampled_from(["set", "removed"]),
        actor=st.just("ada"),
        at=st.just(NOW),
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=_configurations, after=_configurations, known=_issues(), said=_said)
def test_what_a_plan_predicts_is_what_apply_does(
    house: House, before: Configuration, after: Configuration, known: list[Snapshot], said: list[Override]
) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, known)
        unshown.hide(connection, ["9", "CHK-9"], datetime.now(UTC))
        verdicts.add_overrides(connection, said)
    put_in_force(house, before)
    with house.app.engine.connect() as connection:
        old = standing(connection, known)
    predicted = planned(house, after, samples=None, batch=2)
    put_in_force(house, after)
    with house.app.engine.connect() as connection:
        new = standing(connection, known)
        waiting = changes.counts(connection)[0]
    moved: dict[tuple[str, str], int] = {}
    for one in known:
        if not new[one.id].same_tag(old[one.id]):
            way = (place(old[one.id]), place(new[one.id]))
            moved[way] = moved.get(way, 0) + 1
    assert dict(predicted.moves.counts) == moved
    if predicted.differences:
        assert predicted.writes.edits == waiting


def test_nothing_can_be_written_while_planning(house: House) -> None:
    with reading(house.app.engine) as connection, pytest.raises(DBAPIError, match="read-only"):
        changes.drop(connection, "1")


def test_a_plan_leaves_every_row_as_it_was(house: House) -> None:
    known = [snapshot(1, components=component("Wallet")), snapshot(2)]
    rules: list[dict[str, JsonValue]] = [{"id": "r", "objective": "a", "when": "component = Wallet"}]
    with house.app.engine.begin() as connection:
        start_over(connection, known)
    put_in_force(house, configuration([]))
    before = _rows(house)
    assert planned(house, configuration(rules)).moves.counts.total() == 1
    assert _rows(house) == before


def _rows(house: House) -> list[object]:
    with house.app.engine.connect() as connection:
        tables = ("issue", "verdict", "verdict_history", "change", "configuration", "cursor")
        return [connection.execute(text(f"SELECT * FROM {one} ORDER BY 1")).all() for one in tables]


def entering(issue: str, at: datetime, status: str) -> FieldChange:
    return FieldChange(issue_id=issue, change_id=f"{at:%m%d%H}", at=at, field="status", from_="1", to=status)


def test_shares_are_counted_over_the_issues_that_counted_then(house: House) -> None:
    """Two issues were in progress last week, one only the week before that, one in no week."""
    known = [snapshot(number, components=component("Wallet")) for number in (1, 2)] + [snapshot(3), snapshot(4)]
    monday = datetime.combine(Week.of(NOW, _UTC).previous().monday, datetime.min.time(), UTC)
    entered = {"1": monday - timedelta(days=30), "3": monday + timedelta(days=1), "2": monday - timedelta(days=30)}
    moves = [entering(id, at, "3") for id, at in entered.items()]
    moves.append(entering("2", monday - timedelta(days=3), "9"))
    moves.append(FieldChange(issue_id="1", change_id="50", at=monday - timedelta(days=1), field="other"))
    with house.app.engine.begin() as connection:
        start_over(connection, known)
        history.record(connection, moves)
        spans.refresh(connection)
    put_in_force(house, configuration([{"id": "r", "objective": "a", "when": "component = Wallet"}]))
    found = planned(house, configuration([{"id": "r", "objective": "b", "when": "component is empty"}]))
    week = next(one for one in found.back_tests if one.span.name.startswith("week"))
    assert _objectives(week) == ({"a": 1, "b": 0}, {"a": 0, "b": 1})
    assert week.after
    assert week.after.groups[Group.UNLINKED] == Share(count=1, of=2)


def _objectives(one: BackTest) -> tuple[dict[str, int | float], dict[str, int | float]]:
    assert one.before
    assert one.after
    before, after = one.before.objectives, one.after.objectives
    return {id: share.count for id, share in before.items()}, {id: share.count for id, share in after.items()}


def test_a_product_that_is_gone_has_shares_on_one_side_only(house: House) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(1)])
    put_in_force(house, configuration([]))
    other = configuration([]).model_dump(mode="json")
    other["products"][0]["product"]["id"] = "other"
    found = planned(house, Configuration.model_validate(other))
    sides = {(one.product, one.before is not None, one.after is not None) for one in found.back_tests}
    assert sides == {("acme", True, False), ("other", False, True)}


def test_lint_tells_what_a_new_rule_does_not_reach(house: House) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(1), snapshot(2)])
    put_in_force(house, configuration([{"id": "old", "objective": "a", "when": "component != Card"}]))
    rules: list[dict[str, JsonValue]] = [
        {"id": "old", "objective": "a", "when": "component != Card"},
        {"id": "none", "objective": "a", "when": "labels = nowhere"},
        {"id": "all", "objective": "b", "when": "issuetype = Story", "priority": 200},
        {"id": "hidden", "objective": "b", "when": "issuetype = Story AND labels = x", "priority": 300},
    ]
    found = "\n".join(planned(house, configuration(rules)).lint)
    assert "acme: rule none matches none of the 2 issues that are known." in found
    assert "acme: rule all matches all of the 2 issues that are known." in found
    assert "acme: rule hidden decides nothing: all that it matches is matched by rule all" in found
    assert "leaves out issues without a value" not in found, "it was said when that rule was written"


def test_fields_that_were_never_read_are_said(house: House) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(1)])
    put_in_force(house, configuration([]))
    found = planned(house, configuration([{"id": "r", "objective": "a", "when": "fixVersion = 2"}]))
    lines = "\n".join(told(found))
    assert "no rule asked for fixVersions before" in lines
    assert "CHK-1 (first fixVersions must be read from Jira)" in lines


def test_progress_is_told_to_the_end(house: House) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(number) for number in range(1, 2502)])
    seen: list[tuple[int, int]] = []
    planned(house, configuration([]), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1000, 2501), (2000, 2501), (2501, 2501)]


def test_a_plan_that_was_stopped_goes_on_where_it_was(house: House) -> None:
    """Twenty issues were decided and kept; those are not decided again, and the numbers are those of one go."""
    known = [snapshot(number, components=component("Wallet") if number % 3 else []) for number in range(101, 126)]
    monday = datetime.combine(Week.of(NOW, _UTC).previous().monday, datetime.min.time(), UTC)
    moves = [entering(one.id, monday, "3") for one in known[::2]]
    wanted = configuration([{"id": "r", "objective": "a", "when": "component = Wallet"}])
    with house.app.engine.begin() as connection:
        start_over(connection, known)
        history.record(connection, moves)
        spans.refresh(connection)
    put_in_force(house, configuration([]))
    kept, counted, decided = InStore(house.app.engine), list[int](), list[int]()

    def stop(done: int, of: int) -> None:
        if done == 23:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        planned(house, wanted, batch=1, progress=stop, kept=kept)
    again = planned(
        house,
        wanted,
        batch=1,
        counting=lambda done, of: counted.append(done),
        progress=lambda done, of: decided.append(done),
        kept=kept,
    )
    at_once = planned(house, wanted)
    assert (counted, decided) == ([], [21, 22, 23, 24, 25])
    assert again.cautions[-1].startswith("a plan of the same rules was stopped and this one went on with it: 20 issues")
    assert again == replace(at_once, cautions=again.cautions)
    assert not _started(house), "what was kept is dropped when the plan is told"


def test_other_rules_do_not_go_on_with_a_plan_that_was_stopped(house: House) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(number) for number in range(101, 126)])
    put_in_force(house, configuration([]))
    kept, decided = InStore(house.app.engine), list[int]()

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        planned(house, configuration([{"id": "r", "objective": "a", "when": "labels = x"}]), progress=stop, kept=kept)
    assert _started(house)
    other = configuration([{"id": "r", "objective": "a", "when": "labels = y"}])
    planned(house, other, progress=lambda done, of: decided.append(done), kept=kept)
    assert decided == [25]


def _started(house: House) -> int:
    with house.app.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM rehearsal")) or 0


def test_names_beyond_the_samples_are_counted(house: House) -> None:
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(number) for number in range(1, 8)])
    lines = "\n".join(told(planned(house, configuration([]))))
    assert "7 of 7 issues would move" in lines
    assert ", and 2 more (--all names them)" in lines
    every = "\n".join(told(planned(house, configuration([]), samples=None)))
    assert all(f"           CHK-{number}\n" in every + "\n" for number in range(1, 8))


def test_an_issue_that_cannot_be_decided_is_named_and_its_neighbours_are_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(connection: Connection, book: RuleBook, batch: Sequence[Snapshot], occasion: Occasion) -> Judged:
        if any(one.key == "CHK-3" for one in batch):
            raise RuntimeError("no such thing")
        return rehearse(connection, book, batch, occasion)

    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(number) for number in range(1, 6)])
    monkeypatch.setattr("plugin.admin.planning.rehearse", poisoned)
    found = planned(house, configuration([]))
    assert found.moves.counts.total() == 4
    assert "CHK-3 cannot be decided: RuntimeError: no such thing" in found.cautions


def test_writes_are_those_of_this_week_and_flags_over_the_cap_are_told(house: House) -> None:
    wanted = configuration([])
    wanted = wanted.model_copy(update={"site": wanted.site.model_copy(update={"flags_per_week": 2})})
    with house.app.engine.begin() as connection:
        start_over(connection, [snapshot(number) for number in range(1, 6)])
    with reading(house.app.engine) as connection:
        found = plan(connection, wanted, Occurrence(NOW))
    assert found.writes.flags_waiting == 3
    assert any("3 flags wait for a later week, by flags_per_week" in line for line in told(found))
    house.apply(wanted)
    house.digest()
    with house.app.engine.connect() as connection:
        planned = [changes.waiting(connection, str(number)) for number in range(1, 6)]
    assert found.writes.edits == sum(one is not None for one in planned)

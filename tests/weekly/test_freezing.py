"""A week is frozen once, is built again to the byte, and later corrections show in a later week."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from plugin.cli import main
from plugin.domain.product import AudiencePlan, Configuration, KeyResult, Metric
from plugin.domain.source import Source
from plugin.domain.week import Week
from plugin.metrics.record import record
from plugin.review.model import Review
from plugin.store import points
from plugin.weekly.freezing import FreezingError, freeze, frozen, preview, product_week, rebuild
from tests.house import FLAG, OBJECTIVE, TAG, House, configuration, environment, housed

PRODUCT = "acme-pay"
LAST = Week.of(datetime.now(UTC), ZoneInfo("UTC"))
"""The week of the sandbox's changes; our clock stands in the one after it."""


def measured(**known: object) -> Configuration:
    """The house's configuration with a pushed metric that its objective aims at."""
    given = configuration(**known)  # type: ignore[arg-type]
    (product,) = given.products
    metric = Metric(id="trust", name="Trust", kind="outcome", unit="%", source=Source(type="push"))
    aimed = product.objectives[0].model_copy(
        update={"planned_share": 0.5, "key_results": (KeyResult(metric="trust", baseline=50, target=80),)}
    )
    return given.model_copy(
        update={"products": (product.model_copy(update={"metrics": (metric,), "objectives": (aimed,)}),)}
    )


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.apply(measured())
        jira = found.sandbox.jira
        for number in range(4):
            key = jira.create_issue("CHK", f"Pay by wallet {number}", components=["Wallet"]).key
            jira.transition(key, "In Progress")
        for number in range(2):
            jira.transition(jira.create_issue("CHK", f"Paint it {number}").key, "In Progress")
        found.sweep()
        found.write_until_done()
        with found.app.engine.begin() as connection:
            record(connection, ("trust", None), [(str(LAST.monday), "60")], found.clock())
        found.later(timedelta(weeks=1))
        yield found


def made(house: House, week: Week = LAST) -> Review:
    with house.app.engine.begin() as connection:
        return freeze(connection, product_week(connection, PRODUCT, week), house.app.around)


def stored(connection: Connection) -> list[tuple[str, str]]:
    return [tuple(row) for row in connection.execute(text("SELECT week, digest FROM review ORDER BY week"))]


def test_a_week_is_frozen_once_and_built_again_to_the_byte(house: House) -> None:
    first = made(house)
    assert (first.aligned.share.count, first.unlinked.share.count, first.points_used) == (4, 2, 1)
    assert first.objectives[0].key_results[0].current == 60
    house.sandbox.jira.create_issue("CHK", "Another by wallet", components=["Wallet"])
    with house.app.engine.begin() as connection:
        record(connection, ("trust", None), [(str(LAST.monday), "40")], house.clock())
    house.sweep()
    house.apply(measured(mode="shadow"))
    assert made(house) == first
    with house.app.engine.connect() as connection:
        again = rebuild(connection, PRODUCT, LAST)
        assert (again.same, again.review) == (True, first)
        assert [week for week, _ in stored(connection)] == [str(LAST)]


def test_rebuilding_sees_what_was_tampered_with(house: House) -> None:
    made(house)
    with house.app.engine.begin() as connection:
        connection.execute(text("UPDATE metric_point SET value = 61"))
        again = rebuild(connection, PRODUCT, LAST)
    assert not again.same
    assert again.review.metrics[0].value == 61


def test_a_corrected_value_shows_as_a_restatement_a_week_later(house: House) -> None:
    made(house)
    house.later(timedelta(days=6, hours=23))
    with house.app.engine.begin() as connection:
        record(connection, ("trust", None), [(str(LAST.monday), "58")], house.clock())
        assert [one.value for one in points.versions(connection, PRODUCT, "trust", LAST.monday)] == [60, 58]
    house.later(timedelta(hours=1))
    after = made(house, LAST.next())
    said = [one.words.replace("\u00a0", " ") for one in after.changed if one.kind == "number"]
    assert f"Trust of {LAST} is 58 %, where its review said 60 %." in said
    with house.app.engine.connect() as connection:
        assert frozen(connection, PRODUCT, LAST) != after
        assert rebuild(connection, PRODUCT, LAST.next()).same
        assert rebuild(connection, PRODUCT, LAST).same


def test_people_who_correct_a_rule_are_counted_against_it(house: House) -> None:
    first = made(house).rule_records
    assert [(one.rule, one.tagged, one.corrected) for one in first] == [("wallet-work", 4, 0)]
    jira = house.sandbox.jira
    key = next(one.key for one in jira.issues.values() if TAG in one.labels)
    house.listen()
    jira.label(key, remove=[TAG])
    house.settle()
    assert FLAG in house.labels(key)
    house.later(timedelta(weeks=1))
    after = made(house, LAST.next())
    assert [(one.rule, one.tagged, one.corrected) for one in after.rule_records] == [("wallet-work", 4, 1)]
    moved = [one.words for one in after.changed if one.kind == "work"]
    assert moved == ["1 issue moved from “Fewer people give up” to no objective."]


def test_when_an_objectives_quarter_ends_its_tags_go_from_open_work_and_carry_over_is_asked(house: House) -> None:
    jira = house.sandbox.jira
    tagged = {one.key for one in jira.issues.values() if TAG in one.labels}
    finished = min(tagged)
    house.listen()
    jira.transition(finished, "Done")
    house.settle()
    (product,) = measured().products
    after = product.objectives[0].quarter.last + timedelta(days=1)
    house.later(datetime.combine(after, time(12), UTC) - house.clock())
    for key in tagged - {finished}:
        jira.transition(key, "To Do", at=house.clock() - timedelta(hours=1))
    house.sweep()
    house.settle()
    house.write_until_done()
    assert {one.key for one in jira.issues.values() if TAG in one.labels} == {finished}
    assert all(FLAG in house.labels(key) for key in tagged - {finished})
    week = Week.of(house.clock(), ZoneInfo("UTC"))
    with house.app.engine.begin() as connection:
        found, _ = preview(connection, product_week(connection, PRODUCT, week), house.app.around)
    assert [(one.id, one.issues) for one in found.carry_over] == [(OBJECTIVE, 3)]
    assert any("which it would serve, ended on" in one.reason for one in found.unlinked_work.issues)


def test_issues_of_restricted_projects_count_and_are_not_named(house: House) -> None:
    given = measured()
    site = given.site.model_copy(update={"audience": AudiencePlan(restricted=("CHK",)), "mode": "shadow"})
    house.apply(given.model_copy(update={"site": site}))
    with house.app.engine.connect() as connection:
        found, _ = preview(connection, product_week(connection, PRODUCT, LAST), house.app.around)
    assert (found.unlinked_work.total, found.unlinked_work.issues, found.unlinked_work.jql) == (2, (), None)


def test_a_week_from_before_the_first_start_says_where_it_was_read(house: House) -> None:
    before = LAST.previous()
    review = made(house, before)
    assert review.seen.history_until == review.period.end
    assert (review.seen.live, review.seen.recovered) == (0, 0)
    broken = made(house)
    assert broken.seen.history_until is not None
    assert broken.period.start < broken.seen.history_until < broken.period.end


def test_what_cannot_be_built_is_a_sentence(house: House) -> None:
    with house.app.engine.connect() as connection:
        with pytest.raises(FreezingError, match="there is no product acme-play; there are: acme-pay"):
            product_week(connection, "acme-play", LAST)
        with pytest.raises(FreezingError, match="is not frozen"):
            rebuild(connection, PRODUCT, LAST)


def test_a_week_as_people_type_it(house: House, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(house.sandbox, database).items():
        monkeypatch.setenv(name, value)

    def typed(*words: str, week: Week = LAST) -> Result:
        return CliRunner().invoke(main, ["review", *words, "--product", PRODUCT, "--week", str(week)])

    before = LAST.previous()
    assert "not over" in typed("build", week=LAST.next()).output
    assert json.loads(typed("build", "--json", week=before).stdout)["week"] == str(before)
    assert typed("show", "--json", week=before).stdout == typed("build", "--json", week=before).stdout
    assert "the same" in typed("rebuild", week=before).output
    assert typed("show").exit_code == 2
    assert json.loads(typed("build", "--json", "--preview").stdout)["aligned"]["share"] == {"count": 4, "of": 6}
    made(house)
    told = CliRunner().invoke(main, ["review", "diff", str(before), str(LAST), "--product", PRODUCT]).output
    assert "aligned.share.count: 0 → 4" in told.splitlines()
    assert f"objectives.{OBJECTIVE}.part.share.of: 0 → 6" in told.splitlines()
    assert "Fewer people give up" in typed("show").output

"""From sources to the store, the check and the API, on a real database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from plugin.api.door import ApiDoor
from plugin.api.metrics import metrics_blueprint
from plugin.domain.product import Configuration
from plugin.domain.source import Source
from plugin.metrics.collect import Collect, due
from plugin.metrics.point import Point
from plugin.metrics.record import RecordError, record
from plugin.metrics.showing import shown
from plugin.metrics.sources.secrets import Secrets
from plugin.metrics.sources.source import Around
from plugin.store import configurations, engine_for, points, progress
from tests.metrics.values import SITE, WEEK, metric, product

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
CSV = Source(type="csv", path="kpi.csv")


@dataclass
class Room:
    """A database with a configuration in force, a folder with a file, and a clock that a test moves."""

    engine: Engine
    folder: Path
    now: datetime = NOW
    collect: Collect = field(init=False)

    def __post_init__(self) -> None:
        around = Around((), Secrets({}), self.folder, len, lambda now: now.date())
        self.collect = Collect(self.engine, lambda _: around, lambda: self.now)

    def apply(self, *sources: Source) -> None:
        declared = tuple(metric(id=f"m{at}", name=f"M{at}", source=one) for at, one in enumerate(sources))
        wanted = Configuration(site=SITE, products=(product(metrics=declared),))
        with self.engine.begin() as connection:
            configurations.apply(connection, wanted, "a test", "because")

    def write(self, *lines: str) -> None:
        (self.folder / "kpi.csv").write_text("\n".join(["day,value", *lines]))

    def due(self) -> int:
        with self.engine.connect() as connection:
            return len(due(connection, self.now))

    def points(self, known_at: datetime | None = None) -> dict[str, list[Point]]:
        with self.engine.connect() as connection:
            return points.of_product(connection, "acme-pay", date(2026, 12, 31), known_at or self.now)

    def values(self, known_at: datetime | None = None) -> dict[str, float]:
        return {one.day.isoformat(): one.value for one in self.points(known_at).get("m0", [])}

    def fact(self, name: str) -> tuple[bool, str] | None:
        with self.engine.connect() as connection:
            return next(((one.ok, one.words) for one in progress.facts(connection) if one.name == name), None)


@pytest.fixture
def room(database: str, tmp_path: Path) -> Iterator[Room]:
    engine = engine_for(database, connections=4)
    yield Room(engine, tmp_path)
    engine.dispose()


def test_a_source_is_read_once_a_day(room: Room) -> None:
    room.apply(CSV)
    room.write("2026-11-20,62.1")
    assert room.due() == 1
    room.collect.run()
    assert (room.values(), room.due()) == ({"2026-11-20": 62.1}, 0)
    room.now += timedelta(hours=5, minutes=59)
    assert room.due() == 0
    room.now += timedelta(minutes=1)  # midnight in Dublin
    assert room.due() == 1


def test_another_source_is_asked_at_once(room: Room) -> None:
    room.apply(CSV)
    room.write("2026-11-20,62.1")
    room.collect.run()
    room.apply(CSV.model_copy(update={"value": "share"}))
    assert room.due() == 1


def test_a_corrected_value_is_a_new_version_and_the_old_one_stays(room: Room) -> None:
    room.apply(CSV)
    room.write("2026-11-19,61", "2026-11-20,62.1")
    room.collect.run()
    first = room.now
    room.now += timedelta(days=1)
    room.write("2026-11-19,61", "2026-11-20,62.5")
    room.collect.run()
    assert room.values() == {"2026-11-19": 61, "2026-11-20": 62.5}
    assert room.values(known_at=first) == {"2026-11-19": 61, "2026-11-20": 62.1}
    with room.engine.connect() as connection:
        kept = points.versions(connection, "acme-pay", "m0", date(2026, 11, 1))
        assert [(one.day.day, one.value) for one in kept] == [(19, 61), (20, 62.1), (20, 62.5)]
        told = list(shown(connection, ("m0", None), WEEK, room.now))
    assert "  corrected 2026-11-20: 62.1 (22 Nov 2026) → 62.5 (23 Nov 2026)" in told


def test_a_source_that_fails_leaves_no_zero_and_a_check_until_it_answers_again(room: Room) -> None:
    room.apply(CSV)
    room.write("2026-11-20,62.1")
    room.collect.run()
    (room.folder / "kpi.csv").unlink()
    room.now += timedelta(days=1)
    room.collect.run()
    assert room.values() == {"2026-11-20": 62.1}
    words = "M0 has no data since 20 Nov 2026: kpi.csv cannot be read: No such file or directory"
    assert room.fact("metric acme-pay/m0") == (False, words)
    assert room.due() == 0
    room.now += timedelta(hours=1)
    assert room.due() == 1
    room.write("2026-11-20,62.1")
    room.collect.run()
    assert room.fact("metric acme-pay/m0") == (True, "answers again")


def test_a_source_that_is_no_longer_read_is_not_unwell(room: Room) -> None:
    room.apply(CSV)
    room.collect.run()
    assert room.fact("metric acme-pay/m0") == (
        False,
        "M0 has no data yet: kpi.csv cannot be read: No such file or directory",
    )
    room.apply(Source(type="push"))
    room.collect.run()
    assert room.fact("metric acme-pay/m0") == (True, "is no longer read")


def test_one_broken_source_leaves_the_others_alone(room: Room) -> None:
    room.apply(CSV, Source(type="csv", path="other.csv"), Source(type="push"))
    room.write("2026-11-20,62.1")
    found = {one.metric.id: (reading.failure, stored) for one, reading, stored in room.collect.now()}
    assert found["m0"] == ("", 1)
    assert found["m1"][0].startswith("other.csv cannot be read")
    assert "m2" not in found


def test_a_change_of_unit_is_a_new_version(room: Room) -> None:
    given = Point(day=date(2026, 11, 20), value=3, source="csv", read_at=NOW, unit="s")
    with room.engine.begin() as connection:
        assert points.record(connection, "acme-pay", "m0", [given]) == 1
        assert points.record(connection, "acme-pay", "m0", [given]) == 0
        assert points.record(connection, "acme-pay", "m0", [given.model_copy(update={"unit": "ms"})]) == 1


def test_a_value_by_hand(room: Room) -> None:
    room.apply(Source(type="push"), CSV)
    with room.engine.begin() as connection:
        assert record(connection, ("m0", None), [("2026-11-20", "62.1")], NOW) == 1
        for name, rows, kind in (
            (("m9", None), [], "unknown"),
            (("m0", "other"), [], "unknown"),
            (("m1", None), [], "read elsewhere"),
            (("m0", None), [("2026-11-24", 1)], "wrong"),
        ):
            with pytest.raises(RecordError) as error:
                record(connection, name, rows, NOW)
            assert error.value.kind == kind
    assert room.values() == {"2026-11-20": 62.1}


@pytest.fixture
def client(room: Room) -> FlaskClient:
    room.apply(Source(type="push"), CSV)
    flask = Flask("metrics")
    flask.register_blueprint(metrics_blueprint(room.engine, ApiDoor(room.engine, "s3cret"), lambda: room.now))
    return flask.test_client()


def post(client: FlaskClient, body: object, metric: str = "m0", token: str = "Bearer s3cret") -> tuple[int, str]:
    answer = client.post(f"/api/metrics/{metric}/points", json=body, headers={"Authorization": token})
    return answer.status_code, answer.get_data(as_text=True)


GIVEN = {"points": [{"day": "2026-11-20", "value": 62.1}]}


def test_points_come_in_over_http(room: Room, client: FlaskClient) -> None:
    assert post(client, GIVEN) == (200, '{"given":1,"stored":1}\n')
    assert post(client, GIVEN) == (200, '{"given":1,"stored":0}\n')
    assert room.values() == {"2026-11-20": 62.1}


@pytest.mark.parametrize(
    ("body", "metric", "token", "status", "words"),
    [
        (GIVEN, "m0", "", 401, "bearer token"),
        (GIVEN, "m0", "Bearer wrong", 401, "bearer token"),
        (GIVEN, "m9", "Bearer s3cret", 404, "there is no metric m9"),
        (GIVEN, "m1", "Bearer s3cret", 409, "read by csv"),
        ({"points": []}, "m0", "Bearer s3cret", 400, "points"),
        ({"points": [{"day": "2026-11-20", "value": "62"}]}, "m0", "Bearer s3cret", 400, "points.0.value"),
        ({"points": [{"day": "2026-11-20", "value": 1, "x": 1}]}, "m0", "Bearer s3cret", 400, "points.0.x"),
        ({"points": [{"day": "soon", "value": 1}]}, "m0", "Bearer s3cret", 400, "'soon' is no day"),
        ({"points": [*GIVEN["points"], {"day": "2026-12-20", "value": 1}]}, "m0", "Bearer s3cret", 400, "future"),
        ({"points": [{"day": "x" * 1_000_001, "value": 1}]}, "m0", "Bearer s3cret", 413, "bytes"),
    ],
)
def test_what_is_refused_over_http_leaves_nothing(  # noqa: PLR0917 - pytest passes them by name
    room: Room, client: FlaskClient, body: object, metric: str, token: str, status: int, words: str
) -> None:
    answered, told = post(client, body, metric, token)
    assert (answered, words in told) == (status, True), told
    assert room.points() == {}

"""The JSON API as its own description tells it: every exchange is held to /api/openapi.json."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from sqlalchemy import Engine
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from plugin.api.document import document
from plugin.api.door import ApiDoor
from plugin.api.metrics import metrics_blueprint
from plugin.api.reviews import reviews_blueprint
from plugin.domain.product import AudiencePlan, Configuration, Metric
from plugin.domain.source import Source
from plugin.review.upgrade import read
from plugin.store import configurations, engine_for, reviews, tokens
from tests.review.weeks import CONVERSION, PAGE_LOAD, PAY, SITE, full_week, measured

READ, RECORD, ENVIRONMENTS = "may-read", "may-record", "from-the-environment"
REVIEW = "/api/reviews/acme-pay/2026-W47"
POINTS = "/api/metrics/load/points"
PUSHED = PAGE_LOAD.model_copy(update={"source": Source(type="push")})
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Api:
    """A client that holds what it sends and gets to the description that the API gives of itself."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        flask = Flask(__name__)
        door = ApiDoor(engine, ENVIRONMENTS)
        flask.register_blueprint(metrics_blueprint(engine, door, lambda: NOW))
        flask.register_blueprint(reviews_blueprint(engine, door))
        self.client: FlaskClient = flask.test_client()
        self.described = OpenAPI.from_dict(self.client.get("/api/openapi.json").get_json())

    def ask(self, method: str, path: str, token: str | None = READ, **given: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.client.open(path, method=method, headers=headers, **given)
        asked = EnvironBuilder(path, method=method, headers=Headers(headers), **given).get_request()
        request = WerkzeugOpenAPIRequest(asked)
        self.described.validate_response(request, WerkzeugOpenAPIResponse(answer))
        if answer.status_code == 200:
            self.described.validate_request(request)
        return answer


@pytest.fixture
def api(database: str) -> Iterator[Api]:
    engine = engine_for(database, connections=2)
    review = full_week(with_metrics(PUSHED), points=measured())
    with engine.begin() as connection:
        for name, scope in ((READ, "read"), (RECORD, "metrics")):
            tokens.add(connection, name, sha256(name.encode()).hexdigest(), [scope], "an admin")
        apply(engine, Configuration(site=SITE, products=(with_metrics(PUSHED),)))
        reviews.freeze(connection, review.model_dump(mode="json"), NOW)
    yield Api(engine)
    engine.dispose()


def with_metrics(*metrics: Metric) -> Any:
    return PAY.model_copy(update={"metrics": (CONVERSION, *metrics)})


def apply(engine: Engine, wanted: Configuration) -> None:
    with engine.begin() as connection:
        configurations.apply(connection, wanted, "a test", "because")


def test_a_frozen_week_is_given_as_it_was_frozen(api: Api) -> None:
    answer = api.ask("GET", REVIEW)
    assert answer.status_code == 200
    given = read(answer.get_json())
    assert (given.aligned.share.count, given.counted, len(given.unlinked_work.issues)) == (17, 40, 10)
    assert given == full_week(with_metrics(PUSHED), points=measured())


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        (REVIEW, None, 401),
        (REVIEW, "guessed", 401),
        (REVIEW, ENVIRONMENTS, 401),
        (REVIEW, RECORD, 403),
        ("/api/reviews/acme-pay/47", READ, 400),
        ("/api/reviews/acme-pay/2026-W46", READ, 404),
        ("/api/reviews/acme-play/2026-W47", READ, 404),
    ],
)
def test_who_may_not_and_what_is_not_there_is_told_apart(api: Api, path: str, token: str | None, status: int) -> None:
    answer = api.ask("GET", path, token)
    assert answer.status_code == status
    assert "CHK-412" not in answer.text


def test_a_revoked_token_reads_no_more(api: Api) -> None:
    with api.engine.begin() as connection:
        tokens.revoke(connection, 1)
    assert api.ask("GET", REVIEW).status_code == 401


def test_issues_that_may_not_be_named_any_more_are_left_out_and_count(api: Api) -> None:
    plan = AudiencePlan(restricted=("CHK",))
    site = SITE.model_copy(update={"audience": plan})
    apply(api.engine, Configuration(site=site, products=(with_metrics(PUSHED),)))
    answer = api.ask("GET", REVIEW)
    work = answer.get_json()["unlinked_work"]
    assert (work["total"], len(work["issues"]), work["jql"], work["url"]) == (12, 9, None, None)
    assert "CHK-412" not in answer.text


def test_values_are_recorded_with_either_token_and_refused_in_words(api: Api) -> None:
    body = {"points": [{"day": str(date(2026, 11, 20)), "value": 2.4}]}
    assert api.ask("POST", POINTS, RECORD, json=body).get_json() == {"given": 1, "stored": 1}
    assert api.ask("POST", POINTS, ENVIRONMENTS, json=body).get_json() == {"given": 1, "stored": 0}
    assert api.ask("POST", POINTS, READ, json=body).status_code == 403
    assert api.ask("POST", POINTS, RECORD, json={"points": []}).status_code == 400
    assert api.ask("POST", "/api/metrics/lode/points", RECORD, json=body).status_code == 404
    assert api.ask("POST", "/api/metrics/conversion/points", RECORD, json=body).status_code == 409


def test_the_description_tells_every_part_of_a_review() -> None:
    schemas = document()["components"]["schemas"]
    assert set(full_week().model_dump(mode="json")) == set(schemas["Review"]["properties"])
    assert schemas["Review"]["properties"]["week"] == {"title": "Week", "type": "string"}

"""POST /api/metrics/{id}/points: values come in over HTTP, with a token."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from plugin.api.door import Answer, ApiDoor, refusal
from plugin.metrics.record import RecordError, record
from plugin.metrics.sources.source import MOST_POINTS

LARGEST_BODY = 1_000_000
"""Bytes."""
_STATUS = {"unknown": 404, "ambiguous": 409, "read elsewhere": 409, "wrong": 400}


class GivenPoint(BaseModel):
    """`day` is such as 2026-11-22."""

    model_config = ConfigDict(extra="forbid", strict=True)
    day: str
    value: float = Field(allow_inf_nan=False)


class GivenPoints(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    points: list[GivenPoint] = Field(min_length=1, max_length=MOST_POINTS)


def metrics_blueprint(engine: Engine, door: ApiDoor, clock: Callable[[], datetime]) -> Blueprint:
    """`Authorization: Bearer` carries the token. A body is `{"points": [{"day": "2026-11-22", "value": 62.1}]}`.

    200 tells how many values were new; 400 what is wrong with the body, 401 no known token, 403 one that may not
    record, 404 no such metric, 409 a metric that takes no values or a `?product=` that is needed, 413 too large, 503 no
    database.
    """
    routes = Blueprint("metrics", __name__)

    @routes.post("/api/metrics/<metric>/points")
    def take(metric: str) -> Answer:
        try:
            refused = door.refused("metrics")
            if refused:
                return refused
            if (request.content_length or 0) > LARGEST_BODY:
                return refusal(413, f"at most {LARGEST_BODY:,} bytes are taken")
            request.max_content_length = LARGEST_BODY
            given = GivenPoints.model_validate_json(request.get_data(cache=False))
            rows = [(one.day, one.value) for one in given.points]
            with engine.begin() as connection:
                stored = record(connection, (metric, request.args.get("product")), rows, clock())
        except ValidationError as error:
            return refusal(400, _first(error))
        except RecordError as error:
            return refusal(_STATUS[error.kind], str(error))
        except SQLAlchemyError:
            return refusal(503, "the database does not answer; come again later")
        return jsonify({"given": len(rows), "stored": stored}), 200

    return routes


def _first(error: ValidationError) -> str:
    """The first fault with its place, without what was sent."""
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(one) for one in found["loc"])
    return f"{place}: {found['msg']}" if place else found["msg"]

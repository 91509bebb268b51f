"""GET /api/reviews/{product}/{week}: a frozen week as JSON. GET /api/openapi.json: what the API takes and gives."""

from collections.abc import Callable

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from plugin.api.document import document
from plugin.api.door import Answer, ApiDoor, refusal
from plugin.domain.audience import Audience
from plugin.domain.week import Week
from plugin.review.model import Duplicates, Review
from plugin.review.upgrade import ReviewTooNewError
from plugin.store import configurations
from plugin.weekly.freezing import frozen


def reviews_blueprint(engine: Engine, door: ApiDoor) -> Blueprint:
    """`Authorization: Bearer` carries a token that may read.

    200 is the review; 400 no week, 401 no known token, 403 a token that may not read, 404 no such product or a week
    that is not frozen, 409 a review of a later Plumbline, 503 no database. Issues that pages may not name are left
    out, also where that was forbidden after the week was frozen; they count in every number.
    """
    routes = Blueprint("reviews", __name__)

    @routes.get("/api/openapi.json")
    def describe() -> ResponseReturnValue:
        return jsonify(document())

    @routes.get("/api/reviews/<product>/<week>")
    def give(product: str, week: str) -> Answer:
        try:
            return door.refused("read") or _review(engine, product, Week.parse(week))
        except ValueError as error:
            return refusal(400, str(error))
        except ReviewTooNewError as error:
            return refusal(409, str(error))
        except SQLAlchemyError:
            return refusal(503, "the database does not answer; come again later")

    return routes


def _review(engine: Engine, product: str, week: Week) -> Answer:
    with engine.connect() as connection:
        found = frozen(connection, product, week)
        audience = _audience(connection)
    if found is None:
        return refusal(404, f"there is no frozen review of {product} for {week}")
    return jsonify(_shown(found, audience).model_dump(mode="json")), 200


def _audience(connection: Connection) -> Audience:
    """Of pages; what they may not name, this does not either. Without a configuration nothing is named."""
    configuration = configurations.active(connection)
    if configuration is None:
        return Audience(projects=frozenset())
    plan = configuration.site.audience
    pages = None if plan.pages is None else frozenset(plan.pages)
    return Audience(projects=pages, restricted=frozenset(plan.restricted))


def _shown(review: Review, audience: Audience) -> Review:
    """Without issues of projects that may not be named now; a search that may name them goes with them."""

    def named(key: str) -> bool:
        return audience.shows_project(key.rpartition("-")[0])

    work, released = review.unlinked_work, review.released
    issues = tuple(one for one in work.issues if named(one.key))
    search = {} if len(issues) == len(work.issues) else {"jql": None, "url": None}
    out = tuple(one for one in released.issues if named(one.key))
    return review.model_copy(
        update={
            "duplicates": _named_pairs(review.duplicates, named),
            "unlinked_work": work.model_copy(update={"issues": issues, **search}),
            "released": released.model_copy(update={"issues": out}),
        }
    )


def _named_pairs(found: Duplicates | None, named: Callable[[str], bool]) -> Duplicates | None:
    if found is None:
        return None
    return found.model_copy(
        update={"pairs": tuple(pair for pair in found.pairs if named(pair.one.key) and named(pair.other.key))}
    )

"""Confluence over HTTP: its REST of one dialect, and its pages for people, as one Flask blueprint."""

from http import HTTPStatus

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from plugin.sandbox.confluence.pages import page_routes
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.v1 import VersionOne
from plugin.sandbox.confluence.v2 import VersionTwo
from plugin.sandbox.confluence.values import RefusedError
from plugin.sandbox.confluence.wire import PLACES, sign_in
from plugin.sandbox.jira.values import Dialect, Json


def confluence_blueprint(site: ConfluenceSite, dialect: Dialect) -> Blueprint:
    """Cloud below /wiki (REST version 2 and what is left of 1), Data Center below /confluence (version 1)."""
    place = PLACES[dialect]
    blueprint = Blueprint("confluence", __name__, url_prefix=place.context, template_folder="templates")
    routes = [(method, f"/rest/api{rule}", answer) for method, rule, answer in VersionOne(site, place).routes()]
    if dialect == "cloud":
        routes += [(method, f"/api/v2{rule}", answer) for method, rule, answer in VersionTwo(site, place).routes()]
    routes += page_routes(site, place)
    for method, rule, answer in routes:
        name = f"{method} {rule}".replace(".", "-")
        blueprint.add_url_rule(rule, name, answer, methods=[method], strict_slashes=False)

    @blueprint.before_request
    def ask_who() -> None:
        if _is_rest():
            g.person = sign_in(site, dialect)
            g.actor = g.person.id

    @blueprint.errorhandler(RefusedError)
    def refuse(error: RefusedError) -> ResponseReturnValue:
        if not _is_rest():
            return error.words, error.status, {"Content-Type": "text/plain; charset=utf-8"}
        return refusal_json(error), error.status

    return blueprint


def _is_rest() -> bool:
    return "/api/v2/" in request.path or "/rest/api/" in request.path


def refusal_json(error: RefusedError) -> Json:
    """Each version of the REST has its own shape of an error."""
    phrase = HTTPStatus(error.status).phrase
    if "/api/v2/" in request.path:
        code = phrase.upper().replace(" ", "_")
        return {"errors": [{"status": error.status, "code": code, "title": error.words, "detail": None}]}
    state: Json = {"authorized": error.status not in (401, 403), "valid": True, "errors": [], "successful": False}
    return {"statusCode": error.status, "data": state, "message": error.words, "reason": phrase}

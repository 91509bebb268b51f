"""Routes below /sandbox, by which a test or a demo steers the sandbox over HTTP. They ask for no credentials."""

from dataclasses import asdict

from flask import Blueprint, Response, current_app, jsonify, request
from pydantic import ValidationError
from werkzeug.exceptions import NotFound

from plugin.sandbox.faults import FAULT, Faults
from plugin.sandbox.jira.webhooks_out import Sender
from plugin.sandbox.story.summary import summary
from plugin.sandbox.story.teams_at_work import Order, Teams

blueprint = Blueprint("sandbox", "plugin.sandbox", url_prefix="/sandbox")


def _faults() -> Faults:
    found: Faults = current_app.extensions["faults"]
    return found


@blueprint.get("/faults")
def planned() -> Response:
    return jsonify([one.model_dump() for one in _faults().planned])


@blueprint.post("/faults")
def plan() -> tuple[Response, int]:
    """Takes one fault, such as {"kind": "rate limited", "method": "PUT", "path": "/issue/", "times": 2}."""
    try:
        _faults().add(FAULT.validate_json(request.get_data()))
    except ValidationError as wrong:
        return jsonify({"errors": [f"{one['loc']}: {one['msg']}" for one in wrong.errors()]}), 400
    return planned(), 201


@blueprint.delete("/faults")
def clear() -> tuple[str, int]:
    _faults().clear()
    return "", 204


@blueprint.get("/requests")
def requests() -> Response:
    """The last calls to either half, oldest first."""
    return jsonify([asdict(one) for one in list(_faults().requests)])


@blueprint.get("/webhooks")
def webhooks() -> Response:
    """What became of deliveries, and how many are still waiting."""
    sender: Sender = current_app.extensions["sender"]
    return jsonify(asdict(sender.counts) | {"waiting": sender.waiting})


@blueprint.get("/summary")
def summed_up() -> Response:
    """What a demo says at its end."""
    held = current_app.extensions
    return jsonify(summary(held["jira"], held["confluence"], held["sender"].counts))


@blueprint.get("/teams")
def working() -> Response:
    """Whether the teams are at work, and how many steps they made."""
    teams = _teams()
    return jsonify({"running": teams.running, "steps": teams.steps})


@blueprint.post("/teams")
def set_to_work() -> tuple[Response, int]:
    """Takes {"pause": 2.5, "steps": null}: seconds between steps, and after how many to end."""
    try:
        order = Order.model_validate_json(request.get_data() or b"{}")
    except ValidationError as wrong:
        return jsonify({"errors": [f"{one['loc']}: {one['msg']}" for one in wrong.errors()]}), 400
    _teams().start(order.pause, order.steps)
    return working(), 201


@blueprint.delete("/teams")
def rest() -> tuple[str, int]:
    _teams().stop()
    return "", 204


def _teams() -> Teams:
    teams: Teams | None = current_app.extensions.get("teams")
    if teams is None:
        raise NotFound("This sandbox has no teams: start it with --story or --issues.")
    return teams

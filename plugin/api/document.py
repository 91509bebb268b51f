"""The JSON API in OpenAPI's words, made from the models that it takes and gives. Pure.

https://spec.openapis.org/oas/v3.1.0
"""

from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from plugin.api.metrics import GivenPoints
from plugin.review.model import Review

_SCHEMAS = "#/components/schemas/"


@cache
def document() -> dict[str, Any]:
    schemas = models_json_schema(
        [(Review, "serialization"), (GivenPoints, "validation")], ref_template=f"{_SCHEMAS}{{model}}"
    )[1]["$defs"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Plumbline",
            "version": version("plumbline"),
            "description": "Frozen weeks of products, and values of metrics. Moments are UTC, in ISO 8601.",
        },
        "security": [{"token": []}],
        "paths": {
            "/api/reviews/{product}/{week}": {"get": _reading()},
            "/api/metrics/{metric}/points": {"post": _recording()},
            "/api/openapi.json": {"get": _describing()},
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that an admin makes in the console; for values also the environment's.",
                }
            },
            "schemas": {**schemas, "Error": _object({"error": {"type": "string"}}), "Recorded": _RECORDED},
        },
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_RECORDED = _object({"given": {"type": "integer"}, "stored": {"type": "integer", "description": "How many were new."}})


def _reading() -> dict[str, Any]:
    week = {"type": "string", "examples": ["2026-W47"]}
    return {
        "operationId": "getReview",
        "summary": "A product's week as it was frozen",
        "parameters": [_in_path("product", {"type": "string"}), _in_path("week", week)],
        "responses": {
            "200": _json("The review", "Review"),
            **_refusals(
                {
                    "400": "What is no week",
                    "401": "No token that is known",
                    "403": "A token that may not read",
                    "404": "No such product, or a week that is not frozen",
                    "409": "A review that a later Plumbline froze",
                    "503": "The database does not answer",
                }
            ),
        },
    }


def _recording() -> dict[str, Any]:
    product = {"name": "product", "in": "query", "schema": {"type": "string"}}
    told = {"description": "Needed where several products have a metric of that id."}
    return {
        "operationId": "recordPoints",
        "summary": "Values of a metric whose source is push; all are taken or none",
        "parameters": [_in_path("metric", {"type": "string"}), product | told],
        "requestBody": {"required": True, "content": _content("GivenPoints")},
        "responses": {
            "200": _json("How many were given, and how many of them were new", "Recorded"),
            **_refusals(
                {
                    "400": "What is wrong with the body",
                    "401": "No token that is known",
                    "403": "A token that may not record",
                    "404": "No such metric",
                    "409": "A metric that takes no values, or a product that has to be named",
                    "413": "A body that is too large",
                    "503": "The database does not answer",
                }
            ),
        },
    }


def _describing() -> dict[str, Any]:
    answer = {"description": "This document", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"operationId": "getDescription", "summary": "This document", "security": [], "responses": {"200": answer}}


def _in_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _content(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{model}"}}}


def _json(description: str, model: str) -> dict[str, Any]:
    return {"description": description, "content": _content(model)}


def _refusals(told: dict[str, str]) -> dict[str, Any]:
    return {status: _json(words, "Error") for status, words in told.items()}

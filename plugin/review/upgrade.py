"""Reviews that were frozen under an older model: read as the present one, without inventing what they did not hold."""

from collections.abc import Mapping
from typing import Any

from plugin.review.model import FEWEST, MODEL_VERSION, Review


class ReviewTooNewError(Exception):
    """The review was frozen by a later version of Plumbline."""


def read(body: Mapping[str, Any]) -> Review:
    """The frozen review, whatever model version it has. Raises ReviewTooNewError."""
    version = body.get("model_version", 1)
    if version > MODEL_VERSION:
        raise ReviewTooNewError(
            f"the review of {body.get('product')} in {body.get('week')} is of model version {version}; this Plumbline "
            f"reads up to {MODEL_VERSION}: start the one that wrote it, or a later one"
        )
    if version == 1:
        body = _from_first(body)
    return Review.model_validate(body if version > 2 else _from_second(body))


def _from_first(body: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1 had shares of issues and metrics, and nothing that rests on several weeks."""
    rows = [_objective(row) for row in body["objectives"]]
    objectives = {row["id"]: float(row["part"]["share"]["count"]) for row in rows}
    exempt = {row["id"]: float(row["part"]["share"]["count"]) for row in body["exempt_rows"]}
    work = body["unlinked_work"]
    return {
        **body,
        "objectives": rows,
        "unlinked_work": {**work, "issues": [{"effort": 1.0, "age_days": None} | one for one in work["issues"]]},
        "model_version": 1,
        "points_used": 0,
        "exceptions": list(_exceptions(body)),
        "drift": None,
        "unmoved": None,
        "coverage": {
            "objectives": len(rows),
            "with_work": sum(1 for count in objectives.values() if count),
            "with_key_result": 0,
            "with_pace": 0,
        },
        "hunger": [],
        "carry_over": [],
        "upcoming": [],
        "effort": {
            "model": body["effort_model"],
            "issues": body["aligned"]["share"]["of"],
            "objectives": objectives,
            "exempt": exempt,
            "unlinked": float(body["unlinked"]["share"]["count"]),
            "undecided": float(body["undecided"]["share"]["count"]),
        },
        "streams": [],
        "trend": [],
        "linking": {},
        "rule_records": [],
        "changed": [],
        "released": {},
        "not_seen": [],
    }


def _from_second(body: Mapping[str, Any]) -> dict[str, Any]:
    """Version 2 counted issues where effort on unmoved metrics was told."""
    unmoved = body["unmoved"]
    if unmoved is not None:
        count, of = unmoved["count"], unmoved["of"]
        share = count / of if of >= FEWEST else None
        unmoved = {"model": "count", "amount": count, "of": of, "share": share}
    return {**body, "unmoved": unmoved}


def _objective(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "life": "active",
        "state": {"word": "not measured", "rule": "its week was frozen before states were told"},
        "key_results": [],
        "confidence": None,
        "next_step": None,
        "trend": [],
        "starved_weeks": 0,
        "over_fed_weeks": 0,
    }


def _exceptions(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{block['id']}/{why['kind'].replace(' ', '-')}",
            "metric": block["id"],
            "owner": block["owner"],
            "words": why["words"],
            "first_week": body["week"],
            "weeks": 1,
            "current": True,
            "explanation": None,
        }
        for block in body["metrics"]
        for why in block["to_explain"]
    ]

"""Who may use the JSON API: bearer tokens, those of the console by what they may do, and one from the environment."""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from flask import Response, jsonify, request
from sqlalchemy import Engine

from plugin.store import tokens

Scope = Literal["read", "metrics"]
Answer = tuple[Response, int]

_TOLD: dict[Scope, str] = {"read": "read reviews", "metrics": "record values of metrics"}


@dataclass(frozen=True)
class ApiDoor:
    """`metrics_token` is PLUMBLINE_METRICS_TOKEN's, which may record values and nothing else; None: there is none."""

    engine: Engine
    metrics_token: str | None = None

    def refused(self, scope: Scope) -> Answer | None:
        """The answer for who may not; None for who may. Asks the database."""
        found = re.fullmatch(r"Bearer +(\S+)", request.headers.get("Authorization", ""))
        if not found:
            return refusal(401, "a bearer token is needed")
        if scope == "metrics" and self._is_the_environments(found[1]):
            return None
        with self.engine.begin() as connection:
            token = tokens.of(connection, sha256(found[1].encode()).hexdigest())
        if token is None:
            return refusal(401, "this bearer token is unknown or revoked")
        if scope not in token.scopes:
            return refusal(403, f"this token may not {_TOLD[scope]}; an admin makes one that may in the console")
        return None

    def _is_the_environments(self, given: str) -> bool:
        known = self.metrics_token
        return known is not None and hmac.compare_digest(given.encode(), known.encode())


def refusal(status: int, words: str) -> Answer:
    return jsonify({"error": words}), status

"""An organisation's sign-in on loopback: OpenID Connect's code flow with PKCE, and a key of its own."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "plumbline", "between the two"


@dataclass
class Provider:
    """What it says of whoever signs in next, and how it misbehaves."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "preferred_username": "vera", "groups": []})
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signing: RSAKey | None = None
    """Another key than the one it publishes, for a forged token."""
    wrong: dict[str, Any] = field(default_factory=dict)
    """Claims that a forger would set: iss, aud, exp, nonce."""
    granted: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Flask:
        app = Flask("organisation")
        app.get("/.well-known/openid-configuration")(self.describe)
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        app.get("/keys")(lambda: jsonify({"keys": [self.key.as_dict(private=False)]}))
        return app

    def describe(self) -> ResponseReturnValue:
        return jsonify(
            issuer=self.url,
            authorization_endpoint=f"{self.url}/authorize",
            token_endpoint=f"{self.url}/token",
            jwks_uri=f"{self.url}/keys",
            id_token_signing_alg_values_supported=["RS256"],
            response_types_supported=["code"],
            subject_types_supported=["public"],
        )

    def authorize(self) -> ResponseReturnValue:
        asked = request.args
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe()
        self.granted[code] = {"nonce": asked["nonce"], "challenge": asked["code_challenge"]}
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    def token(self) -> ResponseReturnValue:
        held = self.granted.pop(request.form["code"], None)
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if held is None or base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != held["challenge"]:
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": held["nonce"], **self.claims}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.wrong, self.signing or self.key)
        return jsonify(access_token="unused", token_type="Bearer", expires_in=60, id_token=signed)


@contextmanager
def providing() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

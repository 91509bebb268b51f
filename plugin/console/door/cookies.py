"""The cookie's signature: one key for all web processes, kept in the store and asked for when a page first needs it."""

import secrets
import threading

from flask import Flask, Request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine

from plugin.store import sign_ins

WITHOUT_SESSION = ("/webhooks/", "/api/", "/healthz", "/readyz", "/console/static/", "/bootstrap/")
"""Paths that never have one: a delivery must not wait for a key."""


class SharedKey(SecureCookieSessionInterface):
    """Flask's signed cookie. It is sent as `Secure` wherever the request came over HTTPS."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        if request.path.startswith(WITHOUT_SESSION):
            return self.make_null_session(app)
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        with self._lock:
            if not app.secret_key:
                with self._engine.begin() as connection:
                    app.secret_key = sign_ins.shared(connection, "cookies", secrets.token_hex(32))
        return super().get_signing_serializer(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        from flask import request

        return request.is_secure

"""Signing in with the local admin's password, which is set once through a link; signing out."""

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Engine

from plugin.console.console import Console
from plugin.console.door import who
from plugin.console.door.who import open_to_all
from plugin.store import activity, sign_ins

ADMIN = "admin"
FIRST = "first visit"
SHORTEST, LONGEST = 12, 200
"""Letters of a password."""
REFUSALS, WITHIN = 10, timedelta(minutes=15)
"""So many wrong passwords from one address, and it has to wait; the admin elsewhere does not."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Verified where there is no admin, so that an answer takes as long."""


def routes(console: Console) -> Blueprint:
    made = Blueprint(
        "door", __name__, template_folder="../templates", static_folder="../static", static_url_path="/console/static"
    )
    engine = console.engine

    @made.get("/sign-in")
    @open_to_all
    def sign_in() -> ResponseReturnValue:
        with engine.connect() as connection:
            known = sign_ins.has_admin(connection)
        return _form("sign_in", known=known, organisation=console.organisation)

    @made.post("/sign-in")
    @open_to_all
    def try_password() -> ResponseReturnValue:
        if console.organisation:
            abort(404, "Sign in with your organisation’s account.")
        source = request.remote_addr or "unknown"
        with engine.begin() as connection:
            if sign_ins.refused(connection, source, WITHIN) >= REFUSALS:
                wait = int(WITHIN.total_seconds())
                words = "Too many wrong passwords came from this address. Wait a quarter of an hour."
                return _form("sign_in", trouble=words, known=True), 429, {"Retry-After": str(wait)}
            if not _right(connection, request.form.get("password", "")):
                sign_ins.refuse(connection, source)
                return _form("sign_in", trouble="That is not the password.", known=True), 401
            sign_ins.forget(connection, who.IDLE, who.LONGEST, WITHIN)
            who.begin(connection, ADMIN, "admin")
            activity.note(connection, ADMIN, "Signed in.")
        return redirect(who.way_back(request.form.get("next")))

    @made.get("/first-visit/<token>")
    @open_to_all
    def first_visit(token: str) -> ResponseReturnValue:
        if console.organisation:
            abort(404, "Sign in with your organisation’s account.")
        with engine.connect() as connection:
            if not sign_ins.holds_secret(connection, FIRST, who.hashed(token)):
                abort(404, "This link was used, or a newer one was printed since.")
        return _form("first_visit", shortest=SHORTEST)

    @made.post("/first-visit/<token>")
    @open_to_all
    def set_password(token: str) -> ResponseReturnValue:
        if console.organisation:
            abort(404, "Sign in with your organisation’s account.")
        password, again = request.form.get("password", ""), request.form.get("again", "")
        trouble = _wrong(password, again)
        if trouble:
            return _form("first_visit", trouble=trouble, shortest=SHORTEST), 400
        with engine.begin() as connection:
            if not sign_ins.spend_secret(connection, FIRST, who.hashed(token)):
                abort(404, "This link was used, or a newer one was printed since.")
            sign_ins.set_password(connection, ADMIN, _hasher.hash(password))
            who.begin(connection, ADMIN, "admin")
            activity.note(connection, ADMIN, "Set the password of the local admin.")
        return redirect(url_for("overview.shown"))

    @made.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        with engine.begin() as connection:
            who.end(connection)
        return redirect(url_for("door.sign_in"))

    return made


def first_visit_link(engine: Engine, address: str) -> str | None:
    """A link that sets the local admin's password once; None where it is set. An older link ends with it."""
    token = secrets.token_urlsafe(32)
    with engine.begin() as connection:
        if sign_ins.has_admin(connection):
            return None
        sign_ins.replace_secret(connection, FIRST, who.hashed(token))
    return f"{address}/first-visit/{token}"


def _form(name: str, trouble: str = "", **values: object) -> str:
    wanted = request.values.get("next")
    return render_template(f"console/{name}.html", trouble=trouble, next=who.way_back(wanted), **values)


def _wrong(password: str, again: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Take {SHORTEST} to {LONGEST} letters; a few words in a row are easy to remember."
    return "" if password == again else "The two are not the same."


def _right(connection: Connection, password: str) -> bool:
    kept = sign_ins.password_of(connection, ADMIN)
    try:
        return _hasher.verify(kept or _NOBODY, password[: LONGEST + 1]) and kept is not None
    except VerificationError:
        return False

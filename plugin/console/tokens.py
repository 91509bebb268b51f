"""Tokens of the JSON API: made, shown once, revoked."""

import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.console.console import Console
from plugin.console.door.who import admins_only, hashed, reader
from plugin.store import activity, tokens

SCOPES = {
    "read": "read reviews and alignment, of every product",
    "metrics": "record values of metrics, of every product",
}
LONGEST_NAME = 80


def routes(console: Console) -> Blueprint:
    made = Blueprint("tokens", __name__)

    @made.get("/tokens")
    @admins_only
    def shown() -> str:
        return _page()

    @made.post("/tokens")
    @admins_only
    def make() -> ResponseReturnValue:
        name, scopes = request.form.get("name", "").strip(), request.form.getlist("scope")
        if not 0 < len(name) <= LONGEST_NAME or not scopes or not set(scopes) <= set(SCOPES):
            words = f"Give the token a name of at most {LONGEST_NAME} letters, and at least one thing that it may do."
            return _page(trouble=words), 400
        token = f"plumbline_{secrets.token_urlsafe(32)}"
        with console.engine.begin() as connection:
            tokens.add(connection, name, hashed(token), scopes, reader().name)
            activity.note(connection, reader().name, f"Made the API token “{name}”, which may {_may(scopes)}.")
        return _page(made=token)

    @made.post("/tokens/<int:id>/revoke")
    @admins_only
    def revoke(id: int) -> ResponseReturnValue:
        with console.engine.begin() as connection:
            name = tokens.revoke(connection, id)
            if name is None:
                abort(404, "There is no such token, or it is revoked already.")
            activity.note(connection, reader().name, f"Revoked the API token “{name}”.")
        return redirect(url_for("tokens.shown"))

    def _page(**values: str) -> str:
        with console.engine.connect() as connection:
            every = tokens.every(connection)
        return render_template("console/tokens.html", tokens=every, scopes=SCOPES, **values)

    return made


def _may(scopes: list[str]) -> str:
    return " and ".join(SCOPES[one] for one in sorted(scopes))

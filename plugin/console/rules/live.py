"""What the editor asks while a condition is written: is it one, what would it match, and what may stand here."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from plugin.admin.checking import Check, check, words
from plugin.console.door.who import admins_only, reader
from plugin.console.rules.desk import Desk
from plugin.path.site import known_facts

if TYPE_CHECKING:
    from plugin.console.console import Console

PATIENCE = "3s"
"""PostgreSQL's own limit for one question of a check."""


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("live", __name__), Desk(console)

    @made.post("/rules/check")
    @admins_only
    def condition() -> ResponseReturnValue:
        """The editor's live check: what is wrong and where, or how many issues match, with a few of them."""
        found = checked(desk, request.form.get("product", ""), request.form.get("when", ""))
        return jsonify({**asdict(found), "html": render_template("console/rules/check.html", check=found)})

    @made.get("/rules/words")
    @admins_only
    def completion() -> ResponseReturnValue:
        with console.engine.connect() as connection:
            return jsonify(asdict(words(connection, known_facts(connection))))

    return made


def checked(desk: Desk, product: str, when: str) -> Check:
    """The condition within the product's scope, for the reader's audience, in a bounded time."""
    book = desk.book()
    found = book.configuration.product(product)
    with desk.console.engine.connect() as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
        facts = known_facts(connection, book.configuration.site.time_zone)
        audience = reader().audience(book.configuration.site)
        try:
            return check(connection, when, found.scope if found else "", (facts, audience, desk.console.clock()))
        except OperationalError:
            return Check(notices=("It took too long to count; the condition itself is in order.",))

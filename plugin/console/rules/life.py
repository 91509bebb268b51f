"""The deeds of an objective's life: agreed, ended, dropped, carried over. Each is an edit of the draft."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from plugin.configuration.carrying import carried_over
from plugin.configuration.editing import EditRefused, Files, Written, item, put
from plugin.console.door.who import admins_only
from plugin.console.rules.desk import Desk, Refused

if TYPE_CHECKING:
    from plugin.console.console import Console

STEPS = {"agree": "agreed", "end": "ended", "drop": "dropped"}
"""What a person does → the key that keeps the day."""


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("life", __name__), Desk(console)

    @made.post("/objectives/<product>/<id>/<step>")
    @admins_only
    def step(product: str, id: str, step: str) -> ResponseReturnValue:
        desk.refuse_by_files()
        if step not in STEPS:
            abort(404)
        day = request.form.get("day", "") or desk.today().isoformat()
        try:
            date.fromisoformat(day)
        except ValueError:
            abort(400, f"{day!r} is not a day; write such as 2026-12-25.")

        def edited(files: Files) -> Files:
            before: Written | None = item(files, product, "objectives", id)
            if before is None:
                raise EditRefused(f"there is no objective {id} in your draft")
            return put(files, product, "objectives", {**before, STEPS[step]: day}, id)

        return _done(edited, f"Set {STEPS[step]} of the objective “{id}” of {product} to {day}")

    @made.post("/objectives/<product>/<id>/carry-over")
    @admins_only
    def carry_over(product: str, id: str) -> ResponseReturnValue:
        desk.refuse_by_files()
        with_rules = request.form.get("rules") == "yes"
        return _done(
            lambda files: carried_over(files, product, id, with_rules)[0],
            f"Carried the objective “{id}” of {product} over{' with its rules' if with_rules else ''}",
        )

    def _done(edited: Callable[[Files], Files], deed: str) -> ResponseReturnValue:
        try:
            desk.change(edited, deed)
        except Refused as refused:
            abort(409, str(refused))
        return redirect(url_for("draft.shown"))

    return made

"""The draft of an admin: what it changes, what it would do, and how it comes into force."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from plugin.admin import drafts as deeds
from plugin.console.door.who import admins_only, reader
from plugin.console.rules.desk import Desk
from plugin.console.rules.draft_page import draft_page, far, my_draft
from plugin.store import activity, drafts

if TYPE_CHECKING:
    from plugin.console.console import Console


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("draft", __name__), Desk(console)

    @made.get("/draft")
    @admins_only
    def shown() -> str:
        return draft_page(desk)

    @made.post("/draft/plan")
    @admins_only
    def plan() -> ResponseReturnValue:
        desk.refuse_by_files()
        with console.engine.begin() as connection:
            draft = my_draft(connection)
            if deeds.judged(connection, draft.files, console.clock()).configuration is None:
                abort(409, "The draft has faults, so it cannot be planned; the draft’s page lists them.")
            drafts.ask_plan(connection, draft.who, draft.mark)
            activity.note(connection, reader().name, f"Had the draft upon version {draft.base} planned.")
        console.wake("plan")
        return redirect(url_for("draft.shown", _anchor="plan"))

    @made.get("/draft/progress")
    @admins_only
    def progress() -> ResponseReturnValue:
        """How far the plan is, for the page to follow it; `over` where there is nothing to wait for."""
        with console.engine.connect() as connection:
            found = drafts.plan_of(connection, reader().name)
        if found is None or found.finished_at:
            return jsonify({"over": True})
        return jsonify({"over": False, "words": far(found), "done": found.done, "of": found.total})

    @made.post("/draft/discard")
    @admins_only
    def discard() -> ResponseReturnValue:
        desk.refuse_by_files()
        with console.engine.begin() as connection:
            draft = my_draft(connection)
            if request.form.get("mark") != draft.mark:
                abort(409, "The draft was changed in another window meanwhile, so it was kept. Look at it first.")
            drafts.discard(connection, reader().name)
            activity.note(connection, reader().name, f"Discarded the draft upon version {draft.base}.")
        return redirect(url_for("draft.shown", discarded=1))

    return made

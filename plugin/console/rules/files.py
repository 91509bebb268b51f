"""The files of a draft, as text: all that a configuration may say, also what no form asks for."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.admin import drafts as deeds
from plugin.configuration.editing import SITE
from plugin.console.door.who import admins_only, reader
from plugin.console.rules.desk import NOTHING_YET, Desk
from plugin.store import activity

if TYPE_CHECKING:
    from plugin.console.console import Console


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("files", __name__), Desk(console)

    @made.get("/draft/files")
    @admins_only
    def shown() -> str:
        return _files()

    @made.post("/draft/files")
    @admins_only
    def write() -> ResponseReturnValue:
        """Takes the text as it is, faults and all, so that nothing that was typed is lost."""
        desk.refuse_by_files()
        name, text, mark = (request.form.get(one, "") for one in ("name", "text", "mark"))
        text = text.replace("\r\n", "\n")
        with console.engine.begin() as connection:
            draft = deeds.begun(connection, reader().name, console.clock())
            if draft is None:
                abort(404, NOTHING_YET)
            if name not in draft.files:
                abort(404, "The draft has no file of that name.")
            if mark != draft.mark:
                words = (
                    "Nothing was saved: the draft was changed in another window meanwhile. What you typed stands "
                    "below; send it again to put it in the place of what is there by now."
                )
                return _files(name, text, words), 409
            deeds.keep(connection, draft, {**draft.files, name: text})
            activity.note(connection, reader().name, f"Changed {name} in a draft.")
        return redirect(url_for("draft.shown"))

    def _files(name: str = "", text: str | None = None, trouble: str = "") -> str:
        with console.engine.connect() as connection:
            draft = desk.draft(connection)
            if draft is None:
                abort(409 if desk.by_files else 404, NOTHING_YET)
            faults = deeds.judged(connection, draft.files, console.clock()).faults
        wanted = name or request.args.get("name", SITE)
        if wanted not in draft.files:
            abort(404, "The draft has no file of that name.")
        shown = draft.files[wanted] if text is None else text
        names = sorted(draft.files, key=lambda one: (one != SITE, one))
        return render_template(
            "console/rules/files.html",
            draft=draft,
            names=names,
            name=wanted,
            text=shown,
            trouble=trouble,
            faults=[one for one in faults if one.file == wanted],
        )

    return made

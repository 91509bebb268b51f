"""A draft put in force, or brought up to what came into force meanwhile."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from plugin.admin import drafts as deeds
from plugin.admin.drafts import Meanwhile, NotPlanned
from plugin.admin.versions import VersionError
from plugin.configuration import ConfigurationFaults
from plugin.console.door.who import admins_only, reader
from plugin.console.rules.desk import Desk
from plugin.console.rules.draft_page import draft_page, my_draft
from plugin.store import activity, configurations, drafts
from plugin.store.configurations import Overtaken

if TYPE_CHECKING:
    from plugin.console.console import Console

LONGEST_WHY = 2000
_NOT_PLANNED = "Nothing was applied: the draft as it is was not planned yet. Plan it, and look at what would move."
_MEANWHILE = "Nothing was applied: the draft was changed in another window meanwhile. Look at it as it is now."


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("applying", __name__), Desk(console)

    @made.post("/draft/apply")
    @admins_only
    def apply() -> ResponseReturnValue:
        desk.refuse_by_files()
        why, confirmed, mark = (request.form.get(name, "").strip() for name in ("why", "confirmed", "mark"))
        with console.engine.connect() as connection:
            base = my_draft(connection).base
        if not 0 < len(why) <= LONGEST_WHY or confirmed.lower() != f"version {base}":
            words = (
                f"Nothing was applied. Say why, in at most {LONGEST_WHY:,} letters, and type “version {base}”, which "
                "this takes the place of."
            )
            return draft_page(desk, trouble=words, why=why), 400
        try:
            with console.engine.begin() as connection:
                applied = deeds.put_in_force(connection, reader().name, mark, why, console.clock())
                told = f"Put version {applied.version} of the rules in force." if applied.new else "Applied no change."
                activity.note(connection, reader().name, told, why)
        except Overtaken as other:
            words = (
                f"Nothing was applied: version {other.version} came into force since your draft was begun. Nothing of "
                "it was overwritten, and your draft is as it was. Bring the draft up to it, and plan it again."
            )
            return draft_page(desk, trouble=words, why=why), 409
        except Meanwhile:
            return draft_page(desk, trouble=_MEANWHILE, why=why), 409
        except NotPlanned:
            return draft_page(desk, trouble=_NOT_PLANNED, why=why), 409
        except ConfigurationFaults:
            return draft_page(desk, trouble="Nothing was applied: the draft has faults by now.", why=why), 409
        console.wake("digest")
        console.wake("sweep")
        return redirect(url_for("history.version", version=applied.version))

    @made.post("/draft/rebase")
    @admins_only
    def bring_up() -> ResponseReturnValue:
        desk.refuse_by_files()
        with console.engine.begin() as connection:
            draft = my_draft(connection)
            if request.form.get("mark") != draft.mark:
                abort(409, "The draft was changed in another window meanwhile, so nothing was done. Look at it first.")
            try:
                asked = deeds.brought_up(connection, draft, frozenset())
                sides = {one.name: request.form.get(f"side {one.name}", "") for one in asked.clashes}
                if not set(sides.values()) <= {"mine", "theirs"}:
                    return draft_page(desk, trouble="Nothing was changed: choose a side for each of them."), 400
                theirs = frozenset(name for name, side in sides.items() if side == "theirs")
                brought = deeds.brought_up(connection, draft, theirs)
            except (ConfigurationFaults, VersionError) as error:
                abort(409, f"The draft cannot be brought up, and is as it was: {error}")
            active = configurations.active_version(connection)
            drafts.keep(connection, draft.who, active, brought.files, draft.mark)
            activity.note(connection, reader().name, f"Brought the draft up from version {draft.base} to {active}.")
        return redirect(url_for("draft.shown"))

    return made

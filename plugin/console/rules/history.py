"""Versions: who put them in force, when, why, and what they changed; taken back, or taken as a draft; as files."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.admin import versions
from plugin.admin.versions import VersionError
from plugin.configuration.differences import differences
from plugin.configuration.export import files as exported
from plugin.console.door.who import admins_only, reader
from plugin.console.rules.applying import LONGEST_WHY
from plugin.console.rules.desk import Desk
from plugin.console.rules.export import version_of
from plugin.store import activity, configurations, drafts
from plugin.store.configurations import Overtaken

if TYPE_CHECKING:
    from plugin.console.console import Console

ON_A_PAGE = 30


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("history", __name__), Desk(console)

    @made.get("/rules/history")
    def shown() -> str:
        before = request.args.get("before", type=int)
        with console.engine.connect() as connection:
            every = configurations.history(connection)
        older = [one for one in every if before is None or one.version < before]
        page = older[:ON_A_PAGE]
        return render_template(
            "console/rules/history.html",
            desk=desk,
            versions=page,
            active=every[0].version if every else 0,
            older=page[-1].version if len(older) > ON_A_PAGE else None,
        )

    @made.get("/rules/history/<int:version>")
    def version(version: int) -> str:
        return _page(version)

    @made.post("/rules/history/<int:version>/back")
    @admins_only
    def back(version: int) -> ResponseReturnValue:
        desk.refuse_by_files()
        why, confirmed = request.form.get("why", "").strip(), request.form.get("confirmed", "").strip()
        if not 0 < len(why) <= LONGEST_WHY or confirmed.lower() != f"version {version}":
            words = f"Nothing was taken back. Say why, and type “version {version}”, which comes into force again."
            return _page(version, trouble=words, why=why), 400
        try:
            with console.engine.begin() as connection:
                instead_of = request.form.get("active", type=int)
                applied = versions.back_to(connection, version, reader().name, why, instead_of or 0)
                told = f"Took the rules back to version {version}, as version {applied.version}."
                activity.note(connection, reader().name, told if applied.new else "Took nothing back.", why)
        except Overtaken as other:
            words = (
                f"Nothing was taken back: version {other.version} came into force while you looked. What differs from "
                "it stands below."
            )
            return _page(version, trouble=words, why=why), 409
        except VersionError:
            abort(404, f"There is no version {version}.")
        console.wake("digest")
        console.wake("sweep")
        return redirect(url_for("history.version", version=applied.version))

    @made.post("/rules/history/<int:version>/draft")
    @admins_only
    def as_draft(version: int) -> ResponseReturnValue:
        desk.refuse_by_files()
        wanted = version_of(console, version)
        with console.engine.begin() as connection:
            if drafts.of(connection, reader().name):
                abort(409, "You have a draft already, and it was kept. Apply or discard it first.")
            active = configurations.active_version(connection)
            drafts.keep(connection, reader().name, active, exported(wanted), None)
            activity.note(connection, reader().name, f"Began a draft with what version {version} says.")
        return redirect(url_for("draft.shown"))

    def _page(version: int, **told: Any) -> str:
        wanted = version_of(console, version)
        with console.engine.connect() as connection:
            line = next(one for one in configurations.history(connection) if one.version == version)
            active = configurations.active(connection)
        standing = versions.standing(console.engine, console.clock()) if active and active.version == version else None
        return render_template(
            "console/rules/version.html",
            **{
                "desk": desk,
                "line": line,
                "active": active,
                "files": list(exported(wanted)),
                "back": differences(active, wanted) if active else (),
                "standing": standing,
                "trouble": "",
                "why": "",
                **told,
            },
        )

    return made

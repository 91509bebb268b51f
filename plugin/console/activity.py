"""Who changed what, when and why."""

from flask import Blueprint, render_template, request

from plugin.console.console import Console
from plugin.store import activity

ON_A_PAGE = 50


def routes(console: Console) -> Blueprint:
    made = Blueprint("activity", __name__)

    @made.get("/activity")
    def shown() -> str:
        before = request.args.get("before", type=int)
        with console.engine.connect() as connection:
            deeds = activity.newest(connection, ON_A_PAGE + 1, before)
        older = deeds[ON_A_PAGE - 1].seq if len(deeds) > ON_A_PAGE else None
        return render_template("console/activity.html", deeds=deeds[:ON_A_PAGE], older=older)

    return made

"""One issue: what was decided and why, what nearly matched, what people said, what we wrote."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.admin.explaining import UnknownIssue, explain
from plugin.alignment.moves import place
from plugin.alignment.words import because, step
from plugin.console.console import Console
from plugin.console.door.who import reader

_UNKNOWN = "No issue of that key is known here, or it is not one that you may see."
"""The same words for both: whether a hidden issue exists is nobody's guess."""


def routes(console: Console) -> Blueprint:
    made = Blueprint("issue", __name__)

    @made.get("/issue")
    def asked() -> ResponseReturnValue:
        key = request.args.get("key", "").strip()
        return redirect(url_for("issue.shown", key=key)) if key else redirect(url_for("overview.shown"))

    @made.get("/issue/<key>")
    def shown(key: str) -> str:
        book = console.book()
        if book is None:
            abort(404, "No rules are in force yet; `plumbline apply` brings the first version.")
        try:
            with console.engine.connect() as connection:
                found = explain(connection, key, book, console.clock())
        except UnknownIssue:
            abort(404, _UNKNOWN)
        if not reader().audience(book.configuration.site).shows(found.snapshot):
            abort(404, _UNKNOWN)
        verdict = found.standing.verdict if found.standing else None
        return render_template(
            "console/issue.html",
            found=found,
            verdict=verdict,
            objective=book.objective(verdict.objective) if verdict else None,
            because=because(verdict, book) if verdict else "",
            step=step(verdict.reason) if verdict and verdict.reason else "",
            past=[(one, place(one.verdict)) for one in found.history],
        )

    return made

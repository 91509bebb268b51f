"""Every check, with what to do where one is not well."""

from flask import Blueprint, render_template

from plugin.console.console import Console


def routes(console: Console) -> Blueprint:
    made = Blueprint("status", __name__)

    @made.get("/status")
    def shown() -> str:
        checks = console.checks.all()
        return render_template("console/status.html", checks=sorted(checks, key=lambda one: one.ok))

    return made

"""How pages tell times, and what they say when something is not there."""

from datetime import UTC, datetime, timedelta

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

_STEPS = ((timedelta(days=2), "day", 86400), (timedelta(hours=2), "hour", 3600), (timedelta(minutes=2), "minute", 60))


def register(flask: Flask) -> None:
    flask.add_template_filter(ago, "ago")
    flask.add_template_global(lambda: getattr(g, "reader", None), "reader")
    flask.register_error_handler(HTTPException, refused)


def ago(at: datetime | None, now: datetime | None = None) -> Markup:
    """Relative, with the exact moment on hover. `now` is the clock's; only a test gives it."""
    if at is None:
        return Markup("never")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"),
        f"{at.astimezone(UTC):%a %-d %b %Y %H:%M:%S} UTC",
        since(at, now),
    )


def since(at: datetime, now: datetime | None = None) -> str:
    """Such as `3 hours ago`, or `in 5 minutes`."""
    away = (now or datetime.now(UTC)) - at
    size = abs(away)
    for least, name, seconds in _STEPS:
        if size >= least:
            number = int(size.total_seconds() // seconds)
            return f"{number} {name}s ago" if away >= timedelta(0) else f"in {number} {name}s"
    if size < timedelta(seconds=50):
        return "just now"
    return "a minute ago" if away >= timedelta(0) else "in a minute"


def refused(error: HTTPException) -> ResponseReturnValue:
    """A page for people; whoever asked for something else gets a line."""
    code = error.code or 500
    if not request.accept_mimetypes.accept_html or request.path.startswith(("/api/", "/webhooks/")):
        return error.get_response()
    try:
        return render_template("console/refused.html", code=code, words=error.description), code
    except Exception:  # the page itself needs the store, which may be what is gone
        return error.get_response()

"""Open issues of two streams that look alike, and the pairs that are none."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.console.console import Console
from plugin.console.door.who import admins_only, reader
from plugin.store import activity, likenesses, progress
from plugin.weekly.comparing import streams


def routes(console: Console) -> Blueprint:
    made = Blueprint("duplicates", __name__)

    @made.get("/duplicates")
    def shown() -> str:
        book = console.book()
        audience = reader().audience(book.configuration.site if book else None)
        with console.engine.connect() as connection:
            pairs = likenesses.candidates(connection, audience)
            compared = progress.cursor_at(connection, progress.LIKENED)
        names = streams(book.configuration) if book else {}
        return render_template("console/duplicates.html", pairs=pairs, compared=compared, stream_of=names)

    @made.post("/duplicates/dismiss")
    @admins_only
    def dismiss() -> ResponseReturnValue:
        given = request.form.get("one", ""), request.form.get("other", "")
        book = console.book()
        audience = reader().audience(book.configuration.site if book else None)
        with console.engine.begin() as connection:
            pairs = {(one.one.id, one.other.id): one for one in likenesses.candidates(connection, audience)}
            pair = pairs.get(given)
            if pair is None:
                abort(404, "There is no such pair, or it is dismissed already.")
            likenesses.dismiss(connection, *given, reader().name)
            words = f"Said that {pair.one.key} and {pair.other.key} are no duplicates."
            activity.note(connection, reader().name, words)
        return redirect(url_for("duplicates.shown", dismissed=f"{pair.one.key} {pair.other.key}"))

    return made

"""Links unlinked issues to an objective, many at once: confirmed by count and name, then followed until written."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from plugin.admin.linking import LinkingError, Wanted, chosen, link
from plugin.console.console import Console
from plugin.console.door.who import admins_only, reader
from plugin.console.unlinked import book_of, page_of
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Verdict
from plugin.store import activity, changes, snapshots, verdicts
from plugin.store.verdicts import Override

_MOMENT = "%Y%m%dT%H%M%S.%fZ"
_NOTHING = "Nothing was linked at that moment."


@dataclass(frozen=True)
class Progress:
    """How far one linked issue is, in words."""

    key: str
    summary: str
    words: str
    done: bool


def routes(console: Console) -> Blueprint:
    made = Blueprint("linking", __name__)

    @made.post("/unlinked/link")
    @admins_only
    def confirm() -> ResponseReturnValue:
        """Says by count and name what would be linked; with `sure` it is done."""
        book, now = book_of(console), console.clock()
        wanted = Wanted(request.form.getlist("key"), request.form.get("objective", ""), reader().name)
        objective = book.objective(wanted.objective)
        try:
            with console.engine.begin() as connection:
                issues = chosen(connection, wanted, book, reader().audience(book.configuration.site), now)
                if objective is None or "sure" not in request.form:
                    product = next(one.id for one in book.configuration.products if one.objective(wanted.objective))
                    shadow = [one for one in issues if book.mode(product, one.project_key) == "shadow"]
                    label = book.label_of(wanted.objective)
                    return render_template(
                        "console/link.html", issues=issues, objective=objective, shadow=shadow, label=label
                    )
                link(connection, wanted, issues, book, now)
                keys = ", ".join(one.key for one in issues)
                what = "1 issue" if len(issues) == 1 else f"{len(issues)} issues"
                activity.note(connection, wanted.who, f"Linked {what} to “{objective.title}”: {keys}.")
        except LinkingError as error:
            return page_of(console, book, request.args, str(error)), 400
        console.wake("digest")
        return redirect(url_for("linking.linked", moment=now.astimezone(UTC).strftime(_MOMENT)))

    @made.get("/unlinked/linked/<moment>")
    def linked(moment: str) -> str:
        try:
            at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            abort(404, _NOTHING)
        audience = reader().audience(book_of(console).configuration.site)
        with console.engine.connect() as connection:
            said = verdicts.chosen_at(connection, at)
            known = snapshots.by_ids(connection, [one.issue_id for one in said])
            standing = verdicts.of(connection, known)
            rows = [
                _progress(connection, one, known[one.issue_id], standing.get(one.issue_id))
                for one in said
                if one.issue_id in known and audience.shows(known[one.issue_id])
            ]
        if not rows:
            abort(404, _NOTHING)
        return render_template("console/linked.html", rows=sorted(rows, key=lambda one: one.key))

    return made


def _progress(connection: Connection, said: Override, issue: Snapshot, verdict: Verdict | None) -> Progress:
    waiting = changes.waiting(connection, said.issue_id)
    aligned = verdict is not None and verdict.how == "override"
    if waiting:
        words = f"the change is parked: {waiting.error}" if waiting.parked else "waits to be written"
    elif said.label in (issue.labels or ()):
        words = f"written: label {said.label}"
    else:
        words = "decided; in shadow mode nothing is written" if aligned else "waits to be decided"
    return Progress(issue.key, issue.text("summary"), words, not waiting and aligned)

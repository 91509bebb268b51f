"""Open work that serves no objective: looked through, and exported. What is chosen there, `linking` links."""

from dataclasses import replace
from datetime import datetime
from typing import get_args

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.datastructures import MultiDict

from plugin.alignment.rulebook import RuleBook
from plugin.alignment.words import step
from plugin.console.console import Console
from plugin.console.csv_lines import csv_of
from plugin.console.door.who import reader
from plugin.domain.verdict import Reason
from plugin.store import unlinked
from plugin.store.unlinked import Asked, Order, Unlinked
from plugin.weekly.comparing import streams

ON_A_PAGE, EXPORTED = 50, 50_000
AGES = (7, 30, 90, 365)


def routes(console: Console) -> Blueprint:
    made = Blueprint("unlinked", __name__)

    @made.get("/unlinked")
    def shown() -> str:
        return page_of(console, book_of(console), request.args)

    @made.get("/unlinked.csv")
    def exported() -> Response:
        book = book_of(console)
        asked = _asked(book, request.args, console.clock())
        with console.engine.connect() as connection:
            found = unlinked.page(connection, asked, EXPORTED)
        head = ("key", "summary", "stream", "stage", "reason", "step", "age in days", "days in progress", "looks like")
        names = streams(book.configuration)
        rows = [
            (
                *(one.key, one.summary, names.get(one.project, ""), one.stage, one.reason, step(Reason(one.reason))),
                *(one.age_days, f"{one.in_progress_days:.1f}", one.looks_like or ""),
            )
            for one in found
        ]
        return Response(
            csv_of([head, *rows]),
            mimetype="text/csv",
            headers={"Content-Disposition": 'attachment; filename="unlinked.csv"'},
        )

    return made


def book_of(console: Console) -> RuleBook:
    """The rules in force; without any there is no such page."""
    book = console.book()
    if book is None:
        abort(404, "No rules are in force yet; `plumbline apply` brings the first version.")
    return book


def page_of(console: Console, book: RuleBook, given: "MultiDict[str, str]", trouble: str = "") -> str:
    now = console.clock()
    asked = _asked(book, given, now)
    at = max(0, given.get("after", 0, type=int))
    with console.engine.connect() as connection:
        total = unlinked.number(connection, asked)
        rows: list[Unlinked] = unlinked.page(connection, asked, ON_A_PAGE, at)
    active = book.active(book.today(now))
    kept = {name: value for name, value in given.items() if name != "after" and value}
    return render_template(
        "console/unlinked.html",
        rows=rows,
        total=total,
        at=at,
        older=at + ON_A_PAGE if at + ON_A_PAGE < total else None,
        newer=max(0, at - ON_A_PAGE) if at else None,
        kept=kept,
        asked=asked,
        streams=[
            (f"{product.id}/{stream.id}", stream.name)
            for product in book.configuration.products
            for stream in product.streams
        ],
        chosen_stream=given.get("stream", ""),
        stream_of=streams(book.configuration),
        reasons=list(Reason),
        ages=AGES,
        orders=get_args(Order),
        objectives=sorted(book.objectives(active), key=lambda one: one.id),
        title_of={one.id: one.title for one in book.objectives(active)},
        step=lambda reason: step(Reason(reason)),
        trouble=trouble,
    )


def _asked(book: RuleBook, given: "MultiDict[str, str]", now: datetime) -> Asked:
    """What the address does not say, or says wrongly, is not asked."""
    asked = Asked(reader().audience(book.configuration.site), now)
    names = streams(book.configuration)
    if given.get("stream") in names.values():
        asked = replace(asked, projects=tuple(one for one, stream in names.items() if stream == given.get("stream")))
    if given.get("reason") in set(Reason):
        asked = replace(asked, reason=given.get("reason"))
    days = given.get("age", type=int)
    if days in AGES:
        asked = replace(asked, days=days)
    orders: dict[str, Order] = {one: one for one in get_args(Order)}
    order = orders.get(given.get("order", ""), "effort")
    return replace(asked, worked="worked" in given, suggested="suggested" in given, order=order)

"""One rule: written, checked while it is written, and saved into the draft."""

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy import Connection

from plugin.admin.checking import words
from plugin.configuration import ConfigurationFaults
from plugin.configuration.editing import Written, items, products, put, take_out, values
from plugin.console.door.who import admins_only, reader
from plugin.console.rules.desk import Desk, Refused, seen
from plugin.console.rules.live import checked
from plugin.domain.product import Rule
from plugin.path.site import known_facts
from plugin.store import rules

if TYPE_CHECKING:
    from plugin.console.console import Console

PATIENCE = "3s"
"""PostgreSQL's own limit for one question of a check."""
DECIDED = 10


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("editor", __name__), Desk(console)

    @made.get("/rules/new")
    @admins_only
    def new() -> str:
        desk.refuse_by_files()
        given = {name: request.args.get(name, "") for name in ("objective", "when", "why")}
        product = request.args.get("product", "") or next(iter(one.id for one in desk.book().configuration.products))
        return _page(desk, product, "", {**given, "id": "", "priority": "100"}, seen_as="")

    @made.get("/rules/<product>/<id>")
    def shown(product: str, id: str) -> str:
        book = desk.book()
        with console.engine.connect() as connection:
            rule = desk.written(connection, product, "rules", id)
        if rule is None:
            abort(404, f"There is no rule {id} of {product}; it may have been taken out, or have another id now.")
        if not desk.writes:
            return _only_shown(desk, product, id)
        saved = f"{id} is saved in your draft." if request.args.get("saved") else ""
        return _page(desk, product, id, _form(rule), seen_as=seen(rule), book=book, saved=saved)

    @made.post("/rules/new")
    @made.post("/rules/<product>/<id>")
    @admins_only
    def write(product: str = "", id: str = "") -> ResponseReturnValue:
        desk.refuse_by_files()
        form = {name: request.form.get(name, "").strip() for name in ("id", "objective", "when", "why", "priority")}
        product, seen_as = product or request.form.get("product", ""), request.form.get("seen", "")
        deed = request.form.get("deed", "check")
        if deed == "check":
            return _page(desk, product, id, form, seen_as=seen_as, found=checked(desk, product, form["when"]))
        try:
            if deed == "remove" and id:
                desk.change(
                    lambda files: take_out(files, product, "rules", id), f"Took out the rule “{id}” of {product}"
                )
                return redirect(url_for("draft.shown"))
            _unchanged(product, id, seen_as)
            rule = _rule(form)
            found = checked(desk, product, rule.when)
            if found.wrong:
                trouble = (
                    "Nothing was saved: the condition is not one that can be decided. What is wrong stands below it."
                )
                return _page(desk, product, id, form, seen_as=seen_as, found=found, trouble=trouble), 400
            wanted = rule.model_dump(mode="json", exclude_defaults=True)
            did = f"Changed the rule “{id}” of {product}" if id else f"Wrote the rule “{rule.id}” of {product}"
            desk.change(lambda files: put(files, product, "rules", wanted, id or None), did)
        except Refused as refused:
            return _page(desk, product, id, form, seen_as=_now(product, id), trouble=str(refused)), 409
        return redirect(url_for("editor.shown", product=product, id=rule.id, saved=1))

    def _unchanged(product: str, id: str, seen_as: str) -> None:
        if id and _now(product, id) != seen_as:
            raise Refused(
                "Nothing was saved: the rule was changed by somebody else, or in another window, while you wrote. "
                "What you wrote stands below; send it again to put it in the place of what is there by now."
            )

    def _now(product: str, id: str) -> str:
        with console.engine.connect() as connection:
            return seen(desk.written(connection, product, "rules", id)) if id else ""

    return made


def _only_shown(desk: Desk, product: str, id: str) -> str:
    book = desk.book()
    found = next(one for one in book.products if one.product.id == product)
    rule = next(one for one in found.rules if one.rule.id == id)
    with desk.console.engine.connect() as connection:
        audience = reader().audience(book.configuration.site)
        decided = rules.decided_by(connection, product, id, audience, DECIDED)
    return render_template(
        "console/rules/rule.html", desk=desk, product=found.product, one=rule, decided=decided, today=desk.today()
    )


def _page(desk: Desk, product: str, id: str, form: dict[str, str], **told: Any) -> str:
    book = desk.book()
    with desk.console.engine.connect() as connection:
        names = words(connection, known_facts(connection))
        objectives = _objectives(desk, connection, product)
        audience = reader().audience(book.configuration.site)
        decided = rules.decided_by(connection, product, id, audience, DECIDED) if id else []
    return render_template(
        "console/rules/editor.html",
        **{
            "product": product,
            "id": id,
            "form": form,
            "products": [one.product for one in book.configuration.products],
            "objectives": objectives,
            "words": names,
            "decided": decided,
            "found": None,
            "saved": "",
            "trouble": "",
            **told,
        },
    )


def _objectives(desk: Desk, connection: Connection, product: str) -> list[tuple[str, list[Written]]]:
    """By product, as the draft has them, so that a rule can be written for one that is only in the draft."""
    draft = desk.draft(connection)
    try:
        named = products(draft.files) if draft else {}
        return [
            (one, list(items(values(name, draft.files[name]), "objectives").values()))
            for one, name in named.items()
            if draft and product in ("", one)
        ]
    except ConfigurationFaults:
        abort(409, f"Your draft has a file that cannot be read; mend it at {url_for('files.shown')}.")


def _form(rule: Written) -> dict[str, str]:
    return {name: str(rule.get(name, "")) for name in ("id", "objective", "when", "why")} | {
        "priority": str(rule.get("priority", 100))
    }


def _rule(form: dict[str, str]) -> Rule:
    """Raises Refused with what is wrong, in words."""
    if not re.fullmatch(r"-?\d{1,6}", form["priority"] or "100"):
        raise Refused(f"Nothing was saved: {form['priority']!r} is no priority; write a whole number, such as 100.")
    for name, wanted in (("id", "an id"), ("objective", "an objective"), ("when", "a condition")):
        if not form[name]:
            raise Refused(f"Nothing was saved: the rule needs {wanted}.")
    try:
        return Rule.model_validate({**form, "priority": int(form["priority"] or 100)})
    except ValidationError as error:
        said = "; ".join(str(one.get("ctx", {}).get("error", one["msg"])) for one in error.errors())
        raise Refused(f"Nothing was saved: {said}.") from None

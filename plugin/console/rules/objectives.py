"""Objectives and streams: a quarter at a glance, and an objective written into the draft."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.configuration.editing import EditRefused, Files, item, put
from plugin.console.door.who import admins_only
from plugin.console.rules.desk import Desk, Refused, seen
from plugin.console.rules.objective_form import FIELDS, filled, objective_of
from plugin.console.rules.quarter import at_a_glance
from plugin.domain.product import Product
from plugin.domain.week import Quarter

if TYPE_CHECKING:
    from plugin.console.console import Console


def routes(console: "Console") -> Blueprint:
    made, desk = Blueprint("objectives", __name__), Desk(console)

    @made.get("/objectives")
    def shown() -> str:
        book = console.book()
        if book is None:
            return render_template("console/rules/none.html", title="Objectives and streams")
        with console.engine.connect() as connection:
            wanted = desk.as_drafted()
            found = at_a_glance(connection, wanted, book, request.args.get("quarter", ""), desk.today())
        return render_template("console/rules/objectives.html", desk=desk, products=found, today=desk.today())

    @made.get("/objectives/new")
    @admins_only
    def new() -> str:
        desk.refuse_by_files()
        product = _product(request.args.get("product", ""))
        quarter = request.args.get("quarter") or str(Quarter.of(desk.today()))
        return _form(product, "", {**dict.fromkeys(FIELDS, ""), "quarter": quarter}, seen_as="")

    @made.get("/objectives/<product>/<id>")
    @admins_only
    def edit(product: str, id: str) -> str:
        desk.refuse_by_files()
        with console.engine.connect() as connection:
            written = desk.written(connection, product, "objectives", id)
        if written is None:
            abort(404, f"There is no objective {id} of {product}.")
        return _form(_product(product), id, filled(written), seen_as=seen(written))

    @made.post("/objectives/new")
    @made.post("/objectives/<product>/<id>")
    @admins_only
    def write(product: str = "", id: str = "") -> ResponseReturnValue:
        desk.refuse_by_files()
        form = {name: request.form.get(name, "").strip() for name in FIELDS}
        of = _product(product or request.form.get("product", ""))

        def edited(files: Files) -> Files:
            before = item(files, of.id, "objectives", id) if id else None
            if id and seen(before) != request.form.get("seen", ""):
                raise EditRefused("it was changed by somebody else while you wrote; send yours again to replace it")
            return put(files, of.id, "objectives", objective_of(form, before, id), id or None)

        try:
            deed = f"Changed the objective “{id}”" if id else f"Proposed the objective “{form['id']}”"
            desk.change(edited, f"{deed} of {of.id}")
        except Refused as refused:
            with console.engine.connect() as connection:
                now = seen(desk.written(connection, of.id, "objectives", id)) if id else ""
            return _form(of, id, form, seen_as=now, trouble=str(refused)), 409
        return redirect(url_for("objectives.shown", quarter=form["quarter"], saved=1))

    def _product(id: str) -> Product:
        wanted = desk.as_drafted()
        found = wanted.product(id) if id else next(iter(wanted.products), None)
        if found is None:
            abort(404, f"There is no product {id}.")
        return found

    def _form(product: Product, id: str, form: dict[str, str], **told: Any) -> str:
        values = {
            "product": product,
            "id": id,
            "form": form,
            "trouble": "",
            "products": desk.as_drafted().products,
            **told,
        }
        return render_template("console/rules/objective.html", **values)

    return made

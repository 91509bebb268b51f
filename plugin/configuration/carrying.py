"""An objective carried over into the next quarter, with its rules where they shall come along. Pure."""

import re

from plugin.configuration.editing import EditRefused, Files, Written, item, items, products, put, values
from plugin.domain.week import Quarter

_THEN = ("agreed", "ended", "dropped", "issue")
"""Keys that say what became of the objective that was; the next one begins without them."""


def carried_over(files: Files, product: str, id: str, with_rules: bool) -> tuple[Files, str]:
    """The files with a proposal for the quarter behind, and its id. Raises EditRefused or ConfigurationFaults."""
    was = item(files, product, "objectives", id)
    if was is None:
        raise EditRefused(f"there is no objective {id} in your draft")
    try:
        before = Quarter.parse(str(was.get("quarter")))
    except ValueError as error:
        raise EditRefused(str(error)) from None
    after = before.next()
    carried: Written = {key: value for key, value in was.items() if key not in _THEN}
    carried |= {"id": _id_in(id, before, after), "quarter": str(after)}
    files = put(files, product, "objectives", carried)
    if with_rules:
        name = products(files)[product]
        for rule in items(values(name, files[name]), "rules").values():
            if rule.get("objective") == id:
                files = put(files, product, "rules", _for(rule, carried, before, after))
    return files, str(carried["id"])


def _for(rule: Written, objective: Written, before: Quarter, after: Quarter) -> Written:
    return {**rule, "id": _id_in(str(rule["id"]), before, after), "objective": objective["id"]}


def _id_in(id: str, before: Quarter, after: Quarter) -> str:
    """`checkout-2026q4-1` → `checkout-2027q1-1`; where the id does not tell its quarter, the next one is put behind."""
    old, new = _short(before), _short(after)
    if re.search(rf"(?<![a-z0-9]){re.escape(old)}(?![a-z0-9])", id):
        return id.replace(old, new)
    return f"{id}-{new}"


def _short(quarter: Quarter) -> str:
    return quarter.name.lower().replace("-", "") if "Q" in quarter.name else quarter.first.isoformat()

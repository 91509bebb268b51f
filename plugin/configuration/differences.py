"""What one configuration says otherwise than another, in sentences. Pure; empty exactly where both say the same."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from plugin.domain.product import Configuration, Product

_KINDS = {
    "goals": "goal",
    "metrics": "metric",
    "streams": "stream",
    "objectives": "objective",
    "rules": "rule",
    "exempt": "exempt class",
}
"""Sections whose items have an id → what one of them is called."""

_ORDERED = ("rules", "exempt")
"""Sections in which the order of items decides who is asked first."""

_FIELDS = {"when": "its condition", "objective": "its objective", "why": "its why", "quarter": "its quarter"}
"""Words for keys that read better than the key."""

Item = Mapping[str, JsonValue]


def differences(before: Configuration | None, after: Configuration) -> tuple[str, ...]:
    """One sentence for each difference: the site's first, then product by product in the new order.

    `before` is None where nothing was in force; versions are not compared.
    """
    if before is None:
        return tuple(f"product {one.id} is new: {_size(one)}" for one in after.products)
    return tuple(_differences(before, after))


def _differences(before: Configuration, after: Configuration) -> Iterator[str]:
    yield from _parts("site", before.site.model_dump(mode="json"), after.site.model_dump(mode="json"))
    old = {one.id: one for one in before.products}
    new = {one.id: one for one in after.products}
    yield from (f"product {id} is gone: {_size(old[id])}" for id in old if id not in new)
    for id, product in new.items():
        if id not in old:
            yield f"product {id} is new: {_size(product)}"
        else:
            yield from _parts(id, old[id].model_dump(mode="json"), product.model_dump(mode="json"))
    if _reordered(list(old), list(new)):
        yield f"products are asked in another order: {', '.join(new)}"


def _parts(where: str, before: Item, after: Item) -> Iterator[str]:
    """The keys of one file; those that only one side gives are compared with nothing."""
    for key in dict.fromkeys((*before, *after)):
        if key in _KINDS:
            yield from _items(where, key, _by_id(before.get(key)), _by_id(after.get(key)))
        else:
            yield from _values(f"{where} › {key}", before.get(key), after.get(key))


def _items(where: str, section: str, before: Mapping[str, Item], after: Mapping[str, Item]) -> Iterator[str]:
    kind = _KINDS[section]
    for id, one in before.items():
        if id not in after:
            yield f"{where}: {kind} {id} is gone; it was {_headline(one)}"
    for id, one in after.items():
        if id not in before:
            yield f"{where}: {kind} {id} is new: {_headline(one)}"
        else:
            yield from _fields(f"{where}: {kind} {id}", before[id], one)
    if _reordered(list(before), list(after)):
        consequence = "are asked" if section in _ORDERED else "stand"
        yield f"{where}: {section} {consequence} in another order: {', '.join(after)}"


def _fields(who: str, before: Item, after: Item) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield f"{who}: {_FIELDS.get(key, key)} was {_shown(old)}, is {_shown(new)}"


def _values(name: str, before: JsonValue, after: JsonValue) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _values(f"{name} › {key}", before.get(key), after.get(key))
    elif before != after:
        yield f"{name} was {_shown(before)}, is {_shown(after)}"


def _by_id(items: JsonValue) -> dict[str, Item]:
    found = items if isinstance(items, list) else []
    return {str(one["id"]): one for one in found if isinstance(one, dict)}


def _reordered(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether those that are in both stand in another order."""
    return [one for one in before if one in after] != [one for one in after if one in before]


def _headline(item: Item) -> str:
    """An item in one line: what it asks for and what it serves, else what it is called, else all of it."""
    if "when" in item:
        served = f" → {item['objective']}" if item.get("objective") else ""
        return f"`{item['when']}`{served}"
    name = item.get("title") or item.get("name")
    quarter = f" ({item['quarter']})" if item.get("quarter") else ""
    return f"{name}{quarter}" if name else _shown(dict(item))


def _size(product: Product) -> str:
    counted: Iterable[tuple[str, int]] = (
        ("objective", len(product.objectives)),
        ("rule", len(product.rules)),
        ("exempt class", len(product.exempt)),
    )
    parts = [f"{n} {word if n == 1 else word + ('es' if word.endswith('s') else 's')}" for word, n in counted]
    return f"{product.product.name}, with {parts[0]}, {parts[1]} and {parts[2]}"


def _shown(value: JsonValue) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    return f"`{value}`" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

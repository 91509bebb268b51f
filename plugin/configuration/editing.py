"""One item of a configuration's files put in, changed or taken out; files that nobody touched stay letter by letter.

Edits work on what is written and not on what it means, so a draft that has faults can be mended step by step.
"""

from collections.abc import Callable, Mapping
from typing import cast

from pydantic import JsonValue

from plugin.configuration.document import parse
from plugin.configuration.export import product_text, site_text
from plugin.configuration.faults import ConfigurationFaults, Fault

Files = Mapping[str, str]
"""File name → YAML."""
Written = dict[str, JsonValue]
"""Keys and values as they are written."""

SITE = "site.yaml"


class EditRefused(Exception):  # noqa: N818 - nothing failed: the edit does not fit what is there
    """The edit does not fit; says why, and what would."""


def values(name: str, text: str) -> Written:
    """The file's keys and values; empty where it is blank. Raises ConfigurationFaults where it is not sound YAML."""
    document, faults = parse(text, name)
    if not faults and document.value is not None and not isinstance(document.value, dict):
        faults = [Fault(name, 1, "the file must hold keys and values")]
    if faults:
        raise ConfigurationFaults(faults)
    return cast(Written, document.value or {})


def products(files: Files) -> dict[str, str]:
    """A product's id → the name of its file, in the order of the files. Raises ConfigurationFaults."""
    found: dict[str, str] = {}
    for name in sorted(one for one in files if one != SITE):
        facts = values(name, files[name]).get("product")
        found[str(facts.get("id")) if isinstance(facts, dict) else name] = name
    return found


def items(content: Written, section: str) -> dict[str, Written]:
    """The items of a section by their ids; those without one are not among them."""
    written = content.get(section)
    listed = written if isinstance(written, list) else []
    return {str(one["id"]): one for one in listed if isinstance(one, dict) and one.get("id")}


def item(files: Files, product: str, section: str, id: str) -> Written | None:
    """None where it is not there. Raises ConfigurationFaults."""
    name = products(files).get(product)
    return items(values(name, files[name]), section).get(id) if name else None


def put(files: Files, product: str, section: str, wanted: Written, before: str | None = None) -> Files:
    """With the item in the place of the one that bore the id `before`; None puts it behind the others.

    Raises EditRefused where its id is another item's, or `before` is gone.
    """

    def edited(listed: list[JsonValue]) -> list[JsonValue]:
        ids = [one.get("id") if isinstance(one, dict) else None for one in listed]
        if wanted["id"] != before and wanted["id"] in ids:
            raise EditRefused(f"{wanted['id']} is there already; choose another id, or open that one and change it")
        if before is None:
            return [*listed, wanted]
        if before not in ids:
            raise EditRefused(f"{before} is not in your draft any more; it was taken out in another window")
        return [wanted if one == before else old for one, old in zip(ids, listed, strict=True)]

    return _changed(files, product, section, edited)


def take_out(files: Files, product: str, section: str, id: str) -> Files:
    """Raises EditRefused where it is not there."""

    def edited(listed: list[JsonValue]) -> list[JsonValue]:
        kept = [one for one in listed if not (isinstance(one, dict) and one.get("id") == id)]
        if len(kept) == len(listed):
            raise EditRefused(f"{id} is not in your draft; it was taken out already")
        return kept

    return _changed(files, product, section, edited)


def _changed(files: Files, product: str, section: str, edited: Callable[[list[JsonValue]], list[JsonValue]]) -> Files:
    name = products(files).get(product)
    if name is None:
        raise EditRefused(f"there is no product {product} in your draft")
    content = values(name, files[name])
    written = content.get(section)
    listed = edited(written if isinstance(written, list) else [])
    content = {**content, section: listed}
    if not listed:
        del content[section]
    return {**files, name: product_text(product, content)}


def text_of(name: str, content: Written) -> str:
    """The file's YAML."""
    facts = content.get("product")
    id = str(facts.get("id", "")) if isinstance(facts, dict) else ""
    return site_text(content) if name == SITE else product_text(id, content)

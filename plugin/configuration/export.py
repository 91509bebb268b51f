"""A Configuration as the files that say it: loaded again they give an equal one."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import JsonValue

from plugin.configuration.document import YAML_WORDS
from plugin.domain.product import Configuration, Product


class ExportError(Exception):
    """The folder cannot take the files; says why and what would do."""


def files(configuration: Configuration) -> Mapping[str, str]:
    """File name → content. What has its default is left out, as a person would."""
    site = configuration.site.model_dump(mode="json", exclude_defaults=True)
    texts = {"site.yaml": site_text(site)}
    for name, product in zip(_names(configuration.products), configuration.products, strict=True):
        content = product.model_dump(mode="json", exclude_defaults=True)
        texts[f"products/{name}"] = product_text(product.id, content)
    return texts


def site_text(content: JsonValue) -> str:
    """site.yaml of these keys and values."""
    return _text("What holds for the whole site", "schema/site.json", content)


def product_text(id: str, content: JsonValue) -> str:
    """A product's file of these keys and values."""
    return _text(f"The product {id}", "../schema/product.json", content)


def export(configuration: Configuration, folder: Path) -> list[Path]:
    """Writes the files into a folder that holds no configuration yet; one that does keeps what people wrote there.

    Raises ExportError where it does, or where the folder cannot be written to.
    """
    standing = [*folder.glob("site.y*ml"), *folder.glob("products/*.y*ml")]
    if standing:
        raise ExportError(
            f"{standing[0]} is there already, and exporting would lose its comments; "
            "give an empty folder and compare the two"
        )
    written = [folder / name for name in files(configuration)]
    try:
        (folder / "products").mkdir(parents=True, exist_ok=True)
        for path, text in zip(written, files(configuration).values(), strict=True):
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{folder} cannot be written to: {error.strerror}; give a folder that is yours") from error
    return written


def _names(products: tuple[Product, ...]) -> list[str]:
    """File names whose order is that of the products, as the loader goes by it."""
    plain = [f"{one.id}.yaml" for one in products]
    if plain == sorted(plain):
        return plain
    digits = len(str(len(plain)))
    return [f"{number:0{digits}}-{name}" for number, name in enumerate(plain, 1)]


def _text(title: str, schema: str, content: JsonValue) -> str:
    body = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# {title}, as Plumbline exported it.\n# yaml-language-server: $schema={schema}\n{body}"


class _Dumper(yaml.SafeDumper):
    """Puts text in quotes exactly where the loader would take it for something else than text."""

    yaml_implicit_resolvers = YAML_WORDS

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Text of several lines stands as it was written, where YAML can say so without a change to it."""
    lines = text.split("\n")
    plain = len(lines) > 1 and all(re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", one) for one in lines)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if plain else None)


_Dumper.add_representer(str, _text_node)

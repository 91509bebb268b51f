"""JSON Schema of the configuration, for editors: completion and checks while one types."""

import json
from collections.abc import Mapping
from pathlib import Path

from plugin.domain.frozen import Frozen
from plugin.domain.product import Product, Site


def schemas() -> Mapping[str, str]:
    """File name → content, as they lie in config/schema."""
    return {
        "site.json": _schema(Site, "config/site.yaml"),
        "product.json": _schema(Product, "config/products/*.yaml"),
    }


def write_schemas(folder: Path) -> None:
    """Writes them anew; a test holds what is there to what would be written."""
    for name, content in schemas().items():
        (folder / name).write_text(content, encoding="utf-8")


def _schema(kind: type[Frozen], title: str) -> str:
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema(), "title": title}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

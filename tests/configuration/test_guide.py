"""The admin's guide and what lies beside it say what is true."""

import json
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # openapi-core brings it, without stubs
import pytest
import yaml
from pydantic import JsonValue

from plugin.configuration import schemas
from plugin.configuration.document import read
from plugin.domain.product import Configuration
from tests.configuration.folder import loaded

CONFIG = Path(__file__).parents[2] / "config"
GUIDE = (CONFIG / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n# (site|products/acme-pay)\.yaml\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
SETTINGS = (Path(__file__).parents[2] / "plugin" / "settings.py").read_text(encoding="utf-8")


def _with_block(example: str, block: str) -> str:
    """The shipped example with the block's sections in place of its own."""
    sections = re.split(r"^(?=[a-z_]+:)", (CONFIG / example).read_text(encoding="utf-8"), flags=re.MULTILINE)
    replaced = set(re.findall(r"^([a-z_]+):", block, re.MULTILINE))
    return "".join(one for one in sections if one.partition(":")[0] not in replaced) + block


def _load(folder: Path, name: str, block: str) -> Configuration:
    texts = {one: (CONFIG / f"{one}.yaml").read_text(encoding="utf-8") for one in ("site", "products/acme-pay")}
    texts[name] = _with_block(f"{name}.yaml", block)
    return loaded(folder, texts["site"], acme=texts["products/acme-pay"])


def test_every_block_names_its_file() -> None:
    assert len(BLOCKS) == GUIDE.count("```yaml") > 10


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_every_block_loads(tmp_path: Path, name: str, block: str) -> None:
    found = _load(tmp_path, name, block)
    written = yaml.safe_load(block)
    whole: dict[str, JsonValue] = (found.site if name == "site" else found.products[0]).model_dump(mode="json")
    assert set(written) <= set(whole)
    for section in ("objectives", "rules", "exempt", "metrics"):
        assert len(written.get(section, ())) in (0, len(_list(whole.get(section))))


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


@pytest.mark.parametrize("name", ["site.json", "product.json"])
def test_the_schemas_for_editors_are_current(name: str) -> None:
    """After a change of the models `plugin.configuration.write_schemas` writes them anew."""
    assert (CONFIG / "schema" / name).read_text(encoding="utf-8") == schemas()[name]


@pytest.mark.parametrize(("schema", "file"), [("site.json", "site.yaml"), ("product.json", "products/acme-pay.yaml")])
def test_an_editor_accepts_the_example(schema: str, file: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schemas()[schema]))
    faults = [one.message for one in validator.iter_errors(read(CONFIG / file)[0].value)]
    assert faults == []


def test_the_example_of_the_environment_has_exactly_the_settings() -> None:
    example = (CONFIG / "plumbline.env.example").read_text(encoding="utf-8")
    given = re.findall(r"^PLUMBLINE_(\w+)=", example, re.MULTILINE)
    accounts = {f"{product}_{one}" for product in ("JIRA", "CONFLUENCE") for one in ("URL", "EMAIL", "TOKEN")}
    read = set(re.findall(r'self\.(?:text|secret|number)\("(\w+)"', SETTINGS))
    assert set(given) == read | accounts
    assert len(re.findall(r"^# .*\nPLUMBLINE_", example, re.MULTILINE)) == len(given)

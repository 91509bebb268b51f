"""Our parser against Atlassian's own: 3,237 strings that its parser labelled."""

import json
from functools import cache
from pathlib import Path

import pytest

from plugin.jql.labelled import as_json

CORPUS = Path(__file__).parents[2].parent / "shared" / "jql" / "labelled.jsonl"
AST_KEYS = ("ok", "where", "orderBy")
POSITION_KEYS = ("start", "line", "col")

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=f"the labelled corpus is not at {CORPUS}")


@cache
def pairs() -> list[tuple[dict[str, object], dict[str, object]]]:
    labelled = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [(label, as_json(label["q"])) for label in labelled]


def picked(found: dict[str, object], keys: tuple[str, ...]) -> dict[str, object]:
    return {key: found[key] for key in keys if key in found}


def test_every_string_agrees_in_validity_and_tree() -> None:
    differences = [
        f"{label['q']!r}: {picked(label, AST_KEYS)} but we say {picked(ours, AST_KEYS)}"
        for label, ours in pairs()
        if picked(label, AST_KEYS) != picked(ours, AST_KEYS)
    ]
    assert len(pairs()) == 3237
    assert differences == []


def test_the_fault_is_found_at_the_same_character() -> None:
    faults = [(label, ours) for label, ours in pairs() if not label["ok"]]
    elsewhere = [
        f"{label['q']!r}: {picked(label, POSITION_KEYS)} but we say {picked(ours, POSITION_KEYS)}"
        for label, ours in faults
        if picked(label, POSITION_KEYS) != picked(ours, POSITION_KEYS)
    ]
    assert len(faults) == 1109
    assert elsewhere == []

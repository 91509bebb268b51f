"""Our parser against Atlassian's own: 3,237 strings that its parser labelled."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from plugin.jql import JqlRefused, SiteFacts, as_json
from plugin.jql import compile as compile_jql

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


def test_every_valid_string_is_decided_or_refused_with_a_reason() -> None:
    """Of the real ones more than half are decided; none decides an issue of which nothing is known."""
    site = SiteFacts(timer=True, fields={"customfield_1": "Sprint", "customfield_2": "Story Points"})
    now = datetime(2026, 7, 15, tzinfo=UTC)
    decided, refused = 0, 0
    for label, _ in pairs():
        if not label["ok"] or label["kind"] != "real":
            continue
        try:
            condition = compile_jql(str(label["q"]), site)
        except JqlRefused:
            refused += 1
        else:
            decided += 1
            outcome = condition.decide({}, now)
            assert outcome.matched is None
            assert outcome.missing
    assert decided + refused == 623
    assert decided > refused

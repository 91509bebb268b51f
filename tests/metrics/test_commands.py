"""`plumbline metrics` as people type it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin.cli import main
from plugin.domain.product import Configuration
from plugin.domain.source import Source
from plugin.store import configurations, engine_for
from tests.metrics.values import SITE, metric, product

CSV = Source(type="csv", path="kpi.csv")


@pytest.fixture
def typed(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner whose environment is a house with two metrics: one pushed, one read from a file."""
    given = {
        "DATABASE_URL": database,
        "CONFIG": str(tmp_path),
        "JIRA_URL": "http://127.0.0.1:9",
        "JIRA_TOKEN": "token",
        "CONFLUENCE_URL": "http://127.0.0.1:9/wiki",
        "WEBHOOK_SECRETS": "secret",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"PLUMBLINE_{name}", value)
    metrics = (metric(id="trust", source=Source(type="push")), metric(id="read", name="Read", source=CSV))
    engine = engine_for(database, connections=1)
    with engine.begin() as connection:
        configurations.apply(connection, Configuration(site=SITE, products=(product(metrics=metrics),)), "a test", "")
    engine.dispose()
    return CliRunner()


def test_a_value_is_recorded_shown_and_corrected(typed: CliRunner) -> None:
    def record(value: str) -> str:
        return typed.invoke(main, ["metrics", "record", "trust", "--day", "2024-02-07", "--value", value]).output

    assert record("71") == "stored\n"
    assert record("71") == "known already: nothing was stored\n"
    assert record("72.5") == "stored\n"
    told = typed.invoke(main, ["metrics", "show", "trust", "--week", "2024-W06"]).output.replace("\u00a0", " ")
    assert told.startswith("acme-pay/trust, 2024-W06\nCheckout conversion (outcome)\n")
    assert "this week 72.5 %" in told
    assert "corrected 2024-02-07: 71 (" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "trust", "--day", "soon", "--value", "1"], "trust: 'soon' is no day"),
        (["record", "read", "--day", "2024-02-07", "--value", "1"], "read is read by csv"),
        (["record", "rust", "--day", "2024-02-07", "--value", "1"], "there is no metric rust"),
        (["show", "trust", "--week", "6"], "'6' is not a week"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_exit_code_2(typed: CliRunner, arguments: list[str], words: str) -> None:
    found = typed.invoke(main, ["metrics", *arguments])
    assert found.exit_code == 2
    assert words in found.output


def test_collecting_ends_with_1_where_a_source_does_not_answer(typed: CliRunner, tmp_path: Path) -> None:
    found = typed.invoke(main, ["metrics", "collect"])
    assert (found.exit_code, found.output) == (1, "acme-pay/read: kpi.csv cannot be read: No such file or directory\n")
    (tmp_path / "kpi.csv").write_text("day,value\n2024-02-07,1\n")
    found = typed.invoke(main, ["metrics", "collect"])
    assert (found.exit_code, found.output) == (0, "acme-pay/read: 1 values, 1 of them new\n")

"""An admin changes a rule without fear: edits, plans, applies, sees the tags move, rolls back and sees them return."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.admin.planned import BackTest, Plan, Writes, told
from plugin.alignment.moves import Moves
from plugin.cli import main
from plugin.configuration import load
from plugin.configuration.export import export
from plugin.domain.week import Week
from plugin.review.count import Group, Shares, Span
from plugin.review.model import Share
from plugin.store import configurations
from tests.configuration.folder import TODAY
from tests.house import FLAG, OBJECTIVE, TAG, House, configuration, housed

GUIDE = (Path(__file__).parents[2] / "config" / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        for name in ("Wallet", "Card"):
            found.sandbox.jira.add_component("CHK", name)
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The configuration as files that an admin edits."""
    export(configuration(), tmp_path / "config")
    return tmp_path / "config"


@pytest.fixture
def plumbline(house: House, folder: Path, database: str) -> "Command":
    return Command({"PLUMBLINE_DATABASE_URL": database, "PLUMBLINE_CONFIG": str(folder), "USER": "ada"})


class Command:
    """The command line, against the house's database and the admin's folder."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def __call__(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def run(self, *words: str) -> Result:
        return CliRunner(env=self._environment).invoke(main, words, catch_exceptions=False)


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "products" / "acme-pay.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def carry_out(house: House) -> None:
    """What the worker does once it is woken."""
    house.digest()
    house.write_until_done()


def test_a_rule_is_edited_planned_applied_and_rolled_back(house: House, folder: Path, plumbline: Command) -> None:
    wallet = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"]).key
    card = house.sandbox.jira.create_issue("CHK", "Pay by card", components=["Card"]).key
    plumbline("apply", "--why", "the first rules")
    house.sweep()
    house.write()
    assert (house.labels(wallet), house.labels(card)) == ({TAG}, {FLAG})

    edit(folder, "component = Wallet", "component = Card")
    planned = plumbline("plan")
    assert "rule wallet-work: its condition was `component = Wallet`, is `component = Card`" in planned
    assert "2 of 2 issues would move" in planned
    assert f"1  aligned with {OBJECTIVE} → unaligned (no parent)\n           {wallet}\n" in planned
    assert f"1  unaligned (no parent) → aligned with {OBJECTIVE}\n           {card} (rule wallet-work)\n" in planned
    assert "Writes to Jira: 2 edits and 2 changes of links" in planned
    carry_out(house)
    assert (house.labels(wallet), house.labels(card)) == ({TAG}, {FLAG}), "a plan changes nothing"

    assert "version 2 is in force" in plumbline("apply", "--why", "cards matter more")
    carry_out(house)
    assert (house.labels(wallet), house.labels(card)) == ({FLAG}, {TAG})
    assert "Nothing differs from version 2" in plumbline("plan")

    assert "version 3 is in force" in plumbline("rollback", "1")
    carry_out(house)
    assert (house.labels(wallet), house.labels(card)) == ({TAG}, set()), "a flag comes once a day at most"
    house.later(timedelta(days=1))
    carry_out(house)
    assert (house.labels(wallet), house.labels(card)) == ({TAG}, {FLAG})


def test_the_history_tells_who_changed_what_and_why(house: House, folder: Path, plumbline: Command) -> None:
    plumbline("apply", "--why", "the first rules")
    edit(folder, "component = Wallet", "component = Card")
    plumbline("apply", "--why", "cards matter more")
    plumbline("rollback", "1", "--why", "they do not")
    lines = plumbline("history").splitlines()
    versions = [line for line in lines if line.startswith("version ") and ", ada: " in line]
    assert [line.partition(",")[0] for line in versions] == ["version 3", "version 2", "version 1"]
    assert [line.partition(", ada: ")[2] for line in versions] == [
        "they do not",
        "cards matter more",
        "the first rules",
    ]
    assert "  acme-pay: rule wallet-work: its condition was `component = Card`, is `component = Wallet`" in lines
    assert lines[-1] == "version 3 is carried out on all of 0 issues"


def test_what_is_exported_is_what_is_in_force(house: House, folder: Path, plumbline: Command, tmp_path: Path) -> None:
    plumbline("apply")
    edit(folder, "component = Wallet", "component = Card")
    plumbline("apply")
    plumbline("export", str(tmp_path / "now"))
    plumbline("export", str(tmp_path / "before"), "--version", "1")
    with house.app.engine.connect() as connection:
        active = configurations.active(connection)
    assert active
    assert load(tmp_path / "now", TODAY) == active.model_copy(update={"version": 0})
    assert load(tmp_path / "before", TODAY) == configuration()
    assert "Nothing differs from version 2" in plumbline("plan", str(tmp_path / "now"))


def test_an_issue_is_explained_with_its_past(house: House, folder: Path, plumbline: Command) -> None:
    key = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"]).key
    plumbline("apply")
    house.sweep()
    house.write()
    told = plumbline("explain", key)
    assert told.startswith(f"{key}  Pay by wallet\naligned with {OBJECTIVE}: Fewer people give up, since ")
    assert "Rule wallet-work: Wallet is the way" in told
    assert "Matched\n  component = Wallet ← Wallet\n" in told
    assert f"On the issue by our own log\n  label {TAG}\n  link “Serves: Fewer people give up”" in told
    edit(folder, "component = Wallet", "component = Card AND project = CHK")
    plumbline("apply")
    assert "version 2 is in force, and the worker has not come to it yet" in plumbline("explain", key)
    house.digest()
    told = plumbline("explain", key)
    assert "unaligned (no parent), since " in told
    assert f"Nearly matched\n  rule wallet-work → {OBJECTIVE}: all but `component = Card`; the issue has Wallet" in told
    assert f"waiting to be written: add {FLAG}, remove {TAG}, rewrite the link" in told
    past = told.partition("History\n")[2].splitlines()
    assert [line.partition("  ")[2].partition("  ")[2] for line in past] == [
        "unaligned (no parent), version 2",
        f"aligned with {OBJECTIVE} (rule wallet-work), version 1",
    ]


def test_what_people_said_is_explained(house: House, plumbline: Command) -> None:
    plumbline("apply")
    house.listen()
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.settle()
    house.sandbox.jira.label(issue.key, remove=[TAG])
    house.settle()
    told = plumbline("explain", issue.key)
    assert f"Said by people\n  label {TAG}: account " in told
    assert " took it away on " in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("rollback", "7"), "there is no version 7; there are 1 to 1, see `plumbline history`"),
        (("explain", "CHK-99"), "nothing is known of CHK-99"),
        (("plan", "nowhere"), "nowhere/site.yaml:1: the file cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(plumbline: Command, words: tuple[str, ...], sentence: str) -> None:
    plumbline("apply")
    result = plumbline.run(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_a_database_that_is_not_there_is_said_in_a_sentence(plumbline: Command) -> None:
    result = Command({"PLUMBLINE_DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x"}).run("history")
    assert result.exit_code == 2
    assert "the database does not answer" in result.stderr
    assert "secret" not in result.output


def test_a_wider_scope_has_its_old_issues_read(house: House, folder: Path, plumbline: Command) -> None:
    plumbline("apply")
    house.sandbox.jira.add_component("WAL", "Wallet")
    old = house.sandbox.jira.create_issue("WAL", "Pay by watch", components=["Wallet"], at=None).key
    house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    house.write()
    assert house.labels(old) == set()
    edit(folder, "project in (CHK)", "project in (CHK, WAL)")
    assert "the scope of acme-pay is another: issues that were never read" in plumbline("plan")
    plumbline("apply")
    house.sweep()
    house.write()
    assert house.labels(old) == {TAG}


def test_the_commands_of_the_guide_run_in_their_order(
    house: House, folder: Path, plumbline: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    plumbline("apply")
    house.sweep()
    edit(folder, "component = Wallet", "component in (Wallet, Card)")
    (block,) = re.findall(r"^```sh\n(plumbline plan .*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    assert [words[0] for words in lines] == ["plumbline"] * 6
    for words in lines:
        assert plumbline(*words[1:]), words
    assert load(tmp_path / "exported", TODAY) == configuration()


def test_the_plan_that_the_guide_shows_is_how_a_plan_reads() -> None:
    def shares(*counts: int) -> Shares:
        aligned, checkout, wallet, exempt, unlinked = (Share(count=count, of=90) for count in counts)
        groups = {Group.ALIGNED: aligned, Group.EXEMPT: exempt, Group.UNLINKED: unlinked}
        return Shares(
            groups=groups | {Group.UNDECIDED: Share(count=0, of=90)},
            objectives={"checkout-2026q4-1": checkout, "wallet-2026q4-1": wallet},
            exempt={"keep-the-lights-on": exempt},
        )

    here, there = "aligned with checkout-2026q4-1", "aligned with wallet-2026q4-1"
    flagged = "unaligned (no parent)"
    names = {
        (flagged, here): ["CHK-12 (rule wallet-work)", "CHK-17 (inherited from CHK-12)"],
        (there, here): ["CHK-40 (rule wallet-work)", "CHK-41 (rule wallet-work)"],
    }
    changed = "acme-pay: rule wallet-work: its condition was `component = Wallet`, is `component in (Wallet, Card)`"
    shown = Plan(
        version=1,
        differences=(changed,),
        issues=412,
        moves=Moves(most=2, counts=Counter({(flagged, here): 38, (there, here): 2}), names=names),
        back_tests=(
            BackTest("acme-pay", Span.of_week(Week(2026, 46)), shares(36, 25, 11, 10, 44), shares(49, 40, 9, 10, 31)),
        ),
        writes=Writes(edits=40, links=40, seconds=0.0),
        cautions=(),
        lint=("acme-pay: rule fraud matches none of the 412 issues that are known.",),
    )
    assert "```\n" + "\n".join(told(shown)) + "\n```" in GUIDE

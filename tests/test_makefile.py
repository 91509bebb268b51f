"""What make says and does on machines that lack something; stand-ins on its PATH play the programs that it calls."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = (
    "sh",
    "make",
    "awk",
    "grep",
    "rm",
    "touch",
    "date",
    "tee",
    "tail",
    "id",
    "cat",
    "mkdir",
    "dirname",
    "env",
    "bash",
)

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")


class Machine:
    """A checkout that holds only the Makefile, and a PATH with a shell's tools and what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.path = folder / "bin"
        self.checkout.mkdir()
        self.path.mkdir()
        shutil.copy(ROOT / "Makefile", self.checkout)
        (self.checkout / "pyproject.toml").touch()
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.path / tool).symlink_to(found)

    def has(self, program: str, script: str) -> None:
        """Puts a shell script in the program's place."""
        target = self.checkout / program if "/" in program else self.path / program
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_text(f"#!/bin/sh\n{script}\n")
        target.chmod(0o755)

    def has_environment(self) -> None:
        self.has(".venv/bin/python", "exit 0")
        (self.checkout / ".venv/bin/activate").write_text(f"VIRTUAL_ENV='{self.checkout}/.venv'")
        for stamp in ("made", "for-run", "for-test", "for-check"):
            (self.checkout / f".venv/.{stamp}").touch()

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *arguments],
            cwd=self.checkout,
            env={"PATH": str(self.path), "HOME": str(self.checkout)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_make_alone_lists_every_target(machine: Machine) -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    listed = re.findall(r"^make (\w+) +\S", machine.make().stdout, re.MULTILINE)
    assert set(listed) == set(phony[1].split()) - {"FORCE", "chromium"}
    assert {"help", "demo", "test", "check", "bench", "faults", "format", "clean"} <= set(listed)


@pytest.mark.parametrize("target", ["test", "demo", "check"])
def test_without_a_new_enough_python_one_sentence_says_so(machine: Machine, target: str) -> None:
    machine.has("python3", "exit 1")
    done = machine.make(target)
    assert done.returncode != 0
    assert done.stderr.startswith("No Python 3.11 or newer was found. Install one")
    assert not (machine.checkout / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    machine.has("python3", "exit 1")
    machine.has("python3.12", 'case "$*" in *"-m venv"*) mkdir -p .venv/bin; echo made by 3.12 >&2; exit 1;; esac')
    assert "made by 3.12" in machine.make("demo").stderr


def test_without_ensurepip_debian_is_asked_once_and_else_one_sentence_says_what_to_install(machine: Machine) -> None:
    machine.has("python3", 'case "$*" in *ensurepip*) exit 1;; esac')
    machine.has("apt-get", f'echo "$*" >> {machine.checkout}/asked; exit 1')
    done = machine.make("demo")
    assert done.returncode != 0
    assert "python3 cannot make an environment: its ensurepip is missing. Install it (Debian" in done.stderr
    assert not (machine.checkout / ".venv").exists()
    asked = machine.checkout / "asked"
    release = Path("/etc/os-release")
    is_debian = release.exists() and re.search(r"^ID=debian$", release.read_text(), re.MULTILINE) is not None
    assert asked.exists() == (is_debian and os.geteuid() == 0)


def test_what_pip_could_not_do_is_shown_and_not_taken_for_installed(machine: Machine) -> None:
    machine.has_environment()
    (machine.checkout / ".venv/.for-run").unlink()
    machine.has(
        ".venv/bin/python", 'case "$*" in *install*) echo Collecting flask; echo "ERROR: no network"; exit 3;; esac'
    )
    done = machine.make("demo")
    assert done.returncode != 0
    assert "ERROR: no network" in done.stderr
    assert "pip could not install; all that it said is in .venv/pip.log" in done.stderr
    assert not (machine.checkout / ".venv/.for-run").exists()


def test_pip_runs_again_only_when_the_project_file_changed(machine: Machine) -> None:
    machine.has_environment()
    machine.has(".venv/bin/plumbline", "echo plumbline $*")
    assert machine.make("demo").stdout == "plumbline demo\n"
    later = (machine.checkout / ".venv/.for-run").stat().st_mtime + 10
    os.utime(machine.checkout / "pyproject.toml", (later, later))
    assert machine.make("demo").stdout.startswith("Installing plumbline and what it stands on\n")


def test_a_moved_environment_is_made_anew(machine: Machine) -> None:
    machine.has_environment()
    (machine.checkout / ".venv/bin/activate").write_text("VIRTUAL_ENV='/elsewhere/.venv'")
    machine.has("python3", 'case "$*" in *"-m venv"*) echo made anew; exit 1;; esac')
    assert "made anew" in machine.make("demo").stdout


def test_issues_are_handed_to_the_demo(machine: Machine) -> None:
    machine.has_environment()
    machine.has(".venv/bin/plumbline", 'for one in "$@"; do echo "<$one>"; done')
    assert machine.make("demo", "ISSUES=my issues.jsonl.gz").stdout == "<demo>\n<--issues>\n<my issues.jsonl.gz>\n"


@pytest.mark.parametrize(("optional", "succeeds"), [("", False), ("optional", True)])
def test_an_audit_that_could_not_be_made_is_never_called_one(machine: Machine, optional: str, succeeds: bool) -> None:
    machine.has_environment()
    for program in ("ruff", "mypy", "lint-imports"):
        machine.has(f".venv/bin/{program}", "exit 0")
    machine.has(".venv/bin/pip-audit", "echo connection refused; exit 1")
    done = machine.make("check", PLUMBLINE_AUDIT=optional)
    assert (done.returncode == 0) is succeeds
    assert "not audited: the vulnerability service could not be reached" in done.stdout
    assert "no known vulnerability" not in done.stdout


def test_a_known_vulnerability_fails_the_check_even_where_the_audit_is_optional(machine: Machine) -> None:
    machine.has_environment()
    for program in ("ruff", "mypy", "lint-imports"):
        machine.has(f".venv/bin/{program}", "exit 0")
    machine.has(".venv/bin/pip-audit", 'case "$*" in *json*) echo {} > .venv/audit.json;; esac; echo CVE-1; exit 1')
    done = machine.make("check", PLUMBLINE_AUDIT="optional")
    assert done.returncode != 0
    assert "CVE-1" in done.stdout


def test_the_pipeline_runs_exactly_make_test(machine: Machine) -> None:
    machine.has("make", 'echo "make $*"')
    run = subprocess.run(
        [ROOT / ".ci" / "run"], env={"PATH": str(machine.path)}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "make test\n"

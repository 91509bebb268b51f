"""What remains in the world after parts die, after signals, and after kill -9 of the supervisor."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from plugin.store.embedded import EmbeddedPostgres
from plugin.supervisor import Part, Patience, Supervisor, SupervisorError, free_port
from tests.processes import kill_servers_in, postmaster_of, runs, until

QUICK = Patience(first_restart=0.05, longest_restart=0.4, farewell=3, look=0.02)
SLEEP = "import time; time.sleep(600)"
NO_DATABASE = "None"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def numbers_in(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "logs", said.append, QUICK) as one:
        yield one


def test_a_part_that_died_is_started_again_and_one_line_says_so(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start(Part("web", python(SLEEP)))
    first = supervisor.pids()["web"]
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.pids().get("web", first) != first)
    assert runs(supervisor.pids()["web"])
    assert len(said) == 1
    assert said[0].startswith("web ended by SIGKILL; starting it again in 0.05 s")


def test_a_part_that_keeps_dying_is_tried_less_and_less_often(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start(Part("worker", [sys.executable, "-c", "raise SystemExit(3)"]))
    until(lambda: len(said) >= 5)
    assert [line.split(" (")[0] for line in said[:5]] == [
        f"worker ended with code 3; starting it again in {wait} s" for wait in ("0.05", "0.1", "0.2", "0.4", "0.4")
    ]


def test_what_a_part_spawned_ends_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    spawned = tmp_path / "spawned"
    code = f"""
        import subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        open({str(spawned)!r}, "a").write(f"{{child.pid}}\\n")
        time.sleep(600)
    """
    supervisor.start(Part("web", python(code)))
    until(lambda: numbers_in(spawned))
    os.kill(supervisor.pids()["web"], signal.SIGKILL)
    until(lambda: not runs(numbers_in(spawned)[0]))
    until(lambda: len(numbers_in(spawned)) == 2)


def test_ready_by_address(supervisor: Supervisor) -> None:
    port = free_port()
    serve = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    supervisor.start(Part("sandbox", serve, ready=f"http://127.0.0.1:{port}/"))
    supervisor.wait_ready("sandbox", within=20)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()


def test_ready_by_question(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    supervisor.start(Part("worker", python(f"open({str(mark)!r}, 'w'); {SLEEP}"), ready=mark.exists))
    supervisor.wait_ready("worker", within=20)
    assert mark.exists()


def test_a_part_that_ends_before_it_is_ready_is_reported_in_its_own_words(supervisor: Supervisor) -> None:
    supervisor.start(Part("web", python("raise SystemExit('the port is taken')"), ready=lambda: False))
    with pytest.raises(SupervisorError, match=r"^web ended with code 1 before it was ready: the port is taken \(.*web"):
        supervisor.wait_ready("web", within=20)


def test_a_part_that_never_becomes_ready_is_reported(supervisor: Supervisor) -> None:
    supervisor.start(Part("web", python(SLEEP), ready=lambda: False))
    with pytest.raises(SupervisorError, match=r"^web was not ready within 0\.1 s\.$"):
        supervisor.wait_ready("web", within=0.1)


def test_two_parts_cannot_share_a_name(supervisor: Supervisor) -> None:
    supervisor.start(Part("web", python(SLEEP)))
    with pytest.raises(SupervisorError, match="Two parts are called web"):
        supervisor.start(Part("web", python(SLEEP)))
    assert len(supervisor.pids()) == 1


def test_the_environment_of_a_part_lies_over_ours_and_its_lines_reach_its_log(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "kept")
    monkeypatch.setenv("BOTH", "hidden")
    code = f"import os; print(os.environ['OURS'], os.environ['BOTH'], flush=True); {SLEEP}"
    supervisor.start(Part("web", python(code), env={"BOTH": "laid over"}))
    log = tmp_path / "logs" / "web.log"
    until(lambda: log.exists() and log.read_text() == "kept laid over\n")
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_a_log_that_has_grown_large_is_moved_aside_while_its_part_goes_on(tmp_path: Path, said: list[str]) -> None:
    go = tmp_path / "go"
    code = f"""
        import os, time
        print("x" * 5_000_001, flush=True)
        while not os.path.exists({str(go)!r}): time.sleep(0.01)
        print("afterwards", flush=True)
        time.sleep(600)
    """
    log = tmp_path / "web.log"
    with Supervisor(tmp_path, said.append, QUICK) as supervisor:
        supervisor.start(Part("web", python(code)))
        until(lambda: log.with_suffix(".log.1").exists() and log.stat().st_size == 0)
        go.touch()
        until(lambda: log.read_text() == "afterwards\n")
    assert log.with_suffix(".log.1").stat().st_size == 5_000_002
    assert said == []


def test_without_a_folder_the_lines_go_to_the_terminal_behind_their_name(
    said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def has_line() -> bool:
        shown.append(capfd.readouterr().err)
        return "worker │ hello\n" in "".join(shown)

    with Supervisor(None, said.append, QUICK) as supervisor:
        supervisor.start(Part("worker", python(f"print('hello', flush=True); {SLEEP}")))
        until(has_line)


def test_leaving_ends_every_part_and_gives_the_signals_back(said: list[str], tmp_path: Path) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with Supervisor(tmp_path, said.append, QUICK) as supervisor:
        supervisor.start(Part("one", python(SLEEP)))
        supervisor.start(Part("two", python(SLEEP)))
        pids = list(supervisor.pids().values())
        assert all(runs(pid) for pid in pids)
    assert not any(runs(pid) for pid in pids)
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
    assert said == []


class Run:
    """A supervisor in a process of its own, that can be told to end, or killed."""

    def __init__(self, folder: Path, children: list[str], database: str = NO_DATABASE, farewell: float = 3) -> None:
        self.folder = folder
        code = f"""
            from pathlib import Path
            from plugin.store.embedded import EmbeddedPostgres
            from plugin.supervisor import Part, Patience, Supervisor
            import sys
            folder = Path({str(folder)!r})
            patience = Patience(0.05, 0.4, 60, {farewell}, 0.02)
            with Supervisor(None, lambda words: print(words, flush=True), patience) as s:
                database = {database}
                if database:
                    s.start_database(database)
                for number, code in enumerate({children!r}):
                    s.start(Part(f"part{{number}}", [sys.executable, "-c", code, str(folder / f"part{{number}}")]))
                (folder / "up").touch()
                s.watch()
            (folder / "left").touch()
        """
        # a group of its own, as a terminal gives it: Ctrl-C is sent to the group
        self.process = subprocess.Popen(python(code), stderr=subprocess.DEVNULL, start_new_session=True)
        until((folder / "up").exists, within=30)
        until(lambda: all(self.pid_of(number) for number in range(len(children))))

    def pid_of(self, part: int) -> int | None:
        return next(iter(numbers_in(self.folder / f"part{part}")), None)

    def parts_running(self, count: int) -> list[int]:
        return [pid for number in range(count) if (pid := self.pid_of(number)) and runs(pid)]


POLITE = """
import os, signal, sys, time
from pathlib import Path
from plugin.lifeline import end_with_parent
def bye(*_):
    Path(sys.argv[1] + ".bye").write_text("bye")
    raise SystemExit(0)
signal.signal(signal.SIGTERM, bye)
end_with_parent()
Path(sys.argv[1]).write_text(str(os.getpid()))
while True:
    time.sleep(600)
"""
DEAF = POLITE.replace("    raise SystemExit(0)", "    pass")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_parts_politely_and_leaves_the_block(tmp_path: Path, number: signal.Signals) -> None:
    run = Run(tmp_path, [POLITE, POLITE])
    os.killpg(run.process.pid, number)
    assert run.process.wait(timeout=20) == 0
    assert run.parts_running(2) == []
    assert (tmp_path / "part0.bye").exists()
    assert (tmp_path / "part1.bye").exists()
    assert (tmp_path / "left").exists()


def test_a_part_that_ignores_the_signal_is_killed_after_the_farewell(tmp_path: Path) -> None:
    run = Run(tmp_path, [DEAF], farewell=0.3)
    run.process.terminate()
    assert run.process.wait(timeout=20) == 0
    assert (tmp_path / "part0.bye").exists()
    assert run.parts_running(1) == []


def test_a_second_signal_hurries(tmp_path: Path) -> None:
    run = Run(tmp_path, [DEAF], farewell=300)
    run.process.send_signal(signal.SIGINT)
    until((tmp_path / "part0.bye").exists)
    assert run.parts_running(1)
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(timeout=20) == 0
    assert run.parts_running(1) == []


def test_no_part_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    run = Run(tmp_path, [POLITE, DEAF])
    killed = time.monotonic()
    run.process.kill()
    run.process.wait()
    until(lambda: not run.parts_running(2), within=10)
    assert time.monotonic() - killed < 4  # 2 s are meant; a busy machine gets twice that
    assert (tmp_path / "part0.bye").exists()


@pytest.fixture
def short_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that a socket fits into, whose server is gone afterwards whatever the test did."""
    folder = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))
    yield folder
    kill_servers_in(folder)
    shutil.rmtree(folder, ignore_errors=True)


EMBEDDED = "EmbeddedPostgres(folder, notice=lambda words: None)"


def test_sigterm_ends_postgresql_after_the_parts(short_folder: Path) -> None:
    run = Run(short_folder, [POLITE], EMBEDDED)
    server = postmaster_of(short_folder)
    run.process.terminate()
    assert run.process.wait(timeout=30) == 0
    assert not runs(server)
    assert not (short_folder / "pg" / "postmaster.pid").exists()
    assert "database system is shut down" in (short_folder / "pg" / "postgres.log").read_text()
    assert run.parts_running(1) == []


def test_the_next_start_adopts_the_postgresql_of_a_killed_supervisor(short_folder: Path) -> None:
    run = Run(short_folder, [POLITE], EMBEDDED)
    orphan = postmaster_of(short_folder)
    run.process.kill()
    run.process.wait()
    until(lambda: not run.parts_running(1))
    assert runs(orphan)
    with EmbeddedPostgres(short_folder, notice=lambda _: None) as server:
        assert postmaster_of(short_folder) == orphan
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not runs(orphan)


def test_a_postmaster_that_died_is_started_again_and_what_was_committed_is_there(
    short_folder: Path, said: list[str]
) -> None:
    with Supervisor(short_folder / "logs", said.append, QUICK) as supervisor:
        database = EmbeddedPostgres(short_folder, notice=lambda _: None)
        url = supervisor.start_database(database)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        first = postmaster_of(short_folder)
        os.kill(first, signal.SIGKILL)
        until(lambda: not runs(first) and said and database.alive(), within=30)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert said == ["PostgreSQL ended; starting it again"]
    assert not (short_folder / "pg" / "postmaster.pid").exists()

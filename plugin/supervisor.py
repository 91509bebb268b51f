"""The one process that owns all others: starts, watches and ends them, and the embedded PostgreSQL beneath them.

Every part has a process group of its own, so that Ctrl-C reaches the supervisor alone and what a part spawns ends with
it. A part learns that the supervisor is gone from a pipe: see lifeline.py.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Self

from plugin.lifeline import LIFELINE
from plugin.store.embedded import EmbeddedPostgres, EmbeddedPostgresError

_LOG_BYTES = 5_000_000
_ARENAS = "2"  # glibc makes many more for threads, and what each frees stays with it
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Ready = Callable[[], bool]
Say = Callable[[str], None]


class SupervisorError(Exception):
    """A part that could not be brought up, and where its own words stand."""


class ToldToEnd(KeyboardInterrupt):
    """Raised in the main thread by the first Ctrl-C, SIGTERM or hang-up; on its way out of the block all parts end."""


@dataclass(frozen=True)
class Part:
    """One child process. `env` is laid over our own environment.

    `ready` is a question, or an address that answers below 400 once the part serves; None where running is enough.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Ready | str | None = None


@dataclass(frozen=True)
class Patience:
    """How long the supervisor waits, in seconds."""

    first_restart: float = 0.5
    longest_restart: float = 30
    """Restarts of a part that keeps dying are twice as far apart each time, up to this."""
    steady: float = 60
    """A part that ran this long had recovered: its next restart is a first one again."""
    farewell: float = 10
    """From SIGTERM to SIGKILL."""
    look: float = 0.2
    """Between two looks at everything."""


class Supervisor:
    """A context: inside it parts may be started; leaving it ends them, then PostgreSQL, however it is left.

    `logs` is the folder that gets `<part>.log`; without it the parts' lines go to the terminal behind their name. `say`
    is told in one line whatever happens to a part. The main thread has to enter it, because signals arrive there.
    """

    def __init__(self, logs: Path | None, say: Say, patience: Patience | None = None) -> None:
        self._logs = logs
        self._say = say
        self._patience = patience or Patience()
        self._children: dict[str, _Child] = {}
        self._database: EmbeddedPostgres | None = None
        self._database_due = _Backoff(self._patience)
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._hurry = threading.Event()
        self._deaf = 0
        self._told = False
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self._lifeline, self._held = os.pipe()
        # what our caller ignores stays ignored: nohup does so, and a shell does for what it starts in the background
        heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._previous = {number: signal.signal(number, self._on_signal) for number in heard}
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._told = True
        self._over.set()
        self._watcher.join()
        self._end_children()
        if self._database is not None:
            self._database.stop()
        os.close(self._held)
        os.close(self._lifeline)
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def start_database(self, database: EmbeddedPostgres) -> str:
        """Starts or adopts the embedded server, owns it from here on, and returns its URL."""
        with self._undisturbed(), self._lock:
            url = database.start()
            self._database = database
        return url

    def start(self, part: Part) -> None:
        """Starts the part; from now on it is started again whenever it ends."""
        with self._undisturbed(), self._lock:
            if part.name in self._children:
                raise SupervisorError(f"Two parts are called {part.name}; each needs a name of its own.")
            child = _Child(part, self._logs, self._patience)
            self._children[part.name] = child
            child.launch(self._lifeline)

    def wait_ready(self, name: str, within: float) -> None:
        """Waits until the part is ready; raises SupervisorError when it ends before, or takes over `within` seconds."""
        child = self._children[name]
        deaths = child.deaths
        deadline = time.monotonic() + within
        while not child.ready():
            if child.deaths > deaths:
                raise SupervisorError(f"{name} ended {child.how} before it was ready{child.last_words()}")
            if time.monotonic() > deadline:
                raise SupervisorError(f"{name} was not ready within {within:g} s{child.last_words()}")
            time.sleep(self._patience.look / 4)

    def watch(self) -> None:
        """Stays until we are told to end; here that is no exception."""
        with contextlib.suppress(ToldToEnd):
            while True:
                time.sleep(3600)

    def pids(self) -> Mapping[str, int]:
        """Process ids of the parts that run now."""
        with self._lock:
            return {name: child.pid for name, child in self._children.items() if child.pid}

    @contextlib.contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """A signal waits until what was begun is known to us: no process is started and then forgotten."""
        self._deaf += 1
        try:
            yield
        finally:
            self._deaf -= 1
        if self._told and not self._deaf and not self._over.is_set():
            raise ToldToEnd

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._told:
            self._hurry.set()
            return
        self._told = True
        if not self._deaf:
            raise ToldToEnd

    def _watch(self) -> None:
        while not self._over.wait(self._patience.look):
            with self._lock:
                self._look_at_database()
                for child in self._children.values():
                    self._look_at(child)

    def _look_at(self, child: "_Child") -> None:
        child.bound_log()
        if child.has_ended():
            again = f"starting it again in {child.due.wait:g} s"
            self._tell(f"{child.part.name} ended {child.how}; {again}{child.log_words}")
        if child.is_due():
            try:
                child.launch(self._lifeline)
            except OSError as error:
                child.due.failed()
                self._tell(f"{child.part.name} cannot be started: {error}; trying again in {child.due.wait:g} s")

    def _look_at_database(self) -> None:
        if self._database is None or self._database.alive() or not self._database_due.is_due():
            return
        self._database_due.failed()
        self._tell("PostgreSQL ended; starting it again")
        try:
            self._database.restart()
        except (EmbeddedPostgresError, OSError) as error:
            self._tell(f"{error} Trying again in {self._database_due.wait:g} s")

    def _tell(self, words: str) -> None:
        with contextlib.suppress(OSError):  # a terminal that went away must not end the watching
            self._say(words)

    def _end_children(self) -> None:
        """Asks each part's own process, which may have workers to see off; then takes its whole group."""
        for child in self._children.values():
            child.ask_to_end()
        deadline = time.monotonic() + self._patience.farewell
        while any(child.running() for child in self._children.values()):
            if self._hurry.is_set() or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for child in self._children.values():
            child.end()


class _Backoff:
    """When something that failed is due again."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.wait = 0.0
        self._since = time.monotonic()

    def failed(self) -> None:
        now = time.monotonic()
        ran = now - self._since - self.wait
        longer = min(self.wait * 2, self._patience.longest_restart)
        self.wait = self._patience.first_restart if ran >= self._patience.steady or not self.wait else longer
        self._since = now

    def is_due(self) -> bool:
        return time.monotonic() >= self._since + self.wait


class _Child:
    """A part and the process that it has now, if any."""

    def __init__(self, part: Part, logs: Path | None, patience: Patience) -> None:
        self.part = part
        self.due = _Backoff(patience)
        self.deaths = 0
        self.how = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._log = None if logs is None else logs / f"{part.name}.log"
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def log_words(self) -> str:
        return f" ({self._log})" if self._log else ""

    def launch(self, lifeline: int) -> None:
        self.bound_log()
        with contextlib.ExitStack() as stack:
            output: IO[bytes] | int = subprocess.PIPE
            if self._log is not None:
                output = stack.enter_context(_opened(self._log))
                self._log_start = self._log.stat().st_size
            self._process = subprocess.Popen(  # noqa: S603 - the parts are our own commands
                list(self.part.argv),
                env={"MALLOC_ARENA_MAX": _ARENAS, **os.environ, **self.part.env, LIFELINE: str(lifeline)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(lifeline,),
                start_new_session=True,
            )
        if self._process.stdout is not None:
            threading.Thread(target=_prefix, args=(self.part.name, self._process.stdout), daemon=True).start()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def has_ended(self) -> bool:
        """True once for each death; what the part had spawned is gone then too."""
        if self._process is None or self._process.poll() is None:
            return False
        self.how = _how(self._process.returncode)
        self.end()
        self.deaths += 1
        self.due.failed()
        return True

    def is_due(self) -> bool:
        return self._process is None and self.due.is_due()

    def ready(self) -> bool:
        if not self.running():
            return False
        ready = self.part.ready
        return ready is None or (_answers(ready) if isinstance(ready, str) else ready())

    def ask_to_end(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM where only zombies are left
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def bound_log(self) -> None:
        """Moves a log that has grown large aside, where one is kept. The part appends, so it goes on there."""
        if self._log is not None and self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
            os.truncate(self._log, 0)
            self._log_start = 0

    def last_words(self) -> str:
        """How the part's log ends since its last start, for a sentence; a full stop where it said nothing."""
        if self._log is None:
            return "."
        written = self._log.read_bytes()[self._log_start :]
        lines = written.decode(errors="replace").strip().splitlines()
        return ": " + " / ".join(lines[-3:]) + self.log_words if lines else "."


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    # no proxy: the address is our own, and an environment that names a proxy would send us past it
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2) as answer:
            return int(answer.status) < 400
    except (OSError, urllib.error.URLError):
        return False


def _opened(log: Path) -> IO[bytes]:
    """The log to append to. It may hold what is nobody else's business."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _prefix(name: str, lines: IO[bytes]) -> None:
    with lines:
        for line in lines:
            sys.stderr.write(f"{name:>8} │ {line.decode(errors='replace').rstrip()}\n")
            sys.stderr.flush()


def _how(code: int) -> str:
    """`with code 2`, or `by SIGKILL`."""
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"

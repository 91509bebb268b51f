"""Holds the sandbox to Atlassian's published descriptions: a pytest plugin, and the WSGI wrapper that feeds it.

Every exchange under the REST paths of a wrapped application is validated by openapi-core: a few milliseconds each. Its
check of a whole description is left out, because each of the five has faults that it refuses. A route without a
description, an undescribed status or query parameter, and a request or answer that does not match fail the test during
which they happened. Known deviations stand in `tests.deviations`; credentials are the sandbox's own tests' matter.
"""

import io
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request

from tests.deviations import Answers, Description, Fault, Keyword, NoBody, SameAs, Undescribed, of_kind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Dialect = Literal["cloud", "data center"]

FOLDER = Path(__file__).parents[1].parent / "shared" / "openapi"
MISSING = f"not validated: the descriptions are missing, {FOLDER} is not there"
_HOST = "http://sandbox"

# For each dialect: path prefix, its description, and the part of the path that the description calls its server.
_PLACES: Mapping[Dialect, tuple[tuple[str, Description, str], ...]] = {
    "cloud": (
        ("/wiki/api/v2/", "confluence-cloud-v2", "/wiki/api/v2"),
        ("/wiki/rest/", "confluence-cloud-v1", ""),
        ("/rest/", "jira-cloud-v3", ""),
    ),
    "data center": (
        ("/confluence/rest/", "confluence-data-center-10.0", "/confluence"),
        ("/rest/", "jira-data-center-10.3", "/rest"),
    ),
}


class NotDescribedError(AssertionError):
    """Exchanges of one test that Atlassian's descriptions do not allow."""


@dataclass
class Ledger:
    """What was validated in this run, and the violations that no test has answered for yet."""

    validated: Counter[str] = field(default_factory=Counter)
    exempt: int = 0
    violations: list[str] = field(default_factory=list)
    pages: int = 0
    """Exchanges outside the REST paths: pages for people, and the sandbox's own controls."""
    servers: int = 0
    """Sandboxes that were to be held to the descriptions."""
    lock: Lock = field(default_factory=Lock)

    def record(self, description: str, violations: Iterable[str]) -> None:
        found = list(violations)
        with self.lock:
            self.validated[description] += 1
            self.violations += found

    def record_exempt(self) -> None:
        with self.lock:
            self.exempt += 1

    def record_page(self) -> None:
        with self.lock:
            self.pages += 1

    def told(self) -> dict[str, Any]:
        """What one process of a run tells the one that sums up."""
        counts = {"exempt": self.exempt, "pages": self.pages, "servers": self.servers}
        return counts | {"validated": dict(self.validated)}

    def add(self, told: Mapping[str, Any]) -> None:
        self.validated.update(told.get("validated", {}))
        self.exempt += told.get("exempt", 0)
        self.pages += told.get("pages", 0)
        self.servers += told.get("servers", 0)

    def take_violations(self) -> list[str]:
        with self.lock:
            taken, self.violations = self.violations, []
        return taken


LEDGER = Ledger()


@dataclass
class Asked:
    """A request as openapi-core wants it; `parameters` is filled in by it."""

    method: str
    path: str
    content_type: str
    body: bytes | None
    parameters: RequestParameters
    host_url: str = _HOST


@dataclass(frozen=True)
class Answered:
    """An answer as openapi-core wants it."""

    status_code: int
    content_type: str
    headers: Headers
    data: bytes


@cache
def contract(description: Description, server: str) -> "Contract":
    """The parsed description; one of them takes up to half a second, so they live as long as the run."""
    return Contract(description, server)


class Contract:
    """One description, corrected where it is known to be wrong."""

    def __init__(self, description: Description, server: str) -> None:
        raw = json.loads((FOLDER / f"{description}.json").read_text("utf-8"))
        for fault in of_kind(Fault):
            if fault.description == description:
                correct(raw, fault)
        for keyword in of_kind(Keyword):
            if keyword.description == description:
                drop_keyword(raw, keyword)
        drop_security(raw)
        for one in of_kind(NoBody):
            drop_bodies(raw, one.status)
        raw["servers"] = [{"url": _HOST + server}]
        self.raw = raw
        self.openapi = OpenAPI.from_dict(raw, config=Config(spec_validator_cls=None))

    def violations(self, asked: Asked, answered: Answered) -> Iterator[str]:
        """One sentence for each way in which the exchange leaves the description."""
        try:
            found = APICallPathFinder(self.openapi.spec).find(asked.method, _HOST + asked.path)
        except PathError as error:
            yield f"it has no description: {error}"
            return
        if answered.status_code < 400:  # a request that the site refused may well be wrong: that is why it was refused
            yield from self._undescribed_parameters(found.path_result.pattern, asked)
            for fault in self.openapi.iter_request_errors(asked):
                yield f"the request does not match: {in_words(fault)}"
        if not any(answered.status_code in one.statuses and one.path.match(asked.path) for one in of_kind(Answers)):
            for fault in self.openapi.iter_response_errors(asked, answered):
                yield f"the answer does not match: {in_words(fault)}"

    def _undescribed_parameters(self, pattern: str, asked: Asked) -> Iterator[str]:
        item = self.raw["paths"][pattern]
        described = [*item.get("parameters", ()), *item[asked.method].get("parameters", ())]
        names = {self._resolved(one)["name"] for one in described}
        for name in asked.parameters.query:
            if name not in names:
                yield f"the request does not match: the query parameter {name!r} is not described"

    def _resolved(self, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = parameter.get("$ref")
        if reference is None:
            return parameter
        found: Mapping[str, Any] = self.raw["components"]["parameters"][reference.rpartition("/")[2]]
        return found


def correct(raw: Any, fault: Fault) -> None:
    """Puts `becomes` at its place; raises LookupError where the description has no such place."""
    parent = raw
    for step in fault.at[:-1]:
        parent = parent[step]
    if fault.becomes is None:
        del parent[fault.at[-1]]
    else:
        parent[fault.at[-1]] = fault.becomes


def drop_keyword(node: Any, keyword: Keyword) -> None:
    if isinstance(node, dict):
        if node.get(keyword.name) == keyword.value:
            del node[keyword.name]
        for child in node.values():
            drop_keyword(child, keyword)
    elif isinstance(node, list):
        for child in node:
            drop_keyword(child, keyword)


def drop_security(raw: MutableMapping[str, Any]) -> None:
    raw.pop("security", None)
    for item in raw["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)


def drop_bodies(raw: Mapping[str, Any], status: str) -> None:
    for item in raw["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["responses"].get(status, {}).pop("content", None)


def in_words(error: BaseException) -> str:
    """The error, and the places of the schema's complaints instead of the whole value."""
    cause = error.__cause__
    if isinstance(cause, InvalidSchemaValue):
        places = (
            f"{getattr(one, 'json_path', '$')}: {getattr(one, 'message', one)}"[:400] for one in cause.schema_errors
        )
        return f"{type(error).__name__}: " + "; ".join(places)
    return f"{error} ({cause})" if cause else str(error)


class Described:
    """WSGI middleware: validates each exchange under the REST paths and records it in the run's ledger.

    The answer is read to its end before its first byte is passed on, so that a violation is recorded before the client
    can know of the answer. An application that raises is left to raise: nothing was answered.
    """

    def __init__(self, app: "WSGIApplication", dialect: Dialect, ledger: Ledger = LEDGER) -> None:
        self.app = app
        self.places = _PLACES[dialect]
        self.ledger = ledger

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
        place = next((one for one in self.places if path.startswith(one[0])), None)
        if place is None and "/rest/" not in path and "/api/v" not in path:
            self.ledger.record_page()
            return self.app(environ, start_response)
        asked = read_request(environ, path)
        chunks, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        data = b"".join(chunks)
        self._validate(
            place and place[1:], asked, Answered(int(status[:3]), headers.get("content-type", ""), headers, data)
        )
        start_response(status, headers.to_wsgi_list())
        return [data]

    def _validate(self, place: tuple[Description, str] | None, asked: Asked, answered: Answered) -> None:
        if place is None:
            if answered.status_code != 404:  # an address that leads nowhere needs no description
                self.ledger.record("nothing", [f"{asked.method.upper()} {asked.path}: it has no description"])
            return
        description, server = place
        if any(one.path.match(asked.path) for one in of_kind(Undescribed)):
            self.ledger.record_exempt()
            return
        line = f"{asked.method.upper()} {asked.path} → {answered.status_code}, by {description}"
        asked.path = described_path(description, asked.path)
        found = contract(description, server).violations(asked, answered)
        self.ledger.record(description, (f"{line}: {words}" for words in found))


def read_request(environ: "WSGIEnvironment", path: str) -> Asked:
    """The request with its body, which is put back for the application."""
    request = Request(environ)
    body = request.get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    parameters = RequestParameters(query=ImmutableMultiDict(request.args), header=Headers(request.headers))
    kind = request.content_type or "application/octet-stream"
    return Asked((request.method or "GET").lower(), path, kind, body or None, parameters)


def described_path(description: Description, path: str) -> str:
    for one in of_kind(SameAs):
        if one.description == description:
            path = one.path.sub(one.described, path, count=1)
    return path


def wrap(dialect: Dialect) -> Callable[["WSGIApplication"], "WSGIApplication"]:
    """The wrapper for a sandbox of this dialect; it changes nothing where the descriptions are missing."""
    LEDGER.servers += 1
    if not FOLDER.is_dir():
        return lambda app: app
    return lambda app: Described(app, dialect)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    return (yield from _with_violations_raised())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    return (yield from _with_violations_raised())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    return (yield from _with_violations_raised())


def _with_violations_raised() -> Generator[None, None, None]:
    """Lets the phase run; fails it for its violations, or adds them to the error that it failed with."""
    try:
        yield
    except Exception as error:
        for line in LEDGER.take_violations():
            error.add_note(line)
        raise
    if lines := LEDGER.take_violations():
        raise NotDescribedError("\n".join(["Atlassian's descriptions do not allow:", *dict.fromkeys(lines)]))


def nothing_validated(ledger: Ledger) -> bool:
    """Whether sandboxes were started and nothing came by, REST or page: then the wrapper is not in its place."""
    return FOLDER.is_dir() and ledger.servers > 0 and not ledger.validated and not ledger.pages


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    told = getattr(session.config, "workeroutput", None)
    if told is not None:  # one of several processes: the one that started it sums up
        told["described"] = LEDGER.told()
    elif nothing_validated(LEDGER) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of the run has ended; what was killed told nothing, and its tests have failed by that."""
    LEDGER.add(getattr(node, "workeroutput", {}).get("described", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(summary(LEDGER))


def summary(ledger: Ledger) -> str:
    """The run's last line about the descriptions."""
    if not FOLDER.is_dir():
        return f"described: {MISSING}; the tests themselves ran"
    if nothing_validated(ledger):
        return "described: FAILED, sandbox servers were started and no exchange was validated; wrap them"
    parts = ", ".join(f"{name} {count}" for name, count in sorted(ledger.validated.items())) or "none was made"
    return f"described: {ledger.validated.total()} exchanges validated ({parts}); {ledger.exempt} exempt, each by name"

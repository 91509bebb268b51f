"""Faults on demand, and the log of what was asked: a WSGI layer around both halves of the sandbox."""

import re
import socket
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event, Lock
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from plugin.sandbox.jira.webhooks_out import Fate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACTOR = "plumbline.sandbox.actor"
"""Where in the WSGI environment the application finds a list to which it adds the asker's account id."""


class _OfCalls(BaseModel):
    """Meets the next `times` calls whose method and path (without query) match both patterns."""

    method: str = "*"
    path: str = ""
    """A regular expression that is searched for in the path; "" matches every path."""
    times: int = Field(default=1, ge=1)

    def meets(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and re.search(self.path, path) is not None


class RateLimited(_OfCalls):
    """Answers 429 as Cloud does, without doing anything."""

    kind: Literal["rate limited"] = "rate limited"
    reason: str = "jira-burst-based"
    retry_after: int | None = 1
    """Seconds; None sends no Retry-After."""


class Failing(_OfCalls):
    """Answers with a 5xx, or any other status, without doing anything."""

    kind: Literal["failing"] = "failing"
    status: int = 503
    retry_after: int | None = None


class Hanging(_OfCalls):
    """Does nothing and answers nothing for that many seconds, then cuts the connection."""

    kind: Literal["hanging"] = "hanging"
    seconds: float = 30


class LosingTheAnswer(_OfCalls):
    """Does what was asked, then answers 502, or cuts the connection where `status` is None."""

    kind: Literal["losing the answer"] = "losing the answer"
    status: int | None = None


class OfDeliveries(BaseModel):
    """Meets the next `times` webhook deliveries of that event, "*" for any."""

    kind: Literal["deliveries"] = "deliveries"
    fate: Fate
    event: str = "*"
    times: int = Field(default=1, ge=1)
    seconds: float = 1
    """The delay of a late one."""


OfCalls = RateLimited | Failing | Hanging | LosingTheAnswer
Fault = Annotated[OfCalls | OfDeliveries, Field(discriminator="kind")]
FAULT: TypeAdapter[Fault] = TypeAdapter(Fault)


@dataclass(frozen=True)
class Asked:
    """One call as it was answered. `status` is 0 where no answer was sent; `fault` names the fault it met."""

    method: str
    path: str
    query: str
    status: int
    actor: str | None
    fault: str | None


class Faults:
    """What the sandbox was told to do wrong next, first told first. Thread-safe."""

    def __init__(self, remembered: int = 10_000) -> None:
        self.requests: deque[Asked] = deque(maxlen=remembered)
        """The last calls, oldest first."""
        self.chance: Callable[[str, str], OfCalls | None] = lambda method, path: None
        """Asked for calls that meet no planned fault, by method and path: what goes wrong by chance."""
        self.stopping = Event()
        """Set when the server stops: hanging calls end at once."""
        self._planned: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault.model_copy())

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    @property
    def planned(self) -> list[Fault]:
        """What is still to come, with the times that are left."""
        with self._lock:
            return [one.model_copy() for one in self._planned]

    def for_call(self, method: str, path: str) -> OfCalls | None:
        """The fault that this call meets, used up once."""
        with self._lock:
            for one in self._planned:
                if not isinstance(one, OfDeliveries) and one.meets(method, path):
                    self._use(one)
                    return one
        return self.chance(method, path)

    def fate(self, event: str) -> tuple[Fate, float]:
        """What becomes of the next delivery of this event, and the seconds by which it is late."""
        with self._lock:
            for one in self._planned:
                if isinstance(one, OfDeliveries) and one.event in ("*", event):
                    self._use(one)
                    return one.fate, one.seconds
        return "as usual", 0

    def _use(self, fault: Fault) -> None:
        fault.times -= 1
        if not fault.times:
            self._planned.remove(fault)


class FaultLayer:
    """Around the application: lets each call meet its fault, and logs it. Calls below /sandbox meet none."""

    def __init__(self, app: "WSGIApplication", faults: Faults) -> None:
        self.app = app
        self.faults = faults

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if path.startswith("/sandbox/"):
            return self.app(environ, start_response)
        fault = self.faults.for_call(method, path)
        asker: list[str] = []
        environ[ACTOR] = asker
        response = self._meet(fault, environ)
        query, actor = environ.get("QUERY_STRING", ""), asker[0] if asker else None
        status = response.status_code if response else 0
        self.faults.requests.append(Asked(method, path, query, status, actor, fault.kind if fault else None))
        if response is None:
            _cut(environ)
            raise ConnectionAbortedError("the sandbox was told to lose this answer")
        return response(environ, start_response)

    def _meet(self, fault: OfCalls | None, environ: "WSGIEnvironment") -> Response | None:
        """The answer to send, None to cut the connection."""
        match fault:
            case RateLimited():
                return _refusal(429, fault.retry_after, {"RateLimit-Reason": fault.reason})
            case Failing():
                return _refusal(fault.status, fault.retry_after, {})
            case Hanging():
                Request(environ).get_data()
                self.faults.stopping.wait(fault.seconds)
                return None
        response = _done(self.app, environ)
        if isinstance(fault, LosingTheAnswer):
            return _refusal(fault.status, None, {}) if fault.status else None
        return response


def _done(app: "WSGIApplication", environ: "WSGIEnvironment") -> Response:
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Response(b"".join(body), status, headers)


def _refusal(status: int, retry_after: int | None, headers: dict[str, str]) -> Response:
    """A body as Jira's or its proxy's, in JSON."""
    words = "Rate limit exceeded." if status == 429 else "The service is temporarily unavailable."
    response = Response(f'{{"errorMessages":["{words}"],"errors":{{}}}}', status, headers, mimetype="application/json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == 429:
        response.headers |= {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}
    return response


def _cut(environ: "WSGIEnvironment") -> None:
    """The server would keep the connection for the next call; the client shall see it break."""
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)

"""Serves a sandbox on loopback: for the demo from the command line, for tests from a thread."""

from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from plugin.sandbox.app import create_sandbox
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.faults import Faults
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.jira.webhooks_out import Sender

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Quiet(WSGIRequestHandler):
    """Speaks HTTP/1.1, so that clients keep their connection; the sandbox keeps a log of its own."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


class RunningSandbox:
    """A sandbox that answers on a loopback port from a thread of its own, until `stop`.

    `wrapper` goes around the whole application, such as one that holds every exchange to a description.
    """

    def __init__(
        self,
        dialect: Dialect = "cloud",
        jira: JiraSite | None = None,
        wrapper: "Callable[[WSGIApplication], WSGIApplication] | None" = None,
        port: int = 0,
    ) -> None:
        self.app = create_sandbox(dialect, jira)
        self.dialect = dialect
        self.jira: JiraSite = self.app.extensions["jira"]
        self.confluence: ConfluenceSite = self.app.extensions["confluence"]
        if wrapper:
            self.app.wsgi_app = wrapper(self.app.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask's documents do it so
        self._server: BaseWSGIServer = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.jira.base_url = self.url
        self.faults: Faults = self.app.extensions["faults"]
        self.sender: Sender = self.app.extensions["sender"]
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.faults.stopping.set()
        if teams := self.app.extensions.get("teams"):
            teams.stop()
        self.sender.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

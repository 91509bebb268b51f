"""`atlassian-python-api`, held as this project needs it: no retries of its own, a time-out set, one way to ask."""

import logging
import warnings
from threading import Lock
from typing import Any

from atlassian import Confluence, ConfluenceV2

from plugin.atlassian.access import Access
from plugin.atlassian.call import Call
from plugin.atlassian.errors import Gone
from plugin.atlassian.gateways import Dialect
from plugin.atlassian.transport import Transport

# At debug level the library prints whole bodies.
logging.getLogger("atlassian").setLevel(logging.WARNING)

_PROBE = Call(method="GET", endpoint="spaces", what="ask what kind of Confluence stands", subject=True)
_CONNECTING = Lock()


class ConfluenceClient:
    """Which library class serves depends on the dialect, so it is made at the first call."""

    def __init__(self, access: Access, transport: Transport) -> None:
        self._access = access
        self._transport = transport
        self._dialect: Dialect | None = access.known_dialect
        self._library: Any = None

    @property
    def dialect(self) -> Dialect:
        """Asks the site where neither the settings nor the host name tell: only Cloud has version 2."""
        if self._dialect is None:
            try:
                self._send(self._made("cloud"), _PROBE, "api/v2/spaces", {"params": {"limit": 1}})
                self._dialect = "cloud"
            except Gone:
                self._dialect = "data center"
        return self._dialect

    @property
    def base(self) -> str:
        """The address below which both the API and the pages lie, without a slash at its end."""
        return self._base(self.dialect)

    def ask(self, call: Call, path: str, **given: Any) -> Any:
        """One request; the decoded answer, None where it is empty.

        `given` is `params`, `data` (encoded as JSON, or form fields beside `files`), `files` and `headers`.
        """
        dialect = self.dialect
        with _CONNECTING:
            self._library = self._library or self._made(dialect)
        return self._send(self._library, call, path, given)

    def _send(self, library: Any, call: Call, path: str, given: dict[str, Any]) -> Any:
        def request() -> Any:
            # advanced_mode: the raw answer, since the library's own errors lose Confluence's sentence
            answer = library.request(call.method, path, advanced_mode=True, **given)
            answer.raise_for_status()
            self._transport.hear(call, answer.headers)
            return answer.json() if answer.content else None

        return self._transport.send(call, request)

    def _base(self, dialect: Dialect) -> str:
        base = self._access.base
        # The library adds it for atlassian.net alone; a site of another name, or behind a proxy, has it too.
        return f"{base}/wiki" if dialect == "cloud" and not base.endswith("/wiki") else base

    def _made(self, dialect: Dialect) -> Any:
        access = self._access
        token = access.token.get_secret_value()
        credentials = {"username": access.email, "password": token} if access.email else {"token": token}
        held = {"timeout": access.read_timeout, "retry_with_header": False, "backoff_and_retry": False}
        if dialect == "data center":
            return Confluence(self._base(dialect), cloud=False, **held, **credentials)
        with warnings.catch_warnings():  # it warns of version 1 methods each time that it is made; we call none
            warnings.simplefilter("ignore", DeprecationWarning)
            return ConfluenceV2(self._base(dialect), **held, **credentials)

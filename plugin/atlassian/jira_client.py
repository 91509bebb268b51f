"""The `jira` library, held as this project needs it: no retries of its own, time-outs set, connected at first use."""

import json
import logging
from collections.abc import Mapping
from threading import Lock
from typing import Any

from jira import JIRA

from plugin.atlassian.access import Access
from plugin.atlassian.call import Call
from plugin.atlassian.errors import Permanent
from plugin.atlassian.gateways import Dialect
from plugin.atlassian.transport import Transport

# At debug level the library prints whole answers, and urllib3 whole addresses.
logging.getLogger("jira").setLevel(logging.WARNING)

_REST_VERSIONS: Mapping[Dialect, str] = {"cloud": "3", "data center": "2"}
_WHO = Call(method="GET", endpoint="serverInfo", what="ask what kind of Jira stands")


class JiraClient:
    """Connects at the first call, since the library's constructor already asks the site."""

    def __init__(self, access: Access, transport: Transport) -> None:
        self._access = access
        self._transport = transport
        self._lock = Lock()
        self._library: JIRA | None = None
        self._dialect: Dialect | None = access.known_dialect

    @property
    def base(self) -> str:
        """The site's address, without a slash at its end."""
        return self._access.base

    @property
    def dialect(self) -> Dialect:
        """Asks the site where neither the settings nor the host name tell."""
        return self._dialect or self._found(self.library())

    def library(self) -> JIRA:
        """The connected library object; raises Retryable while the site cannot be reached."""
        with self._lock:
            if self._library is None:
                # Version 2 is there on every Jira, so it serves to ask which one this is.
                library = self._connect(_REST_VERSIONS[self._dialect or "data center"])
                self._dialect = self._dialect or self._found(library)
                library._options["rest_api_version"] = _REST_VERSIONS[self._dialect]
                self._library = library
            return self._library

    def ask(self, call: Call, path: str, **given: Any) -> Any:
        """One request to the REST API below `rest/api/N/`; the decoded answer, None where it is empty.

        `given` is `params` or `json`, as `requests` takes them.
        """
        library = self.library()
        return self._decoded(call, library._get_url(path), given)

    def ask_at(self, call: Call, path: str, **given: Any) -> Any:
        """The same below the site's base URL, for what is not under `rest/api`."""
        library = self.library()
        return self._decoded(call, f"{library.server_url}/{path}", given)

    def call(self, call: Call, request: Any) -> Any:
        """A call that the library itself has: `request` gets the library object."""
        library = self.library()
        return self._transport.send(call, lambda: request(library))

    def _found(self, library: JIRA) -> Dialect:
        return "cloud" if library.deploymentType == "Cloud" else "data center"

    def _decoded(self, call: Call, url: str, given: dict[str, Any]) -> Any:
        session = self.library()._session
        if "json" in given:  # the library's own content type and encoding
            given = {**given, "data": json.dumps(given.pop("json"))}

        def request() -> Any:
            answer = session.request(call.method, url, **given)
            self._transport.hear(call, answer.headers)
            return answer.json() if answer.content else None

        return self._transport.send(call, request)

    def _connect(self, version: str) -> JIRA:
        access = self._access
        token = access.token.get_secret_value()
        credentials = {"basic_auth": (access.email, token)} if access.email else {"token_auth": token}

        def construct() -> JIRA:
            return JIRA(
                server=access.base,
                options={"rest_api_version": version},
                get_server_info=True,
                max_retries=0,
                timeout=(access.connect_timeout, access.read_timeout),
                logging=False,
                **credentials,
            )

        try:
            return self._transport.send(_WHO, construct)
        except (KeyError, TypeError, AttributeError):
            raise Permanent(f"what answers at {access.base} is not a Jira: it has no server info.") from None

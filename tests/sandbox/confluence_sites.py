"""The Confluence half of a running sandbox, with the client libraries that the gateways use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from atlassian import Confluence, ConfluenceV2

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.jira.values import Person
from plugin.sandbox.serve import RunningSandbox


@dataclass(frozen=True)
class Spoken:
    """One running Confluence: its state, its client library, and plain HTTP as the service account."""

    site: ConfluenceSite
    client: Any
    http: requests.Session
    base: str
    me: Person

    @property
    def space_id(self) -> str:
        return self.site.space("PROD").id

    def call(self, method: str, path: str, status: int = 200, **given: Any) -> Any:
        """One call below the site's context; the answer's JSON, None where it is empty."""
        answer = self.http.request(method, self.base + path, timeout=10, **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def cloud(sandbox: RunningSandbox) -> Iterator[Spoken]:
    """A Cloud Confluence with the space PROD."""
    me, base = sandbox.jira.catalogue.service, f"{sandbox.url}/wiki"
    with pytest.warns(DeprecationWarning, match="V1 methods are deprecated"):
        client: Any = ConfluenceV2(
            base, username=me.email, password=me.token, retry_with_header=False, backoff_and_retry=False
        )
    with _session(client) as http:
        http.auth = (me.email, me.token)
        yield Spoken(sandbox.confluence, client, http, base, me)


@pytest.fixture
def data_center(sandbox_dc: RunningSandbox) -> Iterator[Spoken]:
    """A Data Center Confluence with the space PROD."""
    me, base = sandbox_dc.jira.catalogue.service, f"{sandbox_dc.url}/confluence"
    client: Any = Confluence(base, token=me.token, cloud=False, retry_with_header=False, backoff_and_retry=False)
    with _session(client) as http:
        http.headers["Authorization"] = f"Bearer {me.token}"
        yield Spoken(sandbox_dc.confluence, client, http, base, me)


@contextmanager
def _session(client: Any) -> Iterator[requests.Session]:
    with requests.Session() as http:
        try:
            yield http
        finally:
            client.close()

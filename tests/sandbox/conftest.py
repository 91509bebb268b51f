"""Sandboxes over real HTTP, held to the descriptions, and the client libraries that the gateways use."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from atlassian import Confluence, ConfluenceV2

from plugin.sandbox.confluence_state import ConfluenceSite
from plugin.sandbox.jira_values import Dialect, Person
from plugin.sandbox.serve import RunningSandbox
from tests import described


@dataclass(frozen=True)
class Spoken:
    """One running Confluence: its state, its client library, and plain HTTP as the service account."""

    site: ConfluenceSite
    client: Any
    http: requests.Session
    base: str
    me: Person
    space_id: str

    def call(self, method: str, path: str, status: int = 200, **given: Any) -> Any:
        """One call below the site's context; the answer's JSON, None where it is empty."""
        answer = self.http.request(method, self.base + path, timeout=10, **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


def _spoken(sandbox: RunningSandbox, dialect: Dialect) -> Iterator[Spoken]:
    with sandbox, requests.Session() as http:
        me = sandbox.jira.catalogue.service
        base = sandbox.url + ("/wiki" if dialect == "cloud" else "/confluence")
        quiet = {"retry_with_header": False, "backoff_and_retry": False}
        client: Any
        if dialect == "cloud":
            http.auth = (me.email, me.token)
            with pytest.warns(DeprecationWarning, match="V1 methods are deprecated"):
                client = ConfluenceV2(base, username=me.email, password=me.token, **quiet)
        else:
            http.headers["Authorization"] = f"Bearer {me.token}"
            client = Confluence(base, token=me.token, cloud=False, **quiet)
        space_id = sandbox.confluence.space("PROD").id
        yield Spoken(sandbox.confluence, client, http, base, me, space_id)
        client.close()


@pytest.fixture
def cloud() -> Iterator[Spoken]:
    """A Cloud Confluence with the space PROD."""
    yield from _spoken(RunningSandbox("cloud", wrapper=described.wrap("cloud")), "cloud")


@pytest.fixture
def data_center() -> Iterator[Spoken]:
    """A Data Center Confluence with the space PROD."""
    yield from _spoken(RunningSandbox("data center", wrapper=described.wrap("data center")), "data center")

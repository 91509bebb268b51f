"""A sandbox of each dialect over real HTTP, held to Atlassian's descriptions, and the two doors to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from plugin.atlassian.access import Access
from plugin.atlassian.confluence_door import ConfluenceDoor
from plugin.atlassian.connect import connect_confluence, connect_jira
from plugin.atlassian.gateways import Dialect
from plugin.atlassian.jira_door import JiraDoor
from plugin.atlassian.transport import Timing
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.faults import Failing, LosingTheAnswer, RateLimited
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Person
from plugin.sandbox.jira.webhooks_registry import Registry, Webhook
from plugin.sandbox.serve import RunningSandbox
from tests.servers import running


@dataclass
class World:
    """One sandbox, the doors to it, and the seconds that the doors would have slept."""

    sandbox: RunningSandbox
    dialect: Dialect
    slept: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.sandbox.url

    @property
    def confluence_url(self) -> str:
        return f"{self.url}/wiki" if self.dialect == "cloud" else f"{self.url}/confluence"

    @property
    def jira_site(self) -> JiraSite:
        return self.sandbox.jira

    @property
    def confluence_site(self) -> ConfluenceSite:
        return self.sandbox.confluence

    @property
    def webhooks(self) -> list[Webhook]:
        registry: Registry = self.sandbox.app.extensions["webhooks"]
        return list(registry.webhooks.values())

    @property
    def service(self) -> Person:
        return self.jira_site.catalogue.service

    @property
    def timing(self) -> Timing:
        return Timing(sleep=self.slept.append, between=lambda low, high: 1.0)

    def access(self, url: str | None = None, *, dialect: Dialect | None = None, token: str | None = None) -> Access:
        return Access(
            url=url or self.url,
            token=SecretStr(token or self.service.token),
            email=self.service.email if self.dialect == "cloud" else None,
            dialect=dialect,
            connect_timeout=2,
            read_timeout=5,
        )

    def jira(self, access: Access | None = None) -> JiraDoor:
        return connect_jira(access or self.access(), timing=self.timing)

    def confluence(self, access: Access | None = None) -> ConfluenceDoor:
        return connect_confluence(access or self.access(self.confluence_url), timing=self.timing)

    def lose(self, method: str, ending: str) -> None:
        """The next such request takes effect, and its answer never arrives."""
        self.sandbox.faults.add(LosingTheAnswer(method=method, path=_ending(ending)))

    def refuse(self, method: str, ending: str, status: int, after: int | None = None) -> None:
        """The next such request has no effect and is answered so."""
        self.sandbox.faults.add(Failing(method=method, path=_ending(ending), status=status, retry_after=after))

    def limit(self, method: str, ending: str, reason: str, after: int) -> None:
        """The next such request is answered 429."""
        self.sandbox.faults.add(RateLimited(method=method, path=_ending(ending), reason=reason, retry_after=after))

    @property
    def asked_in_all(self) -> int:
        return len(self.sandbox.faults.requests)

    def asked(self, method: str, ending: str) -> int:
        return sum(one.method == method and one.path.endswith(ending) for one in self.sandbox.faults.requests)


def _ending(path: str) -> str:
    return f"{re.escape(path)}$"


@pytest.fixture(params=["cloud", "data center"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with running(request.param) as sandbox:
        yield World(sandbox, request.param)


@pytest.fixture
def jira(world: World) -> JiraDoor:
    return world.jira()


@pytest.fixture
def confluence(world: World) -> ConfluenceDoor:
    return world.confluence()

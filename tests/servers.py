"""Running sandboxes as fixtures: real HTTP on loopback, every exchange held to Atlassian's descriptions."""

from collections.abc import Iterator

import pytest

from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.serve import RunningSandbox
from tests.described import FOLDER, LEDGER, Described


def running(dialect: Dialect) -> RunningSandbox:
    """A sandbox that is not started yet, with the default sites."""
    LEDGER.servers += 1
    if not FOLDER.is_dir():
        return RunningSandbox(dialect)
    return RunningSandbox(dialect, wrapper=lambda app: Described(app, dialect))


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A Cloud site."""
    with running("cloud") as one:
        yield one


@pytest.fixture
def sandbox_dc() -> Iterator[RunningSandbox]:
    """A Data Center site."""
    with running("data center") as one:
        yield one


@pytest.fixture(params=["cloud", "data center"])
def any_sandbox(request: pytest.FixtureRequest) -> Iterator[RunningSandbox]:
    """Both dialects, one after the other."""
    with running(request.param) as one:
        yield one

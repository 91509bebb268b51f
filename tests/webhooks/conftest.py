"""An inbox on a real database, and a real payload of Jira's to put into it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from webhooks.delivery import Delivery
from webhooks.inbox import Inbox, metadata

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def payloads() -> list[Path]:
    """Every real payload that lies beside the project."""
    folder = Path(__file__).parents[2].parent / "shared" / "payloads"
    found = sorted(path for path in folder.glob("*.json") if path.name != "MANIFEST.json")
    if not found:
        pytest.skip(f"{folder} holds no payloads")
    return found


@pytest.fixture
def payload(payloads: list[Path]) -> Callable[[str], bytes]:
    """The one payload whose file name ends so."""

    def read(ending: str) -> bytes:
        (path,) = (path for path in payloads if path.name.endswith(ending))
        return path.read_bytes()

    return read


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    url = empty_database.replace("postgresql://", "postgresql+psycopg://")
    made = create_engine(url, connect_args={"options": "-c lock_timeout=2000"})  # a wait for ever fails instead
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def inbox(engine: Engine) -> Inbox:
    return Inbox(engine, limit=100)


def arrived(id: str, seconds: int = 0, event: str = "jira:issue_updated") -> Delivery:
    """A delivery that arrived so many seconds after NOW."""
    return Delivery(
        id=id,
        received_at=NOW + timedelta(seconds=seconds),
        event=event,
        actor="5c5f880629be9642ba529340",
        issue_id="10040",
        issue_key="TES-41",
        retry=0,
        flow="Primary",
    )

"""A Chromium that is already on the machine, and the demo's story to look at."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from plugin.store.embedded import EmbeddedPostgres
from tests.conftest import fresh_database
from tests.house import House, housed, tell_the_story

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",  # tests may run as root, in a container of their own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*QUIET])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def story(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[House]:
    """The demo's sandbox after its first round."""
    with fresh_database(postgres, migrated_template) as database, housed(database) as house:
        tell_the_story(house)
        yield house

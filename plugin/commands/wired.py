"""The application, for one command beside the processes that run."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugin.app import Application


@contextlib.contextmanager
def application() -> "Iterator[Application]":
    """Wired from the environment, on the embedded database where none is given; let go of at the end."""
    from plugin.app import Application
    from plugin.settings import Settings
    from plugin.store.embedded import EmbeddedPostgres

    settings = Settings.read()
    app = Application(settings, settings.database_url or EmbeddedPostgres(settings.data).url)
    try:
        yield app
    finally:
        app.close()

"""The web process: granian's own, which watches, and the one beneath it, which imports the application and serves."""

from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces

from plugin.lifeline import end_with_parent
from plugin.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

THREADS = 16
"""Requests that one web process handles at once; each waits for one commit."""


def serve() -> None:
    """Serves the web application at PLUMBLINE_BIND until told to end."""
    end_with_parent()
    host, _, port = Settings.read().bind.rpartition(":")
    Granian(
        "plugin.serving:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        backpressure=8 * THREADS,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


def application() -> "Flask":
    """Called in the process that serves; granian imports this module in both."""
    from plugin.app import create_web

    return create_web()

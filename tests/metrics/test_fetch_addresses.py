"""Which addresses count as internal, so that a `*.domain` leads to none of them."""

import contextlib
import socket
from threading import Event, Thread

import pytest

from plugin.metrics.sources import fetch as fetching
from plugin.metrics.sources.fetch import Allowed, fetch, is_internal
from plugin.metrics.sources.source import SourceError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "169.254.169.254",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "fec0::1",
        "64:ff9b:1::1",
        "fe80::1%lo",
    ],
)
def test_an_internal_address_stays_internal_in_any_spelling(address: str) -> None:
    assert is_internal(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_none(address: str) -> None:
    assert not is_internal(address)


def test_a_server_that_drips_its_headers_is_left_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_drip, args=(server, over))
        thread.start()
        try:
            place = f"127.0.0.1:{server.getsockname()[1]}"
            with pytest.raises(SourceError, match=r"did not answer within 0\.5 seconds"):
                fetch(f"http://{place}/", Allowed([place]), {})
        finally:
            over.set()
            thread.join()


def _drip(server: socket.socket, over: Event) -> None:
    """A header that never ends, a byte at a time, for as long as somebody listens."""
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not over.wait(0.05):
            connection.sendall(b"a")

"""One bounded GET to a host that the site allows. The place where requests to internal addresses are stopped.

Addresses are resolved and judged here, and the connection goes to the very address that was judged, so that a name
which resolves otherwise a moment later leads nowhere. No proxy, no redirect off the list, no credentials in addresses.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from plugin.metrics.sources.source import MOST_BYTES, SECONDS, SourceError

MOST_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_CHUNK = 65_536
_ASKED_AS = {"Accept-Encoding": "identity", "User-Agent": "plumbline"}


@dataclass(frozen=True)
class Allowed:
    """The site's `metric_hosts`. An entry is a name, with a port where it is not the usual one, or `*.domain`.

    A host that is named itself may stand at an internal address: whoever wrote the list meant it. One that only a
    `*.domain` allows may not, since anybody who may add names to the domain could point one anywhere.
    """

    hosts: Sequence[str]

    def names(self, host: str, port: int | None) -> bool:
        """Whether the host itself is on the list. `port` is None where it is the usual one of its scheme."""
        return (f"{host}:{port}" if port else host) in self.hosts

    def allows(self, host: str, port: int | None) -> bool:
        ends = [one[1:] for one in self.hosts if one.startswith("*.")]
        return self.names(host, port) or any((f"{host}:{port}" if port else host).endswith(one) for one in ends)

    def check(self, host: str, port: int | None) -> None:
        """Raises SourceError where the host may not be asked."""
        if not self.allows(host, port):
            name = f"{host}:{port}" if port else host
            raise SourceError(f"{name} is not among metric_hosts in site.yaml; add it there if it is to be asked")


def fetch(url: str, allowed: Allowed, headers: Mapping[str, str]) -> bytes:
    """The body of a 200. `headers` go to the first host alone. Raises SourceError."""
    ends = time.monotonic() + SECONDS
    first = urlsplit(url)
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        same = (parts.scheme, parts.netloc) == (first.scheme, first.netloc)
        try:
            found = _get(parts, allowed, headers if same else {}, ends)
        except TimeoutError:
            raise SourceError(f"{parts.hostname} did not answer within {SECONDS:g} seconds") from None
        except (OSError, HTTPException, UnicodeError, ValueError) as error:
            raise SourceError(f"{parts.hostname} cannot be asked: {_plainly(error)}") from None
        if isinstance(found, bytes):
            return found
        url = urljoin(url, found)
    raise SourceError(f"{first.hostname} leads on more than {MOST_REDIRECTS} times")


def _get(parts: SplitResult, allowed: Allowed, headers: Mapping[str, str], ends: float) -> bytes | str:
    """The body, or the address that it leads on to."""
    host, port = (parts.hostname or "").rstrip("."), parts.port
    if parts.scheme not in _PORTS or not host or parts.username is not None:
        raise SourceError("the source leads to something that is no plain http or https address")
    unusual = None if port in (None, _PORTS[parts.scheme]) else port
    shown = f"[{host}]" if ":" in host else host
    allowed.check(shown, unusual)
    address = _address(host, port or _PORTS[parts.scheme], allowed.names(shown, unusual))
    connection = _Secure(host, address, ends) if parts.scheme == "https" else _Plain(host, address, ends)
    # A socket's own time-out begins anew with every byte, so that a server that drips its headers would never meet it.
    watch = Timer(_left(ends), _cut, (connection,))
    watch.daemon = True
    watch.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"Host": parts.netloc, **_ASKED_AS, **headers})
        found = _answer(connection.getresponse(), host, ends)
        _left(ends)  # what was cut off may look whole
        return found
    except (OSError, HTTPException):
        _left(ends)
        raise
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):  # it was closed a moment ago, or never opened
        connection.sock.shutdown(socket.SHUT_RDWR)


def _answer(answer: HTTPResponse, host: str, ends: float) -> bytes | str:
    if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("Location"):
        return str(answer.headers["Location"])
    if answer.status != 200:
        raise SourceError(f"{host} answered {answer.status} {answer.reason}"[:120])
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise SourceError(f"{host} answered more than {MOST_BYTES:,} bytes; ask for fewer days")
        _left(ends)
    return bytes(body)


def _address(host: str, port: int, named: bool) -> tuple[str, int]:
    """The first address of the host, after all of them were judged."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    internal = [one for one in found if is_internal(one)]
    if internal and not named:
        raise SourceError(
            f"{host} stands at the internal address {internal[0]}; name it among metric_hosts in site.yaml, "
            "without '*', if it is to be asked"
        )
    return found[0], port


def is_internal(address: str) -> bool:
    """Whether an address is not one of the public Internet: private, loopback, link-local, reserved, multicast."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        translated = int(found) >> 32 in (0, 0x64FF9B << 64)  # ::/96, and NAT64's 64:ff9b::/96
        found = IPv4Address(int(found) & 0xFFFFFFFF) if translated else found.ipv4_mapped or found.sixtofour or found
    return not found.is_global or found.is_multicast or any(found in one for one in _NOT_PUBLIC)


_NOT_PUBLIC = (IPv6Network("fec0::/10"), IPv6Network("64:ff9b:1::/48"))
"""Site-local addresses (RFC 3879) and local-use NAT64 (RFC 8215), which Python's tables count as global."""


class _Plain(HTTPConnection):
    """A connection to an address that was judged before."""

    def __init__(self, host: str, address: tuple[str, int], ends: float) -> None:
        super().__init__(host, address[1])
        self._address, self._ends = address, ends

    def connect(self) -> None:
        self.sock = _connected(self._address, self._ends)


class _Secure(HTTPSConnection):
    """The same over TLS; the certificate is the name's."""

    def __init__(self, host: str, address: tuple[str, int], ends: float) -> None:
        super().__init__(host, address[1])
        self._address, self._ends, self._name = address, ends, host

    def connect(self) -> None:
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(_connected(self._address, self._ends), server_hostname=self._name)


def _connected(address: tuple[str, int], ends: float) -> socket.socket:
    return socket.create_connection(address, timeout=_left(ends))


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _plainly(error: Exception) -> str:
    """What the network said, without an address that it may repeat."""
    said = getattr(error, "strerror", None) or str(error)
    return (said.splitlines() or [type(error).__name__])[0][:120]

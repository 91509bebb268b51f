"""A load generator: signed deliveries, made before the clock starts, over connections that are kept."""

import json
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from plugin.admin.replay import Target
from tests.house import SECRET


class Sent(NamedTuple):
    """What one client process did. Moments are of the machine's monotonic clock, the same for all processes."""

    began: float
    ended: float
    accepted: int


@dataclass(frozen=True)
class Load:
    """How much is posted. `deadline` is in seconds and bounds one whole round."""

    deliveries: int
    body_bytes: int
    processes: int = 2
    connections: int = 8
    """Of each process."""
    deadline: float = 60

    def post(self, pool: ProcessPoolExecutor, address: tuple[str, int], name: str) -> tuple[float, int]:
        """Posts everything once, under identifiers that start with `name`; returns deliveries a second and 200s."""
        share = self.deliveries // self.processes
        running = [pool.submit(_client, self, address, f"{name}-{one}", share) for one in range(self.processes)]
        sent = [one.result(timeout=self.deadline * 2) for one in running]
        seconds = max(one.ended for one in sent) - min(one.began for one in sent)
        accepted = sum(one.accepted for one in sent)
        return accepted / seconds, accepted


def _client(load: Load, address: tuple[str, int], name: str, number: int) -> Sent:
    requests = [_request(load, address, f"{name}-{one}") for one in range(number)]
    lots = [requests[at :: load.connections] for at in range(load.connections)]
    began = time.monotonic()
    with ThreadPoolExecutor(load.connections) as threads:
        accepted = sum(threads.map(lambda lot: _send(lot, address, began + load.deadline), lots))
    return Sent(began, time.monotonic(), accepted)


def _request(load: Load, address: tuple[str, int], name: str) -> bytes:
    """One POST as it goes over the wire."""
    issue = {"id": "10001", "key": "CHK-1", "fields": {"summary": name, "description": ""}}
    told = {"webhookEvent": "jira:issue_updated", "timestamp": 1_700_000_000_000, "issue": issue}
    room = load.body_bytes - len(json.dumps(told))
    body = json.dumps(told | {"issue": issue | {"fields": {"summary": name, "description": "x" * room}}}).encode()
    headers = {
        "Host": "{}:{}".format(*address),
        "Content-Length": str(len(body)),
        **Target("", SECRET).headers(name, body),
    }
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    return f"POST /webhooks/jira HTTP/1.1\r\n{lines}\r\n".encode() + body


def _send(requests: Sequence[bytes], address: tuple[str, int], deadline: float) -> int:
    """One connection; returns how many were answered 200."""
    accepted = 0
    with socket.create_connection(address, timeout=20) as connection, connection.makefile("rb") as answers:
        for request in requests:
            if time.monotonic() > deadline:
                break
            connection.sendall(request)
            accepted += answers.readline().split()[1] == b"200"
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)
    return accepted

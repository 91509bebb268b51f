"""Sends events to registered webhooks as Jira does: signed, identified, retried, in no promised order."""

import hashlib
import hmac
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from threading import Condition, Thread
from typing import Literal

import requests

from plugin.sandbox.jira.happened import Happened
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.webhook_bodies import webhook_body
from plugin.sandbox.jira.webhooks_registry import Registry, Webhook

Fate = Literal["as usual", "late", "twice", "reversed", "never"]
RETRIED = frozenset({408, 409, 425, 429}) | frozenset(range(500, 600))
"""Answers after which Jira tries again; any other 4xx is final."""


@dataclass(frozen=True)
class Pace:
    """Seconds. Jira waits minutes between attempts; the sandbox waits `first` and doubles, five times at most."""

    first: float = 0.05
    retries: int = 5
    connect: float = 5
    answer: float = 20
    held: float = 0.5
    """How long a reversed delivery waits for the one that overtakes it."""


@dataclass(order=True)
class Outgoing:
    """One delivery on its way; compared by when it is due."""

    due: float
    number: int
    webhook: Webhook = field(compare=False)
    event: str = field(compare=False)
    body: bytes = field(compare=False)
    identifier: str = field(compare=False)
    flow: str = field(compare=False, default="Primary")
    attempt: int = field(compare=False, default=0)

    def headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Atlassian HttpClient",
            "X-Atlassian-Webhook-Identifier": self.identifier,
            "X-Atlassian-Webhook-Flow": self.flow,
        }
        if self.attempt:
            headers["X-Atlassian-Webhook-Retry"] = str(self.attempt)
        if self.webhook.secret:
            signature = hmac.new(self.webhook.secret.encode(), self.body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={signature}"
        return headers


@dataclass
class Counts:
    """Deliveries by what became of them; `retried` counts attempts after a first one, `withheld` those never sent."""

    delivered: int = 0
    refused: int = 0
    retried: int = 0
    given_up: int = 0
    withheld: int = 0


@dataclass(frozen=True)
class Ended:
    """How a delivery, or a doubled delivery's copy, ended: by a word of `Counts`."""

    identifier: str
    event: str
    how: Literal["delivered", "refused", "given up", "withheld"]


class Sender:
    """One thread that sends what is due. It starts with the first event and ends with `close`."""

    def __init__(
        self,
        registry: Registry,
        fate: Callable[[str], tuple[Fate, float]] = lambda event: ("as usual", 0),
        pace: Pace | None = None,
    ) -> None:
        self.registry = registry
        self.fate = fate
        """Asked once for each delivery, by event: what becomes of it, and for `late` by how many seconds."""
        self.pace = pace or Pace()
        self.counts = Counts()
        self.ended: deque[Ended] = deque(maxlen=10_000)
        """The last deliveries that came to their end, in that order."""
        self._queue: list[Outgoing] = []
        self._overtaken: Outgoing | None = None
        self._sending = 0
        self._numbers = count()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._closed = False
        registry.site.listeners.append(self.hear)

    @property
    def waiting(self) -> int:
        """Deliveries that are queued or on their way."""
        with self._changed:
            return len(self._queue) + self._sending

    def drained(self, timeout: float = 30) -> bool:
        """Waits until nothing is queued or on its way; False where that took longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._sending, timeout)

    def close(self) -> None:
        """Drops what is queued and ends the thread."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()
        if self._thread:
            self._thread.join(self.pace.answer + 1)

    def hear(self, happened: Happened) -> None:
        """Called by the site under its lock: the body is of that very moment."""
        webhooks = self.registry.wanting(happened)
        if not webhooks:
            return
        site: JiraSite = self.registry.site
        body = webhook_body(site, happened)
        for webhook in webhooks:
            identifier = uuid.uuid4().hex
            self._enqueue(Outgoing(0, 0, webhook, happened.event, body, identifier, site.flow))

    def _enqueue(self, outgoing: Outgoing) -> None:
        fate, seconds = self.fate(outgoing.event)
        with self._changed:
            if fate == "never":
                self.counts.withheld += 1
                self.ended.append(Ended(outgoing.identifier, outgoing.event, "withheld"))
                return
            self._push(outgoing, seconds if fate == "late" else self.pace.held if fate == "reversed" else 0)
            if fate == "twice":
                self._push(Outgoing(0, 0, *_same(outgoing)), 0)
            self._let_overtake(outgoing, fate)
            if self._thread is None and not self._closed:
                self._thread = Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()

    def _let_overtake(self, outgoing: Outgoing, fate: Fate) -> None:
        """The next delivery goes before a reversed one, which then follows at once."""
        if fate == "reversed":
            self._overtaken = outgoing
        elif self._overtaken is not None:
            self._overtaken.due, self._overtaken.number = outgoing.due, next(self._numbers)
            self._overtaken = None
            heapify(self._queue)

    def _push(self, outgoing: Outgoing, delay: float) -> None:
        outgoing.due, outgoing.number = time.monotonic() + delay, next(self._numbers)
        heappush(self._queue, outgoing)
        self._changed.notify_all()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while outgoing := self._take():
                again = self._attempt(session, outgoing)
                with self._changed:
                    self._sending -= 1
                    if again and not self._closed:
                        outgoing.attempt += 1
                        self.counts.retried += 1
                        self._push(outgoing, self.pace.first * 2 ** (outgoing.attempt - 1))
                    self._changed.notify_all()

    def _take(self) -> Outgoing | None:
        """The next delivery, once it is due; None when the sender is closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if self._queue and self._queue[0].due <= now:
                    self._sending += 1
                    return heappop(self._queue)
                self._changed.wait(self._queue[0].due - now if self._queue else None)
        return None

    def _attempt(self, session: requests.Session, outgoing: Outgoing) -> bool:
        """Sends once and counts; True where Jira would try again."""
        status = self._post(session, outgoing)
        if status is not None and status not in RETRIED:
            if status < 300:
                self.counts.delivered += 1
            else:
                self.counts.refused += 1
            self.ended.append(Ended(outgoing.identifier, outgoing.event, "delivered" if status < 300 else "refused"))
            return False
        if outgoing.attempt < self.pace.retries:
            return True
        self.counts.given_up += 1
        self.ended.append(Ended(outgoing.identifier, outgoing.event, "given up"))
        return False

    def _post(self, session: requests.Session, outgoing: Outgoing) -> int | None:
        """The answer's status, None where there was no answer."""
        limits = (self.pace.connect, self.pace.answer)
        try:
            with session.post(
                outgoing.webhook.url, outgoing.body, headers=outgoing.headers(), timeout=limits, allow_redirects=False
            ) as answer:
                return answer.status_code
        except requests.RequestException:
            return None


def _same(outgoing: Outgoing) -> tuple[Webhook, str, bytes, str, str]:
    """A repeated delivery has the same identifier."""
    return outgoing.webhook, outgoing.event, outgoing.body, outgoing.identifier, outgoing.flow

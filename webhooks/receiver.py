"""The door: POST in, one committed row, an answer. What an answer means to Jira decides which one it is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from webhooks.delivery import Delivery, UnreadableError
from webhooks.events import IGNORED
from webhooks.inbox import Inbox, Stored, UnavailableError
from webhooks.signature import holds_token, verify

_log = logging.getLogger(__name__)

RETRY_AFTER = 30
"""Seconds that we ask for where a delivery could not be stored."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who may deliver and how much. With no secret and no token at all, nobody may.

    `secrets` verify `X-Hub-Signature`, `tokens` are bearer tokens (Jira Automation), `url_token` is the last part
    of the address for a Data Center that signs nothing; None leaves that address closed. `max_body` is in bytes.
    """

    secrets: tuple[str, ...] = field(default=(), repr=False)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    url_token: str | None = field(default=None, repr=False)
    max_body: int = 2_000_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


def blueprint(
    inbox: Inbox, door: Door, stored: Callable[[], None], clock: Callable[[], datetime] = _utc_now
) -> Blueprint:
    """POST /webhooks/jira, and /webhooks/jira/<token> where the door has one.

    `stored` is called after the commit of a new delivery; it should only wake whoever digests.
    """
    routes = Blueprint("webhooks", __name__)
    receiver = _Receiver(inbox, door, stored, clock)
    routes.add_url_rule("/webhooks/jira", "jira", receiver.receive, methods=["POST"])
    if door.url_token:
        routes.add_url_rule("/webhooks/jira/<token>", "jira_with_token", receiver.receive, methods=["POST"])
    return routes


class _Receiver:
    def __init__(self, inbox: Inbox, door: Door, stored: Callable[[], None], clock: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._door = door
        self._stored = stored
        self._clock = clock

    def receive(self, token: str | None = None) -> Response:
        body = self._body()
        if body is None:
            return _answer(413, f"the body is larger than {self._door.max_body} bytes")
        if not self._may_deliver(body, token):
            return _answer(401, "not accepted")
        try:
            return self._accept(body)
        except UnavailableError as error:
            _log.error("a delivery was not stored: %s", error)
            return _try_again(str(error))

    def _body(self) -> bytes | None:
        """The raw body; None where it is too large: unread by its length, else read no further than the limit."""
        largest = self._door.max_body
        if (request.content_length or 0) > largest:
            return None
        # Werkzeug ends a body that came in chunks at this limit without a word: one byte more tells that it was cut.
        request.max_content_length = largest + 1
        body = request.get_data(cache=False)
        return body if len(body) <= largest else None

    def _may_deliver(self, body: bytes, token: str | None) -> bool:
        """Every check is made whatever the others say: the time taken tells nothing."""
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        signed = verify(body, request.headers.get("X-Hub-Signature"), self._door.secrets)
        trusted = holds_token(bearer if kind.lower() == "bearer" else None, self._door.tokens)
        addressed = holds_token(token, (self._door.url_token or "",))
        return signed or trusted or addressed

    def _accept(self, body: bytes) -> Response:
        now = self._clock()
        try:
            delivery = Delivery.from_http(request.headers, body, now)
        except UnreadableError as error:
            self._inbox.refuse(body, str(error), now)
            return _answer(400, str(error))
        if reason := IGNORED.get(delivery.event):
            self._inbox.store_ignored(delivery, reason)
            return _answer(200, f"ignored: {reason}")
        return self._store(delivery, body)

    def _store(self, delivery: Delivery, body: bytes) -> Response:
        match self._inbox.store(delivery, body):
            case Stored.FULL:
                return _try_again("the inbox is full")
            case Stored.STORED:
                self._wake()
                return _answer(200, Stored.STORED.value)
            case Stored.ALREADY:
                return _answer(200, Stored.ALREADY.value)

    def _wake(self) -> None:
        try:
            self._stored()
        except Exception:
            # The row is committed and will be found without a wake-up; an error would only make Jira repeat it.
            _log.exception("a delivery is stored, but the digest could not be woken")


def _answer(status: int, words: str) -> Response:
    return Response(words + "\n", status, mimetype="text/plain")


def _try_again(words: str) -> Response:
    answer = _answer(503, f"{words}; send it again")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer

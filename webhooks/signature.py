"""Who may deliver: an HMAC over the raw body, or a token that only the sender knows. Both compare in constant time."""

import hmac
from collections.abc import Sequence

METHOD = "sha256"


def sign(body: bytes, secret: str) -> str:
    """The value of `X-Hub-Signature` that Jira sends for this body: `sha256=` and 64 lower-case hex digits."""
    return f"{METHOD}={hmac.digest(secret.encode(), body, METHOD).hex()}"


def verify(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets signed exactly these bytes.

    Two secrets allow rotation. An absent header, another method than sha256 and an empty secret never verify; the time
    taken depends on the body and the number of secrets alone.
    https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
    """
    return _one_matches(header or "", [sign(body, secret) for secret in secrets if secret])


def holds_token(given: str | None, tokens: Sequence[str]) -> bool:
    """Whether the given token is one of ours; empty tokens never match."""
    return _one_matches(given or "", [token for token in tokens if token])


def _one_matches(given: str, expected: Sequence[str]) -> bool:
    received = given.encode("utf-8", "replace")
    found = False
    for one in expected:
        found |= hmac.compare_digest(received, one.encode())  # no early end: which secret matched must not show
    return found

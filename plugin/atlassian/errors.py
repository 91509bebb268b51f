"""Four families of errors, named by what the caller should do (hence without the suffix Error)."""

from typing import Literal

About = Literal["call", "place", "account"]


class DoorError(Exception):
    """Something that Jira or Confluence answered, as one sentence."""


class Retryable(DoorError):  # noqa: N818 — the family is the name
    """Try again, not before `after` seconds. `reason` is Jira's RateLimit-Reason, "" where there was none.

    `ordered`: the site, or the throttle in its place, asked us to wait; else the try itself failed. `tries` says
    how many did.
    """

    def __init__(self, words: str, after: float, reason: str = "", *, ordered: bool = False) -> None:
        super().__init__(words)
        self.after = after
        self.reason = reason
        self.ordered = ordered
        self.tries = 0 if ordered else 1


class Conflict(DoorError):  # noqa: N818 — the family is the name
    """The thing changed under us: read it again, then decide again."""


class Gone(DoorError):  # noqa: N818 — the family is the name
    """The issue or page is no longer there."""


class Permanent(DoorError):  # noqa: N818 — the family is the name
    """Trying again changes nothing.

    `about` says how far the refusal reaches. `call`: this request only. `place`: 403, our account lacks a permission
    on this issue, project or space: keep that work, go on elsewhere and raise a check. `account`: 401, or an answer
    that is not the API's: stop writing, keep all work and raise a check.
    """

    def __init__(self, words: str, about: About = "call") -> None:
        super().__init__(words)
        self.about = about

    @property
    def forbidden(self) -> bool:
        """Whether the same request may be taken once somebody has given us a token or a permission."""
        return self.about != "call"

"""Four families of errors, named by what the caller should do (hence without the suffix Error)."""


class DoorError(Exception):
    """Something that Jira or Confluence answered, as one sentence."""


class Retryable(DoorError):  # noqa: N818 — the family is the name
    """Try again, not before `after` seconds. `reason` is Jira's RateLimit-Reason, "" where there was none."""

    def __init__(self, words: str, after: float, reason: str = "") -> None:
        super().__init__(words)
        self.after = after
        self.reason = reason


class Conflict(DoorError):  # noqa: N818 — the family is the name
    """The thing changed under us: read it again, then decide again."""


class Gone(DoorError):  # noqa: N818 — the family is the name
    """The issue or page is no longer there."""


class Permanent(DoorError):  # noqa: N818 — the family is the name
    """Trying again changes nothing.

    `forbidden` is set where it is not about this one call, as after 401, 403 or an answer that is not the API's: stop
    writing, keep the work and raise a check.
    """

    def __init__(self, words: str, forbidden: bool = False) -> None:
        super().__init__(words)
        self.forbidden = forbidden

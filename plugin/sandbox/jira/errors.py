"""What Jira refuses, with the status and the words that its REST gives."""

from collections.abc import Mapping


class JiraError(Exception):
    """A refusal: `messages` and `errors` (by field) become Jira's error body."""

    headers: Mapping[str, str] = {}
    """What the answer says beside its body."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__("; ".join([*messages, *(errors or {}).values()]))
        self.status = status
        self.messages = list(messages)
        self.errors = errors or {}


def invalid_field(field: str, words: str) -> JiraError:
    return JiraError(400, errors={field: words})


def no_such_issue() -> JiraError:
    """The same for an issue that is gone and for one that the account may not see."""
    return JiraError(404, "Issue does not exist or you do not have permission to see it.")


def too_many_writes(seconds: int) -> JiraError:
    """Cloud's 429 for one issue that is written too often."""
    error = JiraError(429, "Rate limit exceeded: too many writes to this issue.")
    error.headers = {
        "Retry-After": str(seconds),
        "RateLimit-Reason": "jira-per-issue-on-write",
        "X-RateLimit-Limit": "20",
        "X-RateLimit-Remaining": "0",
    }
    return error

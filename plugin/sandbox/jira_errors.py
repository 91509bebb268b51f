"""What Jira refuses, with the status and the words that its REST gives."""


class JiraError(Exception):
    """A refusal: `messages` and `errors` (by field) become Jira's error body."""

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

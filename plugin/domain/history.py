"""What happened to an issue, as far as effort rests on it: moves of status and assignee, and other signs of life."""

from datetime import datetime
from typing import Literal

from plugin.domain.frozen import Frozen


class FieldChange(Frozen):
    """One field of one entry of an issue's changelog.

    `from_` and `to` are Jira's status ids, or a person's id (account id on Cloud, user key on Data Center) for an
    assignee; None is nobody. For `other` both are None: it tells only that somebody worked on the issue then, by any
    edit or comment. What our own account wrote is no such sign and is not given.
    """

    issue_id: str
    change_id: str
    """The changelog entry's id, which webhook and REST share; for what has none, a name that the same event repeats."""
    at: datetime
    """In UTC; kept to the millisecond, as Jira tells it."""
    field: Literal["status", "assignee", "other"]
    from_: str | None = None
    to: str | None = None

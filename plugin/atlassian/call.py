"""One request to Jira or Confluence, and what came of it, as values that the throttle and the retry table decide on."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from plugin.domain.frozen import Frozen

Method = Literal["GET", "POST", "PUT", "DELETE"]
Failure = Literal["network", "time-out", "address", "token", "body"]


class Call(Frozen):
    """A request, described for people and for the throttle."""

    method: Method
    endpoint: str
    """The path with `{id}` in place of ids: Jira counts its bursts per endpoint."""
    what: str
    """What the call does, to stand after "could not": `read issue 10001`."""
    issue: str | None = None
    """Set on calls that write to an issue: Jira counts writes per issue."""
    subject: bool = False
    """The address names one issue or page, so that 404 says that it is gone."""
    idempotent: bool = True
    permission: str = ""
    """What the account needs for this, in Atlassian's words, for the sentence that a 403 becomes."""


class Outcome(Frozen):
    """A refused or failed request. Exactly one of `status` and `failure` is set."""

    place: str
    """The address of the site, for the sentence."""
    status: int | None = None
    failure: Failure | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    """Names in lower case."""
    words: str = ""
    """What the site or the network said, shortened; no credentials."""

    @field_validator("headers", mode="before")
    @classmethod
    def _lower(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        return {name.lower(): value for name, value in headers.items()}

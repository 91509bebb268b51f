"""One request of Jira as a value: what can be said of it without deciding anything."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Protocol

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from webhooks.surrogates import without_halves

IDENTIFIER = "X-Atlassian-Webhook-Identifier"
RETRY = "X-Atlassian-Webhook-Retry"
FLOW = "X-Atlassian-Webhook-Flow"

_PRINTABLE = re.compile(r"[\x21-\x7e]{1,200}")
_ISSUE_ID = re.compile(r"[0-9]{1,19}")
_ISSUE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}-[0-9]{1,19}")


class UnreadableError(ValueError):
    """The body is not JSON, or is JSON but no object. The sentence holds nothing of the body."""


class Headers(Protocol):
    """A request's headers; looking up does not mind the case where a web framework hands them over."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the inbox keeps of a request beside its body."""

    id: str
    """Jira's identifier, the same over its retries; else `sha256:` and a hash."""
    received_at: datetime
    event: str
    """`webhookEvent`, "" where the body names none."""
    actor: str | None
    """Account id (Cloud), user key or name (Data Center) of whoever caused it; None where the body does not say."""
    issue_id: str | None
    issue_key: str | None
    retry: int
    """0 for the first attempt."""
    flow: str | None
    """`Primary`, or `Secondary` for the fallout of bulk changes; None where the header is absent."""

    @classmethod
    def from_http(cls, headers: Headers, body: bytes, received_at: datetime) -> "Delivery":
        """Reads a verified request; what is odd inside an object counts as absent. Raises UnreadableError."""
        envelope = _read(body)
        issue = envelope.issue
        return cls(
            id=_identifier(headers.get(IDENTIFIER), body, envelope, received_at),
            received_at=received_at,
            event=_storable(envelope.event) or "",
            actor=_storable(envelope.user.id) if envelope.user else None,
            issue_id=issue_id(issue.id if isinstance(issue, _Issue) else issue),
            issue_key=issue_key(issue.key if isinstance(issue, _Issue) else issue or envelope.issue_key),
            retry=_retries(headers.get(RETRY)),
            flow=_storable(headers.get(FLOW)),
        )


def issue_id(given: object) -> str | None:
    """An issue's id as text, None for anything that Jira would not use as one."""
    text = str(given) if isinstance(given, int | str) else ""
    return text if _ISSUE_ID.fullmatch(text) else None


def issue_key(given: object) -> str | None:
    """An issue's key such as CHK-12, None for anything that is not one."""
    return given if isinstance(given, str) and _ISSUE_KEY.fullmatch(given) else None


class _OrAbsent:
    """Marks a field whose value counts as absent where it has another type; old sites and people send such."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(handler(source), default=None, on_error="default")


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, frozen=True)


class _Person(_Lenient):
    account: Annotated[str | None, _OrAbsent()] = Field(
        None,
        validation_alias=AliasChoices("accountId", "accoundId", "accountID"),  # the last two are Jira's misspellings
    )
    key: Annotated[str | None, _OrAbsent()] = None
    name: Annotated[str | None, _OrAbsent()] = None

    @property
    def id(self) -> str | None:
        return self.account or self.key or self.name


class _Issue(_Lenient):
    id: Annotated[str | None, _OrAbsent()] = None
    key: Annotated[str | None, _OrAbsent()] = None


class _Envelope(_Lenient):
    event: Annotated[str | None, _OrAbsent()] = Field(None, validation_alias="webhookEvent")
    timestamp: Annotated[str | None, _OrAbsent()] = None
    user: Annotated[_Person | None, _OrAbsent()] = None
    issue: Annotated[_Issue | str | None, _OrAbsent()] = None
    issue_key: Annotated[str | None, _OrAbsent()] = Field(
        None, validation_alias=AliasChoices("issueKey", "issue_key", "key")
    )


def _read(body: bytes) -> _Envelope:
    try:
        return _Envelope.model_validate_json(without_halves(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise UnreadableError(f"the body is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}") from None
        raise UnreadableError("the body is JSON but not an object; Jira sends an object") from None


def _identifier(header: str | None, body: bytes, envelope: _Envelope, received_at: datetime) -> str:
    if header and _PRINTABLE.fullmatch(header):
        return header
    hashed = sha256(body)
    if envelope.timestamp is None:
        # Such a body, as people type it in Jira Automation, is the same for each change of an issue: without the
        # moment the second change would pass for a repetition of the first.
        hashed.update(received_at.isoformat().encode())
    return f"sha256:{hashed.hexdigest()}"


def _retries(header: str | None) -> int:
    return int(header) if header and re.fullmatch("[0-9]{1,4}", header) else 0


def _storable(text: str | None) -> str | None:
    """PostgreSQL's text holds no NUL, and an index no long value."""
    return text.replace("\x00", "")[:200] if text else None

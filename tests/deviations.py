"""Where the sandbox and Atlassian's published descriptions may differ, and why. Nothing else may differ."""

import re
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import JsonValue

Description = Literal[
    "jira-cloud-v3",
    "jira-data-center-10.3",
    "confluence-cloud-v1",
    "confluence-cloud-v2",
    "confluence-data-center-10.0",
]

T = TypeVar("T")

_ANY = re.compile("")


@dataclass(frozen=True)
class Undescribed:
    """Paths (matched from their first character) that are real but stand in no description: they are not validated."""

    path: re.Pattern[str]
    reason: str


@dataclass(frozen=True)
class SameAs:
    """Paths of one description that are checked against another path there: `path` is replaced by `described`."""

    description: Description
    path: re.Pattern[str]
    described: str
    reason: str


@dataclass(frozen=True)
class Answers:
    """Statuses that are real but described nowhere, or not for this path: the answer's body is not validated."""

    statuses: tuple[int, ...]
    reason: str
    path: re.Pattern[str] = _ANY


@dataclass(frozen=True)
class Fault:
    """A place of one description that contradicts the description itself or what the site does.

    `at` names the place from the root; `becomes` stands there instead, and None removes it.
    """

    description: Description
    at: tuple[str | int, ...]
    becomes: JsonValue
    reason: str


@dataclass(frozen=True)
class Keyword:
    """A schema keyword and its value that is wrong wherever it stands in one description: it is left out."""

    description: Description
    name: str
    value: JsonValue
    reason: str


@dataclass(frozen=True)
class NoBody:
    """A status that carries no body, whatever the descriptions list for it."""

    status: str
    reason: str


Deviation = Undescribed | SameAs | Answers | Fault | Keyword | NoBody

_TIMESTAMPS = "Jira writes 2026-11-16T08:00:00.000+0000, as the description's own examples do; that is no RFC 3339"
_BOTH_BODIES = "oneOf offers two objects without required keys: every body matches both, so none is allowed as written"
_EMPTY_CONTENT = "an empty content says nothing of the body; the site does send an object that names the error"
_ATTACHMENTS = ("paths", "/rest/api/content/{id}/child/attachment", "get", "responses")
_CHANGES: tuple[tuple[Description, str], ...] = (
    ("jira-cloud-v3", "ChangeDetails"),
    ("jira-data-center-10.3", "ChangeItemBean"),
)

DEVIATIONS: tuple[Deviation, ...] = (
    Undescribed(
        re.compile(r"/rest/webhooks/1\.0/webhook"),
        "an administrator's webhooks are documented in prose only, on a page called 'Webhooks'",
    ),
    Undescribed(
        re.compile(r"/rest/pat/latest/tokens"),
        "Data Center's access tokens are documented in prose only, on 'Using personal access tokens'",
    ),
    SameAs(
        "confluence-data-center-10.0",
        re.compile(r"/$"),
        "",
        "the client library writes a slash at the end of /rest/api/content/, which the site takes",
    ),
    SameAs(
        "jira-cloud-v3",
        re.compile(r"^/rest/api/2/"),
        "/rest/api/3/",
        "Cloud still answers version 2, which the jira library asks for serverInfo; only version 3 is published here",
    ),
    Answers(
        (401,), "every path refuses bad credentials ('Basic auth for REST APIs'); some descriptions do not repeat it"
    ),
    Answers((429,), "rate limits are documented on a page of their own ('Rate limiting'), for every path"),
    Answers(
        (500, 502, 503, 504), "a failing site answers whatever its proxies say; no description lists it for each path"
    ),
    Keyword("jira-cloud-v3", "format", "date-time", _TIMESTAMPS),
    Keyword("jira-data-center-10.3", "format", "date-time", _TIMESTAMPS),
    Keyword("confluence-cloud-v1", "content", {}, _EMPTY_CONTENT),
    Keyword("confluence-cloud-v2", "content", {}, _EMPTY_CONTENT),
    Fault(
        "confluence-cloud-v2",
        ("components", "schemas", "PageBodyWrite", "additionalProperties"),
        False,
        _BOTH_BODIES,
    ),
    Fault(
        "confluence-cloud-v2",
        ("components", "schemas", "PageNestedBodyWrite", "additionalProperties"),
        False,
        _BOTH_BODIES,
    ),
    Fault(
        "confluence-cloud-v2",
        ("components", "schemas", "CommentBodyWrite", "additionalProperties"),
        False,
        _BOTH_BODIES,
    ),
    Fault(
        "confluence-cloud-v2",
        ("components", "schemas", "CommentNestedBodyWrite", "additionalProperties"),
        False,
        _BOTH_BODIES,
    ),
    Answers(
        (409,),
        "a stale version of a page or property is refused so, as in version 1; version 2 lists 400 only",
        re.compile(r"/wiki/api/v2/pages/"),
    ),
    Answers(
        (400, 409),
        "a taken title and a stale version are refused so (seen in public reports); the lists for content stop at 404",
        re.compile(r"/confluence/rest/api/content"),
    ),
    Answers(
        (400,),
        "a second file of the same name is refused so ('Create attachments'); the list stops at 403 and 404",
        re.compile(r"/wiki/rest/api/content/[0-9]+/child/attachment$"),
    ),
    Fault(
        "confluence-data-center-10.0",
        ("components", "schemas", "ValidationResult", "properties", "errors"),
        {"type": "array"},
        "the site answers a list, as public reports of its errors show",
    ),
    Fault(
        "confluence-data-center-10.0",
        (*_ATTACHMENTS, "200"),
        {"$ref": "#/paths/~1rest~1api~1content~1{id}~1child~1attachment/get/responses/201"},
        "listing attachments creates nothing: the site answers 200",
    ),
    Fault(
        "confluence-data-center-10.0",
        ("components", "schemas", "MockAttachmentRequest", "properties", "minorEdit", "type"),
        "string",
        "a part of a multipart body is text, and the validator reads no boolean from it",
    ),
    Fault(
        "jira-cloud-v3",
        ("components", "schemas", "JqlQueryClause", "additionalProperties"),
        None,
        "it forbids every property, and then offers four schemas, each with properties of its own",
    ),
    NoBody("204", "by HTTP a 204 has no body; Jira Cloud's description lists one, of the empty schema, 98 times"),
    Fault(
        "jira-data-center-10.3",
        ("paths", "/api/2/field", "get", "responses", "200", "content", "application/json", "schema"),
        {"type": "array", "items": {"$ref": "#/components/schemas/FieldBean"}},
        "its words say 'a list of all fields', its schema one field",
    ),
    *(
        Fault(
            "jira-data-center-10.3",
            ("paths", path, "get", "responses", "200", "content", "application/json", "schema"),
            {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}},
            "its words say a list, its schema one of them",
        )
        for path, schema in (
            ("/api/2/priority", "PriorityJsonBean"),
            ("/api/2/issuetype", "IssueTypeJsonBean"),
            ("/api/2/status", "StatusJsonBean"),
            ("/api/2/resolution", "ResolutionJsonBean"),
            ("/api/2/project", "ProjectBean"),
            ("/api/2/project/{projectIdOrKey}/versions", "VersionBean"),
        )
    ),
    Fault(
        "jira-data-center-10.3",
        ("components", "schemas", "IssueBean", "properties", "fields", "additionalProperties"),
        {},
        "a field's value is text, a number, a list or null as well as an object",
    ),
    Fault(
        "jira-data-center-10.3",
        ("components", "schemas", "EntityPropertyBean", "properties", "value"),
        {},
        "an entity property is any JSON: 'Jira entity properties'; the schema shows how the server keeps it, as text",
    ),
    Fault(
        "jira-data-center-10.3",
        (
            *("paths", "/api/2/issue/{issueIdOrKey}/properties/{propertyKey}", "put"),
            *("requestBody", "content", "application/json", "schema"),
        ),
        {},
        "the value is any JSON that is not empty; the schema shows how the server takes it, as text",
    ),
    Answers(
        (404,),
        "an issue that is not there, or hidden, is 404 on every path below it; Data Center lists that for some only",
        re.compile(r"/rest/api/2/issue/"),
    ),
    Fault(
        "jira-data-center-10.3",
        ("components", "schemas", "IssueUpdateBean", "properties", "fields", "additionalProperties"),
        {},
        "a field is written as text, a number, a list or null as well as an object",
    ),
    Fault(
        "jira-data-center-10.3",
        ("paths", "/api/2/issue/{issueIdOrKey}/remotelink", "post", "responses", "201"),
        {"$ref": "#/paths/~1api~12~1issue~1{issueIdOrKey}~1remotelink/post/responses/200"},
        "a new link is answered 201, as Cloud's description of the same call lists; one that was there 200",
    ),
    *(
        Fault(
            description,
            ("components", "schemas", schema, "properties", name),
            {"type": "string", "nullable": True},
            "a change from or to an empty value is told as null, as in every payload of a webhook",
        )
        for description, schema in _CHANGES
        for name in ("from", "fromString", "to", "toString")
    ),
    Fault(
        "jira-data-center-10.3",
        ("components", "schemas", "StringList"),
        {"type": "string"},
        "the parameters fields and expand are lists with commas, as their words say",
    ),
    Answers(
        (410,),
        "the search that Cloud took away ('The Search APIs have been removed'); the description still lists it",
        re.compile(r"/rest/api/[23]/search$"),
    ),
)


def of_kind(kind: type[T]) -> tuple[T, ...]:
    return tuple(one for one in DEVIATIONS if isinstance(one, kind))

"""Routes that read many issues: search on both dialects, and Cloud's bulk reads."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from flask import Response, request
from pydantic import BaseModel, Field, JsonValue

from plugin.sandbox.jira.door import answer, api, body, listed, number, render, seen_issue, the_site, viewer
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.render import RestVersion
from plugin.sandbox.jira.rest_issues import changelog, properties_of
from plugin.sandbox.jira.search import run, without_unknown_issues
from plugin.sandbox.jira.updated_index import Place
from plugin.sandbox.jira.values import History, Issue, Json, Person
from plugin.sandbox.jql.syntax import Query
from plugin.sandbox.jql.words import parse

blueprint = api("search")
TOKEN_LIFE = timedelta(days=7)
BULK_LIMIT = 100
"""Issues of one bulk fetch."""


class SearchBody(BaseModel):
    """POST search/jql on Cloud."""

    jql: str = ""
    fields: list[str] = []
    properties: list[str] = []
    expand: str | None = None
    maxResults: int = 50  # noqa: N815 Jira's spelling
    nextPageToken: str | None = None  # noqa: N815 Jira's spelling
    reconcileIssues: list[int] = Field(default=[], max_length=50)  # noqa: N815 Jira's spelling


class CountBody(BaseModel):
    """POST search/approximate-count on Cloud."""

    jql: str = ""


class OldSearchBody(BaseModel):
    """POST search on Data Center."""

    jql: str = ""
    fields: list[str] = []
    expand: list[str] = []
    maxResults: int = 50  # noqa: N815 Jira's spelling
    startAt: int = 0  # noqa: N815 Jira's spelling
    validateQuery: bool = True  # noqa: N815 Jira's spelling


class BulkBody(BaseModel):
    issueIdsOrKeys: list[str] = Field(min_length=1)  # noqa: N815 Jira's spelling
    fields: list[str] = []
    properties: list[str] = []
    expand: list[str] = []


class BulkChangelogBody(BaseModel):
    issueIdsOrKeys: list[str] = Field(min_length=1, max_length=1000)  # noqa: N815 Jira's spelling
    fieldIds: list[str] = Field(default=[], max_length=10)  # noqa: N815 Jira's spelling
    maxResults: int = Field(default=1000, ge=1, le=10000)  # noqa: N815 Jira's spelling
    nextPageToken: str | None = None  # noqa: N815 Jira's spelling


# -- search ------------------------------------------------------------------------------------------------------------


@blueprint.route("/search/jql", methods=["GET", "POST"])
def search(version: RestVersion) -> Response:
    """Cloud's search: pages by token, no total, only ids unless fields are named, nothing unbounded."""
    site, asker = the_site(), viewer()
    if site.dialect == "data center":
        raise JiraError(404, "null for uri: " + request.path)
    wanted = body(SearchBody) if request.method == "POST" else _from_query()
    query = parse(wanted.jql)
    if query.where is None:
        words = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        raise JiraError(400, words)
    with site.lock:
        found = run(site, query, asker, _after(wanted, query))
        start = _offset(wanted, query)
        size = max(1, min(wanted.maxResults, 5000 if set(wanted.fields) <= {"id", "key"} else 100))
        page = list(islice(_indexed(found, wanted.reconcileIssues), start, start + size + 1))
        told: Json = {"issues": [_told(version, issue, wanted) for issue in page[:size]], "isLast": len(page) <= size}
        if len(page) > size:
            told["nextPageToken"] = _token(wanted.jql, page[size - 1], start + size)
        return answer(told)


def _from_query() -> SearchBody:
    reconciled = listed("reconcileIssues")
    if any(not one.isdigit() for one in reconciled) or len(reconciled) > 50:
        raise JiraError(400, "reconcileIssues takes at most 50 issue ids, as numbers.")
    return SearchBody(
        jql=request.args.get("jql", ""),
        fields=listed("fields"),
        properties=listed("properties"),
        expand=request.args.get("expand"),
        maxResults=number("maxResults", 50, 5000),
        nextPageToken=request.args.get("nextPageToken"),
        reconcileIssues=[int(one) for one in reconciled],
    )


def _indexed(found: Iterator[Issue], reconciled: list[int]) -> Iterator[Issue]:
    """Search lags behind writes by `search_lag`: a newer issue is not found yet, unless the caller names its id."""
    site = the_site()
    limit = site.clock() - site.search_lag
    return (issue for issue in found if issue.created <= limit or issue.number in reconciled or not site.search_lag)


def _told(version: RestVersion, issue: Issue, wanted: SearchBody | BulkBody) -> JsonValue:
    if isinstance(wanted, SearchBody) and not (set(wanted.fields) - {"id"} or wanted.expand or wanted.properties):
        return {"id": issue.id}
    told = render(version).issue(issue, wanted.fields)
    if wanted.expand and "changelog" in wanted.expand:
        told["changelog"] = changelog(version, issue)
    if wanted.properties:
        told["properties"] = properties_of(issue, wanted.properties)
    return told


def _token(jql: str, last: Issue, offset: int) -> str:
    now = the_site().clock().isoformat()
    stands = {"jql": jql, "updated": last.updated.isoformat(), "id": last.number, "offset": offset, "issued": now}
    return base64.urlsafe_b64encode(json.dumps(stands).encode()).decode()


def _read_token(wanted: SearchBody) -> dict[str, str] | None:
    if not wanted.nextPageToken:
        return None
    try:
        stands = json.loads(base64.urlsafe_b64decode(wanted.nextPageToken))
        alive = the_site().clock() - datetime.fromisoformat(stands["issued"]) < TOKEN_LIFE
    except (ValueError, KeyError, TypeError):
        alive, stands = False, {}
    if not alive or stands["jql"] != wanted.jql:
        raise JiraError(400, "The provided next page token is invalid or expired.")
    return {key: str(value) for key, value in stands.items()}


def _after(wanted: SearchBody, query: Query) -> Place | None:
    token = _read_token(wanted)
    if token is None or not query.oldest_first:
        return None
    return datetime.fromisoformat(token["updated"]), int(token["id"])


def _offset(wanted: SearchBody, query: Query) -> int:
    token = _read_token(wanted)
    return int(token["offset"]) if token and not query.oldest_first else 0


@blueprint.post("/search/approximate-count")
def approximate_count(version: RestVersion) -> Response:
    """Cloud's count of a bounded search; what its search does not find yet is not counted either."""
    asker, site = _on_cloud(), the_site()
    query = parse(body(CountBody).jql)
    if query.where is None:
        raise JiraError(
            400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    with site.lock:
        return answer({"count": site.estimated(_indexed(run(site, query, asker), []))})


@blueprint.route("/search", methods=["GET", "POST"])
def old_search(version: RestVersion) -> Response:
    """Data Center's search with `startAt` and a total; gone from Cloud."""
    site, asker = the_site(), viewer()
    if site.dialect == "cloud":
        words = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
        raise JiraError(410, words)
    wanted = body(OldSearchBody) if request.method == "POST" else _from_old_query()
    query = parse(wanted.jql)
    with site.lock:
        found = list(run(site, query if wanted.validateQuery else without_unknown_issues(site, query), asker))
        size = max(0, min(wanted.maxResults, 1000))
        issues: list[JsonValue] = []
        for issue in found[wanted.startAt : wanted.startAt + size]:
            told = render(version).issue(issue, wanted.fields or ["*navigable"])
            if "changelog" in wanted.expand:
                told["changelog"] = changelog(version, issue)
            issues.append(told)
    page: Json = {"startAt": wanted.startAt, "maxResults": size, "total": len(found), "issues": issues}
    return answer(page | {"expand": "names,schema"})


def _from_old_query() -> OldSearchBody:
    return OldSearchBody(
        jql=request.args.get("jql", ""),
        fields=listed("fields"),
        expand=listed("expand"),
        maxResults=number("maxResults", 50, 1000),
        startAt=number("startAt", 0, 10**9),
        validateQuery=request.args.get("validateQuery", "true").lower() != "false",
    )


# -- bulk reads --------------------------------------------------------------------------------------------------------


@blueprint.post("/issue/bulkfetch")
def bulk_fetch(version: RestVersion) -> Response:
    """Issues that are gone or hidden are told in issueErrors; the rest come in the order asked for."""
    asker, site, wanted = _on_cloud(), the_site(), body(BulkBody)
    if len(wanted.issueIdsOrKeys) > BULK_LIMIT:
        raise JiraError(400, f"The number of issues requested exceeds the limit of {BULK_LIMIT}.")
    if not wanted.fields:
        wanted.fields = ["*navigable"]
    with site.lock:
        found = _visible(wanted.issueIdsOrKeys, asker.id)
        issues = [_told(version, issue, wanted) for issue in found.values()]
        missing = [name for name in wanted.issueIdsOrKeys if (one := site.find(name)) is None or one.id not in found]
    errors: list[JsonValue] = [{"id": name, "errorMessage": "Issue not found"} for name in missing]
    return answer({"issues": issues, "issueErrors": errors})


@blueprint.get("/issue/<name>/changelog")
def changelog_page(version: RestVersion, name: str) -> Response:
    """Oldest first, by pages."""
    _on_cloud()
    issue, start, most = seen_issue(name), number("startAt", 0, 10**9), number("maxResults", 100, 100)
    values: list[JsonValue] = [render(version).history(one) for one in issue.history[start : start + most]]
    url = f"{the_site().base_url}/rest/api/{version}/issue/{issue.id}/changelog"
    page: Json = {"self": f"{url}?startAt={start}&maxResults={most}", "startAt": start, "maxResults": most}
    last = start + len(values) >= len(issue.history)
    page |= {"total": len(issue.history), "isLast": last, "values": values}
    return answer(page if last else page | {"nextPage": f"{url}?startAt={start + most}&maxResults={most}"})


@blueprint.post("/changelog/bulkfetch")
def bulk_changelogs(version: RestVersion) -> Response:
    """Changes of up to 1,000 issues and 10 fields, by pages of histories; issues without any are not told."""
    asker, wanted, site = _on_cloud(), body(BulkChangelogBody), the_site()
    start = _history_offset(wanted)
    with site.lock:
        pairs = [
            (issue, history)
            for issue in _visible(wanted.issueIdsOrKeys, asker.id).values()
            for history in issue.history
            if not wanted.fieldIds or any(item.field_id in wanted.fieldIds for item in history.items)
        ]
        told = _grouped(version, pairs[start : start + wanted.maxResults])
    page: Json = {"issueChangeLogs": told}
    if start + wanted.maxResults < len(pairs):
        page["nextPageToken"] = base64.urlsafe_b64encode(str(start + wanted.maxResults).encode()).decode()
    return answer(page)


def _history_offset(wanted: BulkChangelogBody) -> int:
    try:
        return int(base64.urlsafe_b64decode(wanted.nextPageToken)) if wanted.nextPageToken else 0
    except ValueError:
        raise JiraError(400, "The provided next page token is invalid or expired.") from None


def _grouped(version: RestVersion, pairs: list[tuple[Issue, History]]) -> list[JsonValue]:
    by_issue: dict[str, list[JsonValue]] = {}
    for issue, history in pairs:
        by_issue.setdefault(issue.id, []).append(render(version).history(history))
    return [{"issueId": id, "changeHistories": told} for id, told in by_issue.items()]


def _visible(names: list[str], asker: str) -> dict[str, Issue]:
    site = the_site()
    found = [one for one in (site.find(name) for name in names) if one is not None]
    return {one.id: one for one in found if site.may_see(one, asker)}


def _on_cloud() -> Person:
    if the_site().dialect == "data center":
        raise JiraError(404, "null for uri: " + request.path)
    return viewer()

"""Cloud's questions about JQL itself: which issues match which queries, and whether queries are right."""

from collections.abc import Collection
from typing import Annotated, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from plugin.sandbox.jira.door import answer, api, body, the_site, viewer
from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.render import RestVersion
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Json, Person
from plugin.sandbox.jql.reference import meets
from plugin.sandbox.jql.told import structure
from plugin.sandbox.jql.words import parse

blueprint = api("jql")
Validation = Literal["strict", "warn", "none"]
MOST_QUERIES = 100
MOST_ISSUES = 1000
"""Atlassian's description says that there are limits to both, and not which: these are the sandbox's own."""


class MatchBody(BaseModel):
    """POST jql/match."""

    jqls: list[str]
    issueIds: list[int]  # noqa: N815 Jira's spelling


class ParseBody(BaseModel):
    """POST jql/parse."""

    queries: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


@blueprint.post("/jql/match")
def match(version: RestVersion) -> Response:
    """Reads the issues as they are now: no lag of the search comes between. Hidden issues match nothing."""
    asker, site, wanted = _on_cloud(), the_site(), body(MatchBody)
    if len(wanted.jqls) > MOST_QUERIES:
        raise JiraError(400, f"The number of JQL queries exceeds the limit of {MOST_QUERIES}.")
    if len(wanted.issueIds) > MOST_ISSUES:
        raise JiraError(400, f"The number of issue IDs exceeds the limit of {MOST_ISSUES}.")
    with site.lock:
        named = (site.issues.get(str(id)) for id in dict.fromkeys(wanted.issueIds))
        issues = [one for one in named if one and site.may_see(one, asker.id)]
        return answer({"matches": [_matched(site, asker, jql, issues) for jql in wanted.jqls]})


def _matched(site: JiraSite, asker: Person, jql: str, issues: Collection[Issue]) -> Json:
    try:
        test = meets(site, asker, parse(jql).where)
    except JiraError as error:
        return {"matchedIssues": [], "errors": [*error.messages]}
    return {"matchedIssues": [one.number for one in issues if test(one)], "errors": []}


@blueprint.post("/jql/parse")
def parse_queries(version: RestVersion) -> Response:
    """The structure is told of what is right by `validation`: strict and warn ask the site's fields and values too."""
    asker, site, wanted = _on_cloud(), the_site(), body(ParseBody)
    validation = _validation(request.args.get("validation", "strict"))
    with site.lock:
        return answer({"queries": [_parsed(site, asker, jql, validation) for jql in wanted.queries]})


def _parsed(site: JiraSite, asker: Person, jql: str, validation: Validation) -> Json:
    told: Json = {"query": jql}
    try:
        query = parse(jql)
    except JiraError as error:
        return told | {"errors": [*error.messages]}
    right = told | {"structure": structure(query)}
    if validation == "none":
        return right
    try:
        meets(site, asker, query.where)
    except JiraError as error:
        return (told if validation == "strict" else right) | {"errors": [*error.messages]}
    return right


def _validation(given: str) -> Validation:
    match given:
        case "strict" | "warn" | "none":
            return given
    raise JiraError(400, f"The validation '{given}' is none of strict, warn and none.")


def _on_cloud() -> Person:
    if the_site().dialect == "data center":
        raise JiraError(404, "null for uri: " + request.path)
    return viewer()

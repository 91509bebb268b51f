"""Jira for people: an issue, a project, a search and the start page, as HTML without any outside asset.

No sign-in is asked, so that the addresses can be opened as they stand; what only some may browse is not shown.
"""

import json
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import JsonValue

from plugin.sandbox.jira.door import the_site
from plugin.sandbox.jira.errors import JiraError, no_such_issue
from plugin.sandbox.jira.search import run
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Project, RemoteLink
from plugin.sandbox.jira.wiki_adf import to_adf
from plugin.sandbox.jql.words import parse

blueprint = Blueprint("jira_pages", "plugin.sandbox", template_folder="templates")
SHOWN = 100
"""Issues on one page."""
_NOTHING_FROM_OUTSIDE = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'self'"


@blueprint.after_request
def keep_inside(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _NOTHING_FROM_OUTSIDE
    return response


@blueprint.errorhandler(JiraError)
def refuse(error: JiraError) -> ResponseReturnValue:
    return _page("jira_refused.html", words=str(error)), error.status


@blueprint.get("/")
def start() -> Response:
    site = the_site()
    with site.lock:
        return _page("jira_start.html", projects=_open_projects(site), issues=list(_newest(site)), names=_names(site))


@blueprint.get("/projects/<key>")
def project(key: str) -> ResponseReturnValue:
    site = the_site()
    if key not in {one.key for one in _open_projects(site)}:
        raise JiraError(404, f"There is no project {key} that you may see.")
    return redirect(url_for("jira_pages.search", jql=f"project = {key} ORDER BY updated DESC"))


@blueprint.get("/issues/")
def search() -> Response:
    """The search that runs as it is typed into the address: faults of the JQL are told in words on the page."""
    site, jql = the_site(), request.args.get("jql", "ORDER BY updated DESC")
    words, found = "", []
    with site.lock:
        try:
            found = [one for one in run(site, parse(jql), site.catalogue.service) if _is_open(site, one)]
        except JiraError as error:
            words = str(error)
        shown = found[:SHOWN]
        return _page("jira_search.html", jql=jql, words=words, total=len(found), issues=shown, names=_names(site))


@blueprint.get("/browse/<name>")
def issue(name: str) -> ResponseReturnValue:
    site = the_site()
    with site.lock:
        found = site.issue(name)
        if not _is_open(site, found):
            raise no_such_issue()
        if found.key != name:
            return redirect(url_for("jira_pages.issue", name=found.key))
        return _page(
            "jira_issue.html",
            issue=found,
            project=site.projects[found.project],
            parent=site.issues.get(found.parent or ""),
            children=[site.issues[id] for id in found.children],
            description=html(to_adf(found.description or "")),
            links=[_panel(one) for one in found.remote_links],
            provenance=_rows(found.properties.get("plumbline")),
            names=_names(site),
        )


def _page(template: str, **values: object) -> Response:
    return make_response(render_template(template, **values))


def _is_open(site: JiraSite, issue: Issue) -> bool:
    return site.projects[issue.project].visible_to is None


def _open_projects(site: JiraSite) -> list[Project]:
    return [one for one in site.projects.values() if one.visible_to is None]


def _newest(site: JiraSite) -> Iterator[Issue]:
    newest = (site.issues[str(id)] for id in site.by_updated.newest(SHOWN))
    return islice((one for one in newest if _is_open(site, one)), 25)


def _names(site: JiraSite) -> dict[str, str]:
    return {one.id: one.name for one in site.catalogue.people.values()}


def _panel(link: RemoteLink) -> dict[str, str | bool]:
    """What the panel shows; an address that is no web address is shown without a link."""
    url, status = str(link.object.get("url", "")), link.object.get("status")
    return {
        "title": str(link.object.get("title", "")),
        "summary": str(link.object.get("summary") or ""),
        "url": url if urlsplit(url).scheme in ("http", "https") else "",
        "resolved": isinstance(status, dict) and status.get("resolved") is True,
    }


def _rows(provenance: JsonValue) -> list[tuple[str, str]]:
    if not isinstance(provenance, dict):
        return []
    return [(key, _in_a_cell(one)) for key, one in provenance.items() if one is not None]


def _in_a_cell(value: JsonValue) -> str:
    if isinstance(value, list):
        return " · ".join(_in_a_cell(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def html(node: JsonValue) -> Markup:
    """A document as HTML, every text escaped."""
    if not isinstance(node, dict):
        return Markup()
    inside = node.get("content")
    words = Markup().join(html(one) for one in inside) if isinstance(inside, list) else Markup()
    kind = str(node.get("type"))
    if kind == "text":
        return _marked(node)
    if kind == "heading":
        return Markup("<h3>{}</h3>").format(words)
    if kind == "hardBreak":
        return Markup("<br>")
    tag = {"paragraph": "p", "bulletList": "ul", "orderedList": "ol", "listItem": "li"}.get(kind)
    return Markup(f"<{tag}>{{}}</{tag}>").format(words) if tag else words  # noqa: S704 the tag is one of ours


def _marked(node: dict[str, JsonValue]) -> Markup:
    text, marks = Markup("{}").format(str(node.get("text", ""))), node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        kind = mark.get("type") if isinstance(mark, dict) else None
        attributes = mark.get("attrs") if isinstance(mark, dict) else None
        if kind == "strong":
            text = Markup("<strong>{}</strong>").format(text)
        elif kind == "code":
            text = Markup("<code>{}</code>").format(text)
        elif kind == "link" and isinstance(attributes, dict):
            url = str(attributes.get("href"))
            if urlsplit(url).scheme in ("http", "https"):
                text = Markup('<a href="{}" rel="noopener">{}</a>').format(url, text)
    return text

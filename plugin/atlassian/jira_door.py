"""The door to Jira: what `JiraGateway` promises, on Cloud and on Data Center."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from plugin.atlassian.call import Call, Method
from plugin.atlassian.errors import Gone, Permanent
from plugin.atlassian.gateways import Dialect, Entry, IdPage, IssuePage, Matched, Server, Webhook
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_cloud import CloudJira
from plugin.atlassian.jira_data_center import DataCenterJira
from plugin.atlassian.jira_edit import PROPERTY, SILENCE, Editing
from plugin.atlassian.jira_site import read_site
from plugin.domain.issue import LabelChange
from plugin.domain.jira_site import JiraSite
from plugin.domain.verdict import LinkWords

PAGE_SIZE = 100
QUERIES_AT_ONCE = 10
PERMISSIONS = ("BROWSE_PROJECTS", "EDIT_ISSUES", "LINK_ISSUES", *SILENCE)

_MYSELF = Call(method="GET", endpoint="myself", what="ask who we are")
_SERVER = Call(method="GET", endpoint="serverInfo", what="ask for the time")
_WEBHOOKS = Call(
    method="GET", endpoint="webhooks/1.0/webhook", what="list the webhooks", permission="Administer Jira (global)"
)
_WEBHOOKS_PATH = "rest/webhooks/1.0/webhook"
_QUOTED = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""")
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


@contextmanager
def _understood(call: str, place: str) -> Iterator[None]:
    """A 200 whose JSON lacks what the API always gives is not about this call: a proxy or another service answers."""
    try:
        yield
    except (KeyError, TypeError, AttributeError) as error:
        words = f"could not {call} at {place}: the answer is JSON, but not the API's ({type(error).__name__}: {error})"
        raise Permanent(f"{words}; a proxy seems to stand at this address.", "account") from None


class JiraDialect(Protocol):
    """What Cloud and Data Center do differently."""

    account_field: str
    page_size: int
    ids_at_once: int
    histories_at_once: int

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]: ...

    def search(self, jql: str, fields: Sequence[str], page: str | None, size: int) -> IssuePage: ...

    def ids(self, jql: str, page: str | None, size: int) -> IdPage: ...

    def count(self, jql: str) -> int: ...

    def matches(self, ids: Sequence[str], jqls: Sequence[str]) -> Sequence[Matched]: ...

    def history(self, ids: Sequence[str]) -> Sequence[Entry]: ...

    def changelog(self, ids: Sequence[str]) -> Sequence[Entry]: ...

    def label_history(self, ids: Sequence[str]) -> Sequence[LabelChange]: ...

    def permissions(self, names: Sequence[str], project: str | None) -> Mapping[str, Any]: ...

    def token_ends(self) -> datetime | None: ...


class JiraDoor:
    """Implements `JiraGateway`. Reaches the site at the first call, not when it is made."""

    def __init__(self, client: JiraClient, icon_url: str | None = None) -> None:
        self._client = client
        self._icon_url = icon_url
        self._editing = Editing(client, self.permissions)

    @property
    def dialect(self) -> Dialect:
        return self._client.dialect

    @cached_property
    def _speaks(self) -> JiraDialect:
        return CloudJira(self._client) if self.dialect == "cloud" else DataCenterJira(self._client)

    def myself(self) -> str:
        found = self._client.call(_MYSELF, lambda jira: jira.myself())
        return str(found[self._speaks.account_field])

    def site(self, with_versions_of: Sequence[str]) -> JiraSite:
        with _understood("read what the site says of itself", self._client.base):
            return read_site(self._client, with_versions_of)

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        wanted = list(dict.fromkeys(ids))
        chunks = (wanted[at : at + PAGE_SIZE] for at in range(0, len(wanted), PAGE_SIZE))
        with _understood("read issues", self._client.base):
            return [issue for chunk in chunks for issue in self._speaks.read(chunk, fields)]

    def search(self, jql: str, fields: Sequence[str], page: str | None) -> IssuePage:
        with _understood("search issues", self._client.base):
            return self._speaks.search(oldest_first(jql), fields, page, self._speaks.page_size)

    def ids(self, jql: str, page: str | None) -> IdPage:
        with _understood("search issues", self._client.base):
            return self._speaks.ids(jql, page, self._speaks.ids_at_once)

    def count(self, jql: str) -> int:
        with _understood("count issues", self._client.base):
            return self._speaks.count(jql)

    def matches(self, ids: Sequence[str], jqls: Sequence[str]) -> Sequence[Matched]:
        found: list[Matched] = []
        for at in range(0, len(jqls), QUERIES_AT_ONCE):
            queries = jqls[at : at + QUERIES_AT_ONCE]
            told = [self._speaks.matches(ids[on : on + PAGE_SIZE], queries) for on in range(0, len(ids), PAGE_SIZE)]
            found += [_joined(answers) for answers in zip(*told, strict=True)] if told else [Matched()] * len(queries)
        return found

    def history(self, ids: Sequence[str]) -> Sequence[Entry]:
        with _understood("read histories", self._client.base):
            return [one for chunk in self._by_history(ids) for one in self._speaks.history(chunk)]

    def changelog(self, ids: Sequence[str]) -> Sequence[Entry]:
        with _understood("read histories", self._client.base):
            return [one for chunk in self._by_history(ids) for one in self._speaks.changelog(chunk)]

    def label_history(self, ids: Sequence[str]) -> Sequence[LabelChange]:
        return [one for chunk in self._by_history(ids) for one in self._speaks.label_history(chunk)]

    def _by_history(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        most = self._speaks.histories_at_once
        return (ids[at : at + most] for at in range(0, len(ids), most))

    def edit(
        self,
        issue_id: str,
        add: Sequence[str],
        remove: Sequence[str],
        provenance: Mapping[str, Any] | None,
        project: str | None = None,
    ) -> None:
        verbs = [{"add": label} for label in add] + [{"remove": label} for label in remove]
        self._editing.edit(issue_id, verbs, provenance or {}, project)

    def put_link(self, issue_id: str, link: LinkWords) -> None:
        shown: dict[str, Any] = {
            "url": link.url,
            "title": link.title,
            "summary": link.summary,
            "status": {"resolved": link.resolved},
        }
        if self._icon_url:
            shown["icon"] = {"url16x16": self._icon_url, "title": "Plumbline"}
        application = {"type": "io.plumbline", "name": "Plumbline"}
        self._client.ask(
            _on_link("POST", issue_id, "put our link on"),
            f"issue/{issue_id}/remotelink",
            json={"globalId": PROPERTY, "application": application, "object": shown},
        )

    def remove_link(self, issue_id: str) -> None:
        call = _on_link("DELETE", issue_id, "remove our link from")
        try:
            self._client.ask(call, f"issue/{issue_id}/remotelink", params={"globalId": PROPERTY})
        except Gone:
            return  # the link, or the issue with it

    def permissions(self, project: str | None = None) -> Mapping[str, bool]:
        found = self._speaks.permissions(PERMISSIONS, project)
        return {name: bool(told["havePermission"]) for name, told in found.items()}

    def server(self) -> Server:
        told = self._client.ask(_SERVER, "serverInfo")
        time = told.get("serverTime")
        return Server(
            url=str(told.get("baseUrl") or self._client.base),
            version=str(told.get("version") or ""),
            time=datetime.fromisoformat(time).astimezone(UTC) if time else None,
        )

    def token_ends(self) -> datetime | None:
        return self._speaks.token_ends()

    def provenance(self, issue_id: str) -> Mapping[str, Any] | None:
        found = self._client.ask(_on_property("GET", issue_id, "read our property of"), f"issue/{issue_id}/properties")
        if PROPERTY not in [one["key"] for one in found["keys"]]:
            return None
        call = _on_property("GET", issue_id, "read our property of")
        return dict(self._client.ask(call, f"issue/{issue_id}/properties/{PROPERTY}")["value"])

    def remove_provenance(self, issue_id: str) -> None:
        call = _on_property("DELETE", issue_id, "remove our property from")
        try:
            self._client.ask(call, f"issue/{issue_id}/properties/{PROPERTY}")
        except Gone:
            return  # the property, or the issue with it

    def register_webhook(self, name: str, url: str, events: Sequence[str], secret: str) -> None:
        same = next((hook.id for hook in self.webhooks() if hook.name == name), None)
        body = {"name": name, "url": url, "events": list(events), "secret": secret, "excludeBody": False}
        body["enabled"] = True
        method = "PUT" if same else "POST"
        changes = {"method": method, "what": f"register the webhook {name}", "idempotent": bool(same)}
        path = _WEBHOOKS_PATH + (f"/{same}" if same else "")
        self._client.ask_at(_WEBHOOKS.model_copy(update=changes), path, json=body)

    def webhooks(self) -> Sequence[Webhook]:
        return [_webhook(raw) for raw in self._client.ask_at(_WEBHOOKS, _WEBHOOKS_PATH) or []]

    def remove_webhook(self, id: str) -> None:
        changes = {"method": "DELETE", "what": f"remove the webhook {id}", "subject": True}
        try:
            self._client.ask_at(_WEBHOOKS.model_copy(update=changes), f"{_WEBHOOKS_PATH}/{id}")
        except Gone:
            return

    def browse_url(self, key: str) -> str:
        """The address of an issue, for people."""
        return f"{self._client.base}/browse/{key}"


def oldest_first(jql: str) -> str:
    """The query in the order that paging relies on; one that names its own order keeps it."""
    if _ORDERED.search(_QUOTED.sub("", jql)):
        return jql
    return f"{jql} ORDER BY updated ASC, id ASC".strip()


def _joined(answers: Sequence[Matched]) -> Matched:
    """What a query was answered for one chunk of issues after the other."""
    refused = next((one.refused for one in answers if one.refused), "")
    return Matched(refused=refused) if refused else Matched(ids=frozenset().union(*(one.ids for one in answers)))


def _webhook(raw: Mapping[str, Any]) -> Webhook:
    """Older Data Centers tell neither whether it is signed, nor, in a list, an id beside its address."""
    return Webhook(
        id=str(raw["self"]).rsplit("/", 1)[-1],
        name=str(raw.get("name") or ""),
        url=str(raw.get("url") or ""),
        events=tuple(str(one) for one in raw.get("events") or ()),
        enabled=bool(raw.get("enabled", True)),
        signed=raw.get("isSigned"),
    )


def _on_link(method: Method, issue_id: str, verb: str) -> Call:
    return Call(
        method=method,
        endpoint="issue/{id}/remotelink",
        what=f"{verb} issue {issue_id}",
        issue=issue_id,
        subject=True,
        permission="Link issues",
    )


def _on_property(method: Method, issue_id: str, verb: str) -> Call:
    return Call(
        method=method,
        endpoint="issue/{id}/properties",
        what=f"{verb} issue {issue_id}",
        issue=issue_id if method != "GET" else None,
        subject=True,
        permission="Browse projects" if method == "GET" else "Edit issues",
    )

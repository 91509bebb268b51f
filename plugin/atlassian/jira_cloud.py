"""What only Jira Cloud (REST version 3) does."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.gateways import Entry, IdPage, IssuePage, Matched
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_history import MOVES, Histories, entries, label_changes
from plugin.domain.issue import LabelChange

_READ = Call(method="POST", endpoint="issue/bulkfetch", what="read issues", permission="Browse projects")
_SEARCH = Call(method="POST", endpoint="search/jql", what="search issues", permission="Browse projects")
_COUNT = Call(method="POST", endpoint="search/approximate-count", what="count issues", permission="Browse projects")
_MATCH = Call(method="POST", endpoint="jql/match", what="match issues", permission="Browse projects")
_HISTORY = Call(method="POST", endpoint="changelog/bulkfetch", what="read histories", permission="Browse projects")
_PERMISSIONS = Call(method="GET", endpoint="mypermissions", what="read our permissions")


class CloudJira:
    """https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

    account_field = "accountId"
    page_size = 100
    """Issues with fields; the site gives no more."""
    ids_at_once = 5000
    histories_at_once = 1000

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """At most 100 ids; unknown ones are named in the answer's `issueErrors`, which nobody needs."""
        answer = self._client.ask(
            _READ, "issue/bulkfetch", json={"issueIdsOrKeys": list(ids), "fields": list(fields), "fieldsByKeys": False}
        )
        return tuple(answer["issues"])

    def search(self, jql: str, fields: Sequence[str], page: str | None, size: int) -> IssuePage:
        """By POST, since a JQL of many ids would not fit into an address. There is no total."""
        body = {"jql": jql, "fields": list(fields), "maxResults": size}
        answer = self._client.ask(_SEARCH, "search/jql", json=body | ({"nextPageToken": page} if page else {}))
        return IssuePage(issues=tuple(answer["issues"]), next=answer.get("nextPageToken") or None)

    def ids(self, jql: str, page: str | None, size: int) -> IdPage:
        """No field is named, so ids alone are told."""
        body = {"jql": jql, "maxResults": size} | ({"nextPageToken": page} if page else {})
        answer = self._client.ask(_SEARCH, "search/jql", json=body)
        return IdPage(ids=tuple(str(one["id"]) for one in answer["issues"]), next=answer.get("nextPageToken") or None)

    def count(self, jql: str) -> int:
        """An estimate: the search itself tells no total."""
        return int(self._client.ask(_COUNT, "search/approximate-count", json={"jql": jql})["count"])

    def matches(self, ids: Sequence[str], jqls: Sequence[str]) -> Sequence[Matched]:
        """https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-jql-match-post"""
        body = {"jqls": list(jqls), "issueIds": [int(one) for one in ids]}
        answer = self._client.ask(_MATCH, "jql/match", json=body)
        return [
            Matched(ids=frozenset(str(id) for id in one["matchedIssues"]), refused="; ".join(one["errors"]))
            for one in answer["matches"]
        ]

    def history(self, ids: Sequence[str]) -> Sequence[Entry]:
        return [one for id, told in self._histories(ids, *MOVES) for one in entries(id, told, self.account_field)]

    def changelog(self, ids: Sequence[str]) -> Sequence[Entry]:
        return [one for id, told in self._histories(ids) for one in entries(id, told, self.account_field)]

    def label_history(self, ids: Sequence[str]) -> Sequence[LabelChange]:
        histories = self._histories(ids, "labels")
        return [one for id, told in histories for one in label_changes(id, told, self.account_field)]

    def _histories(self, ids: Sequence[str], *fields: str) -> Iterator[tuple[str, Histories]]:
        """At most 1,000 ids; the pages of the answer may split an issue's history. Without fields: of all of them."""
        body: dict[str, Any] = {"issueIdsOrKeys": list(ids), "maxResults": 1000}
        if fields:
            body["fieldIds"] = list(fields)
        while True:
            answer = self._client.ask(_HISTORY, "changelog/bulkfetch", json=body)
            for one in answer["issueChangeLogs"]:
                yield str(one["issueId"]), one["changeHistories"]
            if not answer.get("nextPageToken"):
                return
            body["nextPageToken"] = answer["nextPageToken"]

    def token_ends(self) -> datetime | None:
        """Cloud shows it to the account's owner alone, at id.atlassian.com."""
        return None

    def permissions(self, names: Sequence[str], project: str | None) -> Mapping[str, Any]:
        """Cloud wants the permissions named."""
        answer = self._client.call(
            _PERMISSIONS, lambda jira: jira.my_permissions(projectKey=project, permissions=",".join(names))
        )
        return dict(answer["permissions"])

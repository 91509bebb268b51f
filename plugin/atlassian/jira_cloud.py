"""What only Jira Cloud (REST version 3) does."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.gateways import IssuePage
from plugin.atlassian.jira_client import JiraClient

_READ = Call(method="POST", endpoint="issue/bulkfetch", what="read issues", permission="Browse projects")
_SEARCH = Call(method="POST", endpoint="search/jql", what="search issues", permission="Browse projects")
_PERMISSIONS = Call(method="GET", endpoint="mypermissions", what="read our permissions")


class CloudJira:
    """https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

    account_field = "accountId"

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

    def permissions(self, names: Sequence[str], issue: str | None) -> Mapping[str, Any]:
        """Cloud wants the permissions named."""
        answer = self._client.call(
            _PERMISSIONS, lambda jira: jira.my_permissions(issueId=issue, permissions=",".join(names))
        )
        return dict(answer["permissions"])

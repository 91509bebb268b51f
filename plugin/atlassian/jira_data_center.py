"""What only Jira Data Center (REST version 2) does."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.gateways import IssuePage
from plugin.atlassian.jira_client import JiraClient

_SEARCH = Call(method="POST", endpoint="search", what="search issues", permission="Browse Projects")
_PERMISSIONS = Call(method="GET", endpoint="mypermissions", what="read our permissions")
_OVERLAP = 5


class DataCenterJira:
    """https://docs.atlassian.com/software/jira/docs/api/REST/latest/"""

    account_field = "key"

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """By a search: there is no bulk read. Unvalidated, so that an unknown id is no error but simply not found."""
        body = {"jql": _named(ids), "fields": list(fields), "maxResults": len(ids), "validateQuery": False}
        return tuple(self._client.ask(_SEARCH, "search", json=body)["issues"])

    def search(self, jql: str, fields: Sequence[str], page: str | None, size: int) -> IssuePage:
        """`page` is an offset and the last ids before it, such as `200:10007,10009`.

        Offsets alone lose issues: one that is edited while we page moves to the end of the order by `updated`, all
        behind it move up, and the first of them slips into the page that was already read. So each page begins a few
        issues early, and where none of those that we know is there, earlier still.
        """
        start, known = _parsed(page)
        while True:
            first = max(0, start - _OVERLAP) if known else start
            answer = self._search(jql, fields, first, size + start - first)
            issues = tuple(answer["issues"])
            seen = [at for at, issue in enumerate(issues) if str(issue["id"]) in known]
            if seen or first == 0 or not known:
                break
            start = max(0, start - size)
        fresh = issues[seen[-1] + 1 :] if seen else issues
        end = first + len(issues)
        return IssuePage(issues=fresh, next=_page(end, issues) if issues and end < int(answer["total"]) else None)

    def permissions(self, names: Sequence[str], issue: str | None) -> Mapping[str, Any]:
        """Data Center tells all of them, asked for or not."""
        answer = self._client.call(_PERMISSIONS, lambda jira: jira.my_permissions(issueId=issue))
        return {name: told for name, told in answer["permissions"].items() if name in names}

    def _search(self, jql: str, fields: Sequence[str], start: int, size: int) -> dict[str, Any]:
        body = {"jql": jql, "fields": list(fields), "startAt": start, "maxResults": size}
        return dict(self._client.ask(_SEARCH, "search", json=body))


def _named(ids: Sequence[str]) -> str:
    """JQL for issues by id or key; what is neither is quoted, so that it can only fail to match."""
    numbers = [one for one in ids if one.isascii() and one.isdigit()]
    keys = [f'"{one}"' for one in ids if one not in numbers and '"' not in one and "\\" not in one]
    parts = [f"{field} in ({', '.join(found)})" for field, found in (("id", numbers), ("key", keys)) if found]
    return " OR ".join(parts)


def _page(end: int, issues: Sequence[Mapping[str, Any]]) -> str:
    return f"{end}:{','.join(str(issue['id']) for issue in issues[-_OVERLAP:])}"


def _parsed(page: str | None) -> tuple[int, frozenset[str]]:
    if page is None:
        return 0, frozenset()
    start, _, known = page.partition(":")
    return int(start), frozenset(known.split(","))

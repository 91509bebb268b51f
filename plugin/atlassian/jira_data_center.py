"""What only Jira Data Center (REST version 2) does."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.errors import Permanent
from plugin.atlassian.gateways import Entry, IdPage, IssuePage, Matched
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_history import Histories, entries, label_changes
from plugin.domain.issue import LabelChange

_SEARCH = Call(method="POST", endpoint="search", what="search issues", permission="Browse Projects")
_PERMISSIONS = Call(method="GET", endpoint="mypermissions", what="read our permissions")
_TOKENS = Call(method="GET", endpoint="pat/tokens", what="ask when our tokens expire")
_OVERLAP = 5
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+")


class DataCenterJira:
    """https://docs.atlassian.com/software/jira/docs/api/REST/latest/"""

    account_field = "key"
    page_size = 1000
    """What a site gives at most, unless its administrator says otherwise; a smaller page is taken as it comes."""
    ids_at_once = 1000
    histories_at_once = 100

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def read(self, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """By a search: there is no bulk read. Unvalidated, so that an unknown id is no error but simply not found."""
        found: list[Mapping[str, Any]] = []
        for jql in _named(ids):
            body = {"jql": jql, "fields": list(fields), "maxResults": len(ids), "validateQuery": False}
            found += self._client.ask(_SEARCH, "search", json=body)["issues"]
        return found

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

    def ids(self, jql: str, page: str | None, size: int) -> IdPage:
        found = self.search(jql, ["key"], page, size)
        return IdPage(ids=tuple(str(one["id"]) for one in found.issues), next=found.next)

    def count(self, jql: str) -> int:
        """The total of a search that gives no issue."""
        return int(self._search(jql, ["key"], 0, 0)["total"])

    def matches(self, ids: Sequence[str], jqls: Sequence[str]) -> Sequence[Matched]:
        """By a search for each query: there is no other question. At most 100 ids.

        A validated search refuses ids that are gone, and an unvalidated one hides what is wrong with the query: so the
        ids are asked for first.
        """
        there = [str(one["id"]) for one in self.read(ids, ["key"])]
        return [self._matched(there, jql) for jql in jqls]

    def _matched(self, ids: Sequence[str], jql: str) -> Matched:
        if not ids:
            return Matched()
        try:
            answer = self._search(f"id in ({', '.join(ids)}) AND ({jql})", ["key"], 0, len(ids))
        except Permanent as refused:
            if refused.forbidden:
                raise
            return Matched(refused=str(refused))
        return Matched(ids=frozenset(str(one["id"]) for one in answer["issues"]))

    def history(self, ids: Sequence[str]) -> Sequence[Entry]:
        return [one for one in self.changelog(ids) if one.moves]

    def changelog(self, ids: Sequence[str]) -> Sequence[Entry]:
        return [one for id, told in self._histories(ids) for one in entries(id, told, self.account_field)]

    def label_history(self, ids: Sequence[str]) -> Sequence[LabelChange]:
        return [one for id, told in self._histories(ids) for one in label_changes(id, told, self.account_field)]

    def _histories(self, ids: Sequence[str]) -> Iterator[tuple[str, Histories]]:
        """By a search that is expanded: Data Center has no bulk reading of histories."""
        for jql in _named(ids):
            body = {
                "jql": jql,
                "fields": ["status"],
                "expand": ["changelog"],
                "maxResults": len(ids),
                "validateQuery": False,
            }
            for issue in self._client.ask(_SEARCH, "search", json=body)["issues"]:
                yield str(issue["id"]), issue["changelog"]["histories"]

    def token_ends(self) -> datetime | None:
        """Which of the account's tokens is ours is not told, so the first that ends counts. Older than 8.14: no answer.

        https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html
        """
        try:
            return first_end(self._client.ask_at(_TOKENS, "rest/pat/latest/tokens"))
        except Permanent:
            return None

    def permissions(self, names: Sequence[str], project: str | None) -> Mapping[str, Any]:
        """Data Center tells all of them, asked for or not."""
        answer = self._client.call(_PERMISSIONS, lambda jira: jira.my_permissions(projectKey=project))
        return {name: told for name, told in answer["permissions"].items() if name in names}

    def _search(self, jql: str, fields: Sequence[str], start: int, size: int) -> dict[str, Any]:
        body = {"jql": jql, "fields": list(fields), "startAt": start, "maxResults": size}
        return dict(self._client.ask(_SEARCH, "search", json=body))


def _named(ids: Sequence[str]) -> Iterator[str]:
    """JQL for issues by id, and for those named by key; what cannot be a key is left out."""
    numbers = [one for one in ids if one.isascii() and one.isdigit()]
    keys = [f'"{one}"' for one in ids if _KEY.fullmatch(one)]
    for field, found in (("id", numbers), ("key", keys)):
        if found:
            yield f"{field} in ({', '.join(found)})"


def _page(end: int, issues: Sequence[Mapping[str, Any]]) -> str:
    return f"{end}:{','.join(str(issue['id']) for issue in issues[-_OVERLAP:])}"


def _parsed(page: str | None) -> tuple[int, frozenset[str]]:
    if page is None:
        return 0, frozenset()
    start, _, known = page.partition(":")
    return int(start), frozenset(known.split(","))


def first_end(tokens: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the first of these tokens ends; None where none does. Jira writes 2021-06-28T12:51:54.000+00:00."""
    ends = [datetime.fromisoformat(one["expiringAt"]) for one in tokens if one.get("expiringAt")]
    return min(ends).astimezone(UTC) if ends else None

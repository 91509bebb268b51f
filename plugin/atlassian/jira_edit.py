"""One edit of an issue: one PUT where the site allows it, and silent where our account may be."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plugin.atlassian.call import Call
from plugin.atlassian.errors import DoorError, Gone, Permanent
from plugin.atlassian.jira_client import JiraClient

_LOG = logging.getLogger(__name__)

PROPERTY = "plumbline"
"""The key of our issue property, and the globalId of our remote link."""
SILENCE = ("ADMINISTER_PROJECTS", "ADMINISTER")
"""Either lets an edit mail nobody.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put
"""


class Editing:
    """What a site turned out to allow is remembered for as long as the process lives.

    `granted` asks for our permissions in one project by key, None: for those held anywhere.
    """

    def __init__(self, client: JiraClient, granted: Callable[[str | None], Mapping[str, bool]]) -> None:
        self._client, self._granted = client, granted
        self._silent: dict[str | None, bool] = {}
        self._property_apart = False
        self._read_back = False
        """Whether a property that travelled with an edit was looked for afterwards: once."""

    def edit(
        self,
        issue_id: str,
        labels: Sequence[Mapping[str, str]],
        provenance: Mapping[str, Any],
        project: str | None,
    ) -> None:
        """Label verbs and the property together; the property in a call of its own where the site refuses it there."""
        body: dict[str, Any] = {"update": {"labels": list(labels)}} if labels else {}
        if not self._property_apart:
            try:
                self._put(issue_id, body | {"properties": [{"key": PROPERTY, "value": dict(provenance)}]}, project)
            except Permanent as refused:
                if refused.forbidden or "propert" not in str(refused).lower():
                    raise
                _LOG.warning("labels and property go in two calls from now on: %s", refused)
                self._property_apart = True
            else:
                if not self._read_back and self._is_dropped(issue_id, provenance):
                    _LOG.warning("labels and property go in two calls from now on: the site drops it without a word")
                    self._property_apart = True
                    self._put_property(issue_id, provenance)
                return
        if body:
            self._put(issue_id, body, project)
        self._put_property(issue_id, provenance)

    def _is_dropped(self, issue_id: str, provenance: Mapping[str, Any]) -> bool:
        """A site may take the property in an edit and not keep it. Where it cannot be asked, the next edit asks."""
        call = Call(
            method="GET",
            endpoint="issue/{id}/properties",
            what=f"read our property of issue {issue_id}",
            subject=True,
            permission="Browse projects",
        )
        place = f"issue/{issue_id}/properties"
        try:
            keys = [one["key"] for one in self._client.ask(call, place)["keys"]]
            kept = PROPERTY in keys and self._client.ask(call, f"{place}/{PROPERTY}")["value"] == dict(provenance)
        except DoorError:
            return False
        self._read_back = True
        return not kept

    def _put(self, issue_id: str, body: Mapping[str, Any], project: str | None) -> None:
        if not self._may_be_silent(project):
            self._send(issue_id, body, {})
            return
        try:
            self._send(issue_id, body, {"notifyUsers": "false"})
        except Permanent as refused:
            if refused.about != "place":
                raise
            # Where it passes without, it was the silence that is forbidden here, whatever the permissions say.
            self._send(issue_id, body, {})
            self._silent[project] = False

    def _may_be_silent(self, project: str | None) -> bool:
        """Asked once for each project."""
        if project not in self._silent:
            try:
                granted = self._granted(project)
            except (Gone, Permanent) as refused:
                if isinstance(refused, Permanent) and refused.about == "account":
                    raise
                granted = {}
            self._silent[project] = any(granted.get(name, False) for name in SILENCE)
        return self._silent[project]

    def _send(self, issue_id: str, body: Mapping[str, Any], params: Mapping[str, str]) -> None:
        call = Call(
            method="PUT",
            endpoint="issue/{id}",
            what=f"edit issue {issue_id}",
            issue=issue_id,
            subject=True,
            permission="Edit issues",
        )
        self._client.ask(call, f"issue/{issue_id}", json=body, params=params)

    def _put_property(self, issue_id: str, provenance: Mapping[str, Any]) -> None:
        call = Call(
            method="PUT",
            endpoint="issue/{id}/properties",
            what=f"set our property of issue {issue_id}",
            issue=issue_id,
            subject=True,
            permission="Edit issues",
        )
        self._client.ask(call, f"issue/{issue_id}/properties/{PROPERTY}", json=dict(provenance))

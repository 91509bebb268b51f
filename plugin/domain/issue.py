"""An issue as we last saw it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import JsonValue

from plugin.domain.frozen import Frozen


class Snapshot(Frozen):
    """One issue as Jira last told it.

    `fields` is keyed by Jira's field ids and holds what `plugin.domain.reading.read_fields` makes of them. A field
    that is absent is **unknown**; one that is there with None, "" or [] is **empty**. The shapes:

    * project `{id, key, name}` · issuetype `{id, name, subtask, hierarchyLevel?}` · status `{id, name, category}` where
      category is `{id, key, name}` · priority, resolution `{id, name}` or None
    * labels `[text]` · components `[{id, name}]` · fixVersions, versions `[{id, name, released, archived}]`
    * parent `{id, key}` or None (id "" where Jira gives a key alone, as Data Center's Epic Link does)
    * assignee, reporter, creator `{id}` or None: account id on Cloud, user key on Data Center; never a name
    * summary, description, environment: plain text
    * votes, watches: how many · timeoriginalestimate, timeestimate, timespent: seconds or None
    * created, updated, resolutiondate: ISO 8601 in UTC · duedate: ISO date
    * customfield_N: what Jira sent, with people reduced to `{id}` and rich text to plain text
    """

    id: str
    key: str
    updated: datetime
    """Jira's own `updated`, in UTC: it decides which of two snapshots is newer."""
    fields: Mapping[str, JsonValue]
    deleted: bool = False

    @property
    def labels(self) -> frozenset[str] | None:
        """The labels, or None where they are unknown."""
        found = self.fields.get("labels")
        return None if found is None else frozenset(str(label) for label in found) if isinstance(found, list) else None

    @property
    def parent(self) -> str | None:
        """The parent's id, else its key; None where there is none or it is unknown."""
        found = self.fields.get("parent")
        if not isinstance(found, dict):
            return None
        return str(found.get("id") or found.get("key") or "") or None

    @property
    def project_key(self) -> str:
        """The key of the issue's project, from the field, else from the issue's key."""
        found = self.fields.get("project")
        if isinstance(found, dict) and found.get("key"):
            return str(found["key"])
        return self.key.rpartition("-")[0]

    def text(self, field: str) -> str:
        """A text field, "" where it is empty or unknown."""
        found = self.fields.get(field)
        return found if isinstance(found, str) else ""

    def name(self, field: str) -> str:
        """The name of a field such as status or issuetype, "" where it is empty or unknown."""
        found = self.fields.get(field)
        return str(found.get("name") or "") if isinstance(found, dict) else ""

    @property
    def status_category(self) -> str:
        """Jira's category key: new, indeterminate or done; "" where it is unknown."""
        status = self.fields.get("status")
        category = status.get("category") if isinstance(status, dict) else None
        return str(category.get("key") or "") if isinstance(category, dict) else ""

    @property
    def finished_at(self) -> datetime | None:
        """When work on it ended, in UTC: its resolution, else its last change; None while it is not done."""
        if self.status_category != "done":
            return None
        resolved = self.text("resolutiondate")
        return datetime.fromisoformat(resolved).astimezone(UTC) if resolved else self.updated


class LabelChange(Frozen):
    """Somebody put a label on an issue or took it away, at a moment in UTC. `actor` is None where nobody is named."""

    issue_id: str
    at: datetime
    label: str
    kind: Literal["added", "removed"]
    actor: str | None

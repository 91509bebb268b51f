"""Webhooks that an administrator registered: name, URL, events, a JQL filter and a secret."""

from dataclasses import dataclass, replace

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.happened import Happened
from plugin.sandbox.jira.search import matches
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jql.syntax import Query

EVENTS = frozenset(
    {"jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_updated"}
    | {"comment_deleted", "issuelink_created", "issuelink_deleted", "worklog_created", "worklog_updated"}
    | {"worklog_deleted", "sprint_created", "sprint_updated", "sprint_deleted", "sprint_started", "sprint_closed"}
    | {"jira:version_created", "jira:version_updated", "jira:version_deleted", "jira:version_released"}
    | {"jira:version_unreleased", "jira:version_moved", "project_created", "project_updated", "project_deleted"}
    | {"user_created", "user_updated", "user_deleted"}
)
"""The events that can be asked for: https://developer.atlassian.com/cloud/jira/platform/webhooks/"""


@dataclass(frozen=True)
class Webhook:
    """`jql` None means every issue; `secret` "" means unsigned; `changed_by` is the account that wrote it last."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    secret: str = ""
    jql: Query | None = None
    filter: str = ""
    """The JQL as it was given."""
    enabled: bool = True
    changed_by: str = ""


class Registry:
    """Changes under the site's lock, so that no event falls between two states."""

    def __init__(self, site: JiraSite) -> None:
        self.site = site
        self.webhooks: dict[int, Webhook] = {}
        self._last = 0

    def put(self, webhook: Webhook) -> Webhook:
        """Registers it, or replaces the one with its id; id 0 asks for a new one."""
        with self.site.lock:
            if not webhook.id:
                self._last += 1
                webhook = replace(webhook, id=self._last)
            self.webhooks[webhook.id] = webhook
            return webhook

    def get(self, id: int) -> Webhook:
        if id not in self.webhooks:
            raise JiraError(404, f"No webhook with id {id} exists.")
        return self.webhooks[id]

    def remove(self, id: int) -> None:
        with self.site.lock:
            self.get(id)
            del self.webhooks[id]

    def wanting(self, happened: Happened) -> list[Webhook]:
        """Those that are told of it. A filter decides only events that carry an issue, as in Jira."""
        return [
            one
            for one in self.webhooks.values()
            if one.enabled and happened.event in one.events and self._passes(one, happened)
        ]

    def _passes(self, webhook: Webhook, happened: Happened) -> bool:
        if webhook.jql is None or happened.link is not None:
            return True
        return matches(self.site, webhook.jql, self.site.catalogue.service, happened.issue)

"""Something that happened on a site, as its listeners hear it."""

from dataclasses import dataclass
from datetime import datetime

from plugin.sandbox.jira.values import Comment, Dialect, History, Issue, IssueLink, Item


@dataclass(frozen=True)
class Act:
    """Who does something, when, and whether webhooks are told of it: of what is back-dated they are not."""

    actor: str
    moment: datetime
    told: bool


@dataclass(frozen=True)
class Happened:
    """One thing that Jira would tell its webhooks. `event` is Jira's name, `kind` its issue_event_type_name."""

    event: str
    kind: str | None
    actor: str
    moment: datetime
    issue: Issue
    history: History | None = None
    comment: Comment | None = None
    link: IssueLink | None = None


def event_kind(items: tuple[Item, ...], dialect: Dialect) -> str:
    """Jira's issue_event_type_name. Cloud calls every transition generic; Data Center names some."""
    fields = {item.field: item for item in items}
    if "Key" in fields:
        return "issue_moved"
    if "status" in fields:
        resolution = fields.get("resolution")
        if dialect == "data center" and resolution:
            return "issue_resolved" if resolution.after[0] else "issue_reopened"
        return "issue_generic"
    return "issue_assigned" if set(fields) == {"assignee"} else "issue_updated"

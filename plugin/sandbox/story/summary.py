"""What a demo's last line says, read from the sandbox's own state."""

from collections.abc import Iterator
from urllib.parse import quote

from pydantic import JsonValue

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Page
from plugin.sandbox.confluence.wire import PLACES
from plugin.sandbox.jira.catalogue import INDETERMINATE
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue
from plugin.sandbox.jira.webhooks_out import Counts

PREFIX, UNLINKED, PROPERTY = "objective-", "no-objective", "plumbline"


def summary(jira: JiraSite, confluence: ConfluenceSite, counts: Counts) -> dict[str, JsonValue]:
    """Counts of deliveries, tagged and flagged issues and pages, and the address of the best example of each.

    An address is None where there is no example yet.
    """
    with jira.lock:
        tagged = [one for one in jira.issues.values() if any(label.startswith(PREFIX) for label in one.labels)]
        flagged = [one for one in jira.issues.values() if UNLINKED in one.labels]
        shown, unlinked = max(tagged, key=_shows, default=None), max(flagged, key=_shows, default=None)
    pages = list(_ours(confluence))
    return {
        "deliveries": counts.delivered,
        "lost": counts.given_up,
        "tagged": len(tagged),
        "flagged": len(flagged),
        "pages": len(pages),
        "issue_url": _browse(jira, shown),
        "flagged_url": _browse(jira, unlinked),
        "page_url": _newest(jira, pages),
    }


def _shows(issue: Issue) -> tuple[bool, bool, bool, bool, int, int]:
    """A story in progress, with a description, that was decided by a rule of its own and not through its parent."""
    decided = issue.properties.get(PROPERTY)
    how = decided.get("how") if isinstance(decided, dict) else None
    words = len(issue.description or "")
    in_progress, is_story = issue.status.category is INDETERMINATE, issue.type.name == "Story"
    return in_progress, how == "rule", is_story, words > 0, min(words, 200), issue.number


def _browse(jira: JiraSite, issue: Issue | None) -> str | None:
    return f"{jira.base_url}/browse/{issue.key}" if issue else None


def _ours(confluence: ConfluenceSite) -> Iterator[tuple[str, Page]]:
    """Current pages that carry our property, each with the key that the property holds."""
    for page in confluence.list_pages():
        kept = page.properties.get(PROPERTY)
        if kept is not None:
            yield str(kept.value.get("key", "")) if isinstance(kept.value, dict) else "", page


def _newest(jira: JiraSite, pages: list[tuple[str, Page]]) -> str | None:
    """Weekly pages are keyed `weekly/<product>/<week>`, and a week's text sorts as its time does."""
    weekly = [(key.rpartition("/")[2], page.latest.at, page) for key, page in pages if key.startswith("weekly/")]
    if not weekly:
        return None
    _, _, page = max(weekly, key=lambda one: one[:2])
    place = PLACES[jira.dialect]
    return jira.base_url + quote(place.context + place.webui(page), safe="/?=+%")

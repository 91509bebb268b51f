"""Makes the two gateways from plain values. Nothing is asked of a site before the first call."""

import time

from plugin.atlassian.access import Access
from plugin.atlassian.confluence_client import ConfluenceClient
from plugin.atlassian.confluence_door import ConfluenceDoor
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_door import JiraDoor
from plugin.atlassian.pauses import Pauses
from plugin.atlassian.throttle import Shared, Throttle
from plugin.atlassian.transport import Timing, Transport


def connect_jira(
    access: Access, icon_url: str | None = None, timing: Timing | None = None, pauses: Pauses | None = None
) -> JiraDoor:
    """`icon_url` is the 16 by 16 picture beside our remote link; Jira shows its own where there is none."""
    return JiraDoor(JiraClient(access, _transport(access, timing, pauses)), icon_url)


def connect_confluence(access: Access, timing: Timing | None = None, pauses: Pauses | None = None) -> ConfluenceDoor:
    """The Confluence beside the Jira; a site of its own with its own limits."""
    return ConfluenceDoor(ConfluenceClient(access, _transport(access, timing, pauses)))


def _transport(access: Access, timing: Timing | None, pauses: Pauses | None) -> Transport:
    shared = Shared(site=access.base, pauses=pauses) if pauses else None
    return Transport(access.base, Throttle(time.monotonic, shared=shared), timing or Timing())

"""The same worker and cadence with short leases and quick ticks, so that a test need not wait for minutes."""

import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from plugin.app import Application, Leases, run_cadence, run_worker, wire
from plugin.atlassian.connect import connect_jira
from plugin.atlassian.gateways import JiraGateway
from plugin.atlassian.transport import Timing
from plugin.lifeline import end_with_parent

HURRY = 20
"""Pauses between tries are so many times shorter; Jira's own limits are not."""
READ_TIMEOUT = 3.0
"""Seconds after which an answer of Jira counts as lost."""


@dataclass(frozen=True)
class Impatient(Application):
    """Waits less for Jira as well."""

    @cached_property
    def jira(self) -> JiraGateway:
        access = self.settings.jira.model_copy(update={"read_timeout": READ_TIMEOUT})
        return connect_jira(access, timing=Timing(sleep=lambda seconds: time.sleep(seconds / HURRY)))

    def tick(self, now: datetime) -> None:
        """By our own clock, whatever the cadence's says."""
        super().tick(self.clock())


def days_ahead() -> datetime:
    """Now, and as many days later as the file says that the test may have named."""
    file = os.environ.get("PLUMBLINE_TEST_DAYS_AHEAD")
    ahead = Path(file).read_text() if file else ""
    return datetime.now(UTC) + timedelta(days=int(ahead or 0))


def main(kind: str) -> None:
    end_with_parent()
    lease = timedelta(seconds=float(os.environ.get("PLUMBLINE_TEST_LEASE", "1")))
    leases = Leases(digest=lease, write=lease, review=lease, sweep=lease)
    wired = wire(clock=days_ahead)
    if "PLUMBLINE_TEST_DAYS_AHEAD" in os.environ:
        wired = Impatient(wired.settings, wired.database_url, days_ahead)
    application = replace(wired, leases=leases)
    if kind == "worker":
        run_worker(application)
    else:
        run_cadence(application, every=1)


if __name__ == "__main__":
    main(sys.argv[1])

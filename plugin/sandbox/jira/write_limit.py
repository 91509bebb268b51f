"""Cloud's limit on writes to one issue: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/"""

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

WINDOWS = ((2.0, 20), (30.0, 100))
"""Seconds, and how many writes to one issue they may hold."""


class WriteLimit:
    """Counts writes by issue id. `ticks` is a monotonic clock in seconds; `windows` may be made empty: no limit."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self.ticks = ticks
        self.windows = WINDOWS
        self._writes: dict[str, deque[float]] = {}
        self._lock = Lock()

    def refusal(self, issue_id: str) -> int:
        """Counts a write and answers 0, or answers the whole seconds after which the next one is allowed."""
        now = self.ticks()
        with self._lock:
            writes = self._writes.setdefault(issue_id, deque(maxlen=max((most for _, most in self.windows), default=1)))
            for seconds, most in self.windows:
                if len(writes) >= most and now - writes[-most] < seconds:
                    return math.ceil(seconds - (now - writes[-most]))
            writes.append(now)
        return 0

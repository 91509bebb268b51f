"""Keeps our own calls within what Atlassian allows, and heeds what it says when they were not. Pure but for a clock.

Sliding windows rather than token buckets: a bucket of n that fills at n a second lets 2n through in one second.
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from pydantic import ConfigDict, SkipValidation

from plugin.atlassian.call import Call, Method
from plugin.atlassian.errors import Retryable
from plugin.atlassian.nearness import Limit, Spacing, spacing
from plugin.atlassian.pauses import Pauses
from plugin.domain.frozen import Frozen


class Limits(Frozen):
    """What a site allows from one account."""

    reads: tuple[Limit, ...]
    """GET and POST, per endpoint."""
    writes: tuple[Limit, ...]
    """PUT and DELETE, per endpoint."""
    issue_writes: tuple[Limit, ...]

    def of(self, method: Method) -> tuple[Limit, ...]:
        """What holds for one endpoint."""
        return self.reads if method in {"GET", "POST"} else self.writes

    def least_seconds(self, method: Method, calls: int) -> float:
        """How long so many calls to one endpoint take at least, from the first to the last; each to another issue."""
        return max((max(0, calls - 1) // limit.calls * limit.seconds for limit in self.of(method)), default=0.0)


CLOUD = Limits(
    reads=(Limit(calls=100, seconds=1),),
    writes=(Limit(calls=50, seconds=1),),
    issue_writes=(Limit(calls=20, seconds=2), Limit(calls=100, seconds=30)),
)

_EVERYTHING = "*"
_ISSUE = "issue "
_LEARNS_EVERY = 1.0
_MOST_KEYS = 4096
_SHORTEST_WAIT = 0.001


class Shared(Frozen):
    """Where processes that share a site keep what it has closed."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    site: str
    pauses: SkipValidation[Pauses]


class Throttle:
    """Asked before every call. One per site and process; safe to share between threads.

    `clock` gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float], limits: Limits = CLOUD, shared: Shared | None = None) -> None:
        self._clock = clock
        self._shared = shared
        self._learned_at: float | None = None
        self._limits = limits
        self._lock = Lock()
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()
        self._closed_until: dict[str, float] = {}
        self._spaced: dict[str, tuple[Spacing, float]] = {}

    def wait_for(self, call: Call) -> float:
        """0.0 where the call may go now, which then counts; else the seconds after which to ask again."""
        self._learn()
        with self._lock:
            now = self._clock()
            wait = max(self._closed(call, now), self._crowded(call, now), self._apart(call, now))
            if wait > 0:
                return max(_SHORTEST_WAIT, wait)
            for key, limits in self._keys(call):
                self._record(key, limits, now)
            return 0.0

    def heed(self, call: Call, told: Retryable) -> None:
        """Closes what a 429 was about for as long as it says: everything, that endpoint, or that issue."""
        with self._lock:
            now = self._clock()
            self._closed_until = {key: until for key, until in self._closed_until.items() if until > now}
            key = _subject(call, told.reason)
            self._closed_until[key] = max(self._closed_until.get(key, 0.0), now + told.after)
        if self._shared and not key.startswith(_ISSUE):  # one issue is written by one process at a time
            self._shared.pauses.note(self._shared.site, key, told.after)

    def hear(self, call: Call, headers: Mapping[str, str]) -> None:
        """What an answer says of how near its limit is: calls then keep a distance until one says otherwise."""
        told = spacing(headers, self._limits.of(call.method))
        with self._lock:
            self._spaced.pop(_endpoint(call), None)
            if told is None or told.everything:
                self._spaced.pop(_EVERYTHING, None)
            if told:
                key = _EVERYTHING if told.everything else _endpoint(call)
                self._spaced[key] = told, self._clock()

    def _apart(self, call: Call, now: float) -> float:
        waits = [0.0]
        for key in (_EVERYTHING, _endpoint(call)):
            if key in self._spaced:
                told, at = self._spaced[key]
                waits.append(at + told.seconds - now)
        return max(waits)

    def _learn(self) -> None:
        """What other processes were told, asked for at most once a second."""
        if self._shared is None:
            return
        with self._lock:
            now = self._clock()
            if self._learned_at is not None and now - self._learned_at < _LEARNS_EVERY:
                return
            self._learned_at = now
        left = self._shared.pauses.left(self._shared.site)
        with self._lock:
            for key, seconds in left.items():
                self._closed_until[key] = max(self._closed_until.get(key, 0.0), now + seconds)

    def _keys(self, call: Call) -> Iterable[tuple[str, tuple[Limit, ...]]]:
        yield _endpoint(call), self._limits.of(call.method)
        if call.issue:
            yield _issue(call), self._limits.issue_writes

    def _closed(self, call: Call, now: float) -> float:
        keys = (_EVERYTHING, *(key for key, _ in self._keys(call)))
        return max(self._closed_until.get(key, now) for key in keys) - now

    def _crowded(self, call: Call, now: float) -> float:
        return max(
            (_wait(self._sent.get(key, deque()), limit, now) for key, limits in self._keys(call) for limit in limits),
            default=0.0,
        )

    def _record(self, key: str, limits: tuple[Limit, ...], now: float) -> None:
        stamps = self._sent.setdefault(key, deque(maxlen=max((limit.calls for limit in limits), default=0)))
        stamps.append(now)
        self._sent.move_to_end(key)
        while len(self._sent) > _MOST_KEYS:  # the longest unused: its windows have long run empty
            self._sent.popitem(last=False)


def _wait(stamps: deque[float], limit: Limit, now: float) -> float:
    if len(stamps) < limit.calls:
        return 0.0
    return stamps[-limit.calls] + limit.seconds - now


def _endpoint(call: Call) -> str:
    return f"{call.method} {call.endpoint}"


def _issue(call: Call) -> str:
    return f"{_ISSUE}{call.issue}"


def _subject(call: Call, reason: str) -> str:
    if reason == "jira-burst-based":
        return _endpoint(call)
    if reason == "jira-per-issue-on-write" and call.issue:
        return _issue(call)
    # A quota, a Data Center site (which counts per account), or a reason that we do not know: stop asking altogether.
    return _EVERYTHING

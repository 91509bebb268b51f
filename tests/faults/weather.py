"""What goes wrong on the way, by chance and the same for the same seed; and a witness of what was really written."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from plugin.sandbox.faults import Failing, FaultLayer, Hanging, LosingTheAnswer, OfCalls, RateLimited
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.webhooks_out import Ended, Fate
from plugin.sandbox.serve import RunningSandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WRITES = re.compile(r"/issue/(\d+)(/remotelink)?$")
_SAME_WHENEVER = ("decided", "version", "clauses", "why", "rule", "how")
"""Members of the property that travel with a change and are none by themselves."""


@dataclass
class Weather:
    """5 % of deliveries are dropped, 5 % doubled, 5 % late, 5 % reversed; 10 % of calls go wrong."""

    seed: int
    hanging: tuple[float, ...] = (0.02,)
    """Seconds for which calls that time out hear nothing: one of these."""
    fair: bool = False
    """Whether nothing goes wrong any more."""
    events: int = 0
    """How many there were to tell."""
    fates: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._of_deliveries, self._of_calls = Random(f"deliveries {self.seed}"), Random(f"calls {self.seed}")

    def begin(self, sandbox: RunningSandbox) -> "Witness":
        sandbox.sender.fate, sandbox.faults.chance = self.fate, self.for_call
        sandbox.sender.ended, sandbox.faults.requests = deque[Ended](), deque()  # all of them, not the last ones
        return Witness.of(sandbox)

    def fate(self, event: str) -> tuple[Fate, float]:
        at, late = self._of_deliveries.random(), self._of_deliveries.uniform(0.05, 0.5)
        self.events += 1
        if self.fair or at >= 0.2:
            return "as usual", 0
        fate: Fate = ("never", "twice", "late", "reversed")[int(at / 0.05)]
        self.fates[fate] += 1
        return fate, late

    def for_call(self, method: str, path: str) -> OfCalls | None:
        at, which = self._of_calls.random(), self._of_calls.random()
        if self.fair or at >= 0.1:
            return None
        faults = (
            RateLimited(reason="jira-burst-based"),
            RateLimited(reason="jira-quota-tenant-based", retry_after=7),
            Failing(status=500),
            Failing(status=503, retry_after=2),
            Hanging(seconds=self.hanging[int(at * 10 * len(self.hanging))]),
            LosingTheAnswer(),
            LosingTheAnswer(status=502),
        )
        return faults[int(which * len(faults))]


@dataclass(frozen=True)
class Write:
    """A call that changed an issue, or tried to: it reached the site, whatever became of its answer."""

    issue: str
    kind: str
    pointless: bool
    """Whether the issue said the same before it."""


@dataclass
class Witness:
    """Stands between the faults and the site, so that it sees what is done and not what was only asked."""

    jira: JiraSite
    inner: "WSGIApplication"
    writes: list[Write] = field(default_factory=list)

    @classmethod
    def of(cls, sandbox: RunningSandbox) -> "Witness":
        layer = sandbox.app.wsgi_app
        assert isinstance(layer, FaultLayer)
        witness = cls(sandbox.jira, layer.app)
        layer.app = witness
        return witness

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method, found = environ["REQUEST_METHOD"], _WRITES.search(environ.get("PATH_INFO", ""))
        if found is None or method == "GET":
            return self.inner(environ, start_response)
        id, kind = found[1], "link" if found[2] else "edit"
        with self.jira.lock:
            before = self._said(id)
            answer = self.inner(environ, start_response)
            self.writes.append(Write(id, kind, pointless=before is not None and before == self._said(id)))
            return answer

    def pointless(self) -> Counter[str]:
        return Counter(one.kind for one in self.writes if one.pointless)

    def _said(self, id: str) -> str | None:
        """What the issue says of ours; None where there is no such issue."""
        issue = self.jira.issues.get(id)
        if issue is None:
            return None
        told = issue.properties.get("plumbline")
        said = (
            {name: value for name, value in told.items() if name not in _SAME_WHENEVER}
            if isinstance(told, dict)
            else {}
        )
        links = [one.object for one in issue.remote_links]
        return json.dumps([sorted(issue.labels), said, links], sort_keys=True)

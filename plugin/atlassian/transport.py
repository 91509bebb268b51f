"""The one way out: waits for its turn, sends, reads the answer by the retry table, tries again where that is cheap."""

import logging
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

import requests
from jira.exceptions import JIRAError

from plugin.atlassian.call import Call, Failure, Outcome
from plugin.atlassian.errors import Retryable
from plugin.atlassian.retry import JITTER, LONGEST_WAIT_IN_THREAD, Try, decide, may_wait_here
from plugin.atlassian.throttle import Throttle

_LOG = logging.getLogger(__name__)
_MOST_WORDS = 300

T = TypeVar("T")


class Timing:
    """Where time and chance come from: the process's own by default, given ones in a test."""

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        between: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.sleep = sleep
        self.now = now
        self.between = between


class Transport:
    """Every request to one site goes through `send`."""

    def __init__(self, place: str, throttle: Throttle, timing: Timing) -> None:
        self.place = place
        self._throttle = throttle
        self._timing = timing

    def send(self, call: Call, request: Callable[[], T]) -> T:
        """What `request` returns. Anything that the client libraries raise comes out as one of the four families.

        Waits at most LONGEST_WAIT_IN_THREAD seconds in all; a longer wait is raised as Retryable.
        """
        waited, failed = 0.0, 0
        for attempt in count(1):
            waited = self._take_turn(call, waited)
            try:
                return request()
            except (JIRAError, requests.RequestException) as error:
                outcome = read_outcome(error, self.place)
                self.hear(call, outcome.headers)
            jitter = self._timing.between(*JITTER)
            problem = decide(outcome, call, Try(number=attempt, now=self._timing.now(), jitter=jitter))
            if isinstance(problem, Retryable):
                failed += not problem.ordered
                problem.tries = failed
                if outcome.status == 429:
                    self._throttle.heed(call, problem)
            if not (isinstance(problem, Retryable) and may_wait_here(call, problem, attempt, waited)):
                # Without its cause: the libraries' errors print the answer's headers, cookies among them.
                raise problem from None
            _LOG.info("%s; trying again in %.1f s", problem, problem.after)
            self._timing.sleep(problem.after)
            waited += problem.after
        raise AssertionError("counting never ends")

    def hear(self, call: Call, headers: Mapping[str, str]) -> None:
        """The headers of an answer, refused or not."""
        self._throttle.hear(call, headers)

    def _take_turn(self, call: Call, waited: float) -> float:
        """Sleeps until the throttle lets the call through; returns the seconds waited so far."""
        while wait := self._throttle.wait_for(call):
            if waited + wait > LONGEST_WAIT_IN_THREAD:
                raise Retryable(f"could not {call.what} at {self.place} yet: its limit is used up", wait, ordered=True)
            self._timing.sleep(wait)
            waited += wait
        return waited


def read_outcome(error: Exception, place: str) -> Outcome:
    """What a client library's exception says, without anything that could hold a credential."""
    response = getattr(error, "response", None)
    if isinstance(response, requests.Response):
        said = error.text if isinstance(error, JIRAError) else _said(response)
        return Outcome(
            place=place, status=response.status_code, headers=dict(response.headers), words=_short(str(said or ""))
        )
    return Outcome(place=place, failure=_failure(error), words=_short(type(error).__name__))


_FAILURES: tuple[tuple[type[requests.RequestException], Failure], ...] = (
    (requests.Timeout, "time-out"),
    (requests.exceptions.InvalidURL, "address"),
    (requests.exceptions.MissingSchema, "address"),
    (requests.exceptions.InvalidSchema, "address"),
    (requests.exceptions.InvalidHeader, "token"),
    (requests.exceptions.InvalidJSONError, "body"),
)


def _failure(error: Exception) -> Failure:
    return next((failure for kind, failure in _FAILURES if isinstance(error, kind)), "network")


def _said(response: requests.Response) -> str:
    """Confluence's own sentence, in any of the shapes that its versions use; "" where there is none."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    if isinstance(errors, list):
        return "; ".join(str(one.get("title") or one.get("message")) for one in errors if isinstance(one, dict))
    return str(body.get("message") or "")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _MOST_WORDS else f"{line[:_MOST_WORDS]}…"

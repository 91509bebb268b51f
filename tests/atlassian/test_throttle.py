"""The throttle against a clock that the test moves."""

from collections.abc import Callable
from threading import Thread

import pytest

from plugin.atlassian.call import Call, Method
from plugin.atlassian.errors import Retryable
from plugin.atlassian.throttle import CLOUD, Throttle

READ = Call(method="GET", endpoint="myself", what="ask who we are")
SEARCH = Call(method="POST", endpoint="search/jql", what="search issues")


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def edit(issue: str) -> Call:
    return Call(method="PUT", endpoint="issue/{id}", what="edit an issue", issue=issue)


def sent(throttle: Throttle, calls: Callable[[int], Call], most: int = 200) -> int:
    """How many of these calls go through at this very moment."""
    return next((number for number in range(most) if throttle.wait_for(calls(number)) > 0), most)


@pytest.mark.parametrize(("method", "most"), [("GET", 100), ("POST", 100), ("PUT", 50), ("DELETE", 50)])
def test_an_endpoint_takes_so_many_a_second(throttle: Throttle, clock: Clock, method: Method, most: int) -> None:
    call = Call(method=method, endpoint="issue/{id}", what="try")
    assert sent(throttle, lambda _: call) == most
    assert throttle.wait_for(call) == pytest.approx(1)
    assert throttle.wait_for(SEARCH) == 0
    clock.seconds += 1
    assert sent(throttle, lambda _: call) == most


def test_no_span_of_a_second_holds_more_than_the_limit(throttle: Throttle, clock: Clock) -> None:
    stamps = []
    for _ in range(1000):
        clock.seconds += 0.003
        if throttle.wait_for(READ) == 0:
            stamps.append(clock.seconds)
    assert max(sum(start <= stamp < start + 0.9999 for stamp in stamps) for start in stamps) == 100


def test_one_issue_takes_twenty_writes_in_two_seconds(throttle: Throttle, clock: Clock) -> None:
    assert sent(throttle, lambda _: edit("10001")) == 20
    assert throttle.wait_for(edit("10001")) == pytest.approx(2)
    assert throttle.wait_for(edit("10002")) == 0
    clock.seconds += 2
    assert throttle.wait_for(edit("10001")) == 0


def test_one_issue_takes_a_hundred_writes_in_thirty_seconds(throttle: Throttle, clock: Clock) -> None:
    for _ in range(5):
        assert sent(throttle, lambda _: edit("10001"), most=20) == 20
        clock.seconds += 2
    assert throttle.wait_for(edit("10001")) == pytest.approx(20)


def test_every_kind_of_write_to_an_issue_counts(throttle: Throttle) -> None:
    link = Call(method="POST", endpoint="issue/{id}/remotelink", what="link", issue="10001")
    for _ in range(10):
        assert throttle.wait_for(edit("10001")) == 0
        assert throttle.wait_for(link) == 0
    assert throttle.wait_for(link) == pytest.approx(2)


@pytest.mark.parametrize("reason", ["jira-quota-global-based", "jira-quota-tenant-based", "", "something-new"])
def test_a_quota_or_an_unknown_reason_stops_everything(throttle: Throttle, clock: Clock, reason: str) -> None:
    throttle.heed(edit("10001"), Retryable("", 40, reason))
    assert throttle.wait_for(READ) == pytest.approx(40)
    assert throttle.wait_for(edit("10002")) == pytest.approx(40)
    clock.seconds += 40
    assert throttle.wait_for(READ) == 0


def test_a_burst_slows_that_endpoint_alone(throttle: Throttle) -> None:
    throttle.heed(SEARCH, Retryable("", 3, "jira-burst-based"))
    assert throttle.wait_for(SEARCH) == pytest.approx(3)
    assert throttle.wait_for(READ) == 0


def test_writes_to_one_issue_space_that_issue_alone(throttle: Throttle) -> None:
    throttle.heed(edit("10001"), Retryable("", 3, "jira-per-issue-on-write"))
    assert throttle.wait_for(edit("10001")) == pytest.approx(3)
    assert throttle.wait_for(edit("10002")) == 0
    assert throttle.wait_for(READ) == 0


def test_a_shorter_pause_does_not_end_a_longer_one(throttle: Throttle) -> None:
    throttle.heed(READ, Retryable("", 60, "jira-quota-tenant-based"))
    throttle.heed(READ, Retryable("", 5, "jira-quota-tenant-based"))
    assert throttle.wait_for(READ) == pytest.approx(60)


def test_a_call_that_has_to_wait_does_not_count(throttle: Throttle, clock: Clock) -> None:
    assert sent(throttle, lambda _: READ) == 100
    for _ in range(500):
        assert throttle.wait_for(READ) > 0
    clock.seconds += 1
    assert sent(throttle, lambda _: READ) == 100


def test_many_issues_are_not_remembered_for_ever(throttle: Throttle, clock: Clock) -> None:
    for number in range(10_000):
        clock.seconds += 0.1
        assert throttle.wait_for(edit(str(number))) == 0
    assert len(throttle._sent) <= 4096


def test_threads_share_one_limit(throttle: Throttle) -> None:
    gone: list[int] = []
    threads = [Thread(target=lambda: gone.append(sent(throttle, lambda _: READ))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(gone) == 100


@pytest.mark.parametrize(
    ("method", "calls", "seconds"),
    [("PUT", 0, 0), ("PUT", 50, 0), ("PUT", 51, 1), ("PUT", 6001, 120), ("DELETE", 101, 2), ("POST", 101, 1)],
)
def test_so_many_calls_to_one_endpoint_take_so_long_at_least(method: Method, calls: int, seconds: float) -> None:
    assert CLOUD.least_seconds(method, calls) == seconds


DATA_CENTER = {"X-RateLimit-Limit": "100", "X-RateLimit-FillRate": "10", "X-RateLimit-Interval-Seconds": "5"}
POLICY = {"Beta-RateLimit-Policy": '"jira-quota";q=100;w=60, "other";q=5;w=1'}


@pytest.mark.parametrize(
    ("headers", "apart", "others"),
    [
        ({"X-RateLimit-NearLimit": "true"}, 0.04, 0),
        ({"X-RateLimit-NearLimit": "false"}, 0, 0),
        ({**DATA_CENTER, "X-RateLimit-Remaining": "19"}, 0.5, 0.5),
        ({**DATA_CENTER, "X-RateLimit-Remaining": "20"}, 0, 0),
        ({"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}, 0, 0),
        ({**DATA_CENTER, "X-RateLimit-FillRate": "0", "X-RateLimit-Remaining": "0"}, 0, 0),
        ({**POLICY, "Beta-RateLimit": '"other";t=1;r=4,"jira-quota"; r=10; t=20'}, 2, 2),
        ({**POLICY, "Beta-RateLimit": '"jira-quota";r=0;t=3000'}, 5, 5),
        ({**POLICY, "Beta-RateLimit": '"jira-quota";r=20;t=20'}, 0, 0),
        ({"RateLimit-Policy": '"q";q=100', "RateLimit": '"q";r=1;t=3'}, 3, 3),
        ({"Beta-RateLimit": '"nobody told its size";r=0;t=20'}, 0, 0),
        ({"Beta-RateLimit": ";;=", "X-RateLimit-Remaining": "-1"}, 0, 0),
    ],
)
def test_near_the_limit_calls_keep_a_distance(
    throttle: Throttle, headers: dict[str, str], apart: float, others: float
) -> None:
    throttle.hear(edit("10001"), headers)
    assert throttle.wait_for(edit("10002")) == pytest.approx(apart)
    assert throttle.wait_for(READ) == pytest.approx(others)


def test_the_distance_ends_when_an_answer_says_that_enough_is_left(throttle: Throttle, clock: Clock) -> None:
    throttle.hear(edit("10001"), {**DATA_CENTER, "X-RateLimit-Remaining": "3"})
    clock.seconds += 0.5
    assert throttle.wait_for(READ) == 0
    throttle.hear(READ, {**DATA_CENTER, "X-RateLimit-Remaining": "2"})
    assert throttle.wait_for(READ) == pytest.approx(0.5)
    throttle.hear(READ, {**DATA_CENTER, "X-RateLimit-Remaining": "60"})
    assert throttle.wait_for(READ) == 0

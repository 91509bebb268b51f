"""One test a row of the retry table."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from plugin.atlassian.call import Call, Failure, Outcome
from plugin.atlassian.errors import Conflict, DoorError, Gone, Permanent, Retryable
from plugin.atlassian.retry import MOST_TRIES, Try, decide, may_wait_here

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EDIT = Call(
    method="PUT",
    endpoint="issue/{id}",
    what="edit issue 10001",
    issue="10001",
    subject=True,
    permission="Edit issues",
)
SEARCH = Call(method="POST", endpoint="search/jql", what="search issues")
CREATE = Call(method="POST", endpoint="pages", what="create a page", idempotent=False)
PLACE = "https://acme.atlassian.net"


def told(
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    words: str = "",
    failure: Failure | None = None,
) -> Outcome:
    return Outcome(place=PLACE, status=status, headers=headers or {}, words=words, failure=failure)


def decided(outcome: Outcome, call: Call = EDIT, number: int = 1, jitter: float = 1.0) -> DoorError:
    return decide(outcome, call, Try(number=number, now=NOW, jitter=jitter))


def retryable(outcome: Outcome, number: int = 1, jitter: float = 1.0) -> Retryable:
    found = decided(outcome, number=number, jitter=jitter)
    assert isinstance(found, Retryable)
    return found


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_status_is_tried_again(status: int) -> None:
    assert retryable(told(status)).after == 2


@pytest.mark.parametrize("failure", ["network", "time-out"])
def test_a_failed_connection_is_tried_again(failure: Failure) -> None:
    found = retryable(told(failure=failure, words="ConnectTimeout"))
    assert found.after == 2
    assert str(found) == f"could not edit issue 10001 at {PLACE} ({failure}: ConnectTimeout)"


@pytest.mark.parametrize(("number", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (9, 30)])
def test_pauses_double_up_to_thirty_seconds(number: int, seconds: float) -> None:
    assert retryable(told(500), number).after == seconds


@pytest.mark.parametrize(("jitter", "seconds"), [(0.7, 1.4), (1.3, 2.6)])
def test_our_own_pause_is_spread_both_ways(jitter: float, seconds: float) -> None:
    assert retryable(told(500), jitter=jitter).after == pytest.approx(seconds)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.7, 60), (1.3, 78)])
def test_an_ordered_pause_is_never_shortened(jitter: float, seconds: float) -> None:
    assert retryable(told(429, {"Retry-After": "60"}), jitter=jitter).after == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7),
        (429, {"retry-after": "1847"}, 1847),
        (503, {"Retry-After": "12"}, 12),
        (429, {"Retry-After": "Fri, 20 Nov 2026 12:01:30 GMT"}, 90),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "Fri, 20 Nov 2026 11:00:00 GMT"}, 1),
        (429, {"Retry-After": "9999999"}, 86400),
        (429, {"Retry-After": "soon"}, 2),
        (429, {"Retry-After": "-5"}, 2),
        (429, {"Retry-After": "nan"}, 2),
        (429, {"X-RateLimit-Reset": "2026-11-20T12:00:40Z"}, 40),
        (429, {"X-RateLimit-Reset": "1795176025"}, 25),
        (429, {"X-RateLimit-Reset": "2026-11-20T12:00:40Z", "Retry-After": "9"}, 9),
        (500, {"X-RateLimit-Reset": "2026-11-20T12:00:40Z"}, 2),
        (429, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "15"}, 15),
    ],
)
def test_the_site_says_how_long(status: int, headers: Mapping[str, str], seconds: float) -> None:
    assert retryable(told(status, headers)).after == pytest.approx(seconds)


@pytest.mark.parametrize(
    "reason",
    ["jira-quota-global-based", "jira-quota-tenant-based", "jira-burst-based", "jira-per-issue-on-write", ""],
)
def test_the_reason_is_kept(reason: str) -> None:
    assert retryable(told(429, {"RateLimit-Reason": reason})).reason == reason


def test_a_refused_token_is_named() -> None:
    found = decided(told(401, words="Client must be authenticated"))
    assert isinstance(found, Permanent)
    assert found.about == "account"
    assert "token" in str(found)
    assert PLACE in str(found)


def test_a_missing_permission_is_named() -> None:
    found = decided(told(403))
    assert isinstance(found, Permanent)
    assert found.about == "place"
    assert "“Edit issues”" in str(found)
    assert PLACE in str(found)


def test_a_login_that_wants_a_captcha_is_about_the_account() -> None:
    found = decided(told(403, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://x.example"}))
    assert isinstance(found, Permanent)
    assert found.about == "account"
    assert "CAPTCHA" in str(found)


@pytest.mark.parametrize("status", [404, 410])
def test_an_issue_that_is_not_there_is_gone(status: int) -> None:
    assert isinstance(decided(told(status)), Gone)


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_not_there_is_a_wrong_setting(status: int) -> None:
    found = decided(told(status), SEARCH)
    assert isinstance(found, Permanent)
    assert not found.forbidden
    assert "check the base URL" in str(found)


@pytest.mark.parametrize("status", [409, 412])
def test_a_stale_version_is_a_conflict(status: int) -> None:
    assert isinstance(decided(told(status)), Conflict)


def test_a_taken_title_is_a_conflict_though_confluence_says_400() -> None:
    words = "A page with this title already exists: A page already exists with the same TITLE in this space"
    assert isinstance(decided(told(400, words=words), CREATE), Conflict)


@pytest.mark.parametrize("status", [400, 405, 413, 415, 422, 501])
def test_any_other_refusal_is_final(status: int) -> None:
    found = decided(told(status, words="Field 'labels' cannot be set"))
    assert isinstance(found, Permanent)
    assert not found.forbidden
    assert "Field 'labels' cannot be set" in str(found)


@pytest.mark.parametrize(("failure", "advice"), [("address", "https://"), ("token", "line's end"), ("body", "proxy")])
def test_a_wrong_address_and_a_strange_answer_are_final(failure: Failure, advice: str) -> None:
    found = decided(told(failure=failure))
    assert isinstance(found, Permanent)
    assert found.forbidden, "it is about the site, not about this call"
    assert advice in str(found)


@pytest.mark.parametrize(
    ("call", "problem", "number", "waited", "here"),
    [
        (EDIT, Retryable("", 2), 1, 0.0, True),
        (EDIT, Retryable("", 5), 1, 0.0, True),
        (EDIT, Retryable("", 5.1), 1, 0.0, False),
        (EDIT, Retryable("", 2), 2, 3.5, False),
        (EDIT, Retryable("", 1), MOST_TRIES - 1, 1.0, True),
        (EDIT, Retryable("", 1), MOST_TRIES, 1.0, False),
        (CREATE, Retryable("", 1), 1, 0.0, False),
        (EDIT, Conflict(""), 1, 0.0, False),
        (EDIT, Gone(""), 1, 0.0, False),
        (EDIT, Permanent(""), 1, 0.0, False),
    ],
)
def test_the_thread_waits_only_briefly_and_only_where_repeating_is_harmless(
    call: Call, problem: DoorError, number: int, waited: float, here: bool
) -> None:
    assert may_wait_here(call, problem, number, waited) is here

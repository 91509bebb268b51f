"""The retry table: what came back, and how often it was tried, decide what to do next. Pure.

The numbers are Atlassian's: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from plugin.atlassian.call import Call, Outcome
from plugin.atlassian.errors import Conflict, DoorError, Gone, Permanent, Retryable
from plugin.domain.frozen import Frozen

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 30.0
MOST_TRIES = 4
MOST_TRIES_OF_A_WRITE = 2
"""In one thread; the change's row has the others, and its pauses let a site recover."""
LONGEST_WAIT_IN_THREAD = 5.0
"""Seconds. A longer wait belongs into the row's due time, not into a worker's thread."""
LONGEST_ORDER = 24 * 3600.0
"""Seconds that we let a site keep us away; beyond that we ask again."""
JITTER = (0.7, 1.3)

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_TITLE_TAKEN = ("already exists", "title")


class Try(Frozen):
    """One of our tries at a call. `number` counts from 1; `now` reads the dates in headers."""

    number: int
    now: datetime
    jitter: float = 1.0
    """Within JITTER: spreads the pauses of workers that failed together."""


def decide(outcome: Outcome, call: Call, one: Try) -> DoorError:
    """The error that this outcome is."""
    if outcome.failure in {"network", "time-out"} or outcome.status in _PASSING:
        reason = outcome.headers.get("ratelimit-reason", "")
        ordered = outcome.status == 429 or _ordered(outcome, one.now) is not None
        return Retryable(_sentence(outcome, call), _pause(outcome, one), reason, ordered=ordered)
    if outcome.status in {401, 403}:
        return Permanent(_refusal(outcome, call), "account" if _is_login_refused(outcome) else "place")
    if outcome.failure in {"address", "token", "body"}:  # nobody else's call would fare better
        return Permanent(f"{_sentence(outcome, call)}{_advice(outcome)}", "account")
    if outcome.status in {404, 410} and call.subject:
        return Gone(f"{_sentence(outcome, call)}; it was deleted, or the account may not see it.")
    if outcome.status in {409, 412} or _says_title_taken(outcome):
        return Conflict(_sentence(outcome, call))
    return Permanent(f"{_sentence(outcome, call)}{_advice(outcome)}")


def may_wait_here(call: Call, problem: DoorError, attempt: int, waited: float) -> bool:
    """Whether the calling thread may sleep and try again itself. `waited`: seconds that this call has cost already."""
    return (
        isinstance(problem, Retryable)
        and call.idempotent
        and attempt < MOST_TRIES
        and (problem.ordered or not call.issue or problem.tries < MOST_TRIES_OF_A_WRITE)
        and waited + problem.after <= LONGEST_WAIT_IN_THREAD
    )


def _pause(outcome: Outcome, one: Try) -> float:
    ordered = _ordered(outcome, one.now)
    if ordered is not None:  # never sooner than the site asked for
        return ordered * max(1.0, one.jitter)
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (one.number - 1)) * one.jitter


def _ordered(outcome: Outcome, now: datetime) -> float | None:
    """Seconds that the site asks us to wait; None where it does not say."""
    headers = outcome.headers
    if "retry-after" in headers:
        asked = _seconds(headers["retry-after"], now)
    elif "x-ratelimit-reset" in headers and outcome.status == 429:
        asked = _seconds(headers["x-ratelimit-reset"], now)
    elif outcome.status == 429:  # Data Center: a bucket that fills every so many seconds
        asked = _seconds(headers.get("x-ratelimit-interval-seconds", ""), now)
    else:
        asked = None
    return None if asked is None else min(LONGEST_ORDER, max(1.0, asked))


def _seconds(text: str, now: datetime) -> float | None:
    """Reads seconds, an HTTP date or an ISO date; None where it is none of them."""
    try:
        number = float(text)
    except ValueError:
        moment = _moment(text.strip())
        return None if moment is None else (moment - now).total_seconds()
    if not isfinite(number) or number < 0:
        return None
    # X-RateLimit-Reset may be seconds since 1970: nobody asks us to wait for thirty years.
    return number - now.timestamp() if number > 1e9 else number


def _moment(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _sentence(outcome: Outcome, call: Call) -> str:
    came = f"HTTP {outcome.status}" if outcome.status else str(outcome.failure)
    said = f": {outcome.words}" if outcome.words else ""
    return f"could not {call.what} at {outcome.place} ({came}{said})"


def _is_login_refused(outcome: Outcome) -> bool:
    """Data Center answers 403 to whoever has to solve a CAPTCHA first, and names the reason in a header."""
    return (
        outcome.status == 401
        or "x-authentication-denied-reason" in outcome.headers
        or "AUTHENTICATION_DENIED" in outcome.headers.get("x-seraph-loginreason", "")
    )


def _refusal(outcome: Outcome, call: Call) -> str:
    if "x-authentication-denied-reason" in outcome.headers:
        return f"{_sentence(outcome, call)}: the login is denied; log in once in a browser to answer the CAPTCHA."
    if _is_login_refused(outcome):
        return (
            f"{_sentence(outcome, call)}: the token was not accepted; it is wrong, expired or revoked, or belongs to "
            "another account: make a new one and set it."
        )
    needs = f"the permission “{call.permission}”" if call.permission else "a permission"
    return f"{_sentence(outcome, call)}: the token's account lacks {needs} there; an administrator can grant it."


def _advice(outcome: Outcome) -> str:
    if outcome.status in {404, 410}:
        return "; there is no such address on this site: check the base URL and whether it is Cloud or Data Center."
    if outcome.failure == "address":
        return (
            "; write the base URL with https:// and without a path of its own, such as https://example.atlassian.net."
        )
    if outcome.failure == "token":
        return "; the token or the e-mail holds a character that no header may carry, such as a line's end."
    if outcome.failure == "body":
        return "; the answer is not the API's: a login page or a proxy seems to stand at this address."
    return "."


def _says_title_taken(outcome: Outcome) -> bool:
    """Confluence answers 400 to a title that is taken in its space; only the words tell."""
    return outcome.status == 400 and all(word in outcome.words.lower() for word in _TITLE_TAKEN)

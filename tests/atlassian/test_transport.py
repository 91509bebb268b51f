"""The retry layer: real exceptions of the client libraries in, the four families out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
import requests
from jira.exceptions import JIRAError

from plugin.atlassian.call import Call
from plugin.atlassian.errors import Permanent, Retryable
from plugin.atlassian.throttle import Throttle
from plugin.atlassian.transport import Timing, Transport

READ = Call(method="GET", endpoint="issue/{id}", what="read issue 7", subject=True)
OTHER = Call(method="GET", endpoint="myself", what="ask who we are")
CREATE = Call(method="POST", endpoint="pages", what="create a page", idempotent=False)


class World:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.timing = Timing(sleep=self.sleep, now=self.now, between=lambda low, high: (low + high) / 2)
        self.transport = Transport("https://jira.example", Throttle(lambda: self.seconds), self.timing)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=self.seconds)


@pytest.fixture
def world() -> World:
    return World()


def refusal(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers or {})
    response._content = body
    return requests.HTTPError(response=response)


def answering(*answers: Exception | str) -> Callable[[], str]:
    """A request that fails and succeeds in this order; asked once more it has no answer."""
    given: Iterator[Exception | str] = iter(answers)

    def request() -> str:
        answer = next(given)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return request


def test_a_short_failure_is_waited_out(world: World) -> None:
    assert world.transport.send(READ, answering(refusal(502), "here")) == "here"
    assert world.seconds == pytest.approx(2)


def test_the_thread_waits_five_seconds_at_most_in_all(world: World) -> None:
    with pytest.raises(Retryable) as raised:
        world.transport.send(READ, answering(refusal(502), refusal(502), "never asked for"))
    assert world.seconds == pytest.approx(2)
    assert raised.value.after == pytest.approx(4)


def test_a_call_is_tried_four_times_at_most(world: World) -> None:
    soon = {"Retry-After": "1"}
    with pytest.raises(Retryable):
        world.transport.send(READ, answering(*[refusal(503, soon)] * 4, "never asked for"))
    assert world.seconds == pytest.approx(3)


def test_a_long_wait_is_left_to_the_caller(world: World) -> None:
    with pytest.raises(Retryable) as raised:
        world.transport.send(READ, answering(refusal(429, {"Retry-After": "900"})))
    assert world.seconds == 0
    assert raised.value.after == pytest.approx(900)


def test_what_may_have_happened_is_not_repeated(world: World) -> None:
    with pytest.raises(Retryable):
        world.transport.send(CREATE, answering(requests.ReadTimeout(), "never asked for"))
    assert world.seconds == 0


def test_after_a_quota_the_next_call_of_any_kind_is_held_back_unsent(world: World) -> None:
    told = {"Retry-After": "900", "RateLimit-Reason": "jira-quota-tenant-based"}
    with pytest.raises(Retryable):
        world.transport.send(READ, answering(refusal(429, told)))
    with pytest.raises(Retryable) as raised:
        world.transport.send(OTHER, answering("never asked for"))
    assert raised.value.after == pytest.approx(900)
    world.seconds += 900
    assert world.transport.send(OTHER, answering("here")) == "here"


def test_a_full_second_is_waited_out(world: World) -> None:
    for _ in range(150):
        world.transport.send(READ, answering("here"))
    assert world.seconds == pytest.approx(1)


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("refused"),
        requests.ConnectTimeout(),
        requests.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.SSLError("certificate expired"),
    ],
)
def test_a_network_that_fails_is_retryable(world: World, error: Exception) -> None:
    with pytest.raises(Retryable):
        world.transport.send(CREATE, answering(error))


@pytest.mark.parametrize("url", ["jira.example", "ftp://jira.example", "https://"])
def test_a_wrong_base_url_is_permanent(world: World, url: str) -> None:
    with pytest.raises(Permanent, match="https://"):
        world.transport.send(READ, lambda: requests.get(url, timeout=1))


def test_a_token_with_a_line_end_is_permanent_and_not_shown(world: World) -> None:
    with pytest.raises(Permanent, match="token") as raised:
        world.transport.send(
            READ, lambda: requests.get("http://127.0.0.1:9", headers={"Authorization": "Bearer s3cret\n"}, timeout=1)
        )
    assert "s3cret" not in str(raised.value)


def test_an_answer_that_is_no_json_is_permanent(world: World) -> None:
    page = requests.Response()
    page._content = b"<html>please log in</html>"
    with pytest.raises(Permanent, match="login page"):
        world.transport.send(READ, page.json)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message": "No content found"}', "No content found"),
        (b'{"errors": [{"status": 409, "title": "Version must be 4"}]}', "Version must be 4"),
        (b"<html>bad gateway</html>", "HTTP 400)"),
        (b"[1]", "HTTP 400)"),
    ],
)
def test_the_sentence_of_the_site_is_kept(world: World, body: bytes, words: str) -> None:
    with pytest.raises(Permanent) as raised:
        world.transport.send(READ, answering(refusal(400, body=body)))
    assert words in str(raised.value)


def test_no_cookie_or_header_of_the_answer_reaches_a_traceback(world: World) -> None:
    error = refusal(400, {"Set-Cookie": "session=secret"})
    with pytest.raises(Permanent) as raised:
        world.transport.send(READ, answering(JIRAError("no", status_code=400, response=error.response)))
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "secret" not in str(raised.value)


def test_a_mistake_of_ours_is_not_taken_for_the_sites(world: World) -> None:
    with pytest.raises(KeyError):
        world.transport.send(READ, answering(KeyError("id")))
    with pytest.raises(ValueError, match="ours"):
        world.transport.send(READ, answering(ValueError("ours")))

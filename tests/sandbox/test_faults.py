"""Faults on demand: each happens once, says what it should, and leaves the world as it claims."""

import time

import pytest
import requests

from plugin.sandbox.faults import Hanging, LosingTheAnswer, RateLimited
from plugin.sandbox.jira.write_limit import WriteLimit
from plugin.sandbox.serve import RunningSandbox
from tests.sandbox.asking import Asking

LABEL = {"update": {"labels": [{"add": "done"}]}}


def plan(sandbox: RunningSandbox, **fault: object) -> requests.Response:
    return requests.post(f"{sandbox.url}/sandbox/faults", json=fault, timeout=5)


def test_a_rate_limit_over_http_refuses_that_call_once_and_no_other(any_sandbox: RunningSandbox) -> None:
    any_sandbox.jira.create_issue("CHK", "Pay")
    ask = Asking(any_sandbox)
    reason = "jira-quota-tenant-based"
    fault = {"kind": "rate limited", "method": "PUT", "path": "/issue/CHK", "reason": reason, "retry_after": 7}
    assert plan(any_sandbox, **fault).status_code == 201
    assert ask("GET", "issue/CHK-1").status_code == 200
    refused = ask("PUT", "issue/CHK-1", LABEL)
    told = refused.status_code, refused.headers["Retry-After"], refused.headers["RateLimit-Reason"]
    assert told == (429, "7", reason)
    assert any_sandbox.jira.issue("CHK-1").labels == []
    assert ask("PUT", "issue/CHK-1", LABEL).status_code == 204


def test_a_failing_site_fails_as_often_as_told(sandbox: RunningSandbox) -> None:
    plan(sandbox, kind="failing", status=502, times=2)
    ask = Asking(sandbox)
    assert [ask("GET", "myself").status_code for _ in range(3)] == [502, 502, 200]
    assert requests.get(f"{sandbox.url}/sandbox/faults", timeout=5).json() == []


@pytest.mark.parametrize("status", [None, 502])
def test_the_answer_is_lost_after_the_write(sandbox: RunningSandbox, status: int | None) -> None:
    sandbox.jira.create_issue("CHK", "Pay")
    sandbox.faults.add(LosingTheAnswer(method="PUT", status=status))
    ask = Asking(sandbox)
    if status:
        assert ask("PUT", "issue/CHK-1", LABEL).status_code == status
    else:
        with pytest.raises(requests.ConnectionError):
            ask("PUT", "issue/CHK-1", LABEL)
    assert sandbox.jira.issue("CHK-1").labels == ["done"]
    assert ask("GET", "issue/CHK-1").status_code == 200


def test_a_hanging_call_does_nothing_and_does_not_keep_the_sandbox_from_stopping() -> None:
    with RunningSandbox() as sandbox:
        sandbox.jira.create_issue("CHK", "Pay")
        sandbox.faults.add(Hanging(method="PUT", seconds=300))
        person = sandbox.jira.catalogue.service
        with pytest.raises(requests.ReadTimeout):
            requests.put(
                f"{sandbox.url}/rest/api/3/issue/CHK-1", json=LABEL, auth=(person.email, person.token), timeout=0.2
            )
        assert sandbox.jira.issue("CHK-1").labels == []
        started = time.monotonic()
    assert time.monotonic() - started < 10


def test_faults_meet_confluence_too(sandbox: RunningSandbox) -> None:
    sandbox.faults.add(RateLimited(path="^/wiki/"))
    person = sandbox.jira.catalogue.service
    url = f"{sandbox.url}/wiki/api/v2/spaces"
    answers = [requests.get(url, auth=(person.email, person.token), timeout=5).status_code for _ in range(2)]
    assert answers == [429, 200]


def test_a_fault_that_is_none_is_refused_in_words(sandbox: RunningSandbox) -> None:
    refused = plan(sandbox, kind="on fire")
    assert refused.status_code == 400
    assert "rate limited" in refused.json()["errors"][0]


def test_what_was_asked_is_logged_with_actor_and_fault(sandbox: RunningSandbox) -> None:
    sandbox.jira.create_issue("CHK", "Pay")
    sandbox.faults.add(LosingTheAnswer(method="PUT", status=502))
    ask = Asking(sandbox)
    ask("GET", "issue/CHK-1", fields="labels")
    ask("PUT", "issue/CHK-1", LABEL)
    log = requests.get(f"{sandbox.url}/sandbox/requests", timeout=5).json()
    service = sandbox.jira.catalogue.service.id
    seen = [(one["method"], one["query"], one["status"], one["actor"], one["fault"]) for one in log]
    assert seen == [("GET", "fields=labels", 200, service, None), ("PUT", "", 502, service, "losing the answer")]


def test_cloud_limits_writes_to_one_issue(sandbox: RunningSandbox) -> None:
    for summary in ("Pay", "Refund"):
        sandbox.jira.create_issue("CHK", summary)
    limit: WriteLimit = sandbox.app.extensions["write limit"]
    now = [1000.0]
    limit.ticks = lambda: now[0]
    ask = Asking(sandbox)
    assert {ask("PUT", "issue/CHK-1", LABEL).status_code for _ in range(20)} == {204}
    refused = ask("PUT", "issue/CHK-1", LABEL)
    assert (refused.status_code, refused.headers["RateLimit-Reason"]) == (429, "jira-per-issue-on-write")
    assert ask("PUT", "issue/CHK-2", LABEL).status_code == 204
    now[0] += float(refused.headers["Retry-After"])
    assert ask("PUT", "issue/CHK-1", LABEL).status_code == 204


def test_the_longer_window_holds_a_hundred_writes() -> None:
    now = [0.0]
    limit = WriteLimit(lambda: now[0])
    for _ in range(100):
        assert limit.refusal("1") == 0
        now[0] += 0.125
    assert limit.refusal("1") == 18
    now[0] += 18
    assert limit.refusal("1") == 0

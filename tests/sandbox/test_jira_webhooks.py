"""What the sandbox sends to registered webhooks, and what becomes of it when the receiver fails."""

import hashlib
import hmac
from collections.abc import Iterator

import pytest

from plugin.sandbox.faults import OfDeliveries
from plugin.sandbox.jira.webhooks_out import Counts, Fate, Pace
from plugin.sandbox.serve import RunningSandbox
from tests.sandbox.asking import Asking
from tests.sandbox.receiver import Receiver, receiving

EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "issuelink_created"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def listen(sandbox: RunningSandbox, receiver: Receiver, **more: object) -> str:
    """Registers the receiver over REST and answers the webhook's path."""
    sandbox.sender.pace = Pace(first=0.01, held=5)
    body = {"name": "Plumbline", "url": receiver.url, "events": EVENTS, "secret": "s3cret"} | more
    made = Asking(sandbox)("POST", "/rest/webhooks/1.0/webhook", body)
    assert made.status_code == 201, made.text
    return str(made.json()["self"]).removeprefix(sandbox.url)


def test_an_update_is_told_signed_and_whole(any_sandbox: RunningSandbox, receiver: Receiver) -> None:
    jira = any_sandbox.jira
    jira.create_issue("CHK", "Pay", labels=["a"], description="*Now*")
    listen(any_sandbox, receiver)
    jira.label("CHK-1", ["b"], ["a"], by="Ben Okafor")
    assert any_sandbox.sender.drained()
    (got,) = receiver.got
    signature = hmac.new(b"s3cret", got.raw, hashlib.sha256).hexdigest()
    assert got.headers["X-Hub-Signature"] == f"sha256={signature}"
    assert got.headers["X-Atlassian-Webhook-Flow"] == "Primary"
    assert "X-Atlassian-Webhook-Retry" not in got.headers
    issue = jira.issue("CHK-1")
    body = got.body
    assert (body["webhookEvent"], body["issue_event_type_name"]) == ("jira:issue_updated", "issue_updated")
    assert body["timestamp"] == int(issue.updated.timestamp() * 1000)
    assert body["user"]["accountId" if any_sandbox.dialect == "cloud" else "key"] == issue.history[-1].author
    assert (body["issue"]["id"], body["issue"]["fields"]["labels"]) == (issue.id, ["b"])
    assert body["issue"]["fields"]["description"] == "*Now*"
    assert body["changelog"]["id"] == issue.history[-1].id
    assert [(one["fromString"], one["toString"]) for one in body["changelog"]["items"]] == [("a", "b")]


def test_comments_and_links_are_told_thin(sandbox: RunningSandbox, receiver: Receiver) -> None:
    jira = sandbox.jira
    for summary in ("One", "Two"):
        jira.create_issue("CHK", summary)
    listen(sandbox, receiver)
    jira.comment("CHK-1", "Done soon")
    jira.link_issues("CHK-1", "Blocks", "CHK-2")
    jira.delete_issue("CHK-2")
    assert sandbox.sender.drained()
    comment, link, deleted = (one.body for one in receiver.got)
    assert comment["comment"]["body"] == "Done soon"
    assert "labels" not in comment["issue"]["fields"]
    assert "issue" not in link
    assert link["issueLink"]["sourceIssueId"] == int(jira.issue("CHK-1").id)
    assert (deleted["webhookEvent"], deleted["issue"]["key"]) == ("jira:issue_deleted", "CHK-2")


def test_data_center_tells_a_comment_alone_and_inside_an_update(sandbox_dc: RunningSandbox, receiver: Receiver) -> None:
    sandbox_dc.jira.create_issue("CHK", "One")
    listen(sandbox_dc, receiver)
    sandbox_dc.jira.comment("CHK-1", "Done soon")
    assert sandbox_dc.sender.drained()
    alone, inside = (one.body for one in receiver.got)
    assert (alone["webhookEvent"], "issue" in alone) == ("comment_created", False)
    assert (inside["issue_event_type_name"], inside["comment"]["body"]) == ("issue_commented", "Done soon")


def test_a_failing_receiver_is_tried_again_with_the_same_identifier(
    sandbox: RunningSandbox, receiver: Receiver
) -> None:
    listen(sandbox, receiver)
    receiver.answers = [503, 429]
    sandbox.jira.create_issue("CHK", "Pay")
    assert sandbox.sender.drained()
    assert len({one.identifier for one in receiver.got}) == 1
    assert [one.headers.get("X-Atlassian-Webhook-Retry") for one in receiver.got] == [None, "1", "2"]
    assert sandbox.sender.counts == Counts(delivered=1, retried=2)


@pytest.mark.parametrize(
    ("status", "attempts", "counts"), [(500, 6, Counts(retried=5, given_up=1)), (401, 1, Counts(refused=1))]
)
def test_what_never_succeeds_ends(
    sandbox: RunningSandbox, receiver: Receiver, status: int, attempts: int, counts: Counts
) -> None:
    listen(sandbox, receiver)
    receiver.answers = [status] * 10
    sandbox.jira.create_issue("CHK", "Pay")
    assert sandbox.sender.drained()
    assert (len(receiver.got), sandbox.sender.counts) == (attempts, counts)


@pytest.mark.parametrize(
    ("fate", "keys"),
    [
        ("twice", ["CHK-1", "CHK-1", "CHK-2"]),
        ("reversed", ["CHK-2", "CHK-1"]),
        ("never", ["CHK-2"]),
        ("late", ["CHK-2", "CHK-1"]),
    ],
)
def test_deliveries_meet_the_fate_they_were_given(
    sandbox: RunningSandbox, receiver: Receiver, fate: Fate, keys: list[str]
) -> None:
    listen(sandbox, receiver)
    sandbox.faults.add(OfDeliveries(fate=fate, seconds=0.3))
    for _ in keys[-2:]:
        sandbox.jira.create_issue("CHK", "Pay")
    if fate == "never":
        sandbox.jira.create_issue("CHK", "Pay")
    assert sandbox.sender.drained()
    assert [one.body["issue"]["key"] for one in receiver.got] == keys
    if fate == "twice":
        assert receiver.got[0].identifier == receiver.got[1].identifier


def test_only_what_was_asked_for_is_sent(sandbox: RunningSandbox, receiver: Receiver) -> None:
    filters = {"issue-related-events-section": "project = WAL"}
    path = listen(sandbox, receiver, events=["jira:issue_created"], filters=filters)
    jira = sandbox.jira
    for project in ("CHK", "WAL"):
        jira.create_issue(project, "Pay")
    jira.label("WAL-1", ["a"])
    jira.create_issue("WAL", "Long ago", at=jira.clock())
    assert Asking(sandbox)("DELETE", path).status_code == 204
    jira.create_issue("WAL", "Nobody listens")
    assert sandbox.sender.drained()
    assert [one.body["issue"]["key"] for one in receiver.got] == ["WAL-1"]


def test_the_fallout_of_a_bulk_change_is_secondary(sandbox: RunningSandbox, receiver: Receiver) -> None:
    listen(sandbox, receiver)
    with sandbox.jira.bulk_change():
        sandbox.jira.create_issue("CHK", "Pay")
    sandbox.jira.create_issue("CHK", "Pay")
    assert sandbox.sender.drained()
    assert [one.headers["X-Atlassian-Webhook-Flow"] for one in receiver.got] == ["Secondary", "Primary"]


def test_a_webhook_is_rewritten_and_never_tells_its_secret(any_sandbox: RunningSandbox, receiver: Receiver) -> None:
    path = listen(any_sandbox, receiver)
    ask = Asking(any_sandbox)
    body = {"name": "Renamed", "url": receiver.url, "events": EVENTS}
    assert ask("PUT", path, body).json()["name"] == "Renamed"
    (told,) = ask.read("/rest/webhooks/1.0/webhook")
    assert (told["name"], told["isSigned"]) == ("Renamed", True)
    assert "s3cret" not in ask("GET", path).text
    assert Asking(any_sandbox, "Ben Okafor")("GET", path).status_code == 403
    assert ask("POST", "/rest/webhooks/1.0/webhook", body | {"events": ["jira:nothing"]}).status_code == 400

"""Jira's pages for people: what they show, and that nothing of what people typed becomes markup."""

import requests

from plugin.sandbox.jira.values import RemoteLink
from plugin.sandbox.serve import RunningSandbox


def page(sandbox: RunningSandbox, path: str, status: int = 200) -> str:
    answer = requests.get(sandbox.url + path, timeout=5)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def test_an_issue_shows_its_tag_its_why_and_its_history(any_sandbox: RunningSandbox) -> None:
    jira = any_sandbox.jira
    jira.create_issue("CHK", "Checkout in one step", type="Epic")
    jira.create_issue("CHK", "Remember the card", parent="CHK-1", description="People *leave*.")
    jira.create_issue("CHK", "Ask once", parent="CHK-2", type="Sub-task")
    jira.label("CHK-2", ["objective-a"])
    jira.set_property("CHK-2", "plumbline", {"state": "aligned", "rules": ["wallet"]})
    shown = {"title": "Serves: Fewer people give up", "summary": "Wallet is how.", "url": "http://plumbline/x"}
    jira.put_remote_link("CHK-2", RemoteLink(0, "plumbline", {**shown}, {}))
    text = page(any_sandbox, "/browse/CHK-2")
    for expected in (
        "Remember the card",
        '<span class="label">objective-a</span>',
        'href="http://plumbline/x"',
        "Wallet is how.",
        "<strong>leave</strong>",
        "<dt>state</dt><dd>aligned</dd>",
        'href="/browse/CHK-1"',
        "Ask once",
        "<td>labels</td>",
    ):
        assert expected in text


def test_nothing_typed_becomes_markup(sandbox: RunningSandbox) -> None:
    evil = '<script>alert("x")</script>'
    jira = sandbox.jira
    jira.create_issue("CHK", evil, description=f"{evil} *{evil}* [{evil}|javascript:alert(1)]", labels=["<b>"])
    jira.comment("CHK-1", evil)
    jira.put_remote_link("CHK-1", RemoteLink(0, "", {"title": evil, "url": "javascript:alert(1)"}, {}))
    for path in ("/browse/CHK-1", "/", "/issues/?jql=" + evil):
        text = page(sandbox, path)
        assert "<script" not in text
        assert 'href="javascript' not in text
        assert "<b>" not in text


def test_search_lists_and_tells_faults_in_words(sandbox: RunningSandbox) -> None:
    sandbox.jira.create_issue("CHK", "Pay", labels=["a"])
    assert "/browse/CHK-1" in page(sandbox, "/issues/?jql=labels+%3D+a")
    assert "does not exist" in page(sandbox, "/issues/?jql=colour+%3D+red")
    assert "/browse/CHK-1" in page(sandbox, "/projects/CHK")


def test_a_moved_issue_leads_on_and_a_hidden_one_is_not_shown(sandbox: RunningSandbox) -> None:
    jira = sandbox.jira
    jira.create_issue("CHK", "Pay")
    jira.move("CHK-1", "WAL")
    assert "WAL-1" in page(sandbox, "/browse/CHK-1")
    jira.projects["WAL"].visible_to = frozenset()
    page(sandbox, "/browse/WAL-1", 404)
    page(sandbox, "/projects/WAL", 404)
    assert "WAL-1" not in page(sandbox, "/")

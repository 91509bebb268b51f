"""What `JiraGateway` promises, against a Jira of each dialect."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from plugin.atlassian.errors import Gone, Permanent, Retryable
from plugin.atlassian.jira_door import JiraDoor
from plugin.domain.verdict import LinkWords
from plugin.sandbox.jira.values import Issue
from tests.contract.conftest import World

WORDS = LinkWords(title="Serves: fewer give up", summary="component is Wallet", url="https://plumbline.example/CHK-1")


@pytest.fixture
def issue(world: World) -> Issue:
    return world.jira_site.create_issue("CHK", "Pay by wallet", labels=["theirs"])


def labels(world: World, issue: Issue) -> set[str]:
    return set(world.jira_site.issue(issue.id).labels)


def test_it_knows_the_dialect_and_itself(world: World, jira: JiraDoor) -> None:
    assert jira.dialect == world.dialect
    assert jira.myself() == world.service.id
    assert jira.site([]).fields["labels"].name == "Labels"
    assert jira.browse_url("CHK-1") == f"{world.url}/browse/CHK-1"


def test_one_edit_carries_label_verbs_and_the_property(world: World, jira: JiraDoor, issue: Issue) -> None:
    jira.myself()
    before = world.asked("PUT", issue.id)
    jira.edit(issue.id, ["objective-a"], [], {"objective": "a", "version": 3})
    assert world.asked("PUT", issue.id) == before + 1
    assert labels(world, issue) == {"theirs", "objective-a"}
    assert world.jira_site.issue(issue.id).properties["plumbline"] == {"objective": "a", "version": 3}


def test_taking_the_tag_back_empties_the_property(world: World, jira: JiraDoor, issue: Issue) -> None:
    jira.edit(issue.id, ["objective-a"], [], {"objective": "a"})
    jira.edit(issue.id, [], ["objective-a", "never-there"], None)
    assert labels(world, issue) == {"theirs"}
    assert world.jira_site.issue(issue.id).properties["plumbline"] == {}


def test_an_edit_without_labels_still_writes_the_property(world: World, jira: JiraDoor, issue: Issue) -> None:
    jira.edit(issue.id, [], [], {"objective": "a"})
    assert labels(world, issue) == {"theirs"}
    assert world.jira_site.issue(issue.id).properties["plumbline"] == {"objective": "a"}


def test_label_verbs_commute_with_what_people_write_meanwhile(world: World, jira: JiraDoor, issue: Issue) -> None:
    jira.myself()
    edits = [Thread(target=jira.edit, args=(issue.id, [f"objective-{name}"], ["theirs"], {})) for name in "abcd"]
    for edit in edits:
        edit.start()
    world.jira_site.label(issue.id, ["urgent"])
    for edit in edits:
        edit.join()
    assert labels(world, issue) == {"urgent", "objective-a", "objective-b", "objective-c", "objective-d"}


def test_an_edit_sends_no_mail_where_jira_permits(world: World, jira: JiraDoor, issue: Issue) -> None:
    mails = world.jira_site.mails
    jira.edit(issue.id, ["objective-a"], [], {})
    assert world.jira_site.mails == mails


def test_an_edit_goes_through_where_silence_is_forbidden(world: World, jira: JiraDoor, issue: Issue) -> None:
    world.refuse("PUT", issue.id, 403)
    jira.edit(issue.id, ["objective-a"], [], {})
    assert "objective-a" in labels(world, issue)
    assert world.asked("PUT", issue.id) == 2


def test_who_does_not_administer_a_project_is_asked_once_and_edits_in_one_call(
    world: World, jira: JiraDoor, issue: Issue
) -> None:
    world.jira_site.projects["CHK"].withheld = frozenset({"ADMINISTER", "ADMINISTER_PROJECTS"})
    for name in "abc":
        jira.edit(issue.id, [f"objective-{name}"], [], {}, "CHK")
    assert labels(world, issue) == {"theirs", "objective-a", "objective-b", "objective-c"}
    assert world.asked("PUT", issue.id) == 3
    assert world.asked("GET", "/mypermissions") == 1
    assert world.jira_site.mails == 3


def test_a_site_that_refuses_properties_in_an_edit_gets_them_in_a_call_of_their_own(
    world: World, jira: JiraDoor, issue: Issue
) -> None:
    world.jira_site.refuses_properties_in_edits = True
    for number, name in enumerate("ab", 1):
        jira.edit(issue.id, [f"objective-{name}"], [], {"objective": name}, "CHK")
        assert world.jira_site.issue(issue.id).properties["plumbline"] == {"objective": name}
        assert world.asked("PUT", issue.id) == number + 1
        assert world.asked("PUT", "/properties/plumbline") == number
    assert labels(world, issue) == {"theirs", "objective-a", "objective-b"}


def test_an_edit_whose_answer_was_lost_converges(world: World, jira: JiraDoor, issue: Issue) -> None:
    world.lose("PUT", issue.id)
    jira.edit(issue.id, ["objective-a"], [], {"objective": "a"})
    assert world.asked("PUT", issue.id) == 2
    assert sorted(world.jira_site.issue(issue.id).labels) == ["objective-a", "theirs"]
    assert len(world.jira_site.issue(issue.id).history) == 1


def test_an_issue_that_was_deleted_is_gone(world: World, jira: JiraDoor, issue: Issue) -> None:
    world.jira_site.delete_issue(issue.id)
    with pytest.raises(Gone, match=issue.id):
        jira.edit(issue.id, ["objective-a"], [], {})
    with pytest.raises(Gone):
        jira.put_link(issue.id, WORDS)
    jira.remove_link(issue.id)


def test_the_link_converges(world: World, jira: JiraDoor, issue: Issue) -> None:
    jira.put_link(issue.id, WORDS)
    world.lose("POST", "/remotelink")
    jira.put_link(issue.id, WORDS.model_copy(update={"title": "Serves nothing", "resolved": True}))
    (link,) = world.jira_site.issue(issue.id).remote_links
    assert link.global_id == "plumbline"
    assert link.object["title"] == "Serves nothing"
    assert link.object["url"] == WORDS.url
    assert link.object["summary"] == WORDS.summary
    assert link.object["status"] == {"resolved": True}


def test_removing_the_link_converges(world: World, jira: JiraDoor, issue: Issue) -> None:
    jira.put_link(issue.id, WORDS)
    world.lose("DELETE", "/remotelink")
    jira.remove_link(issue.id)
    jira.remove_link(issue.id)
    assert not world.jira_site.issue(issue.id).remote_links


def test_reading_tells_what_exists(world: World, jira: JiraDoor, issue: Issue) -> None:
    other = world.jira_site.create_issue("WAL", "Cards")
    deleted = world.jira_site.create_issue("WAL", "Deleted")
    world.jira_site.delete_issue(deleted.id)
    asked = [issue.id, other.key, deleted.id, "CHK-99999", "4711", issue.id, 'x"y', "not a key"]
    found = jira.read(asked, ["summary", "labels", "updated"])
    assert {one["id"]: one["fields"]["summary"] for one in found} == {issue.id: "Pay by wallet", other.id: "Cards"}
    assert next(one for one in found if one["id"] == issue.id)["fields"]["labels"] == ["theirs"]
    assert len(found) == 2


def test_reading_goes_on_beyond_one_chunk(world: World, jira: JiraDoor) -> None:
    issues = [world.jira_site.create_issue("CHK", f"Number {number}") for number in range(230)]
    found = jira.read([one.id for one in issues], ["summary"])
    assert sorted(one["id"] for one in found) == sorted(one.id for one in issues)
    assert jira.read([], ["summary"]) == []


def test_histories_tell_each_change_of_status_and_assignee(world: World, jira: JiraDoor, issue: Issue) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    first = issue.status.id
    world.jira_site.transition(issue.id, "In Progress", at=start)
    world.jira_site.label(issue.id, ["noise"], at=start + timedelta(hours=1))
    world.jira_site.transition(issue.id, "Done", at=start + timedelta(days=1))
    quiet = world.jira_site.create_issue("WAL", "Never moved")
    told = sorted(jira.history([issue.id, quiet.id, "4711"]), key=lambda one: one.at)
    assert [(one.issue_id, one.at) for one in told] == [(issue.id, start), (issue.id, start + timedelta(days=1))]
    (begun,), (ended,) = (one.moves for one in told)
    assert begun.from_ == first
    assert begun.to == ended.from_
    assert ended.to == world.jira_site.issue(issue.id).status.id
    assert [one.change_id for one in (begun, ended)] == [one.id for one in told]
    assert [one.fields for one in jira.changelog([issue.id]) if not one.moves] == [frozenset({"labels"})]


def test_label_histories_tell_who_did_what_and_when(world: World, jira: JiraDoor, issue: Issue) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    ada = next(id for id in world.jira_site.catalogue.people if id != world.service.id)
    world.jira_site.label(issue.id, ["a", "b"], by=ada, at=start)
    world.jira_site.transition(issue.id, "In Progress", at=start + timedelta(hours=1))
    world.jira_site.label(issue.id, ["c"], ["a"], by=world.service.id, at=start + timedelta(days=1))
    other = world.jira_site.create_issue("WAL", "Labelled from its birth", labels=["a"])
    told = sorted(jira.label_history([issue.id, other.id, "4711"]), key=lambda one: (one.at, one.label))
    assert {one.issue_id for one in told} == {issue.id}
    assert [(one.label, one.kind, one.actor, one.at) for one in told] == [
        ("a", "added", ada, start),
        ("b", "added", ada, start),
        ("a", "removed", world.service.id, start + timedelta(days=1)),
        ("c", "added", world.service.id, start + timedelta(days=1)),
    ]


def paged(jira: JiraDoor, jql: str) -> list[str]:
    """The ids of a whole search, in its order."""
    ids: list[str] = []
    page: str | None = None
    for _ in range(50):
        found = jira.search(jql, ["updated"], page)
        ids += [one["id"] for one in found.issues]
        page = found.next
        if page is None:
            return ids
    raise AssertionError("the search does not end")


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 250])
def test_a_search_tells_everything_once_oldest_first(world: World, jira: JiraDoor, number: int) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    issues = [
        world.jira_site.create_issue("CHK", f"Number {at}", at=start + timedelta(minutes=(at * 37) % 251))
        for at in range(number)
    ]
    expected = [one.id for one in sorted(issues, key=lambda one: (one.updated, one.number))]
    assert paged(jira, "project = CHK") == expected


def test_a_search_misses_nothing_that_moves_while_it_pages(world: World, jira: JiraDoor) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    issues = [world.jira_site.create_issue("CHK", f"{at}", at=start + timedelta(minutes=at)) for at in range(250)]
    first = jira.search("project = CHK", ["updated"], None)
    for one in issues[:60]:  # all of them were on the first page, and now stand at the end
        world.jira_site.label(one.id, ["touched"])
    ids, page = [one["id"] for one in first.issues], first.next
    while page:
        found = jira.search("project = CHK", ["updated"], page)
        ids += [one["id"] for one in found.issues]
        page = found.next
    assert {one.id for one in issues} == set(ids)


def test_a_count_tells_how_many_a_search_would_find(world: World, jira: JiraDoor) -> None:
    for number in range(3):
        world.jira_site.create_issue("CHK", f"Number {number}", labels=["support"] if number else [])
    assert jira.count("project = CHK AND labels = support") == 2
    assert jira.count("project = CHK AND labels = nothing") == 0
    with pytest.raises(Permanent):
        jira.count("projekt = CHK AND")


def test_each_query_is_answered_for_the_issues_asked_about(world: World, jira: JiraDoor, issue: Issue) -> None:
    issues = [
        world.jira_site.create_issue("CHK", f"Number {at}", labels=["odd"] if at % 2 else []) for at in range(230)
    ]
    gone = world.jira_site.create_issue("CHK", "Gone", labels=["odd"])
    world.jira_site.delete_issue(gone.id)
    unasked = world.jira_site.create_issue("CHK", "Not asked about", labels=["odd"])
    asked = [one.id for one in issues] + [gone.id, issue.id]
    queries = ["labels = odd", "labels = theirs OR labels is EMPTY", *["key = " + issue.key] * 9, "labels != odd"]
    answers = jira.matches(asked, queries)
    odd = {one.id for one in issues if one.labels}
    assert answers[0].ids == odd
    assert unasked.id not in answers[0].ids
    assert answers[1].ids == set(asked) - odd - {gone.id}
    assert [one.ids for one in answers[2:]] == [{issue.id}] * 10
    assert not any(one.refused for one in answers)


def test_a_query_that_the_site_refuses_spoils_no_other(jira: JiraDoor, issue: Issue) -> None:
    refused, answered = jira.matches([issue.id], ["universe = 42", "labels = theirs"])
    assert "universe" in refused.refused
    assert refused.ids == frozenset()
    assert answered.ids == {issue.id}
    assert jira.matches([], ["labels = theirs"])[0].ids == frozenset()


def test_a_wrong_search_is_permanent(jira: JiraDoor) -> None:
    with pytest.raises(Permanent):
        jira.search("projekt = CHK AND", ["updated"], None)


def test_permissions_are_told_by_name(jira: JiraDoor) -> None:
    told = jira.permissions()
    assert told["EDIT_ISSUES"] is True
    assert set(told) == {"BROWSE_PROJECTS", "EDIT_ISSUES", "LINK_ISSUES", "ADMINISTER_PROJECTS", "ADMINISTER"}


@pytest.mark.parametrize(
    "call",
    [
        lambda jira: jira.myself(),
        lambda jira: jira.search("project = CHK", ["updated"], None),
        lambda jira: jira.read(["10001"], ["summary"]),
        lambda jira: jira.edit("10001", ["objective-a"], [], {}),
    ],
)
def test_a_wrong_token_is_named(world: World, call: object) -> None:
    jira = world.jira(world.access(token="wrong-and-secret"))
    assert callable(call)
    with pytest.raises(Permanent, match="token") as raised:
        call(jira)
    assert raised.value.forbidden
    assert world.url in str(raised.value)
    assert "wrong-and-secret" not in str(raised.value)


def test_a_missing_permission_is_named(world: World, jira: JiraDoor, issue: Issue) -> None:
    world.refuse("PUT", issue.id, 403)
    world.refuse("PUT", issue.id, 403)
    with pytest.raises(Permanent, match="Edit issues") as raised:
        jira.edit(issue.id, ["objective-a"], [], {})
    assert raised.value.forbidden


@pytest.mark.parametrize("reason", ["jira-quota-global-based", "jira-quota-tenant-based"])
def test_a_quota_stops_every_call(world: World, jira: JiraDoor, reason: str) -> None:
    jira.site([])
    world.limit("GET", "/myself", reason, 900)
    with pytest.raises(Retryable) as raised:
        jira.myself()
    assert (raised.value.after, raised.value.reason) == (900, reason)
    asked = world.asked_in_all
    with pytest.raises(Retryable):
        jira.site([])
    assert world.asked_in_all == asked


def test_a_burst_stops_that_endpoint(world: World, jira: JiraDoor) -> None:
    jira.site([])
    world.limit("GET", "/myself", "jira-burst-based", 60)
    for _ in range(2):
        with pytest.raises(Retryable):
            jira.myself()
    assert world.asked("GET", "/myself") == 1
    assert "labels" in jira.site([]).fields


def test_writes_to_one_issue_stop_that_issue(world: World, jira: JiraDoor, issue: Issue) -> None:
    other = world.jira_site.create_issue("CHK", "Other")
    world.limit("PUT", issue.id, "jira-per-issue-on-write", 60)
    for _ in range(2):
        with pytest.raises(Retryable):
            jira.edit(issue.id, ["objective-a"], [], {})
    jira.edit(other.id, ["objective-a"], [], {})
    assert world.asked("PUT", issue.id) == 1
    assert labels(world, other) == {"objective-a"}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_site_that_stumbles_is_asked_again(world: World, jira: JiraDoor, status: int) -> None:
    jira.dialect  # noqa: B018 — connects, so that the fault meets the call below
    world.refuse("GET", "/myself", status)
    assert jira.myself() == world.service.id
    assert world.slept == [2.0]


def test_a_site_that_is_not_there_yet_is_reached_later(world: World, jira: JiraDoor) -> None:
    world.refuse("GET", "/serverInfo", 503, 120)
    with pytest.raises(Retryable) as raised:
        jira.myself()
    assert raised.value.after == 120
    later = world.jira()
    assert later.myself() == world.service.id


def test_nothing_listening_is_retryable(world: World) -> None:
    jira = world.jira(world.access("http://127.0.0.1:9"))
    with pytest.raises(Retryable, match=r"127\.0\.0\.1:9"):
        jira.myself()


def test_another_site_at_the_address_is_named(world: World) -> None:
    jira = world.jira(world.access(f"{world.url}/elsewhere"))
    with pytest.raises(Permanent, match="base URL"):
        jira.myself()


def test_a_webhook_is_registered_once_and_updated_in_place(world: World, jira: JiraDoor) -> None:
    events = ["jira:issue_created", "jira:issue_updated"]
    jira.register_webhook("Other", "https://other.example/hook", events, "s")
    jira.register_webhook("Plumbline", "https://old.example/webhooks/jira", events, "first")
    jira.register_webhook("Plumbline", "https://new.example/webhooks/jira", [*events, "jira:issue_deleted"], "second")
    hooks = {hook.name: hook for hook in world.webhooks}
    assert set(hooks) == {"Other", "Plumbline"}
    assert len(world.webhooks) == 2
    assert hooks["Plumbline"].url == "https://new.example/webhooks/jira"
    assert set(hooks["Plumbline"].events) == {*events, "jira:issue_deleted"}
    assert hooks["Plumbline"].secret == "second"


def test_webhooks_are_listed_and_removed_once(world: World, jira: JiraDoor) -> None:
    jira.register_webhook("Plumbline", "https://our.example/webhooks/jira", ["jira:issue_created"], "s")
    jira.register_webhook("Other", "https://other.example/hook", ["jira:issue_created"], "")
    ours, other = sorted(jira.webhooks(), key=lambda one: one.name, reverse=True)
    assert (ours.url, ours.events, ours.enabled) == ("https://our.example/webhooks/jira", ("jira:issue_created",), True)
    assert (ours.signed, other.signed) == (True, False)
    jira.remove_webhook(ours.id)
    jira.remove_webhook(ours.id)
    assert [hook.name for hook in world.webhooks] == ["Other"]

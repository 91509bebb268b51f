"""The questions and their order, as DESIGN's configuration section gives them."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from plugin.alignment import Facts, align, grace_ends
from plugin.domain.product import Grace
from plugin.domain.verdict import Reason, State, Verdict
from tests.alignment.world import BOOK, NOW, PRODUCT, below, book, component, decide, lacking, one, snapshot

WALLET = component("Wallet")
EPIC: JsonValue = {"id": "9", "name": "Epic", "subtask": False, "hierarchyLevel": 1}
TO_DO: JsonValue = {"id": "1", "name": "Open", "category": {"id": 2, "key": "new", "name": "To Do"}}
OTHER: JsonValue = {"id": "2", "key": "OPS", "name": "Operations"}
LAST: JsonValue = component("Legacy")


def test_work_of_other_projects_is_out_of_scope() -> None:
    found = one(snapshot(1, project=OTHER, components=WALLET))
    assert (found.state, found.product) == (State.OUT_OF_SCOPE, None)


def test_a_rule_aligns_and_says_why() -> None:
    found = one(snapshot(1, components=WALLET))
    assert (found.state, found.objective, found.how, found.rule) == (State.ALIGNED, "a", "rule", "wallet")
    assert found.why == "Wallet is how we keep people"
    assert [seen.value for seen in found.evidence] == ["Wallet"]
    assert found.version == 7


def test_a_lower_priority_number_speaks_first() -> None:
    found = one(snapshot(1, components=WALLET, labels=["fast"]))
    assert (found.objective, found.rule, found.conflict) == ("b", "first", ())


def test_equal_priority_takes_the_smallest_objective_and_reports_the_conflict() -> None:
    found = one(snapshot(1, components=component("Both")))
    assert (found.state, found.objective, found.rule, found.conflict) == (State.ALIGNED, "a", "both", ("quick",))


def test_a_tag_that_people_set_wins_over_rules_however_it_is_spelt() -> None:
    label = "Objective-B"
    found = one(Facts(snapshot(1, components=WALLET, labels=[label]), set_by_people=frozenset({label})))
    assert (found.objective, found.how) == ("b", "override")


def test_a_tag_that_people_have_removed_again_no_longer_counts() -> None:
    found = one(Facts(snapshot(1, components=WALLET), set_by_people=frozenset({"objective-b"})))
    assert (found.objective, found.how) == ("a", "rule")


def test_a_tag_that_people_took_away_is_chosen_by_no_means() -> None:
    parent = Facts(snapshot(1, components=WALLET))
    child = Facts(snapshot(2, components=WALLET, parent=below(1)), taken_away=frozenset({"objective-a"}))
    assert [found.state for found in decide(parent, child)] == [State.ALIGNED, State.UNALIGNED]


def test_behind_an_objective_that_was_taken_away_the_next_rule_speaks() -> None:
    facts = Facts(snapshot(1, components=component("Both")), taken_away=frozenset({"objective-a"}))
    assert (one(facts).objective, one(facts).conflict) == ("b", ())


def test_children_inherit_at_any_depth_from_the_issue_that_was_decided() -> None:
    top = Facts(snapshot(1, components=WALLET))
    rest = [Facts(snapshot(number, parent=below(number - 1))) for number in range(2, 2001)]
    found = decide(*reversed(rest), top)[0]
    assert (found.state, found.objective, found.how, found.inherited_from) == (State.ALIGNED, "a", "inherited", "CHK-1")


def test_children_inherit_from_a_parent_outside_of_the_batch() -> None:
    verdict = Verdict(state=State.ALIGNED, objective="a", how="override", product="acme")
    found = align([Facts(snapshot(2, parent=below(1)))], BOOK, {"CHK-1": (snapshot(1), verdict), "1": None}, NOW)
    assert found["2"].reason is Reason.PARENT_WITHOUT_OBJECTIVE
    found = align([Facts(snapshot(2, parent=below(1)))], BOOK, {"1": (snapshot(1), verdict)}, NOW)
    assert (found["2"].objective, list(found)) == ("a", ["2"])


def test_a_parent_known_by_key_alone_is_found() -> None:
    """Data Center's Epic Link names the epic by its key."""
    epic, story = Facts(snapshot(1, components=WALLET)), Facts(snapshot(2, parent={"id": "", "key": "CHK-1"}))
    assert decide(story, epic)[0].inherited_from == "CHK-1"


def test_a_parent_that_was_never_decided_is_decided_in_passing() -> None:
    tagged = snapshot(1, labels=["objective-b"])
    found = align([Facts(snapshot(2, parent=below(1)))], BOOK, {"1": (tagged, None)}, NOW)
    assert (found["2"].objective, list(found)) == ("b", ["2"])


def test_an_objective_that_ended_is_not_inherited() -> None:
    verdict = Verdict(state=State.ALIGNED, objective="old", how="rule", product="acme")
    found = align([Facts(snapshot(2, parent=below(1)))], BOOK, {"1": (snapshot(1), verdict)}, NOW)
    assert found["2"].reason is Reason.PARENT_WITHOUT_OBJECTIVE


def test_the_objectives_own_issue_and_what_lies_below_it_are_linked() -> None:
    own, child = Facts(snapshot(900)), Facts(snapshot(2, parent=below(900)))
    assert [(found.objective, found.how) for found in decide(child, own)] == [("b", "inherited"), ("b", "link")]


def test_a_link_reaches_past_a_parent_that_refused_the_objective() -> None:
    own = Facts(snapshot(900))
    middle = Facts(snapshot(2, parent=below(900)), taken_away=frozenset({"objective-b"}))
    leaf = Facts(snapshot(3, parent=below(2)))
    assert [(found.objective, found.how) for found in decide(leaf, middle, own)] == [
        ("b", "link"),
        (None, None),
        ("b", "link"),
    ]


def test_exempt_work_is_asked_for_last() -> None:
    bug: JsonValue = {"id": "2", "name": "Bug", "subtask": False, "hierarchyLevel": 0}
    assert one(snapshot(1, issuetype=bug, components=WALLET)).state is State.ALIGNED
    found = one(snapshot(1, issuetype=bug))
    assert (found.state, found.how, found.rule, found.why) == (State.EXEMPT, "exempt", "lights", "Bugs are mended")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, Reason.NO_PARENT),
        ({"issuetype": EPIC}, Reason.NO_RULE),
        ({"issuetype": {"id": "9", "name": "Epic", "subtask": False}}, Reason.NO_RULE),
        ({"components": LAST}, Reason.OBJECTIVE_ENDED),
        ({"components": component("Later")}, Reason.NO_PARENT),
        ({"status": TO_DO}, Reason.NO_PARENT),
        ({"status": TO_DO, "created": "2026-11-20T11:00:00+00:00"}, Reason.NEW),
        ({"status": TO_DO, "created": "2026-11-20T11:00:00+00:00", "components": LAST}, Reason.NEW),
        ({"created": "2026-11-20T11:00:00+00:00"}, Reason.NO_PARENT),
    ],
)
def test_the_reason_of_unaligned_work(fields: dict[str, JsonValue], reason: Reason) -> None:
    found = one(snapshot(1, **fields))
    assert (found.state, found.reason, found.objective) == (State.UNALIGNED, reason, None)


def test_a_tag_of_an_ended_objective_is_a_reason_of_its_own() -> None:
    facts = Facts(snapshot(1, labels=["objective-old"]), set_by_people=frozenset({"objective-old"}))
    assert one(facts).reason is Reason.OBJECTIVE_ENDED


@pytest.mark.parametrize("parent", [Facts(snapshot(1)), Facts(snapshot(1, project=OTHER))])
def test_a_parent_without_objective_is_the_reason(parent: Facts) -> None:
    assert decide(Facts(snapshot(2, parent=below(1))), parent)[0].reason is Reason.PARENT_WITHOUT_OBJECTIVE


def test_grace_ends_to_the_minute() -> None:
    fresh = snapshot(1, status=TO_DO, created="2026-11-20T11:00:00Z")
    end = grace_ends(fresh, Grace())
    assert end == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert one(fresh, now=end - timedelta(seconds=1)).reason is Reason.NEW
    assert one(fresh, now=end).reason is Reason.NO_PARENT


def test_the_sites_calendar_ends_a_quarter() -> None:
    """In summer time a day begins in Dublin before it begins in UTC."""
    issue = snapshot(1, components=LAST)
    assert one(issue, now=datetime(2026, 9, 30, 22, 59, tzinfo=UTC)).objective == "old"
    assert one(issue, now=datetime(2026, 9, 30, 23, 0, tzinfo=UTC)).reason is Reason.OBJECTIVE_ENDED


@pytest.mark.parametrize("field", ["labels", "components", "parent", "issuetype"])
def test_what_is_unknown_is_not_guessed_and_what_was_said_stays(field: str) -> None:
    previous = Verdict(state=State.ALIGNED, objective="a", how="rule", rule="wallet", product="acme")
    found = one(Facts(lacking(field, snapshot(1)), previous=previous))
    assert (found.state, found.objective, found.reason) == (State.UNDECIDED, "a", None)
    assert field in found.missing


def test_an_unknown_scope_is_not_guessed() -> None:
    assert one(lacking("project", snapshot(1))).missing == ("project",)


def test_a_rule_that_matches_makes_unknown_ones_behind_it_idle() -> None:
    """`first` has priority 1 and asks for labels, which decide before component does."""
    found = one(lacking("components", snapshot(1, labels=["fast"])))
    assert (found.state, found.objective) == (State.ALIGNED, "b")


def test_a_parent_that_was_not_read_yet_is_missing_and_one_that_is_hidden_is_not() -> None:
    child = Facts(snapshot(2, parent=below(1)))
    assert align([child], BOOK, {}, NOW)["2"].missing == ("parent",)
    assert align([child], BOOK, {"1": None}, NOW)["2"].reason is Reason.PARENT_WITHOUT_OBJECTIVE


def test_below_an_undecided_parent_nothing_is_decided() -> None:
    found = decide(Facts(snapshot(2, parent=below(1))), Facts(lacking("components", snapshot(1))))
    assert [one.state for one in found] == [State.UNDECIDED, State.UNDECIDED]


@st.composite
def _families(draw: st.DrawFn) -> list[Facts]:
    """Up to eight issues whose parents are any of them, so that circles and missing parents are among them."""
    count = draw(st.integers(1, 8))
    found = []
    for number in range(1, count + 1):
        parent = draw(st.none() | st.integers(1, count + 1))
        kind = draw(st.sampled_from(["Wallet", "Speed", "Both", "Legacy", "Other"]))
        taken = draw(st.sampled_from([frozenset[str](), frozenset({"objective-a"})]))
        issue = snapshot(number, parent=parent and below(parent), components=component(kind))
        found.append(Facts(issue, taken_away=taken))
    return found


@given(_families(), st.randoms())
def test_the_order_of_the_batch_does_not_matter_and_circles_end(batch: list[Facts], random: Random) -> None:
    shuffled = batch[:]
    random.shuffle(shuffled)
    found = align(batch, BOOK, {}, NOW)
    assert found == align(shuffled, BOOK, {}, NOW)
    assert set(found) == {facts.id for facts in batch}


def test_an_issue_in_a_circle_inherits_nothing_and_its_children_inherit_from_it() -> None:
    circle = [Facts(snapshot(1, parent=below(2), components=WALLET)), Facts(snapshot(2, parent=below(1)))]
    leaf = Facts(snapshot(3, parent=below(1)))
    found = decide(*circle, leaf)
    assert [one.objective for one in found] == ["a", None, "a"]


def test_a_rule_that_matches_behind_one_that_cannot_be_told_does_not_win() -> None:
    """Whether the urgent rule matches is unknown while priority is: it might have taken the issue."""
    urgent: JsonValue = {"id": "urgent", "objective": "b", "when": "priority = High", "priority": 1}
    wallet: JsonValue = {"id": "wallet", "objective": "a", "when": "component = Wallet"}
    ordered = book({**PRODUCT, "rules": [urgent, wallet]})
    found = align([Facts(snapshot(1, components=WALLET))], ordered, {}, NOW)["1"]
    assert (found.state, found.missing) == (State.UNDECIDED, ("priority",))
    known = Facts(snapshot(1, components=WALLET, priority={"id": "3", "name": "Low"}))
    assert align([known], ordered, {}, NOW)["1"].objective == "a"

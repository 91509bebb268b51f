"""What is written on an issue, and what is left alone."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from plugin.alignment import Facts, Terms, link_words, plan
from plugin.alignment.plan import LONGEST_PROPERTY
from plugin.domain.issue import Snapshot
from plugin.domain.product import Mode
from plugin.domain.verdict import Change, LinkWords, Reason, Seen, State, Verdict
from tests.alignment.world import BOOK, NOW, component, lacking, one, snapshot

ALIGNED = Verdict(
    state=State.ALIGNED, product="acme", objective="a", how="rule", rule="wallet", why="Because", version=7
)
FLAGGED = Verdict(state=State.UNALIGNED, product="acme", reason=Reason.NO_PARENT, version=7)
NEW = Verdict(state=State.UNALIGNED, product="acme", reason=Reason.NEW)
EXEMPT = Verdict(state=State.EXEMPT, product="acme", how="exempt", rule="lights")
URL = "https://wiki.example/review"
OURS = frozenset({"objective-a", "no-objective"})


def labelled(labels: Iterable[str]) -> Snapshot:
    return snapshot(1, labels=[*labels])


def terms(last: LinkWords | None = None, mode: Mode = "tag", url: str = URL) -> Terms:
    return Terms(mode=mode, link_url=url, last_link=last, decided=NOW)


def words(verdict: Verdict) -> LinkWords:
    return link_words(verdict, BOOK, URL)


def planned(
    verdict: Verdict, *labels: str, last: LinkWords | None = None, ours: frozenset[str] = OURS
) -> Change | None:
    return plan(Facts(labelled(labels), ours=ours), verdict, BOOK, terms(last))


def test_an_aligned_issue_gets_its_label_its_provenance_and_its_link() -> None:
    found = planned(ALIGNED, "team-label")
    assert found is not None
    assert (found.add, found.remove, found.link_changed) == (("objective-a",), (), True)
    assert found.link == LinkWords(
        title="Serves: Fewer people give up at payment", summary="Rule wallet: Because (2026-Q4).", url=URL
    )
    assert found.provenance == {
        "state": "aligned",
        "objective": "a",
        "reason": None,
        "rule": "wallet",
        "why": "Because",
        "how": "rule",
        "version": 7,
        "decided": "2026-11-20T12:00:00+00:00",
        "clauses": [],
    }


def test_a_flagged_issue_names_the_reason_and_the_one_step() -> None:
    found = planned(FLAGGED, "objective-a")
    assert found is not None
    assert found.link is not None
    assert (found.add, found.remove) == (("no-objective",), ("objective-a",))
    assert found.link.title == "Not linked to any objective: no parent"
    assert found.link.summary.endswith("Give it a parent that serves an objective.")


@pytest.mark.parametrize("verdict", [EXEMPT, NEW, Verdict(state=State.OUT_OF_SCOPE)])
def test_where_nothing_is_to_be_said_ours_goes(verdict: Verdict) -> None:
    found = planned(verdict, "objective-a", "no-objective", "theirs", last=words(FLAGGED))
    assert found is not None
    assert (found.add, found.remove) == ((), ("no-objective", "objective-a"))
    assert (found.provenance, found.link, found.link_changed) == (None, None, True)
    assert planned(verdict, "theirs") is None


def test_nothing_is_written_in_shadow_mode() -> None:
    assert plan(Facts(snapshot(1)), FLAGGED, BOOK, terms(mode="shadow")) is None


def test_nothing_is_written_while_undecided_or_while_labels_are_unknown() -> None:
    assert planned(Verdict(state=State.UNDECIDED, missing=("labels",))) is None
    assert plan(Facts(lacking("labels", snapshot(1))), FLAGGED, BOOK, terms()) is None


@pytest.mark.parametrize(
    ("finished", "written"), [("2026-09-30T12:00:00+00:00", False), ("2026-10-02T12:00:00+00:00", True)]
)
def test_work_finished_before_the_objectives_began_is_left_as_it_is(finished: str, written: bool) -> None:
    done: dict[str, JsonValue] = {"id": "3", "name": "Done", "category": {"id": "3", "key": "done", "name": "Done"}}
    facts = Facts(snapshot(1, labels=[], status=done, resolutiondate=finished))
    assert (plan(facts, FLAGGED, BOOK, terms()) is not None) is written
    assert (plan(facts, ALIGNED, BOOK, terms()) is not None) is written


def test_what_is_there_already_is_not_written_again() -> None:
    assert planned(ALIGNED, "objective-a", last=words(ALIGNED)) is None


def test_new_evidence_a_new_why_and_a_new_address_are_no_change() -> None:
    other = ALIGNED.model_copy(update={"why": "Else", "version": 8, "evidence": (Seen(clause="x", value="y"),)})
    facts = Facts(snapshot(1, labels=["objective-a"]), ours=OURS)
    assert plan(facts, other, BOOK, terms(words(ALIGNED), url="https://wiki.example/next")) is None


def test_a_new_reason_rewrites_the_link_alone() -> None:
    other = FLAGGED.model_copy(update={"reason": Reason.NO_RULE})
    found = planned(other, "no-objective", last=words(FLAGGED))
    assert found is not None
    assert (found.add, found.remove, found.link_changed) == ((), (), True)


def test_a_label_that_came_off_is_put_back_without_touching_the_link() -> None:
    found = planned(ALIGNED, last=words(ALIGNED))
    assert found is not None
    assert (found.add, found.link_changed) == (("objective-a",), False)


def test_labels_that_are_not_ours_stay_whatever_they_look_like() -> None:
    found = planned(FLAGGED, "objective-old", "objective-nobody-knows", ours=frozenset())
    assert found is not None
    assert found.remove == ()


def test_a_persons_spelling_of_the_label_will_do() -> None:
    found = planned(ALIGNED, "Objective-A")
    assert found is not None
    assert found.add == ()


def test_no_label_is_put_back_that_a_person_took_away() -> None:
    facts = Facts(snapshot(1), taken_away=frozenset({"no-objective"}))
    found = plan(facts, FLAGGED, BOOK, terms())
    assert found is not None
    assert found.add == ()


def test_the_objectives_tag_of_a_person_replaces_ours() -> None:
    issue = snapshot(1, labels=["objective-a", "objective-b"], components=component("Wallet"))
    facts = Facts(issue, ours=OURS, set_by_people=frozenset({"objective-b"}))
    found = plan(facts, one(facts), BOOK, terms(words(ALIGNED)))
    assert found is not None
    assert (found.add, found.remove) == ((), ("objective-a",))
    assert found.link is not None
    assert found.link.title == "Serves: Paying is quick"


_LABELS = st.frozensets(
    st.sampled_from(["objective-a", "objective-b", "objective-old", "Objective-A", "no-objective", "x"])
)
_LINKS = st.sampled_from([None, words(ALIGNED), words(FLAGGED)])
_TEXTS = st.text(max_size=200) | st.sampled_from(["🚀" * 5000, "\x00" * 5000])


@st.composite
def _verdicts(draw: st.DrawFn) -> Verdict:
    found = draw(st.sampled_from([ALIGNED, FLAGGED, NEW, EXEMPT, ALIGNED.model_copy(update={"objective": "b"})]))
    pairs = draw(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=20))
    evidence = tuple(Seen(clause=clause, value=value) for clause, value in pairs)
    return found.model_copy(update={"why": draw(_TEXTS), "evidence": evidence})


@given(_LABELS, _LABELS, _LABELS, _verdicts(), _LINKS)
def test_a_plan_carried_out_leaves_nothing_to_do(
    labels: frozenset[str], ours: frozenset[str], taken: frozenset[str], verdict: Verdict, last: LinkWords | None
) -> None:
    facts = Facts(labelled(labels), ours=ours, taken_away=taken)
    change = plan(facts, verdict, BOOK, terms(last))
    if change is None:
        return
    assert set(change.remove) <= ours & labels
    assert not set(change.add) & (taken | labels)
    after = (labels | set(change.add)) - set(change.remove)
    done = Facts(labelled(after), verdict, (ours | set(change.add)) - set(change.remove), taken)
    assert plan(done, verdict, BOOK, terms(change.link)) is None


@given(_verdicts())
def test_what_is_written_keeps_jiras_limits(verdict: Verdict) -> None:
    found = plan(Facts(snapshot(1)), verdict, BOOK, terms())
    if found and found.link:
        assert max(len(found.link.title), len(found.link.summary)) <= 255
        assert "\n" not in found.link.title + found.link.summary
    assert len(json.dumps(found and found.provenance)) < LONGEST_PROPERTY


def test_a_property_says_when_in_utc() -> None:
    moment = datetime.fromisoformat("2026-11-20T23:30:00+05:00")
    found = plan(Facts(snapshot(1)), FLAGGED, BOOK, Terms("tag", URL, None, moment))
    assert found is not None
    assert found.provenance is not None
    assert datetime.fromisoformat(str(found.provenance["decided"])) == moment.astimezone(UTC)

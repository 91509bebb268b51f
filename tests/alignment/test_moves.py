"""Where issues stand, and what brings them there, in words."""

import pytest

from plugin.alignment.moves import Moves, by_what, place
from plugin.domain.verdict import Reason, State, Verdict

ALIGNED = Verdict(state=State.ALIGNED, product="acme", objective="a", how="rule", rule="wallet")
FLAGGED = Verdict(state=State.UNALIGNED, product="acme", reason=Reason.NO_RULE)


@pytest.mark.parametrize(
    ("verdict", "where", "what"),
    [
        (ALIGNED, "aligned with a", "rule wallet"),
        (FLAGGED, "unaligned (no rule)", ""),
        (Verdict(state=State.EXEMPT, product="acme", rule="lights", how="exempt"), "exempt", "class lights"),
        (Verdict(state=State.OUT_OF_SCOPE), "out of scope", ""),
        (
            Verdict(state=State.UNDECIDED, product="acme", missing=("labels", "status")),
            "undecided",
            "first labels, status must be read from Jira",
        ),
        (
            ALIGNED.model_copy(update={"how": "inherited", "inherited_from": "CHK-1"}),
            "aligned with a",
            "inherited from CHK-1",
        ),
        (ALIGNED.model_copy(update={"how": "override", "rule": None}), "aligned with a", "a person's label"),
        (ALIGNED.model_copy(update={"how": "link", "rule": None}), "aligned with a", "the objective's own issue"),
    ],
)
def test_a_place_and_the_way_there_are_said(verdict: Verdict, where: str, what: str) -> None:
    assert (place(verdict), by_what(verdict)) == (where, what)


def test_only_state_objective_and_reason_make_a_move() -> None:
    moves = Moves(most=1)
    moves.add("CHK-1", ALIGNED, ALIGNED.model_copy(update={"rule": "other", "version": 9}))
    assert not moves.counts
    for key in ("CHK-2", "CHK-3"):
        moves.add(key, FLAGGED, ALIGNED)
    moves.add("CHK-4", None, FLAGGED)
    assert moves.counts == {
        ("unaligned (no rule)", "aligned with a"): 2,
        ("never decided", "unaligned (no rule)"): 1,
    }
    assert moves.names["unaligned (no rule)", "aligned with a"] == ["CHK-2 (rule wallet)"]

"""Which objective an issue looks like, and when nothing is said."""

from plugin.suggestions.objectives import Learning, Likenesses
from plugin.suggestions.words import Described

CARDS = [
    "Retry a card that was declined",
    "Card tokens for the wallet",
    "Wallet shows saved cards",
    "Declined card asks",
]
DISPUTES = ["Chargeback letters in Spanish", "Evidence for a dispute", "Dispute deadline reminder", "Chargeback report"]


def learned() -> Likenesses:
    learning = Learning()
    learning.objective(Described("wallet-1", "Pay in two taps", "Saved cards win trust"))
    learning.objective(Described("risk-1", "Disputes answered before they cost"))
    for number, title in enumerate(CARDS):
        learning.serves(Described(f"WAL-{number}", title), "wallet-1")
    for number, title in enumerate(DISPUTES):
        learning.serves(Described(f"RISK-{number}", title), "risk-1")
    for number, title in enumerate(["Migrate the build", "Rotate certificates", "Quarterly audit", "Office network"]):
        learning.other(Described(f"OPS-{number}", title))
    return learning.learned()


def test_an_issue_looks_like_what_shares_its_rare_words_and_says_them_as_they_are_written() -> None:
    found = learned().suggest(Described("X-1", "Declining cards are retried", "The wallet asks again"))
    assert found is not None
    assert found.objective == "wallet-1"
    assert set(found.words) <= {"declining", "cards", "retried", "wallet"}
    assert len(found.words) == 3


def test_an_objective_without_work_is_known_by_its_own_words() -> None:
    learning = Learning()
    learning.objective(Described("risk-1", "Disputes answered before they cost"))
    learning.objective(Described("wallet-1", "Pay in two taps"))
    found = learning.learned().suggest(Described("X-1", "Answer disputes sooner"))
    assert found is not None
    assert found.objective == "risk-1"


def test_nothing_is_said_of_what_is_not_near_or_near_to_two() -> None:
    likenesses = learned()
    assert likenesses.suggest(Described("X-1", "Paint the office")) is None
    assert likenesses.suggest(Described("X-2", "")) is None
    assert likenesses.suggest(Described("X-3", "Dispute of a wallet card, chargeback declined")) is None


def test_work_of_an_objective_that_may_not_be_suggested_teaches_rarity_alone() -> None:
    learning = Learning()
    learning.objective(Described("wallet-1", "Pay in two taps"))
    learning.serves(Described("OLD-1", "Partner onboarding"), "ended-1")
    assert learning.learned().suggest(Described("X-1", "Partner onboarding")) is None
    assert learning.frequencies.texts == 2


def test_a_mark_is_a_word_of_its_own() -> None:
    learning = Learning()
    learning.objective(Described("wallet-1", "Pay in two taps"))
    learning.serves(Described("WAL-1", "Colours", marks=["component Wallet"]), "wallet-1")
    found = learning.learned().suggest(Described("X-1", "", marks=["component Wallet"]))
    assert found is not None
    assert found.words == ("component Wallet",)

"""Open issues of two streams that look alike."""

import random

from plugin.suggestions import duplicates
from plugin.suggestions.duplicates import Placed, alike
from plugin.suggestions.words import Described

OTHERS = [
    Placed(Described(f"OPS-{number}", f"{word} the {other}"), "ops")
    for number, (word, other) in enumerate(
        (word, other)
        for word in ("Rotate", "Migrate", "Audit", "Paint", "Measure")
        for other in ("certificates", "build", "ledger", "office", "queue")
    )
]
ONE = Placed(Described("CHK-1", "Address lookup suggests the postcode"), "checkout")
SAME = Placed(Described("WAL-1", "Suggest a postcode by address lookup"), "wallet")


def test_two_issues_of_two_streams_with_the_same_rare_words_are_a_pair() -> None:
    (pair,) = alike([*OTHERS, SAME, ONE])
    assert (pair.one, pair.other) == ("CHK-1", "WAL-1")
    assert pair.likeness >= duplicates.ALIKE
    assert set(pair.words) == {"address", "lookup", "suggests", "postcode"}


def test_one_stream_linked_or_dismissed_issues_are_none() -> None:
    assert alike([*OTHERS, ONE, Placed(SAME.issue, "checkout")]) == []
    assert alike([*OTHERS, ONE, Placed(SAME.issue, "wallet", frozenset({"CHK-1"}))]) == []
    assert alike([*OTHERS, Placed(ONE.issue, "checkout", frozenset({"WAL-1"})), SAME]) == []
    assert alike([*OTHERS, ONE, SAME], frozenset({("CHK-1", "WAL-1")})) == []


def test_one_odd_word_in_common_is_no_likeness() -> None:
    pair = [Placed(Described("A-1", "Kubernetes"), "a"), Placed(Described("B-1", "Kubernetes"), "b")]
    assert alike([*OTHERS, *pair]) == []


def test_the_order_of_the_issues_changes_nothing_and_the_likest_are_kept() -> None:
    drawn = random.Random(7)
    words = ["postcode", "lookup", "address", "refund", "invoice", "ledger", "receipt", "currency", "export", "import"]
    issues = [
        Placed(Described(f"X-{number:03}", " ".join(drawn.sample(words, 4))), f"stream {number % 3}")
        for number in range(60)
    ]
    whole = alike(issues, most=1000)
    assert len(whole) > 20
    drawn.shuffle(issues)
    assert alike(issues, most=1000) == whole
    assert alike(issues, most=5) == whole[:5]
    assert [pair.likeness for pair in whole] == sorted((pair.likeness for pair in whole), reverse=True)

"""What unlinked work looks like and what two streams do twice: found in the store, said on the week's page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.audience import EVERYTHING, Audience
from plugin.domain.product import Stream
from plugin.domain.week import Week
from plugin.review.model import Review
from plugin.review.page import render
from plugin.store import likenesses
from plugin.store.likenesses import Candidates
from plugin.weekly.comparing import compare_due
from plugin.weekly.freezing import freeze as frozen
from plugin.weekly.freezing import product_week, rebuild
from tests.house import OBJECTIVE, House, configuration, housed

LAST = Week.of(datetime.now(UTC), ZoneInfo("UTC"))
SERVING = ["Retry a declined card", "Card tokens in the wallet", "Saved cards are shown first", "Ask again for a card"]
ELSEWHERE = ["Rotate certificates", "Quarterly audit", "Migrate the build", "Measure the queue", "Move the archive"]


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        given = configuration("CHK, WAL")
        (product,) = given.products
        streams = (
            Stream(id="checkout", name="Checkout", projects=("CHK",)),
            Stream(id="wallet", name="Wallet", projects=("WAL",)),
        )
        found.apply(given.model_copy(update={"products": (product.model_copy(update={"streams": streams}),)}))
        jira = found.sandbox.jira
        for title in SERVING:
            jira.create_issue("CHK", title, components=["Wallet"])
        for title in ELSEWHERE:
            jira.create_issue("WAL", title)
        for project, title in (
            ("CHK", "A declined card is retried"),
            ("CHK", "Address lookup suggests the postcode"),
            ("WAL", "Suggest a postcode by address lookup"),
        ):
            jira.transition(jira.create_issue(project, title).key, "In Progress")
        found.sweep()
        yield found


def candidates(house: House, audience: Audience = EVERYTHING) -> list[Candidates]:
    with house.app.engine.connect() as connection:
        return likenesses.candidates(connection, audience)


def freeze(house: House) -> Review:
    house.later(timedelta(weeks=1))
    with house.app.engine.begin() as connection:
        return frozen(connection, product_week(connection, "acme-pay", LAST), house.app.around)


def test_the_week_says_what_unlinked_work_looks_like_and_what_may_be_done_twice(house: House) -> None:
    house.app.compare()
    review = freeze(house)
    told = {one.summary: one.looks_like for one in review.unlinked_work.issues}
    assert told["A declined card is retried"].startswith("It looks like “Fewer people give up”: ")
    assert "declined" in told["A declined card is retried"]
    assert told["Address lookup suggests the postcode"] == ""
    assert review.duplicates
    (pair,) = review.duplicates.pairs
    assert {(pair.one.summary, pair.one.stream), (pair.other.summary, pair.other.stream)} == {
        ("Address lookup suggests the postcode", "Checkout"),
        ("Suggest a postcode by address lookup", "Wallet"),
    }
    page = render(review)
    assert told["A declined card is retried"] in page
    assert f">{pair.one.key}</a>" in page
    assert "Nothing was compared" not in page
    with house.app.engine.connect() as connection:
        assert rebuild(connection, "acme-pay", LAST).same


def test_a_week_without_a_look_says_so(house: House) -> None:
    review = freeze(house)
    assert review.duplicates is None
    assert "Nothing was compared" in render(review)


def test_linked_closed_hidden_and_dismissed_pairs_are_not_told_again(house: House) -> None:
    house.app.compare()
    (pair,) = candidates(house)
    assert candidates(house, Audience(restricted=frozenset({"WAL"}))) == []
    with house.app.engine.begin() as connection:
        assert likenesses.dismiss(connection, pair.other.id, pair.one.id, "Vera")
        assert not likenesses.dismiss(connection, pair.one.id, pair.other.id, "Vera")
    assert candidates(house) == []
    house.later(timedelta(days=1))
    house.app.compare()
    assert candidates(house) == []
    with house.app.engine.begin() as connection:
        assert likenesses.restore(connection, pair.one.id, pair.other.id)
    house.app.compare()
    assert candidates(house) == [pair]
    house.sandbox.jira.transition(pair.one.key, "Done")
    house.sweep()
    assert candidates(house) == []


def test_it_is_due_once_a_day_and_what_is_linked_meanwhile_has_no_suggestion_any_more(house: House) -> None:
    house.app.compare()
    found = next(one for one in house.sandbox.jira.issues.values() if one.summary == "A declined card is retried")
    with house.app.engine.connect() as connection:
        assert not compare_due(connection, house.clock())
        assert compare_due(connection, house.clock() + timedelta(days=1))
        assert likenesses.suggestions(connection, [found.id])[found.id].objective == OBJECTIVE
    house.sandbox.jira.edit_issue(found.key, components=["Wallet"])
    house.sweep()
    house.app.compare()
    with house.app.engine.connect() as connection:
        assert likenesses.suggestions(connection, [found.id]) == {}

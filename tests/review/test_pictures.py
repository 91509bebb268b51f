"""The pictures of a page: which there are, that each is attached once, and what becomes of a lost or replaced one."""

import pytest

from plugin.atlassian.errors import Permanent, Retryable
from plugin.review.model import Review
from plugin.review.page import render
from plugin.review.pictures import pictures
from plugin.review.publish import Outcome, PageRecord, Place, Published, publish
from plugin.review.storage import NAMESPACES, parse
from tests.review.confluence import InMemoryConfluence
from tests.review.weeks import CONVERSION, PAGE_LOAD, PAY, full_week, measured

PLACE = Place(space="PROD")
AC, RI = (f"{{{NAMESPACES[one]}}}" for one in ("ac", "ri"))


@pytest.fixture(scope="module")
def review() -> Review:
    return full_week(PAY.model_copy(update={"metrics": (CONVERSION, PAGE_LOAD)}), points=measured())


def again(site: InMemoryConfluence, review: Review, record: PageRecord | None) -> Published:
    site.reads = 0
    site.uploads.clear()
    return publish(site, review, record, PLACE)


def test_every_picture_of_the_page_is_attached_with_words_for_who_cannot_see_it(review: Review) -> None:
    site = InMemoryConfluence()
    made = publish(site, review, None, PLACE)
    assert made.record is not None
    named = {
        one.find(f"{RI}attachment").get(f"{RI}filename"): one.get(f"{AC}alt", "")  # type: ignore[union-attr]
        for one in parse(render(review)).iter(f"{AC}image")
    }
    assert set(named) == set(site.files[made.record.page_id]) == {"metric-conversion.png", "effort.png"}
    assert "W47 62.1" in named["metric-conversion.png"]
    assert "Fewer people give up at payment: planned 40 %" in named["effort.png"]
    assert all(png.startswith(b"\x89PNG") for _, png in site.files[made.record.page_id].values())


def test_the_same_page_again_draws_and_uploads_nothing_and_reads_twice(review: Review) -> None:
    site = InMemoryConfluence()
    made = publish(site, review, None, PLACE)
    same = again(site, review, made.record)
    assert (same.outcome, site.reads, site.uploads) == (Outcome.UNCHANGED, 2, [])


def test_an_upload_that_was_lost_is_made_again_at_the_next_look(review: Review) -> None:
    site = InMemoryConfluence()
    made = publish(site, review, None, PLACE)
    assert made.record is not None
    del site.files[made.record.page_id]["effort.png"]
    assert again(site, review, made.record).outcome == Outcome.UNCHANGED
    assert site.uploads == ["effort.png"]


def test_a_site_that_fails_between_the_page_and_its_pictures_gets_both_once(review: Review) -> None:
    site = InMemoryConfluence()

    def down() -> None:
        raise Retryable("the site is down", after=1)

    site.before_attaching = down
    with pytest.raises(Retryable):
        publish(site, review, None, PLACE)
    site.before_attaching = lambda: None
    made = publish(site, review, None, PLACE)
    assert (made.outcome, len(site.pages), len(site.uploads)) == (Outcome.UNCHANGED, 1, 2)


def test_a_picture_that_may_not_be_attached_costs_no_page(review: Review) -> None:
    site = InMemoryConfluence()

    def refuse() -> None:
        raise Permanent("we may not add attachments", "place")

    site.before_attaching = refuse
    made = publish(site, review, None, PLACE)
    assert made.outcome == Outcome.CREATED
    assert made.words == "The pictures could not be attached: we may not add attachments"


def test_a_file_that_people_put_in_a_pictures_place_stays(review: Review) -> None:
    site = InMemoryConfluence()
    made = publish(site, review, None, PLACE)
    assert made.record is not None
    site.files[made.record.page_id]["effort.png"] = ("drawn by hand", b"theirs")
    again(site, review, made.record)
    assert site.uploads == []


def test_a_picture_that_shows_something_else_has_another_mark(review: Review) -> None:
    (row, *rest) = review.objectives
    other = review.model_copy(update={"objectives": (row.model_copy(update={"planned": 0.5}), *rest)})
    marks = [{one.name: one.mark for one in pictures(known)} for known in (review, other)]
    assert {name for name in marks[0] if marks[0][name] != marks[1][name]} == {"effort.png"}

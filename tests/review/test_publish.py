from collections.abc import Callable

import pytest

from plugin.atlassian.errors import Conflict, Permanent, Retryable
from plugin.atlassian.gateways import InlineComment
from plugin.domain.week import Week
from plugin.review import publish as publishing
from plugin.review.merge.canon import NORM
from plugin.review.model import Review
from plugin.review.page import render
from plugin.review.publish import Outcome, PageRecord, Place, Published, publish
from plugin.review.sameness import same
from tests.review.confluence import InMemoryConfluence, nothing
from tests.review.weeks import PAY, SITE, WEEK, build, facts, full_week, week_before

PLACE = Place(space="PROD")


@pytest.fixture
def wiki() -> InMemoryConfluence:
    return InMemoryConfluence()


def restated() -> Review:
    """The same week with other words on its page."""
    return full_week().model_copy(update={"rules_version": 15})


def first(wiki: InMemoryConfluence) -> PageRecord:
    record = publish(wiki, full_week(), None, PLACE).record
    assert record is not None
    return record


def test_a_review_becomes_one_page_that_carries_product_and_week(wiki: InMemoryConfluence) -> None:
    done = publish(wiki, full_week(), None, PLACE)
    (page,) = wiki.pages.values()
    assert (done.outcome, done.url, done.words) == (Outcome.CREATED, page.url, "")
    assert (page.title, page.version, wiki.keys[page.id]) == (
        "Acme Pay, week 47 of 2026",
        1,
        ("PROD", "weekly/acme-pay/2026-W47"),
    )
    assert done.record is not None
    assert done.record.body_read_back == page.body
    assert same(page.body, render(full_week()))


def test_published_twice_is_one_page_one_version_and_one_read(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.reads = 0
    again = publish(wiki, full_week(), record, PLACE)
    assert (again.outcome, again.record) == (Outcome.UNCHANGED, record)
    assert [page.version for page in wiki.pages.values()] == [1]
    assert wiki.reads <= 2


def test_other_content_is_a_new_version_of_the_same_page(wiki: InMemoryConfluence) -> None:
    done = publish(wiki, restated(), first(wiki), PLACE)
    (page,) = wiki.pages.values()
    assert (done.outcome, page.version) == (Outcome.UPDATED, 2)
    assert "rules version 15" in page.body
    assert done.record is not None
    assert (done.record.version, done.record.body_read_back) == (2, page.body)


def test_every_week_has_its_page(wiki: InMemoryConfluence) -> None:
    first(wiki)
    publish(wiki, week_before(), None, PLACE)
    assert {page.title for page in wiki.pages.values()} == {"Acme Pay, week 47 of 2026", "Acme Pay, week 46 of 2026"}


def edits(wiki: InMemoryConfluence, id: str) -> list[Callable[[], None]]:
    return [
        lambda: wiki.edit_by_people(id, "Checkout: Speed wins trust", "Checkout: Speed wins"),
        lambda: wiki.edit_by_people(id, "<h2>Objectives</h2>", "<h2>Objectives</h2><p>Mine.</p>"),
        lambda: wiki.edit_by_people(
            id, "<table><tbody>", '<table><colgroup><col style="width: 9px;"/></colgroup><tbody>'
        ),
        lambda: wiki.edit_by_people(id, "<h2>Objectives</h2>", "<h2>Objectives</h2><p>unclosed"),
        lambda: wiki.comment(id, "no work"),
    ]


@pytest.mark.parametrize("number", range(5))
def test_what_people_did_to_the_page_stays_and_what_is_ours_is_renewed(wiki: InMemoryConfluence, number: int) -> None:
    record = first(wiki)
    edits(wiki, record.page_id)[number]()
    done = publish(wiki, restated(), record, PLACE)
    body = wiki.pages[record.page_id].body
    left = ["Checkout: Speed wins", "<p>Mine.</p>", '<col style="width: 9px;"/>', "<p>unclosed", 'ac:ref="r"'][number]
    assert left in body
    if number == 3:
        assert (done.outcome, done.record) == (Outcome.PARKED, record)
        assert "not well-formed" in done.words
    else:
        assert (done.outcome, "rules version 15" in body) == (Outcome.UPDATED, True)


def test_an_edited_page_is_no_matter_while_there_is_nothing_new_to_say(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.edit_by_people(record.page_id, "Speed wins trust", "Speed")
    done = publish(wiki, full_week(), record, PLACE)
    assert (done.outcome, done.words, wiki.pages[record.page_id].version) == (Outcome.UNCHANGED, "", 2)


def test_a_page_that_was_only_opened_and_saved_is_still_ours(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.edit_by_people(record.page_id, "<h2>", '<h2 local-id="4f">')
    assert publish(wiki, restated(), record, PLACE).outcome is Outcome.UPDATED


def test_a_renamed_and_moved_page_is_followed_and_stays_where_people_put_it(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.rename_and_move(record.page_id, "Pay, the bad week", "77")
    done = publish(wiki, restated(), record, PLACE)
    (page,) = wiki.pages.values()
    assert (done.outcome, page.title, page.parent) == (Outcome.UPDATED, "Pay, the bad week", "77")


def test_a_trashed_page_is_not_made_again(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.trashed.add(record.page_id)
    done = publish(wiki, restated(), record, PLACE)
    assert (done.outcome, done.record, len(wiki.pages)) == (Outcome.ASKS, record, 1)
    assert "restore it" in done.words


def test_a_page_that_is_trashed_while_we_write_asks_too(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.before_writing = lambda: wiki.trashed.add(record.page_id)
    assert publish(wiki, restated(), record, PLACE).outcome is Outcome.ASKS


def test_with_the_store_lost_the_page_is_found_again_by_its_property(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.rename_and_move(record.page_id, "Renamed", "77")
    again = publish(wiki, full_week(), None, PLACE)
    assert again.outcome is Outcome.UNCHANGED
    assert again.record is not None
    assert (again.record.page_id, again.record.version, len(wiki.pages)) == (record.page_id, 2, 1)


def test_with_the_store_lost_a_first_version_is_ours_to_replace(wiki: InMemoryConfluence) -> None:
    first(wiki)
    assert publish(wiki, restated(), None, PLACE).outcome is Outcome.UPDATED


def test_with_the_store_lost_people_keep_what_they_wrote_by_the_pages_history(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.comment(record.page_id, "no work")
    wiki.edit_by_people(record.page_id, "<h2>Objectives</h2>", "<h2>Objectives</h2><p>Mine.</p>")
    done = publish(wiki, restated(), None, PLACE)
    body = wiki.pages[record.page_id].body
    assert done.outcome is Outcome.UPDATED
    assert all(one in body for one in ("<p>Mine.</p>", 'ac:ref="r"', "rules version 15"))


def test_with_store_and_history_lost_nothing_is_replaced_and_what_is_missing_is_added(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.edit_by_people(record.page_id, "<h2>Objectives</h2>", "<h2>Our own matters</h2><p>x</p>")
    wiki.edit_by_people(record.page_id, "rules version 14", "rules by us")
    wiki.versions.clear()
    left = publish(wiki, restated(), None, PLACE)
    body = wiki.pages[record.page_id].body
    assert (left.outcome, left.record) == (Outcome.LEFT_TO_PEOPLE, None)
    assert all(one in body for one in ("rules by us", "<h2>Our own matters</h2>", "<h2>Objectives</h2>"))
    assert "nothing on it was replaced" in left.words
    version = wiki.pages[record.page_id].version
    publish(wiki, restated(), None, PLACE)
    assert wiki.pages[record.page_id].version == version


def test_a_page_that_the_search_does_not_know_yet_is_not_taken_for_new(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.search_lags = True
    again = publish(wiki, full_week(), None, PLACE)
    assert (again.record, len(wiki.pages)) == (record, 1)
    wiki.edit_by_people(record.page_id, "Speed wins trust", "Speed")
    renewed = publish(wiki, restated(), None, PLACE)
    assert (renewed.outcome, len(wiki.pages)) == (Outcome.UPDATED, 1)


class Lost(Exception):  # noqa: N818 - what the test says happened: the answer was lost
    """The write happened, its answer did not arrive."""


def lose_the_answer() -> None:
    raise Lost


def test_a_lost_answer_to_a_create_gives_one_page(wiki: InMemoryConfluence) -> None:
    wiki.after_writing = lose_the_answer
    with pytest.raises(Lost):
        publish(wiki, full_week(), None, PLACE)
    wiki.after_writing = nothing
    again = publish(wiki, full_week(), None, PLACE)
    assert (again.outcome, len(wiki.pages)) == (Outcome.UNCHANGED, 1)
    assert again.record is not None


def test_a_page_without_its_property_is_known_by_title_and_content(wiki: InMemoryConfluence) -> None:
    first(wiki)
    wiki.keys.clear()
    again = publish(wiki, full_week(), None, PLACE)
    assert (again.outcome, len(wiki.pages), again.record is not None) == (Outcome.UNCHANGED, 1, True)


def test_a_lost_answer_to_an_update_is_no_edit_by_people(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.after_writing = lose_the_answer
    with pytest.raises(Lost):
        publish(wiki, restated(), record, PLACE)
    wiki.after_writing = nothing
    again = publish(wiki, restated(), record, PLACE)
    assert again.outcome is Outcome.UNCHANGED
    assert again.record is not None
    assert again.record.version == wiki.pages[record.page_id].version == 2
    later = publish(wiki, full_week(), again.record, PLACE)
    assert later.outcome is Outcome.UPDATED


def test_a_conflict_is_met_by_reading_again(wiki: InMemoryConfluence) -> None:
    record = first(wiki)

    def save_once() -> None:
        wiki.before_writing = nothing
        wiki.edit_by_people(record.page_id, "<h2>", '<h2 local-id="4f">')

    wiki.before_writing = save_once
    done = publish(wiki, restated(), record, PLACE)
    assert (done.outcome, wiki.pages[record.page_id].version) == (Outcome.UPDATED, 3)


def test_three_conflicts_park_the_page(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    met: list[int] = []

    def always() -> None:
        met.append(1)
        raise Conflict("somebody has a draft open")

    wiki.before_writing = always
    done = publish(wiki, restated(), record, PLACE)
    assert (done.outcome, done.record, len(met)) == (Outcome.PARKED, record, 3)
    assert "3 times" in done.words
    assert "somebody has a draft open" in done.words


def test_an_edit_between_reading_and_writing_is_peoples(wiki: InMemoryConfluence) -> None:
    record = first(wiki)

    def edit_once() -> None:
        wiki.before_writing = nothing
        wiki.edit_by_people(record.page_id, "<h2>Objectives</h2>", "<h2>Aims</h2><p>Mine.</p>")

    wiki.before_writing = edit_once
    assert publish(wiki, restated(), record, PLACE).outcome is Outcome.UPDATED
    assert "<h2>Aims</h2><p>Mine.</p>" in wiki.pages[record.page_id].body


def test_an_edit_right_after_our_write_is_not_taken_for_ours(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.after_writing = lambda: wiki.edit_by_people(record.page_id, "<h2>Objectives</h2>", "<h2>Aims</h2><p>Mine.</p>")
    written = publish(wiki, restated(), record, PLACE)
    wiki.after_writing = nothing
    publish(wiki, full_week(), written.record, PLACE)
    assert "<h2>Aims</h2><p>Mine.</p>" in wiki.pages[record.page_id].body


def test_the_same_title_by_people_asks_and_touches_nothing(wiki: InMemoryConfluence) -> None:
    theirs = wiki.by_people("Acme Pay, week 47 of 2026", "<p>My own notes</p>")
    done = publish(wiki, full_week(), None, PLACE)
    assert (done.outcome, done.record, wiki.pages) == (Outcome.ASKS, None, {theirs.id: theirs})
    assert "not ours" in done.words


def test_the_page_stands_under_the_configured_parent(wiki: InMemoryConfluence) -> None:
    parent = wiki.by_people("Product alignment", "<p/>")
    done = publish(wiki, full_week(), None, Place(space="PROD", parent="Product alignment"))
    assert done.record is not None
    assert (wiki.pages[done.record.page_id].parent, done.words) == (parent.id, "")


def test_a_parent_that_is_not_there_is_said_and_the_page_goes_to_the_space(wiki: InMemoryConfluence) -> None:
    done = publish(wiki, full_week(), None, Place(space="PROD", parent="Product alignment"))
    (page,) = wiki.pages.values()
    assert (done.outcome, page.parent) == (Outcome.CREATED, None)
    assert "“Product alignment” does not exist in space PROD" in done.words


def refuse(fault: Exception) -> Callable[[], None]:
    def refusing() -> None:
        raise fault

    return refusing


def test_a_refused_body_parks_and_a_refused_account_stops(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.before_writing = refuse(Permanent("cannot be converted to new editor format"))
    done = publish(wiki, restated(), record, PLACE)
    assert (done.outcome, done.record) == (Outcome.PARKED, record)
    assert "cannot be converted" in done.words
    for fault in (Permanent("may not write", "place"), Retryable("busy", after=5)):
        wiki.before_writing = refuse(fault)
        with pytest.raises(type(fault)):
            publish(wiki, restated(), record, PLACE)


def test_fifty_two_weeks_of_twenty_products_again_write_nothing_and_read_each_page_once(
    wiki: InMemoryConfluence,
) -> None:
    quiet = build(PAY, SITE, WEEK, [], None, facts())
    reviews = [
        quiet.model_copy(update={"product": f"p{product}", "product_name": f"P{product}", "week": Week(2026, week)})
        for product in range(20)
        for week in range(1, 53)
    ]
    done = [publish(wiki, review, None, PLACE) for review in reviews]
    versions = {id: page.version for id, page in wiki.pages.items()}
    wiki.reads = 0
    again = [publish(wiki, review, one.record, PLACE) for review, one in zip(reviews, done, strict=True)]
    assert len(versions) == 1040
    assert {one.outcome for one in again} == {Outcome.UNCHANGED}
    assert {id: page.version for id, page in wiki.pages.items()} == versions
    assert wiki.reads <= 2 * 1040


def test_what_was_published_survives_json(wiki: InMemoryConfluence) -> None:
    done = publish(wiki, full_week(), None, PLACE)
    assert Published.model_validate_json(done.model_dump_json()) == done


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("<p>a</p>", '<p local-id="1">a</p>', True),
        ("<p>5\u00a0%</p>", "<p>5&nbsp;%</p>", True),
        ("<p>a</p><p>b</p>", "<p>a</p>\n  <p>b</p>", True),
        ("<p>a</p>", "<p>b</p>", False),
        ("<p>a</p>", "<p><strong>a</strong></p>", False),
        ("<p>a</p>", '<p style="text-align: right;">a</p>', False),
        ("<p>a</p>", "<h2>a</h2>", False),
        ("<p>a b</p>", "<p>ab</p>", False),
        ("<p>a<br/>b</p>", "<p>ab<br/></p>", False),
        ("<ul><li>1</li><li>2</li></ul>", "<ul><li>2</li><li>1</li></ul>", False),
        ("<p>", "<p>", True),
        ("<p>", "<p><br>", False),
    ],
)
def test_sameness(one: str, other: str, equal: bool) -> None:
    assert same(one, other) is same(other, one) is equal


@pytest.mark.parametrize("conflicts", [1, 3])
def test_a_comment_that_comes_while_we_write_is_put_back_over_conflicts_or_said_to_be_lost(
    wiki: InMemoryConfluence, conflicts: int
) -> None:
    record = first(wiki)
    (id,) = wiki.pages
    left = [conflicts]

    def somebody_saves() -> None:
        if wiki.pages[id].version > 1 and left[0]:
            left[0] -= 1
            wiki.edit_by_people(id, "No comment yet", f"{left[0]} No comment yet")

    def comment_was_lost() -> None:
        wiki.comments.setdefault(id, {})["late"] = InlineComment(ref="late", quoted="rules version")

    wiki.before_writing, wiki.after_writing = somebody_saves, comment_was_lost
    done = publish(wiki, restated(), record, PLACE)
    there = 'ac:ref="late"' in wiki.pages[id].body
    assert (done.outcome, there) == ((Outcome.UPDATED, True) if conflicts == 1 else (Outcome.PARKED, False))
    assert done.record is not None
    assert ("1 comment on “Acme Pay, week 47 of 2026” lost its place" in done.words) == (conflicts == 3)


def test_what_became_of_comments_and_of_changes_to_our_parts_is_said_and_kept(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    (id,) = wiki.pages
    wiki.edit_by_people(id, "rules version 14", "rules version of us")
    wiki.comment(id, "rules version of us")
    done = publish(wiki, restated(), record, PLACE)
    assert done.record is not None
    assert done.record.kept == done.kept != ()
    assert done.record.placed == done.placed
    assert "1 change of people’s to our parts is kept in notes on the page." in done.words


def test_a_restored_page_is_renewed_where_it_is(wiki: InMemoryConfluence) -> None:
    record = first(wiki)
    wiki.trashed.add(record.page_id)
    asked = publish(wiki, restated(), record, PLACE)
    wiki.trashed.clear()
    done = publish(wiki, restated(), asked.record, PLACE)
    assert (asked.outcome, done.outcome, list(wiki.pages)) == (Outcome.ASKS, Outcome.UPDATED, [record.page_id])


def test_a_raised_normaliser_writes_nothing_anywhere(wiki: InMemoryConfluence, monkeypatch: pytest.MonkeyPatch) -> None:
    record = first(wiki)
    wiki.edit_by_people(record.page_id, "Speed wins trust", "Speed")
    monkeypatch.setattr(publishing, "NORM", NORM + 1)
    marks, version = wiki.marks.get(record.page_id), wiki.pages[record.page_id].version
    done = publish(wiki, full_week(), record, PLACE)
    assert (done.outcome, wiki.pages[record.page_id].version) == (Outcome.UNCHANGED, version)
    assert wiki.marks.get(record.page_id) == marks

"""The site's state where HTTP does not reach it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError

import pytest

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.storage import with_marker
from plugin.sandbox.confluence.values import Draft, RefusedError

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_check_and_its_change_are_one_step() -> None:
    """The clock is asked between them: there, without a lock, both writers would meet."""
    meeting: list[Barrier] = []

    def clock() -> datetime:
        for barrier in meeting:
            with suppress(BrokenBarrierError):
                barrier.wait(timeout=0.3)
        return NOW

    site = ConfluenceSite(clock=clock)
    site.add_space("PROD", "Product", "me")
    page = site.create_page("PROD", Draft("Week 47", "<p>1</p>"), "me")
    meeting.append(Barrier(2))

    def write(words: str) -> int:
        try:
            return site.update_page(page.id, Draft("Week 47", f"<p>{words}</p>"), 2, "me").latest.number
        except RefusedError as error:
            return error.status

    with ThreadPoolExecutor(2) as writers:
        assert sorted(writers.map(write, ["a", "b"])) == [2, 409]
    assert len(site.page(page.id).versions) == 2


def test_children_of_a_trashed_page_move_up() -> None:
    site = ConfluenceSite(clock=lambda: NOW)
    home = site.add_space("PROD", "Product", "me").homepage
    above = site.create_page("PROD", Draft("Quarter", ""), "me")
    below = site.create_page("PROD", Draft("Week 47", "", above.id), "me")
    site.set_status(above.id, "trashed")
    assert site.page(below.id).parent == home
    with pytest.raises(RefusedError, match="home page cannot be trashed"):
        site.set_status(home, "trashed")


@pytest.mark.parametrize(
    ("body", "selection", "index", "marked"),
    [
        ("<p>a b a</p>", "a", 1, "<p>a b <m>a</m></p>"),
        ('<p title="a">b &amp; a</p>', "b & a", 0, '<p title="a"><m>b &amp; a</m></p>'),
        ("<![CDATA[a]]><p>a</p>", "a", 0, "<![CDATA[a]]><p><m>a</m></p>"),
    ],
)
def test_a_marker_goes_around_words_only(body: str, selection: str, index: int, marked: str) -> None:
    opening = '<ac:inline-comment-marker ac:ref="r">'
    wanted = marked.replace("<m>", opening).replace("</m>", "</ac:inline-comment-marker>")
    assert with_marker(body, selection, "r", index) == wanted


def test_words_that_are_not_there_in_one_piece_cannot_be_marked() -> None:
    with pytest.raises(ValueError, match="does not stand in the body"):
        with_marker("<p>a <b>b</b></p>", "a b", "r")

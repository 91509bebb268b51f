"""Publishing over real HTTP: the gateway and its client library against a sandbox, on Cloud and on Data Center."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from plugin.atlassian.access import Access
from plugin.atlassian.connect import connect_confluence
from plugin.atlassian.errors import Retryable
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.atlassian.transport import Timing
from plugin.domain.week import Week
from plugin.review.model import Review
from plugin.review.publish import Outcome, PageRecord, Place, publish
from plugin.sandbox.confluence.editors import Editor
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Draft, Page
from plugin.sandbox.faults import Faults, LosingTheAnswer
from plugin.sandbox.jira.values import Dialect
from plugin.sandbox.serve import RunningSandbox
from tests.described import wrap
from tests.review.weeks import PAY, SITE, WEEK, aligned, build, facts, full_week, issue

PLACE = Place(space="PROD")
HOSTILE = "]]> & <b>“x”</b> \x00\x1b\u202e &nbsp; <ac:emoticon/> \U0001f469\u200d\U0001f467 שלום"


def at_once(seconds: float) -> None:
    """No waiting between tries."""


@dataclass(frozen=True)
class Wiki:
    site: ConfluenceSite
    gateway: ConfluenceGateway
    faults: Faults

    @property
    def reviews(self) -> list[Page]:
        """The current pages in the space that are not its home page."""
        return [page for page in self.site.list_pages("PROD") if page.parent]

    @property
    def calls(self) -> list[str]:
        return [asked.method for asked in self.faults.requests]


@pytest.fixture(params=["cloud", "data center"])
def wiki(request: pytest.FixtureRequest) -> Iterator[Wiki]:
    dialect: Dialect = request.param
    with RunningSandbox(dialect, wrapper=wrap(dialect)) as sandbox:
        me, cloud = sandbox.jira.catalogue.service, dialect == "cloud"
        url = sandbox.url if cloud else f"{sandbox.url}/confluence"
        email = me.email if cloud else None
        access = Access(url=url, token=SecretStr(me.token), email=email, dialect=dialect)
        yield Wiki(sandbox.confluence, connect_confluence(access, Timing(sleep=at_once)), sandbox.faults)


def restated() -> Review:
    return full_week().model_copy(update={"rules_version": 15})


def first(wiki: Wiki) -> PageRecord:
    record = publish(wiki.gateway, full_week(), None, PLACE).record
    assert record is not None
    return record


def saved_by_people(wiki: Wiki, page: Page, body: str) -> None:
    draft = Draft(title=page.title, body=body, parent=page.parent)
    wiki.site.update_page(page.id, draft, page.latest.number + 1, page.latest.author)


def test_published_twice_is_one_page_and_one_version(wiki: Wiki) -> None:
    done = publish(wiki.gateway, full_week(), None, PLACE)
    assert done.outcome is Outcome.CREATED
    before = len(wiki.calls)
    again = publish(wiki.gateway, full_week(), done.record, PLACE)
    assert (again.outcome, wiki.calls[before:]) == (Outcome.UNCHANGED, ["GET", "GET"])
    (page,) = wiki.reviews
    assert (page.title, page.latest.number) == ("Acme Pay, week 47 of 2026", 1)


def test_other_content_is_the_next_version_and_says_why(wiki: Wiki) -> None:
    done = publish(wiki.gateway, restated(), first(wiki), PLACE)
    (page,) = wiki.reviews
    assert (done.outcome, page.latest.number) == (Outcome.UPDATED, 2)
    assert "rules version 15" in page.latest.body
    assert page.latest.message == "Plumbline: review of 2026-W47, rules version 15"


def test_a_lost_store_finds_the_page_again_by_its_property(wiki: Wiki) -> None:
    record = first(wiki)
    again = publish(wiki.gateway, full_week(), None, PLACE)
    assert again.record == record
    assert len(wiki.reviews) == 1


def test_an_edit_and_a_comment_by_people_stay(wiki: Wiki) -> None:
    record = first(wiki)
    (page,) = wiki.reviews
    wiki.site.comment_inline(page.id, "rules version 14", "Why so old?", page.latest.author)
    (page,) = wiki.reviews
    saved_by_people(wiki, page, page.latest.body + "<p>All mine</p>")
    assert publish(wiki.gateway, restated(), record, PLACE).outcome is Outcome.UPDATED
    (comment,) = wiki.site.inline_comments(page.id)
    body = wiki.reviews[0].latest.body
    assert (comment.resolution, "<p>All mine</p>" in body, comment.ref in body) == ("open", True, True)
    assert "rules version 15" in re.sub("<[^>]*>", "", body)


@pytest.mark.parametrize("gone", ["trashed", "archived"])
def test_a_page_put_away_by_people_is_not_made_again(wiki: Wiki, gone: str) -> None:
    record = first(wiki)
    wiki.site.set_status(record.page_id, "trashed" if gone == "trashed" else "archived")
    assert publish(wiki.gateway, restated(), record, PLACE).outcome is Outcome.ASKS
    assert wiki.reviews == []


def test_a_lost_answer_to_the_first_write_gives_one_page(wiki: Wiki) -> None:
    wiki.faults.add(LosingTheAnswer(method="POST", times=1))
    with pytest.raises(Retryable):
        publish(wiki.gateway, full_week(), None, PLACE)
    assert len(wiki.reviews) == 1
    done = publish(wiki.gateway, full_week(), None, PLACE)
    assert done.record is not None
    assert [page.id for page in wiki.reviews] == [done.record.page_id]
    assert publish(wiki.gateway, full_week(), done.record, PLACE).outcome is Outcome.UNCHANGED


def test_a_lost_answer_to_an_update_is_one_version_more(wiki: Wiki) -> None:
    record = first(wiki)
    wiki.faults.add(LosingTheAnswer(method="PUT", times=1))
    publish(wiki.gateway, restated(), record, PLACE)
    assert [page.latest.number for page in wiki.reviews] == [2]


def test_the_review_stands_under_the_configured_parent(wiki: Wiki) -> None:
    home = wiki.site.page(wiki.site.space("PROD").homepage)
    parent = wiki.site.create_page("PROD", Draft(title="Product alignment", body="<p/>"), home.latest.author)
    done = publish(wiki.gateway, full_week(), None, Place(space="PROD", parent="Product alignment"))
    assert done.record is not None
    assert (wiki.site.page(done.record.page_id).parent, done.words) == (parent.id, "")


def test_hostile_text_arrives_as_text(wiki: Wiki) -> None:
    product = PAY.model_copy(update={"product": PAY.product.model_copy(update={"name": f"Pay {HOSTILE}"})})
    verdict = aligned("nowhere").model_copy(update={"product": product.id})
    review = build(product, SITE, WEEK, [issue("CHK-1", verdict, summary=HOSTILE, stage=HOSTILE)], None, facts())
    done = publish(wiki.gateway, review, None, PLACE)
    assert (done.outcome, len(wiki.reviews)) == (Outcome.CREATED, 1)
    assert publish(wiki.gateway, review, done.record, PLACE).outcome is Outcome.UNCHANGED


def test_each_week_is_a_page_of_its_own(wiki: Wiki) -> None:
    first(wiki)
    publish(wiki.gateway, build(PAY, SITE, Week(2026, 46), [], None, facts()), None, PLACE)
    assert sorted(page.title for page in wiki.reviews) == ["Acme Pay, week 46 of 2026", "Acme Pay, week 47 of 2026"]


@pytest.mark.parametrize("editor", ["none", "legacy", "new", "new twice"])
def test_two_weeks_of_edits_and_comments_under_every_editor(wiki: Wiki, editor: Editor) -> None:
    wiki.site.editor = editor
    record = first(wiki)
    (page,) = wiki.reviews
    person = page.latest.author
    wiki.site.edit_page(page.id, person, lambda body: body.replace("</h2>", "</h2><p>Mine, every week.</p>", 1))
    wiki.site.comment_inline(page.id, "rules version 14", "Why so old?", person)
    done = publish(wiki.gateway, restated(), record, PLACE)
    assert done.record is not None
    wiki.site.edit_page(page.id, person)
    again = publish(wiki.gateway, full_week().model_copy(update={"rules_version": 16}), done.record, PLACE)
    (page,) = wiki.reviews
    (comment,) = wiki.site.inline_comments(page.id)
    assert (again.outcome, comment.resolution) == (Outcome.UPDATED, "open")
    assert "Mine, every week." in page.latest.body
    assert "rules version 16" in re.sub("<[^>]*>", "", page.latest.body)
    versions = page.latest.number
    assert publish(wiki.gateway, full_week().model_copy(update={"rules_version": 16}), again.record, PLACE)
    assert wiki.reviews[0].latest.number == versions


def test_a_comment_made_between_reading_and_writing_is_put_back(wiki: Wiki) -> None:
    """On Cloud a comment changes the body without a version, so no conflict tells of it; on Data Center one does."""
    record = first(wiki)
    person = wiki.reviews[0].latest.author

    def comment_once(id: str) -> None:
        wiki.site.before_update = None
        wiki.site.comment_inline(id, "rules version 14", "Wait!", person)
        if wiki.gateway.dialect == "data center":
            wiki.site.edit_page(id, person)

    wiki.site.before_update = comment_once
    done = publish(wiki.gateway, restated(), record, PLACE)
    (page,) = wiki.reviews
    (comment,) = wiki.site.inline_comments(page.id)
    assert (done.outcome, comment.resolution, comment.ref in page.latest.body) == (Outcome.UPDATED, "open", True)
    assert ("comments put back" in page.latest.message) == (wiki.gateway.dialect == "cloud")
    assert page.latest.number == 3


def test_a_comment_that_was_dangling_before_we_came_is_left_so(wiki: Wiki) -> None:
    record = first(wiki)
    (page,) = wiki.reviews
    wiki.site.comment_inline(page.id, "rules version 14", "Old", page.latest.author)
    wiki.site.edit_page(page.id, page.latest.author, lambda body: re.sub("</?ac:inline-comment-marker[^>]*>", "", body))
    publish(wiki.gateway, restated(), record, PLACE)
    (comment,) = wiki.site.inline_comments(page.id)
    (page,) = wiki.reviews
    assert (comment.resolution, page.latest.number) == ("dangling", 3)


def test_two_publishers_at_once_leave_one_page_with_what_people_wrote(wiki: Wiki) -> None:
    record = first(wiki)
    (page,) = wiki.reviews
    wiki.site.edit_page(page.id, page.latest.author, lambda body: body + "<p>All mine</p>")
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _: publish(wiki.gateway, restated(), record, PLACE).outcome, range(2)))
    (page,) = wiki.reviews
    assert set(outcomes) <= {Outcome.UPDATED, Outcome.UNCHANGED}
    assert Outcome.UPDATED in outcomes
    assert page.latest.number == 3
    assert page.latest.body.count("All mine") == 1


def test_what_the_property_keeps_is_fingerprints_only(wiki: Wiki) -> None:
    record = first(wiki)
    publish(wiki.gateway, restated(), record, PLACE)
    (page,) = wiki.reviews
    kept = page.properties["plumbline"].value
    assert isinstance(kept, dict)
    assert set(kept) == {"key", "version", "digest", "norm"}
    assert kept["version"] == 2

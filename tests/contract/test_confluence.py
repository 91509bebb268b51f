"""What `ConfluenceGateway` promises, against a Confluence of each dialect."""

import pytest

from plugin.atlassian.confluence_door import ConfluenceDoor, label_of
from plugin.atlassian.errors import Conflict, Gone, Permanent, Retryable
from plugin.sandbox.confluence.values import Draft, Page
from tests.contract.conftest import World

BODY = "<p>80 % of the work serves an objective &amp; 20 % does not</p>"
KEY = "review/acme-pay/2026-W47"
TITLE = "Acme Pay — 2026-W47"


def pages(world: World) -> list[Page]:
    """All pages but the home page."""
    return [page for page in world.confluence_site.list_pages("PROD") if page.parent]


def home(world: World) -> str:
    return world.confluence_site.spaces["PROD"].homepage


def created_ending(world: World) -> tuple[str, str]:
    """The ending of the path by which pages are created, and of the one by which their properties are."""
    return ("/api/v2/pages", "/properties") if world.dialect == "cloud" else ("/rest/api/content", "/property")


def test_it_knows_the_dialect(world: World, confluence: ConfluenceDoor) -> None:
    assert confluence.dialect == world.dialect


def test_a_created_page_is_read_and_found_again(world: World, confluence: ConfluenceDoor) -> None:
    page = confluence.create("PROD", home(world), TITLE, BODY, KEY)
    assert (page.title, page.body, page.version, page.parent) == (TITLE, BODY, 1, home(world))
    assert page.url.startswith(f"{world.confluence_url}/")
    assert confluence.read(page.id) == page
    assert world.confluence().find("PROD", KEY) == page
    (stored,) = pages(world)
    assert stored.properties["plumbline"].value == {"key": KEY}
    assert [label.name for label in stored.labels] == ["plumbline-review-acme-pay-2026-w47"]


def test_a_page_is_not_found_by_title_or_label_alone(world: World, confluence: ConfluenceDoor) -> None:
    theirs = world.confluence_site.create_page("PROD", Draft(TITLE, BODY), world.service.id)
    world.confluence_site.add_labels(theirs.id, [("global", label_of(KEY))])
    assert confluence.find("PROD", KEY) is None
    assert confluence.find("PROD", "another") is None


def test_keys_that_share_a_label_are_told_apart(world: World, confluence: ConfluenceDoor) -> None:
    first = confluence.create("PROD", None, "One", BODY, "review a")
    second = confluence.create("PROD", None, "Two", BODY, "review-a")
    assert label_of("review a") == label_of("review-a")
    assert confluence.find("PROD", "review a") == first
    assert confluence.find("PROD", "review-a") == second


def test_a_page_is_named_for_a_parent(world: World, confluence: ConfluenceDoor) -> None:
    parent = world.confluence_site.create_page("PROD", Draft("Product alignment", BODY), world.service.id)
    found = confluence.page_named("PROD", "Product alignment")
    assert found is not None
    assert (found.id, found.body) == (parent.id, BODY)
    assert confluence.page_named("PROD", "Product align") is None


def test_a_title_that_somebody_else_holds_is_a_conflict(world: World, confluence: ConfluenceDoor) -> None:
    world.confluence_site.create_page("PROD", Draft(TITLE, "<p>mine</p>"), "somebody-else")
    with pytest.raises(Conflict):
        confluence.create("PROD", None, TITLE, BODY, KEY)
    (stored,) = pages(world)
    assert stored.latest.body == "<p>mine</p>"
    assert not stored.properties


def test_a_title_that_another_page_of_ours_holds_is_a_conflict(world: World, confluence: ConfluenceDoor) -> None:
    confluence.create("PROD", None, TITLE, BODY, "another")
    with pytest.raises(Conflict):
        confluence.create("PROD", None, TITLE, BODY, KEY)
    assert len(pages(world)) == 1


def test_a_creation_whose_answer_was_lost_converges(world: World, confluence: ConfluenceDoor) -> None:
    world.lose("POST", created_ending(world)[0])
    with pytest.raises(Retryable):
        confluence.create("PROD", None, TITLE, BODY, KEY)
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    (stored,) = pages(world)
    assert stored.id == page.id
    assert confluence.find("PROD", KEY) == page


@pytest.mark.parametrize("step", ["property", "label"])
def test_a_creation_that_broke_off_half_way_is_finished(world: World, confluence: ConfluenceDoor, step: str) -> None:
    ending = created_ending(world)[1] if step == "property" else "/label"
    world.refuse("POST", ending, 503, 60)
    with pytest.raises(Retryable):
        confluence.create("PROD", None, TITLE, BODY, KEY)
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    assert confluence.find("PROD", KEY) == page
    assert len(pages(world)) == 1


def test_a_property_whose_answer_was_lost_is_not_written_twice(world: World, confluence: ConfluenceDoor) -> None:
    world.lose("POST", created_ending(world)[1])
    with pytest.raises(Retryable):
        confluence.create("PROD", None, TITLE, BODY, KEY)
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    assert world.confluence_site.pages[page.id].properties["plumbline"].version == 1


def test_an_update_is_the_next_version_with_its_message(world: World, confluence: ConfluenceDoor) -> None:
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    updated = confluence.update(page, f"{TITLE}, restated", "<p>new</p>", "restated: late events")
    assert (updated.version, updated.title, updated.body) == (2, f"{TITLE}, restated", "<p>new</p>")
    assert confluence.read(page.id) == updated
    assert world.confluence_site.pages[page.id].latest.message == "restated: late events"
    assert updated.parent == page.parent


def test_a_page_that_moved_on_is_a_conflict(world: World, confluence: ConfluenceDoor) -> None:
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    world.confluence_site.update_page(page.id, Draft(TITLE, "<p>theirs</p>"), 2, "somebody-else")
    with pytest.raises(Conflict):
        confluence.update(page, TITLE, "<p>ours</p>", "")
    assert confluence.read(page.id).body == "<p>theirs</p>"


def test_an_update_whose_answer_was_lost_converges(world: World, confluence: ConfluenceDoor) -> None:
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    world.lose("PUT", page.id)
    updated = confluence.update(page, TITLE, "<p>new</p>", "")
    assert (updated.version, updated.body) == (2, "<p>new</p>")
    assert len(world.confluence_site.pages[page.id].versions) == 2


@pytest.mark.parametrize("what", ["trashed", "archived", "purged"])
def test_a_page_that_people_took_away_is_gone(world: World, confluence: ConfluenceDoor, what: str) -> None:
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    world.confluence_site.set_status(page.id, "archived" if what == "archived" else "trashed")
    if what == "purged":
        world.confluence_site.purge(page.id)
    with pytest.raises(Gone):
        confluence.read(page.id)
    with pytest.raises(Gone):
        confluence.update(page, TITLE, BODY, "")
    assert confluence.find("PROD", KEY) is None


def test_the_same_picture_is_not_uploaded_again(world: World, confluence: ConfluenceDoor) -> None:
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    for content in (b"\x89PNG one", b"\x89PNG one", b"\x89PNG two", b"\x89PNG two"):
        confluence.attach(page.id, "share.png", content, f"sha256:{content.hex()}")
    confluence.attach(page.id, "other.png", b"\x89PNG one", "sha256:one")
    share, other = sorted(world.confluence_site.attachments_of(page.id), key=lambda one: one.name, reverse=True)
    assert [version.content for version in share.versions] == [b"\x89PNG one", b"\x89PNG two"]
    assert [version.content for version in other.versions] == [b"\x89PNG one"]
    assert share.latest.media_type == "image/png"
    two = f"sha256:{content.hex()}"
    assert confluence.attached(page.id) == {"share.png": two, "other.png": "sha256:one"}


def test_an_upload_whose_answer_was_lost_converges(world: World, confluence: ConfluenceDoor) -> None:
    page = confluence.create("PROD", None, TITLE, BODY, KEY)
    world.lose("POST", "/child/attachment")
    with pytest.raises(Retryable):
        confluence.attach(page.id, "share.png", b"one", "sha256:one")
    confluence.attach(page.id, "share.png", b"one", "sha256:one")
    (share,) = world.confluence_site.attachments_of(page.id)
    assert len(share.versions) == 1


def test_a_space_that_is_not_there_is_named(confluence: ConfluenceDoor) -> None:
    with pytest.raises((Permanent, Gone), match="NOWHERE"):
        confluence.create("NOWHERE", None, TITLE, BODY, KEY)


def test_a_body_that_is_no_storage_format_is_permanent(world: World, confluence: ConfluenceDoor) -> None:
    with pytest.raises(Permanent):
        confluence.create("PROD", None, TITLE, "<p>not closed", KEY)
    assert not pages(world)


def test_a_wrong_token_is_named(world: World) -> None:
    access = world.access(world.confluence_url, dialect=world.dialect, token="wrong-and-secret")
    with pytest.raises(Permanent, match="token") as raised:
        world.confluence(access).read("1")
    assert raised.value.forbidden
    assert "wrong-and-secret" not in str(raised.value)


def test_nothing_listening_is_retryable(world: World) -> None:
    with pytest.raises(Retryable):
        world.confluence(world.access("http://127.0.0.1:9/wiki")).read("1")

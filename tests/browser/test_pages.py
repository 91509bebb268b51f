"""What people look at, in a real browser at desktop and phone width.

`PLUMBLINE_PICTURES=write` renews the pictures that README shows.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house import FLAG, House

PICTURES = Path(__file__).parent / "pictures"
WIDTHS = {"desktop": 1200, "phone": 400}

pytestmark = pytest.mark.browser


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def page(browser: Browser, width: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert problems == []


def keep(page: Page, name: str, height: int) -> None:
    if os.environ.get("PLUMBLINE_PICTURES") == "write":
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(
            path=PICTURES / f"{name}.png", full_page=True, clip={"x": 0, "y": 0, "width": 1200, "height": height}
        )


def fits(page: Page) -> None:
    """Nothing makes a reader scroll sideways, but tables within their own frame."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_tagged_issue_says_what_it_serves_and_why(page: Page, story: House, width: str) -> None:
    page.goto(story.summary()["issue_url"])
    expect(page.get_by_text("objective-", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="Serves: ")).to_be_visible()
    expect(page.get_by_text("Rule ", exact=False).first).to_be_visible()
    fits(page)
    if width == "desktop":
        keep(page, "issue", 780)


def test_a_flagged_issue_says_why_and_the_one_step(page: Page, story: House) -> None:
    page.goto(story.summary()["flagged_url"])
    expect(page.get_by_text(FLAG).first).to_be_visible()
    expect(page.get_by_text("Not linked to any objective").first).to_be_visible()
    fits(page)


def test_the_weekly_review_reads_as_a_page(page: Page, story: House, width: str) -> None:
    page.goto(story.summary()["page_url"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acme Pay, week")
    for section in ("Metrics", "Objectives", "Where the effort went", "Unlinked work that needs a decision"):
        expect(page.get_by_role("heading", name=section, exact=True)).to_be_visible()
    expect(page.get_by_text("issues serve no objective").first).to_be_visible()
    fits(page)
    if width == "desktop":
        keep(page, "review", 1560)


def test_an_unlinked_issue_is_one_click_from_the_review(page: Page, story: House) -> None:
    page.goto(story.summary()["page_url"])
    link = page.locator("table a[href*='/browse/']").last
    key = link.inner_text()
    link.click()
    expect(page).to_have_url(f"{story.sandbox.url}/browse/{key}")

"""The console as a person uses it, at desktop and phone width, judged by axe in light and dark."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from plugin.console.door.signing_in import first_visit_link
from tests.browser.test_pages import WIDTHS, fits, keep
from tests.house import House

pytestmark = pytest.mark.browser
PASSWORD = "a plumb line hangs still"


@pytest.fixture(params=["desktop", "phone"])
def width(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def page(browser: Browser, story: House, width: str) -> Iterator[Page]:
    """Signed in as the local admin."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900},
        base_url=story.url,
        color_scheme="light" if width == "desktop" else "dark",
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    link = first_visit_link(story.app.engine, story.url)
    if link:
        page.goto(link)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("The same once more").fill(PASSWORD)
        page.get_by_role("button", name="Set it and sign in").click()
    else:
        page.goto("/sign-in")
        page.get_by_label("The admin’s password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where open work stands")
    yield page
    context.close()
    assert [one for one in problems if "404 (NOT FOUND)" not in one] == []


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_the_overview_says_where_open_work_stands(page: Page, width: str) -> None:
    expect(page.get_by_role("heading", name="Acme Pay")).to_be_visible()
    expect(page.get_by_role("heading", name="Decided last")).to_be_visible()
    fits(page)
    accessible(page)
    if width == "desktop":
        keep(page, "console", 900)


def test_an_issue_tells_its_verdict_in_words(page: Page, story: House) -> None:
    page.get_by_role("searchbox", name="Issue key").fill(story.summary()["issue_url"].rpartition("/")[2])
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("aligned", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="What matched")).to_be_visible()
    fits(page)
    accessible(page)


PATHS = [
    *("/unlinked", "/duplicates", "/status", "/activity", "/tokens", "/issue/NONE-1"),
    *("/rules", "/rules/new", "/rules/history", "/draft", "/objectives", "/objectives/new"),
]


@pytest.mark.parametrize("path", PATHS)
def test_every_page_fits_and_is_accessible(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    fits(page)
    accessible(page)

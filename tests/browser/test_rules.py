"""The editor and the draft as an admin uses them: with scripts at desktop width, without them at both."""

import pytest
from playwright.sync_api import Browser, Page, expect

from plugin.store import drafts
from tests.browser.test_console import PASSWORD, accessible, page, width
from tests.browser.test_pages import WIDTHS, fits, keep
from tests.house import House

__all__ = ["page", "width"]

pytestmark = pytest.mark.browser


def forget(story: House) -> None:
    with story.app.engine.begin() as connection:
        drafts.discard(connection, "admin")


@pytest.mark.parametrize("width", ["desktop"])
def test_a_rule_is_written_with_help_planned_and_seen(page: Page, story: House, width: str) -> None:
    forget(story)
    page.goto("/rules")
    accessible(page)
    fits(page)
    if width == "desktop":
        keep(page, "rules", 900)
    page.get_by_role("link", name="Write a rule").click()
    condition = page.get_by_label("Condition, in JQL")
    condition.fill("compo")
    page.get_by_role("button", name="component", exact=True).click()
    expect(condition).to_have_value("component ")
    condition.press_sequentially("= ")
    expect(page.get_by_text("Line 1, character")).to_be_visible()
    accessible(page)
    page.get_by_role("group", name="What may stand here").get_by_role("button").first.click()
    expect(page.locator("#found").get_by_text("of the product match")).to_be_visible()
    accessible(page)
    fits(page)
    if width == "desktop":
        keep(page, "editor", 1000)
    page.get_by_label("Objective").select_option(index=1)
    page.get_by_label("Why this work serves it").fill("It is what the objective is about")
    page.get_by_label("Id", exact=True).fill("by-hand")
    page.get_by_role("button", name="Save to the draft").click()
    page.get_by_role("link", name="look at the draft and plan it").click()
    expect(page.get_by_text("rule by-hand is new")).to_be_visible()
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("It waits for the worker.")).to_be_visible()
    accessible(page)
    story.app.plan()
    expect(page.get_by_text("issues would move")).to_be_visible()
    accessible(page)
    fits(page)
    if width == "desktop":
        keep(page, "draft", 1200)
    forget(story)


def test_without_scripts_the_editor_checks_at_the_server(browser: Browser, story: House, width: str) -> None:
    forget(story)
    context = browser.new_context(
        java_script_enabled=False, base_url=story.url, viewport={"width": WIDTHS[width], "height": 900}
    )
    page = context.new_page()
    page.goto("/sign-in?next=/rules/new")
    page.get_by_label("The admin’s password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Condition, in JQL").fill("compnent = Wallet")
    page.get_by_role("button", name="Check the condition").click()
    expect(page.get_by_text("Line 1, character 1")).to_be_visible()
    expect(page.get_by_label("Condition, in JQL")).to_have_value("compnent = Wallet")
    page.get_by_label("Condition, in JQL").fill("component is not empty")
    page.get_by_role("button", name="Check the condition").click()
    expect(page.get_by_text("of the product match")).to_be_visible()
    context.close()

"""A few words that nobody asked for: once, out of the way, and gone for good when they are sent away."""

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.widget.answers import EVENTS, greets
from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

WORDS = "Any question about prices?"
LATER = 3_000  # longer than a page view and its answer take


async def greeted(street: Street, context: BrowserContext) -> Guest:
    """Come to a page and be greeted."""
    guest = await street.tab(context)
    await expect(guest.greeting).to_contain_text(WORDS, timeout=PATIENCE)
    return guest


async def told(guest: Guest) -> None:
    """Load the page again; its view has been told, and there was time for a greeting."""
    async with guest.page.expect_response(EVENTS):
        await guest.page.reload()
    await guest.page.wait_for_timeout(LATER)


async def test_a_greeting_that_was_shown_is_not_shown_again(street: Street) -> None:
    context = await street.context()
    await greets(context)
    guest = await greeted(street, context)
    await guest.launcher.click()
    await guest.at("close").click()
    await told(guest)
    await expect(guest.greeting).to_have_count(0)


async def test_a_greeting_that_was_dismissed_never_comes_back_in_any_tab(street: Street) -> None:
    context = await street.context()
    await greets(context)
    guest = await greeted(street, context)
    await guest.at("greeting-close").click()
    await expect(guest.greeting).to_have_count(0)
    await expect(guest.launcher).to_be_focused()
    await told(guest)
    other = await street.tab(context, "rtl")
    await told(other)
    for tab in (guest, other):
        await expect(tab.greeting).to_have_count(0)


async def test_a_greeting_that_is_taken_is_the_first_message(street: Street) -> None:
    context = await street.context()
    await greets(context)
    guest = await greeted(street, context)
    await guest.at("greeting-text").click()
    await expect(guest.panel).to_be_visible()
    await expect(guest.agent_words.first).to_contain_text(WORDS)


async def test_a_quick_reply_under_a_greeting_is_sent(street: Street) -> None:
    context = await street.context()
    await greets(context)
    guest = await greeted(street, context)
    await guest.at("suggestion").first.click()
    await expect(guest.own_words.first).to_contain_text("What does it cost?")


async def test_nobody_is_greeted_while_they_write_and_then_they_are(street: Street) -> None:
    context = await street.context()
    await greets(context, after_seconds=1)
    guest = await street.tab(context, "form")
    await guest.page.locator("#order").fill("Forty screws")
    await told_here(guest)
    await expect(guest.greeting).to_have_count(0)
    await guest.page.locator("h1").click()
    await expect(guest.greeting).to_be_visible(timeout=PATIENCE)


async def test_nobody_is_greeted_over_a_dialog(street: Street) -> None:
    context = await street.context()
    await greets(context, after_seconds=1)
    guest = await street.tab(context, "form")
    await guest.page.locator("#ask").click()
    await told_here(guest)
    await expect(guest.greeting).to_have_count(0)
    await guest.page.locator("#agree").click()
    await expect(guest.greeting).to_be_visible(timeout=PATIENCE)


async def test_a_greeting_takes_no_focus(street: Street) -> None:
    context = await street.context()
    await greets(context)
    guest = await street.tab(context)
    await guest.page.locator("#link").focus()
    await expect(guest.greeting).to_be_visible(timeout=PATIENCE)
    await expect(guest.page.locator("#link")).to_be_focused()


async def test_nobody_is_greeted_in_an_open_panel(street: Street) -> None:
    context = await street.context()
    await greets(context, after_seconds=1)
    guest = await street.tab(context)
    await guest.opens()
    await told_here(guest)
    await expect(guest.greeting).to_have_count(0)


async def told_here(guest: Guest) -> None:
    """Stay so long that a greeting would be there, were there nothing against it."""
    await guest.page.wait_for_timeout(LATER)

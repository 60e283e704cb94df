"""The widget on pages of every kind: it works, and the page goes on as if it were not there."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.street import PHONE, Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

QUESTION = "Does it work offline?"
NO_STORAGE = """for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })"""


async def talks(guest: Guest) -> None:
    """Open, ask, and hear the answer."""
    await guest.opens()
    await guest.says(QUESTION)
    await guest.hears("works offline")


@pytest.mark.parametrize("page", ["brutal", "rtl", "dark", "meddling", "twice", "csp"])
async def test_the_conversation_works_on_a_page_that_is(street: Street, page: str) -> None:
    street.allow(r"twice")
    guest = await street.guest(page)
    await talks(guest)
    await expect(guest.launcher).to_have_count(1)


async def test_a_strict_policy_is_never_violated(street: Street) -> None:
    guest = await street.guest("csp")
    await talks(guest)
    await guest.ends()
    assert await guest.page.evaluate("window.violations") == []


async def test_resets_of_the_page_change_nothing_of_the_panel(street: Street) -> None:
    plain, brutal = await street.guest("plain"), await street.guest("brutal")
    sizes = []
    for guest in (plain, brutal):
        await talks(guest)
        await guest.has_settled()
        sizes.append([await guest.panel.bounding_box(), await guest.input.bounding_box()])
        colours = "node => [getComputedStyle(node).color, getComputedStyle(node).fontSize]"
        sizes[-1].append(await guest.own_words.locator(".bubble").evaluate(colours))
    assert sizes[0] == sizes[1]


async def test_a_page_from_right_to_left_has_the_panel_so_too(street: Street) -> None:
    guest = await street.guest("rtl")
    await guest.opens()
    await guest.has_settled()
    await expect(guest.panel).to_have_css("direction", "rtl")


async def test_a_page_inside_a_frame_carries_it_there(street: Street) -> None:
    around = await street.guest("framed")
    guest = Guest(around.page, around.page.frame_locator("#inside"))
    await talks(guest)
    await expect(around.launcher).to_have_count(0)


async def test_a_frame_without_an_origin_of_its_own_has_a_launcher_and_no_errors(
    street: Street,
) -> None:
    street.allow("CORS policy", "net::ERR_FAILED", "status of 403")
    around = await street.guest("sandboxed")
    guest = Guest(around.page, around.page.frame_locator("#inside"))
    await guest.opens()
    await expect(guest.input).to_be_visible()


async def test_where_storage_is_forbidden_the_conversation_lives_as_long_as_the_page(
    street: Street,
) -> None:
    street.allow("storage is full or forbidden")
    context = await street.context()
    await context.add_init_script(NO_STORAGE)
    guest = await street.tab(context)
    await talks(guest)
    await guest.says("What does Growth cost?")
    await guest.hears("$42")


async def test_a_page_that_replaces_its_body_keeps_the_conversation(street: Street) -> None:
    guest = await street.guest("spa")
    await talks(guest)
    await guest.page.locator("#pricing").click()
    await expect(guest.page.get_by_role("heading", name="Pricing")).to_be_visible()
    await guest.sees_the_launcher()
    await expect(guest.agent_words).to_have_count(1)
    await guest.says("What does Growth cost?")
    await guest.hears("$42")


async def test_calls_made_before_the_script_was_there_count(street: Street) -> None:
    guest = await street.guest("early")
    await guest.opens()
    await expect(guest.launcher).to_have_attribute("aria-label", "Chat schließen")
    box = await guest.panel.bounding_box()
    assert box is not None
    assert box["x"] < 100
    assert await guest.page.evaluate("window.heard") == [
        "unread 0",
        "ready",
    ] or await guest.page.evaluate("window.heard") == ["ready", "unread 0"]


async def test_a_second_copy_of_the_script_says_so_and_does_nothing(street: Street) -> None:
    said = list[str]()
    context = await street.context()
    tab = await street.empty_tab(context)
    street.allow("twice")
    tab.on("console", lambda message: said.append(message.text))
    await tab.goto(street.url("twice"))
    await Guest(tab).sees_the_launcher()
    await expect(tab.locator("hotline-widget")).to_have_count(1)
    assert [text for text in said if "twice" in text]


async def test_on_a_phone_the_panel_covers_the_page(street: Street) -> None:
    guest = await street.guest(viewport=PHONE)
    await talks(guest)
    await guest.has_settled()
    box = await guest.panel.bounding_box()
    assert box == {"x": 0, "y": 0, "width": PHONE["width"], "height": PHONE["height"]}


async def test_at_320_pixels_nothing_is_cut_off(street: Street) -> None:
    guest = await street.guest(viewport={"width": 320, "height": 568})
    await talks(guest)
    await guest.says("https://example.com/" + "a" * 400)
    await guest.is_told_it_arrived()
    wide = "node => node.scrollWidth <= node.clientWidth"
    assert await guest.at("chat-log").evaluate(wide)
    assert await guest.page.evaluate("document.documentElement.scrollWidth") <= 320
    for name in ("close", "menu", "chat-send", "talk-to-person"):
        await expect(guest.at(name)).to_be_in_viewport(ratio=1)


async def test_the_host_page_keeps_its_title_and_its_globals(street: Street) -> None:
    names = "() => Object.getOwnPropertyNames(window)"
    context = await street.context()
    bare = await street.empty_tab(context)
    await bare.goto(street.url("nothing"))
    before = set(await bare.evaluate(names))
    guest = await street.tab(context)
    await talks(guest)
    assert set(await guest.page.evaluate(names)) - before <= {"Hotline", "hotlineSettings"}
    await expect(guest.page).to_have_title(re.compile("^Plain - Shop$"))


async def test_an_origin_that_is_not_allowed_gets_no_conversation_and_the_page_lives_on(
    street: Street,
) -> None:
    street.allow("CORS policy", "net::ERR_FAILED", "status of 403", "Hotline")
    context = await street.context()
    tab = await street.empty_tab(context)
    await tab.goto(street.url().replace("127.0.0.1", "localhost", 1))
    guest = Guest(tab)
    await guest.opens()
    await guest.says(QUESTION)
    await expect(guest.notice).not_to_be_empty(timeout=PATIENCE)
    await expect(tab.locator("#words")).to_be_visible()

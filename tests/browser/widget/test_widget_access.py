"""The widget for everybody: by keyboard alone, read aloud, in both themes, as the checker of axe sees it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import OFFLINE
from tests.browser.widget.answers import CONFIG, alters, closed, greets
from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.street import PHONE, Street

AXE = Path("integrations/web/widget/node_modules/axe-core/axe.min.js")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.skipif(not AXE.exists(), reason="axe is missing: `make setup-dev` fetches it"),
]

CHECK = """async (within) => {
  const parts = [document, ...document.querySelectorAll('hotline-widget')].map((node) => node.shadowRoot ?? node);
  const moving = parts.flatMap((part) => part.getAnimations()).filter(({ effect }) => effect.getTiming().iterations < 9);
  await Promise.all(moving.map(({ finished }) => finished.catch(() => {})));
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await axe.run(within ?? document, { runOnly: { type: 'tag', values: tags } });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id} at ${target.flat().join(' ')}: ${failureSummary}`));
}"""
FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset.testid ?? node?.id ?? '';
}"""
MOST_STEPS = 40
Act = Callable[[Guest], Awaitable[None]]


async def nothing(_guest: Guest) -> None:
    pass


async def opened(guest: Guest) -> None:
    await guest.opens()
    await expect(guest.at("suggestion").first).to_be_visible()


async def answered(guest: Guest) -> None:
    await guest.opens()
    await guest.says("How much is Growth for 40 technicians a year if we pay annually?")
    await guest.hears("$17,740.80")


async def with_menu(guest: Guest) -> None:
    await answered(guest)
    await guest.at("menu").click()


async def asked_to_end(guest: Guest) -> None:
    await with_menu(guest)
    await guest.at("end").click()
    await expect(guest.at("end-yes")).to_be_visible()


async def ended(guest: Guest) -> None:
    await answered(guest)
    await guest.ends()


async def offline(guest: Guest) -> None:
    await answered(guest)
    await guest.loses_the_network()
    await guest.says("Are you there?")
    await expect(guest.notice).not_to_be_empty(timeout=PATIENCE)


async def greeted(guest: Guest) -> None:
    await greets(guest.page.context)
    await guest.page.reload()
    await expect(guest.greeting).to_be_visible(timeout=PATIENCE)


async def asked_for_an_address(guest: Guest) -> None:
    await alters(guest.page.context, CONFIG, closed)
    await guest.page.reload()
    await guest.opens()
    await guest.says("Is there a trial?")
    await expect(guest.at("email-input")).to_be_visible(timeout=PATIENCE)


STATES: list[Act] = [
    *(nothing, opened, answered, with_menu, asked_to_end),
    *(ended, offline, greeted, asked_for_an_address),
]


async def violations(page: Page, within: str | None = None) -> list[str]:
    """Give what axe finds."""
    await page.evaluate(await asyncio.to_thread(AXE.read_text))
    found: list[str] = await page.evaluate(CHECK, within)
    return found


async def steps_to(guest: Guest, name: str, key: str = "Tab") -> None:
    """Press a key until the focus is there."""
    for _ in range(MOST_STEPS):
        if await guest.page.evaluate(FOCUSED) == name:
            return
        await guest.page.keyboard.press(key)
    assert await guest.page.evaluate(FOCUSED) == name


@pytest.mark.parametrize("state", STATES, ids=lambda act: act.__name__)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_this_state(street: Street, state: Act, theme: str) -> None:
    street.allow(OFFLINE)
    guest = await street.guest(theme="dark" if theme == "dark" else "light")
    await state(guest)
    assert await violations(guest.page) == []


@pytest.mark.parametrize("state", [opened, answered], ids=lambda act: act.__name__)
async def test_axe_finds_nothing_on_a_phone(street: Street, state: Act) -> None:
    guest = await street.guest(viewport=PHONE)
    await state(guest)
    assert await violations(guest.page) == []


@pytest.mark.parametrize("path", ["/", "/pricing", "/product", "/customers", "/blog", "/compare"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_demo_companys(
    street: Street, path: str, theme: str
) -> None:
    context = await street.context(theme="dark" if theme == "dark" else "light")
    guest = Guest(await street.empty_tab(context))
    answer = await guest.page.goto(f"{street.address}{path}")
    assert answer is not None
    assert answer.ok
    await guest.sees_the_launcher()
    assert await violations(guest.page) == []


async def test_the_keyboard_alone_goes_from_the_page_to_an_answer(street: Street) -> None:
    guest = await street.guest()
    await guest.sees_the_launcher()
    await steps_to(guest, "launcher")
    await guest.page.keyboard.press("Enter")
    await expect(guest.input).to_be_focused()
    await guest.page.keyboard.type("Does it work")
    await guest.page.keyboard.press("Shift+Enter")
    await guest.page.keyboard.type("offline?")
    await guest.page.keyboard.press("Enter")
    await guest.hears("works offline")
    await expect(guest.input).to_be_focused()
    await expect(guest.own_words).to_have_count(1)


async def test_the_keyboard_alone_goes_from_an_answer_to_a_rated_conversation(
    street: Street,
) -> None:
    guest = await street.guest()
    await answered(guest)
    press = guest.page.keyboard.press
    await steps_to(guest, "menu", "Shift+Tab")
    await press("Enter")
    await steps_to(guest, "end", "ArrowDown")
    await press("Enter")
    await steps_to(guest, "end-yes")
    await press("Enter")
    await expect(guest.at("rating-1")).to_be_visible(timeout=PATIENCE)
    await steps_to(guest, "rating-1")
    await press("ArrowRight")
    await steps_to(guest, "rate-send")
    await press("Enter")
    await expect(guest.panel).to_contain_text("Thank you for telling us.")
    await press("Escape")
    await expect(guest.panel).to_be_hidden()
    await expect(guest.launcher).to_be_focused()


async def test_the_keyboard_can_leave_the_panel(street: Street) -> None:
    guest = await street.guest()
    await guest.opens()
    await expect(guest.input).to_be_focused()
    await steps_to(guest, "link", "Shift+Tab")


async def test_on_a_phone_the_focus_stays_in_the_panel(street: Street) -> None:
    guest = await street.guest(viewport=PHONE)
    await guest.opens()
    for _ in range(MOST_STEPS):
        await guest.page.keyboard.press("Tab")
        assert await guest.page.evaluate(FOCUSED) not in ("link", "search")


async def test_escape_closes_the_menu_before_the_panel(street: Street) -> None:
    guest = await street.guest()
    await with_menu(guest)
    await guest.page.keyboard.press("Escape")
    await expect(guest.at("end")).to_be_hidden()
    await expect(guest.panel).to_be_visible()
    await guest.page.keyboard.press("Escape")
    await expect(guest.panel).to_be_hidden()


async def test_a_reply_is_announced_once_and_whole(street: Street) -> None:
    guest = await street.guest()
    await guest.opens()
    region = guest.page.locator("hotline-widget [aria-live=polite]")
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    said = [text for text in await region.locator("p").all_inner_texts() if "offline" in text]
    assert len(said) == 1
    assert "72 hours" in said[0]


async def test_the_panel_has_a_name_and_its_launcher_says_whether_it_is_open(
    street: Street,
) -> None:
    guest = await street.guest()
    await guest.sees_the_launcher()
    await expect(guest.launcher).to_have_attribute("aria-expanded", "false")
    await guest.opens()
    await expect(guest.launcher).to_have_attribute("aria-expanded", "true")
    await expect(guest.page.get_by_role("dialog", name="Tourvane")).to_be_visible()
    await expect(guest.page.get_by_role("log", name="Conversation")).to_be_visible()


async def test_targets_are_large_enough_to_hit(street: Street) -> None:
    guest = await street.guest()
    await answered(guest)
    small = """panel => [...panel.querySelectorAll('button:not([hidden]), input:not([hidden]), textarea')]
      .filter((node) => node.getClientRects().length)
      .map((node) => [node.dataset.testid ?? node.className, node.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
    assert await guest.panel.evaluate(small) == []


async def test_who_wants_less_motion_sees_none(street: Street) -> None:
    guest = await street.guest()
    await guest.page.emulate_media(reduced_motion="reduce")
    await guest.opens()
    moving = "panel => panel.getAnimations({ subtree: true }).length"
    assert await guest.panel.evaluate(moving) == 0


async def test_at_twice_the_size_the_panel_still_fits(street: Street) -> None:
    guest = await street.guest(viewport={"width": 640, "height": 400})
    await answered(guest)
    for name in ("close", "chat-input", "chat-send"):
        await expect(guest.at(name)).to_be_in_viewport(ratio=1)


async def test_enter_while_an_ideograph_is_composed_sends_nothing(street: Street) -> None:
    guest = await street.guest()
    await guest.opens()
    await guest.input.fill("にほ")
    await guest.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(guest.own_words).to_have_count(0)
    await expect(guest.input).to_have_value("にほ")

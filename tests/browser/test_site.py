"""The demo company's site, as anybody who comes by sees it."""

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser.axe import stumbles
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

LAYOUTS = (
    "/",
    "/product",
    "/pricing",
    "/customers",
    "/customers/thornlea",
    "/compare",
    "/help",
    "/developers",
    "/blog",
    "/blog/the-cheapest-visit",
    "/trial",
    "/book",
)


@pytest.mark.parametrize("path", LAYOUTS)
async def test_a_page_is_accessible_in_light_and_dark_on_desk_and_phone(
    stage: Stage, path: str
) -> None:
    page = await stage.page()
    await page.goto(stage.address + path)
    for scheme, width in (("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.set_viewport_size({"width": width, "height": 844})
        assert await stumbles(page) == [], f"{path}, {scheme}, {width} px wide"


@pytest.mark.parametrize("path", LAYOUTS)
async def test_a_page_fits_the_smallest_phone(stage: Stage, path: str) -> None:
    page = await stage.page()
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(stage.address + path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_no_page_asks_another_server_for_anything(stage: Stage) -> None:
    page = await stage.page()
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((stage.address, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", note)
    for path in LAYOUTS:
        await page.goto(stage.address + path)
    assert elsewhere == []


async def test_the_first_tab_offers_to_skip_to_the_content(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.address)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_what_the_agent_saw_opens_beside_the_page_and_closes_by_escape(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(stage.address)
    opener = page.get_by_role("button", name="What the agent saw")
    await opener.click()
    await expect(page.get_by_test_id("saw-panel")).to_contain_text("Nothing yet")
    assert await stumbles(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("saw-panel")).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_a_source_leads_to_its_place_below_the_ribbon(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(f"{stage.address}/pricing#discounts")
    heading = page.get_by_role("heading", name="Discounts")
    await expect(heading).to_be_in_viewport()
    assert await _top(page, "#discounts") >= await _bottom(page, ".ribbon")


async def _top(page: Page, selector: str) -> float:
    return float(await page.locator(selector).evaluate("it => it.getBoundingClientRect().top"))


async def _bottom(page: Page, selector: str) -> float:
    return float(await page.locator(selector).evaluate("it => it.getBoundingClientRect().bottom"))

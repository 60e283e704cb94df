"""The report of `hotline eval signals`, opened from the disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from integrations.evaluating import save_page
from integrations.evaluation.examples import Example
from integrations.evaluation.metrics import evaluate

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)> what does it cost?"
SALES, OTHER = MessageKind.SALES, MessageKind.OTHER
COLD, WARM, HOT = Readiness
EXAMPLES = (
    Example("<b onclick=alert(3)>x</b>", NASTY, SALES, HOT, signals={SignalKind.NEED: ("<script>",)}),
    Example("k-1", "good morning", OTHER, COLD),
    Example("k-2", "w" * 900, OTHER, COLD),
)  # fmt: skip
READINGS = (
    TextReading(SALES, WARM, "en", (Signal(SignalKind.PRICING, "it cost", 0.8),), (NASTY,)),
    TextReading(SALES, COLD, "en"),
    TextReading(SALES, COLD, "en"),
)


@pytest_asyncio.fixture(loop_scope="package")
async def report(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The page, which may neither ask for anything nor complain nor open a dialog."""
    save_page(evaluate(EXAMPLES, READINGS), NASTY, tmp_path / "report.html")
    context = await browser.new_context(offline=True)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: complaints.append(request.url))
    address = (tmp_path / "report.html").as_uri()
    await page.goto(address)
    yield page
    await context.close()
    assert complaints == [address]


async def test_hostile_words_are_shown_and_not_run(report: Page) -> None:
    await expect(report.locator("blockquote").first).to_have_text(NASTY)
    await expect(report.locator("mark.read").last).to_have_text("it cost")
    await expect(report.locator("img, b[onclick]")).to_have_count(0)


async def test_mistakes_are_filtered_by_kind(report: Page) -> None:
    shown = report.locator(".mistakes > li:visible")
    await expect(shown).to_have_count(3)
    await report.get_by_role("button", name="missed handoff").click()
    await expect(shown).to_have_count(1)
    await report.get_by_role("button", name="wrong kind").click()
    await expect(shown).to_have_count(2)
    await expect(report.get_by_role("button", pressed=True)).to_have_text("wrong kind 2")
    await report.get_by_role("button", name="all").click()
    await expect(shown).to_have_count(3)


async def test_a_phone_needs_no_sideways_scrolling(report: Page) -> None:
    await report.set_viewport_size({"width": 360, "height": 740})
    assert await report.evaluate("document.documentElement.scrollWidth") == 360

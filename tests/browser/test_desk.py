"""What visitor and reps live through together."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.stage import CONFLICT, Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

HOT = "we need 200 seats live by March, our CFO signed off, who can I talk to?"
NASTY = (
    "We run 40 technicians on paper today and miss two jobs a week. What would Growth cost us from March, "
    "and could someone from sales call me today? "
    '<img src=x onerror="window.hurt = true"><script>window.hurt = true</script>'
    "[a link](javascript:window.hurt=true)"
)


async def test_a_hot_lead_is_claimed_answered_by_the_rep_alone_and_given_back(
    stage: Stage,
) -> None:
    desk, visitor = await stage.desk("mia"), await stage.visitor()
    await visitor.says(HOT)
    await visitor.hears("will answer right here", "5 minutes")

    await desk.opens(HOT)
    await expect(desk.item(HOT).locator(".badge")).to_have_text(re.compile("^(Hot|Red-hot)$"))
    await expect(desk.briefing.locator(".briefing-head")).to_have_text(HOT)
    await expect(desk.input).to_be_disabled()
    await desk.claims()
    await desk.says("Hello, Mia here. Shall we talk at three?")
    await visitor.hears_from("Mia Hartung", "Hello, Mia here. Shall we talk at three?")
    await expect(visitor.header).to_contain_text("Mia Hartung is here with you")

    await visitor.says("Thanks! Does it work offline?")
    await desk.hears("Thanks! Does it work offline?")
    await visitor.hears_nothing_more()

    await desk.gives_back()
    await visitor.hears("AI assistant", "72 hours")
    await expect(visitor.notes.last).to_contain_text("handed the conversation back")
    await expect(desk.input).to_be_disabled()
    await visitor.says("What does Growth cost?")
    await visitor.hears("$42")


async def test_of_two_reps_who_claim_at_once_one_wins_and_the_other_is_told_who(
    stage: Stage,
) -> None:
    stage.allow(CONFLICT)
    quote = "We have 90 technicians and a signed budget, can a person call me?"
    visitor = await stage.visitor()
    mia, jonas = await stage.desk("mia"), await stage.desk("jonas")
    await visitor.says(quote)
    await mia.opens(quote)
    await jonas.opens(quote)
    claimed = await held_back(jonas.page)

    await jonas.claim.click()
    await mia.claims()
    claimed.set()

    await expect(jonas.toast).to_contain_text("Mia Hartung was faster")
    await expect(jonas.state).to_have_text("Claimed by Mia Hartung")
    await expect(jonas.input).to_be_disabled()
    await expect(jonas.claim).to_be_hidden()
    await expect(mia.state).to_have_text("You hold this conversation")
    await expect(visitor.notes).to_have_count(1)
    await expect(visitor.notes).to_contain_text("Mia Hartung has joined")


async def test_a_script_in_a_message_stays_text_on_both_pages(stage: Stage) -> None:
    desk, visitor = await stage.desk(), await stage.visitor()
    await visitor.says(NASTY)
    await expect(visitor.own_words.locator(".bubble")).to_have_text(NASTY)
    await expect(visitor.agent_words).to_have_count(1)
    await visitor.looks_at_what_the_agent_saw()
    await expect(visitor.saw.locator(".turn")).to_have_count(1)

    await desk.opens("someone from sales call me today")
    await expect(desk.log.get_by_test_id("message-visitor").locator(".bubble")).to_have_text(NASTY)
    await desk.claims()
    await desk.says(NASTY)
    await expect(visitor.rep_words.locator(".bubble")).to_contain_text("<script>window.hurt = true")

    for page in (visitor.page, desk.page):
        await expect(page.locator("[onerror], img, a[href^=javascript]")).to_have_count(0)
        assert await page.evaluate("window.hurt ?? null") is None
    await desk.closes("lost")
    await expect(desk.state).to_have_text("Closed: lost")


async def held_back(page: Page) -> asyncio.Event:
    """Keep the claims of this page on their way until the event is set."""
    may_go = asyncio.Event()

    async def late(route: Route) -> None:
        await may_go.wait()
        await route.continue_()

    await page.route("**/v1/handoffs/*/claim", late)
    return may_go

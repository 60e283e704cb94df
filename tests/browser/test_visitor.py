"""What a visitor lives through on the company's site."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PRICE = "How much is Growth for 40 technicians a year if we pay annually?"


async def test_a_price_question_gets_the_right_figure_and_its_source_and_the_panel_says_why(
    stage: Stage,
) -> None:
    visitor = await stage.visitor()
    await visitor.says(PRICE)
    await visitor.hears("$17,740.80")
    await expect(visitor.agent_words).to_have_count(1)

    page = re.compile(r"/pricing(#.*)?$")
    source = visitor.agent_words.last.get_by_role("link", name=re.compile(r"^Pricing\b"))
    await expect(source).to_have_attribute("href", page)
    beside = visitor.agent_words.last.get_by_role("link", name=re.compile(r"^\d: Pricing: "))
    number = await source.locator("xpath=..").locator("small").inner_text()
    await expect(beside.first).to_have_text(number.strip())
    await expect(beside.first).to_have_attribute("href", re.compile(r"/pricing#"))
    await source.click()
    await expect(visitor.page).to_have_url(page)
    await expect(visitor.page.locator("main")).to_contain_text("12 %")
    await visitor.opens_the_chat()
    await visitor.hears("$17,740.80")

    await visitor.looks_at_what_the_agent_saw()
    await expect(visitor.saw.locator(".chip")).to_contain_text(["pricing"])
    await expect(visitor.saw.locator("q").first).to_have_text(PRICE.rstrip("?"))
    await expect(visitor.saw.locator(".reasons")).to_contain_text("asked for a price")
    total = await visitor.saw.locator(".score-total").inner_text()
    assert int(total) > 0
    await expect(visitor.saw.locator(".reasons tfoot")).to_contain_text(f"{total}points in all")


async def test_talk_to_a_person_asks_the_desk_once_and_says_who_comes_and_when(
    stage: Stage,
) -> None:
    desk = await stage.desk()
    waiting = await desk.items.count()
    visitor = await stage.visitor()
    await visitor.asks_for_a_person()

    await visitor.hears("will answer right here", "5 minutes")
    button = visitor.page.get_by_test_id("talk-to-person")
    await expect(button).to_have_text("A person has been asked")
    await expect(button).to_be_disabled()
    await expect(visitor.own_words).to_have_count(1)
    await expect(desk.items).to_have_count(waiting + 1)
    await expect(desk.item("I would like to talk to a person.")).to_contain_text(
        "Waiting for a rep"
    )


async def test_after_hours_no_minutes_are_promised_but_the_hour_at_which_somebody_is_back(
    stage: Stage,
) -> None:
    visitor = await stage.visitor("after_hours")
    await visitor.says("Our 60 people must be live next month, may I speak to somebody?")
    await visitor.hears("closed right now", "09:00 (Berlin time)")
    await visitor.asks_for_a_person()
    await expect(visitor.agent_words).to_have_count(2)
    for words in await visitor.agent_words.all_inner_texts():
        assert not re.search(r"\bminutes?\b|right here|in a moment", words)


async def test_a_reload_keeps_the_conversation_and_it_goes_on(stage: Stage) -> None:
    visitor = await stage.visitor("warm")
    await visitor.says(PRICE)
    await visitor.hears("$17,740.80")
    before = await visitor.transcript()

    await visitor.comes_back()
    await visitor.hears("$17,740.80")
    assert await visitor.transcript() == before
    await expect(visitor.page.get_by_test_id("persona-warm")).to_have_attribute(
        "aria-pressed", "true"
    )

    await visitor.says("Does it work offline?")
    await visitor.hears("works offline")
    assert (await visitor.transcript())[: len(before)] == before
    assert len(await visitor.transcript()) == len(before) + 2


async def test_the_keyboard_alone_reaches_the_chat_and_the_reply_is_announced(
    stage: Stage,
) -> None:
    visitor = await stage.stranger()
    await visitor.page.goto(stage.address)
    keyboard = visitor.page.keyboard
    for _ in range(60):
        await keyboard.press("Tab")
        if await visitor.launcher.evaluate("it => it === it.getRootNode().activeElement"):
            break
    await keyboard.press("Enter")
    await expect(visitor.input).to_be_focused()
    await keyboard.type("Does it work")
    await keyboard.press("Shift+Enter")
    await keyboard.type("offline?")
    await keyboard.press("Enter")

    await visitor.hears("works offline")
    await expect(visitor.own_words).to_have_count(1)
    announced = visitor.page.locator("hotline-widget [aria-live=polite] p")
    await expect(announced.filter(has_text="works offline")).to_have_count(1)
    await expect(visitor.input).to_be_focused()
    await keyboard.press("Escape")
    await expect(visitor.panel).to_be_hidden()

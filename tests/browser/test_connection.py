"""What happens when the network goes away and comes back."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.stage import BROKEN, BROKEN_STREAM, OFFLINE, Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_a_message_written_while_the_connection_is_cut_is_sent_once_and_answered_once(
    stage: Stage,
) -> None:
    stage.allow(OFFLINE, BROKEN_STREAM)
    visitor = await stage.visitor(by_wire=True)
    await visitor.says("What does Growth cost?")
    await visitor.hears("$42")

    await visitor.loses_the_network()
    stage.wire.cut()
    await expect(visitor.notice).to_contain_text(re.compile("offline|Connection lost"))
    await visitor.says("Does it work offline?")
    await expect(visitor.own_words.last).to_have_attribute("data-delivery", "sending")
    await expect(visitor.agent_words).to_have_count(1)

    await visitor.finds_the_network()
    await visitor.hears("works offline")
    await expect(visitor.notice).to_be_hidden()
    await visitor.hears_nothing_more()
    assert [line.split(":")[0] for line in await visitor.transcript()] == [
        "visitor",
        "agent",
        "visitor",
        "agent",
    ]
    await visitor.comes_back()
    await expect(visitor.own_words).to_have_count(2)
    await expect(visitor.agent_words).to_have_count(2)


async def test_a_message_whose_receipt_is_lost_is_taken_once_and_answered_once(
    stage: Stage,
) -> None:
    stage.allow(BROKEN, BROKEN_STREAM)
    visitor = await stage.visitor(by_wire=True)
    stage.wire.loses_answers = True
    await visitor.says("Does it work offline?")
    await expect(visitor.own_words.last).to_have_attribute("data-delivery", "sending")
    stage.wire.loses_answers = False

    await visitor.hears("works offline")
    await visitor.hears_nothing_more()
    await expect(visitor.own_words).to_have_count(1)
    await expect(visitor.agent_words).to_have_count(1)
    await visitor.comes_back()
    await visitor.hears("works offline")
    await expect(visitor.own_words).to_have_count(1)
    await expect(visitor.agent_words).to_have_count(1)


async def test_the_desk_shows_what_happened_while_its_stream_was_cut(
    stage: Stage,
) -> None:
    stage.allow(OFFLINE, BROKEN_STREAM)
    quote = "We want 75 licences this quarter, the budget is approved, can somebody call me?"
    desk, visitor = await stage.desk(by_wire=True), await stage.visitor()

    await desk.page.context.set_offline(True)
    stage.wire.cut()
    await expect(desk.connection).to_have_text("Reconnecting…")
    await visitor.says(quote)
    await visitor.hears("will answer right here")
    await expect(desk.item(quote)).to_have_count(0)

    await desk.page.context.set_offline(False)
    await desk.is_live()
    await desk.opens(quote)
    await desk.claims()
    await visitor.says("I am still here.")
    await desk.hears("I am still here.")

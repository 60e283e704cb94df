"""A widget from before a server's update, or after it: what both know works, the rest is hidden or ignored."""

import pytest
from playwright.async_api import Route, expect

from tests.browser.widget.answers import (
    CONFIG,
    EVENTS,
    alters,
    lacks,
    of_a_newer_server,
    of_an_older_server,
)
from tests.browser.widget.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

NOT_FOUND = r"the server responded with a status of 404"
STATION = 'event: weather\ndata: {"sun": true}\n\nevent: message_seen\ndata: 7\n\n'


async def test_what_a_newer_server_adds_is_ignored(street: Street) -> None:
    context = await street.context()
    for url in (CONFIG, "**/v1/conversations", "**/messages"):
        await alters(context, url, of_a_newer_server)
    guest = await street.tab(context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")


async def test_what_an_older_server_leaves_out_is_not_missed(street: Street) -> None:
    context = await street.context()
    await alters(context, CONFIG, of_an_older_server)
    guest = await street.tab(context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    await expect(guest.at("suggestion")).to_have_count(0)
    await expect(guest.page.get_by_role("button", name="Attach a file")).to_have_count(0)


async def test_without_a_configuration_the_words_are_english_and_the_chat_works(
    street: Street,
) -> None:
    street.allow(NOT_FOUND)
    context = await street.context()
    await lacks(context, CONFIG)
    await lacks(context, EVENTS)
    guest = await street.tab(context)
    await guest.opens()
    await expect(guest.input).to_have_attribute("aria-label", "Your message")
    await guest.says("Does it work offline?")
    await guest.hears("works offline")


async def test_where_conversations_cannot_be_ended_the_visitor_still_gets_a_new_one(
    street: Street,
) -> None:
    street.allow(NOT_FOUND)
    context = await street.context()
    await lacks(context, "**/end")
    await lacks(context, "**/rating")
    guest = await street.tab(context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    await guest.ends()
    await guest.at("start-anew").click()
    await expect(guest.own_words).to_have_count(0)


async def test_events_that_nobody_knows_yet_are_passed_over(street: Street) -> None:
    context = await street.context()
    asked = 0

    async def speaks(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            await route.continue_()
            return
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
        await route.fulfill(status=200, headers=headers, body=STATION)

    await context.route("**/stream*", speaks)
    guest = await street.tab(context)
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    assert asked > 1

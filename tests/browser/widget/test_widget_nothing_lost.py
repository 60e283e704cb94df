"""Whatever happens to page, network and server: every word arrives, once and in order."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Route, expect

from tests.benchmarks.server import ServerProcess
from tests.browser.stage import BROKEN, BROKEN_STREAM, OFFLINE
from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

REFUSED = r"Failed to load resource: net::ERR_CONNECTION_REFUSED"
FAILING = r"Failed to load resource: the server responded with a status of 500"
FIRST, SECOND = "What does Growth cost?", "Does it work offline?"
TALK = ["visitor", "agent", "visitor", "agent"]
LONG = 60_000  # a server on a busy machine needs that to start


async def begun(guest: Guest) -> None:
    """Ask the first thing and have it answered."""
    await guest.opens()
    await guest.says(FIRST)
    await guest.hears("$42")


async def test_words_written_offline_are_sent_once_in_order_and_answered(street: Street) -> None:
    street.allow(OFFLINE, BROKEN_STREAM)
    guest = await street.guest(by_wire=True)
    await begun(guest)
    await guest.loses_the_network()
    street.wire.cut()
    await guest.says("I am on a train.")
    await guest.says(SECOND)
    await expect(guest.own_words.last).to_have_attribute("data-delivery", "sending")
    await expect(guest.notice).not_to_be_empty(timeout=PATIENCE)
    await guest.finds_the_network()
    await guest.hears("works offline")
    await expect(guest.notice).to_be_empty(timeout=PATIENCE)
    await guest.hears_nothing_more()
    said = [line for line in await guest.transcript() if line.startswith("visitor")]
    assert [line.splitlines()[0] for line in said] == [
        f"visitor: {FIRST}",
        "visitor: I am on a train.",
        f"visitor: {SECOND}",
    ]
    await guest.comes_back()
    await expect(guest.own_words).to_have_count(3)


async def test_what_was_said_during_an_hour_of_sleep_is_there_afterwards(street: Street) -> None:
    street.allow(OFFLINE, BROKEN_STREAM, REFUSED)
    context = await street.context()
    asleep = await street.tab(context, by_wire=True)
    await begun(asleep)
    await asleep.page.clock.install()
    await asleep.loses_the_network()
    street.wire.cut()
    await asleep.says(SECOND)
    await asleep.page.clock.fast_forward("01:00:00")
    await asleep.finds_the_network()
    await asleep.page.clock.fast_forward("00:30")
    await asleep.hears("works offline")
    assert await asleep.authors() == TALK


async def test_a_reload_while_the_reply_is_written_shows_it_whole_and_once(
    street: Street,
) -> None:
    guest = await street.guest()
    await begun(guest)
    await guest.input.fill(SECOND)
    await guest.input.press("Enter")
    await guest.comes_back()
    await guest.hears("works offline")
    await guest.hears_nothing_more()
    assert await guest.authors() == TALK


async def test_a_server_that_starts_again_is_found_again_with_the_words_written_meanwhile(
    street: Street, server: ServerProcess
) -> None:
    street.allow(REFUSED, BROKEN, BROKEN_STREAM)
    guest = await street.guest()
    await begun(guest)
    await server.stop()
    await guest.says(SECOND)
    await server.start()
    await expect(guest.own_words.last).to_have_attribute("data-delivery", "sent", timeout=LONG)
    await expect(guest.agent_words).to_have_count(2, timeout=LONG)
    await guest.hears("works offline")
    assert await guest.authors() == TALK


async def test_two_tabs_stay_in_step_and_both_may_write(street: Street) -> None:
    context = await street.context()
    left = await street.tab(context)
    await begun(left)
    right = await street.tab(context)
    await right.sees_the_launcher()
    if await right.launcher.get_attribute("aria-expanded") != "true":
        await right.opens()
    await right.hears("$42")
    await right.says(SECOND)
    for tab in (left, right):
        await tab.hears("works offline")
    await left.says("Is there a trial?")
    for tab in (left, right):
        await expect(tab.own_words).to_have_count(3, timeout=PATIENCE)
        await expect(tab.agent_words).to_have_count(3, timeout=PATIENCE)
        await tab.hears()
    assert await left.authors() == await right.authors() == [*TALK, "visitor", "agent"]


async def test_words_of_a_tab_that_was_closed_offline_go_out_when_the_visitor_returns(
    street: Street,
) -> None:
    street.allow(OFFLINE, BROKEN_STREAM)
    context = await street.context()
    guest = await street.tab(context, by_wire=True)
    await begun(guest)
    await guest.loses_the_network()
    street.wire.cut()
    await guest.says(SECOND)
    await guest.page.close()
    await context.set_offline(False)
    back = await street.tab(context, by_wire=True)
    await back.sees_the_launcher()
    if await back.launcher.get_attribute("aria-expanded") != "true":
        await back.opens()
    await back.hears("works offline")
    assert await back.authors() == TALK


async def test_a_receipt_that_is_lost_doubles_nothing(street: Street) -> None:
    street.allow(BROKEN, BROKEN_STREAM)
    guest = await street.guest(by_wire=True)
    await begun(guest)
    street.wire.loses_answers = True
    await guest.says(SECOND)
    await expect(guest.notice).not_to_be_empty(timeout=PATIENCE)
    street.wire.loses_answers = False
    await guest.hears("works offline")
    await guest.hears_nothing_more()
    assert await guest.authors() == TALK


async def test_a_server_that_fails_for_a_while_gets_the_words_when_it_is_well(
    street: Street,
) -> None:
    street.allow(FAILING)
    guest = await street.guest()
    await begun(guest)
    failures = 3

    async def fails(route: Route) -> None:
        nonlocal failures
        if route.request.method != "POST" or failures == 0:
            await route.continue_()
            return
        failures -= 1
        await route.fulfill(status=500, headers={"Access-Control-Allow-Origin": "*"})

    await guest.page.context.route("**/messages", fails)
    await guest.says(SECOND)
    await guest.hears("works offline")
    assert failures == 0
    assert await guest.authors() == TALK


async def test_a_stream_that_stalls_is_opened_again(street: Street) -> None:
    guest = await street.guest(by_wire=True)
    await guest.page.clock.install()
    await guest.page.reload()
    await begun(guest)
    street.wire.stall()
    await guest.says(SECOND)
    await guest.is_told_it_arrived()
    await guest.hears_nothing_more()
    await guest.page.clock.fast_forward("01:00")
    await guest.hears("works offline")
    assert await guest.authors() == TALK


@pytest.mark.parametrize("year", [2001, 2090])
async def test_a_clock_that_is_years_off_changes_nothing(street: Street, year: int) -> None:
    context = await street.context()
    await context.clock.install(time=datetime(year, 1, 1, tzinfo=UTC))
    guest = await street.tab(context)
    await begun(guest)
    await guest.says(SECOND)
    await guest.hears("works offline")
    await guest.comes_back()
    await expect(guest.agent_words).to_have_count(2)
    assert await guest.authors() == TALK

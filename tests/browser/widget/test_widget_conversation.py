"""A whole conversation, from a page of a shop to the rep at the desk and back."""

import asyncio
import re

import pytest
from playwright.async_api import Download, FilePayload, expect

from tests.browser.widget.answers import CONFIG, alters, closed
from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

HOT = "We need {} licences by April and the budget is approved. Who can I talk to?"
PDF = FilePayload(name="needs.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 our needs")


async def test_a_hot_visitor_reaches_the_rep_at_the_desk_and_hears_them(street: Street) -> None:
    desk, guest, words = await street.desk(), await street.guest(), HOT.format(81)
    await guest.opens()
    await guest.says(words)
    await expect(guest.agent_words).to_have_count(1, timeout=PATIENCE)
    await desk.opens(words)
    await desk.claims()
    await desk.says("Hello, I am Mia. What do you need first?")
    await guest.hears_from("Mia Hartung", "Hello, I am Mia. What do you need first?")
    await guest.says("The dispatch board.")
    await desk.hears("The dispatch board.")
    await guest.hears_nothing_more()


async def test_a_price_question_gets_the_figure_with_its_source_by_an_agent_that_says_so(
    street: Street,
) -> None:
    guest = await street.guest()
    await guest.opens()
    await guest.says("How much is Growth for 40 technicians a year if we pay annually?")
    await guest.hears("$17,740.80")
    latest = guest.agent_words.last
    await expect(latest.locator(".by")).to_contain_text("AI")
    source = latest.get_by_role("link", name=re.compile("Pricing")).last
    await expect(source).to_have_attribute("href", re.compile(r"^https?://.*/pricing"))
    await expect(source).to_have_attribute("rel", re.compile("noopener"))


async def test_a_press_asks_for_a_person_and_the_desk_has_it(street: Street) -> None:
    desk = await street.desk()
    waiting = await desk.items.count()
    guest = await street.guest()
    await guest.opens()
    await guest.at("talk-to-person").click()
    await expect(guest.agent_words).to_have_count(1, timeout=PATIENCE)
    await expect(guest.at("talk-to-person")).to_be_disabled()
    await expect(desk.items).to_have_count(waiting + 1, timeout=PATIENCE)


async def test_a_file_goes_to_the_desk_with_its_words_and_can_be_had_back(street: Street) -> None:
    desk, guest, words = await street.desk(), await street.guest(), HOT.format(82)
    await guest.opens()
    await expect(guest.page.get_by_role("button", name="Attach a file")).to_be_visible()
    await guest.at("chat-files").set_input_files(PDF)
    await guest.says(words)
    await guest.is_told_it_arrived()
    async with guest.page.expect_download() as download:
        await guest.own_words.last.get_by_role("button", name="needs.pdf").click()
    assert await content(await download.value) == PDF["buffer"]
    await desk.opens(words)
    await expect(desk.log).to_contain_text("needs.pdf")


async def test_a_file_of_a_kind_that_is_not_taken_is_refused_before_it_is_sent(
    street: Street,
) -> None:
    guest = await street.guest()
    await guest.opens()
    program = FilePayload(name="tool.exe", mimeType="application/x-msdownload", buffer=b"MZ")
    await expect(guest.page.get_by_role("button", name="Attach a file")).to_be_visible()
    await guest.at("chat-files").set_input_files(program)
    await expect(guest.panel).to_contain_text("tool.exe: this kind of file cannot be sent.")
    await expect(guest.own_words).to_have_count(0)


async def test_a_suggestion_is_sent_with_one_press(street: Street) -> None:
    guest = await street.guest()
    await guest.opens()
    suggestion = guest.at("suggestion").first
    words = await suggestion.inner_text()
    await suggestion.click()
    await expect(guest.own_words).to_have_count(1)
    await expect(guest.own_words.first).to_contain_text(words.strip())
    await expect(guest.agent_words).to_have_count(1, timeout=PATIENCE)


async def test_who_writes_while_nobody_is_there_may_leave_an_address(street: Street) -> None:
    context = await street.context()
    await alters(context, CONFIG, closed)
    await alters(context, "**/v1/conversations", closed)
    guest = await street.tab(context)
    await guest.opens()
    await expect(guest.at("email-input")).to_have_count(0)
    await guest.says("Is there a trial?")
    await guest.at("email-input").fill("dana@")
    await guest.at("email-send").click()
    await expect(guest.panel).to_contain_text("Please check this address.")
    await guest.at("email-input").fill("dana@nordlift.example")
    await guest.at("email-send").click()
    await expect(guest.panel).to_contain_text("We will use dana@nordlift.example")


async def test_who_talks_to_a_rep_is_not_told_that_nobody_is_there(street: Street) -> None:
    context = await street.context()
    await alters(context, CONFIG, closed)
    desk, guest, words = await street.desk(), await street.tab(context), HOT.format(84)
    await guest.opens()
    await guest.says(words)
    await expect(guest.at("email-input")).to_be_visible(timeout=PATIENCE)
    await desk.opens(words)
    await desk.claims()
    await expect(guest.panel).to_contain_text("Mia Hartung is here", timeout=PATIENCE)
    await expect(guest.at("email-input")).to_have_count(0)


async def test_the_transcript_holds_what_was_said(street: Street) -> None:
    guest = await one_question(street)
    await guest.at("menu").click()
    async with guest.page.expect_download() as download:
        await guest.at("transcript").click()
    text = (await content(await download.value)).decode()
    assert "Does it work offline?" in text
    assert "works offline" in text


async def test_what_the_visitor_is_writing_stays_untouched_while_messages_come(
    street: Street,
) -> None:
    guest = await street.guest()
    await guest.opens()
    await expect(guest.at("suggestion").first).to_be_visible()
    await guest.input.evaluate("input => (input.isTheSame = true)")
    await guest.says("Does it work offline?")
    await guest.page.keyboard.type("And what")
    await guest.hears("works offline")
    await guest.page.keyboard.type(" does it cost?")
    await expect(guest.input).to_have_value("And what does it cost?")
    assert await guest.input.evaluate("input => input.isTheSame")


async def test_an_ended_conversation_is_rated_and_the_next_one_begins_empty(
    street: Street,
) -> None:
    guest = await one_question(street)
    await guest.ends()
    await guest.at("rating-4").click()
    await guest.at("rate-send").click()
    await expect(guest.panel).to_contain_text("Thank you for telling us.")
    await guest.at("start-anew").click()
    await expect(guest.own_words).to_have_count(0)
    await guest.says("Is there a trial?")
    await expect(guest.agent_words).to_have_count(1, timeout=PATIENCE)


async def test_what_a_rep_says_while_the_panel_is_closed_is_counted_on_the_launcher(
    street: Street,
) -> None:
    desk, guest, words = await street.desk(), await street.guest(), HOT.format(83)
    await guest.opens()
    await guest.says(words)
    await expect(guest.agent_words).to_have_count(1, timeout=PATIENCE)
    await guest.at("close").click()
    await desk.opens(words)
    await desk.claims()
    await desk.says("Are you still there?")
    await expect(guest.launcher).to_have_attribute(
        "aria-label", re.compile(r"\d unread"), timeout=PATIENCE
    )
    await guest.opens()
    await guest.hears_from("Mia Hartung", "Are you still there?")
    await guest.at("close").click()
    await expect(guest.launcher).to_have_attribute("aria-label", "Chat with us")


async def content(download: Download) -> bytes:
    """Give what was saved."""
    return await asyncio.to_thread((await download.path()).read_bytes)


async def one_question(street: Street) -> Guest:
    """Bring a guest who has asked one thing and had the answer."""
    guest = await street.guest()
    await guest.opens()
    await guest.says("Does it work offline?")
    await guest.hears("works offline")
    return guest

"""Words that were written to do harm, or just are unusual: shown as what they are, and nothing more."""

import json
import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

HARMFUL = [
    "<img src=x onerror=\"window.broken = 'img'\">",
    "<script>window.broken = 'script'</script>",
    "[press me](javascript:window.broken='link')",
    "[press me](data:text/html,<script>alert(1)</script>)",
    "<svg onload=\"window.broken='svg'\">",
    "javascript:window.broken='bare'",
]
EMOJI = "😀" * 8_000
OVERRIDE = "gpj.\u202eexe.elpmas-safe"


async def opened(street: Street) -> Guest:
    guest = await street.guest()
    await guest.opens()
    return guest


@pytest.mark.parametrize("words", HARMFUL)
async def test_a_visitors_own_words_are_only_text(street: Street, words: str) -> None:
    guest = await opened(street)
    await guest.says(words)
    await expect(guest.own_words.last.locator(".bubble")).to_have_text(words)
    await is_harmless(guest)


@pytest.mark.parametrize("words", HARMFUL)
async def test_words_of_the_other_side_are_only_text_too(street: Street, words: str) -> None:
    guest = await hears_at_once(street, words)
    await expect(guest.agent_words.first).to_be_visible(timeout=PATIENCE)
    await is_harmless(guest)


async def test_markdown_of_the_other_side_is_shown_and_its_links_lead_out_safely(
    street: Street,
) -> None:
    guest = await hears_at_once(
        street, "**Bold** and [here](https://shop.example/a?b=1&c=2)\n\n- one\n- two"
    )
    first = guest.agent_words.first
    await expect(first.locator(".bubble :is(strong, b)")).to_have_count(1)
    await expect(first.locator(".bubble li")).to_have_count(2)
    link = first.get_by_role("link", name="here")
    await expect(link).to_have_attribute("href", "https://shop.example/a?b=1&c=2")
    await expect(link).to_have_attribute("target", "_blank")
    assert {"noopener", "noreferrer"} <= set(str(await link.get_attribute("rel")).split())


async def test_eight_thousand_emoji_are_sent_and_one_more_is_not(street: Street) -> None:
    guest = await opened(street)
    await guest.input.fill(EMOJI + "😀")
    await expect(guest.at("chat-send")).to_be_disabled()
    await expect(guest.panel).to_contain_text("1 characters too many")
    await guest.input.fill(EMOJI)
    await guest.at("chat-send").click()
    await guest.is_told_it_arrived()
    shown = await guest.own_words.last.locator(".bubble").inner_text()
    assert shown.count("😀") == 8_000


async def test_marks_that_turn_the_direction_turn_nothing_beside_them(street: Street) -> None:
    guest = await opened(street)
    await guest.says(OVERRIDE)
    await guest.is_told_it_arrived()
    bubble = guest.own_words.last.locator(".bubble")
    await expect(bubble).to_have_attribute("dir", "auto")
    await expect(bubble).to_have_css("unicode-bidi", re.compile("isolate|plaintext"))


async def test_pasted_html_becomes_plain_text(street: Street) -> None:
    guest = await opened(street)
    await guest.input.focus()
    await guest.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/html', '<b onclick="x()">forty</b> licences');
          data.setData('text/plain', 'forty licences');
          const input = document.querySelector('hotline-widget').shadowRoot.activeElement;
          if (input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })))
            document.execCommand('insertText', false, data.getData('text/plain'));
        }"""
    )
    await expect(guest.input).to_have_value("forty licences")


async def hears_at_once(street: Street, words: str) -> Guest:
    """Bring a guest to whom the first message, by the agent, says this."""
    context = await street.context()

    async def reads(route: Route) -> None:
        message = {
            "seq": 1,
            "message_id": "m-1",
            "author": "agent",
            "author_name": words,
            "text": words,
            "created_at": "2030-01-07T08:00:00Z",
            "sources": [{"title": words, "url": "javascript:window.broken='source'"}],
        }
        text = f"event: message\nid: 1\ndata: {json.dumps(message)}\n\n"
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
        await route.fulfill(status=200, headers=headers, body=text)

    await context.route("**/stream*", reads)
    guest = await street.tab(context)
    await guest.opens()
    await guest.says("Hello")
    return guest


async def is_harmless(guest: Guest) -> None:
    """Nothing ran, nothing was made of it, and no link leads anywhere bad."""
    assert await guest.page.evaluate("window.broken ?? null") is None
    assert await guest.at("chat-log").locator(".bubble :is(img, script, svg)").count() == 0
    links = guest.at("chat-log").locator("a")
    for link in await links.all():
        assert str(await link.get_attribute("href")).startswith(
            ("http://", "https://", "mailto:", "tel:")
        )

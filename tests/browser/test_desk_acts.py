"""What reps do at the desk beyond claiming and speaking, and how they come in."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from tests.browser.pages import PATIENCE, Desk, Visitor
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

ROOT = Path(__file__).parents[2]
UNAUTHORIZED = r"Failed to load resource: the server responded with a status of 401"
HURT = (
    '"><img src=x onerror="window.hurt = true"><script>window.hurt = true</script>'
    "[here](javascript:window.hurt=true)"
)
NO_WORDS = re.compile(
    r"(_id|_at|^at|^id|^rep|^since|^state|^temperature|^author|^group|^status|^kind)$"
)


@pytest_asyncio.fixture(loop_scope="package", autouse=True)
async def _nothing_left(address: str, folder: Path) -> AsyncIterator[None]:
    """Close what a story has opened: a rep with their hands full is called for nothing more."""
    yield
    headers = {"Authorization": f"Bearer {(folder / 'api-key').read_text().strip()}"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        for handoff in (await client.get("/v1/handoffs")).json()["handoffs"]:
            rep = {"rep": handoff["claimed_by"] or "mia"}
            await client.post(f"/v1/handoffs/{handoff['handoff_id']}/close", json=rep)


async def a_hot_lead(stage: Stage, words: str) -> tuple[Desk, Visitor]:
    """A visitor who asks for a person, and Mia who has opened that."""
    desk, visitor = await stage.desk("mia"), await stage.visitor()
    await visitor.says(words)
    await desk.opens(words)
    return desk, visitor


def invite(folder: Path, address: str, rep: str) -> str:
    """Ask for a sign-in link as whoever runs the server does."""
    command = "from integrations.cli import main; main()"
    environment = {
        "PYTHONPATH": str(ROOT),
        "HOTLINE_DATA_DIR": str(folder),
        "HOTLINE_PORT": str(urlsplit(address).port),
    }
    printed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", command, "desk", "invite", rep],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return f"{address}/desk#{urlsplit(printed.strip()).fragment}"


async def test_a_draft_is_changed_and_sent_by_the_rep(stage: Stage) -> None:
    desk, visitor = await a_hot_lead(
        stage, "What does Growth cost for 35 technicians? Call me today."
    )
    await desk.claims()
    await expect(desk.input).to_be_focused()
    await desk.page.get_by_test_id("desk-draft").click()
    await expect(desk.input).not_to_have_value("", timeout=PATIENCE)
    await expect(desk.input).to_be_focused()
    await expect(visitor.rep_words).to_have_count(0)

    drafted = await desk.input.input_value()
    await desk.says(f"{drafted} Greetings, Mia")

    await expect(visitor.rep_words.last).to_contain_text("Greetings, Mia")
    await expect(desk.input).to_have_value("")


async def test_a_time_is_offered_below_what_the_rep_has_written(stage: Stage) -> None:
    desk, visitor = await a_hot_lead(stage, "We have 36 technicians, can a person call me today?")
    await desk.claims()
    await desk.input.fill("Gladly.")
    await desk.page.get_by_test_id("desk-booking").click()
    offer = re.compile(r"^Gladly\.\n\n.*https://tourvane\.example/book", re.DOTALL)
    await expect(desk.input).to_have_value(offer)
    await expect(visitor.rep_words).to_have_count(0)


async def test_what_came_of_it_is_kept_with_its_worth(stage: Stage) -> None:
    words = "37 technicians, the budget is approved, who can I talk to today?"
    desk, _ = await a_hot_lead(stage, words)
    await desk.claims()
    await desk.closes("meeting_booked", "4800", "Thursday at ten.")
    await expect(desk.state).to_have_text("Closed: meeting booked")
    more = await desk.reads_more()
    await expect(more).to_contain_text(
        "Mia Hartung meeting booked · worth 4,800 · Thursday at ten."
    )
    await expect(more).to_contain_text("Mia Hartung saw it")


async def test_who_is_passed_a_handoff_finds_it_waiting(stage: Stage) -> None:
    words = "38 technicians, our CFO signed off, can somebody call me today?"
    desk, visitor = await a_hot_lead(stage, words)
    jonas = await stage.desk("jonas")
    await desk.claims()
    await expect(jonas.part("With colleagues").filter(has_text=words)).to_be_visible()

    await desk.passes_on("rep:jonas", "Asks about the interface.")

    await expect(jonas.part("Waiting").filter(has_text=words)).to_be_visible()
    await expect(visitor.notes.last).to_contain_text("Jonas Eklund")
    await jonas.opens(words)
    more = await jonas.reads_more()
    await expect(more).to_contain_text("Asks about the interface.")
    await jonas.page.get_by_test_id("desk-more-close").click()
    await jonas.claims()
    await jonas.says("Jonas here.")
    await visitor.hears_from("Jonas Eklund", "Jonas here.")


async def test_what_is_snoozed_waits_apart(stage: Stage) -> None:
    words = "39 technicians, we want to buy this week, can a person call me?"
    desk, _ = await a_hot_lead(stage, words)
    await desk.page.get_by_test_id("desk-snooze").click()
    await desk.page.get_by_test_id("desk-snooze-confirm").click()
    await expect(desk.part("Snoozed").filter(has_text=words)).to_be_visible()
    await expect(desk.state).to_contain_text("Snoozed until")


async def test_enter_accepts_what_was_entered_and_cancel_does_not(stage: Stage) -> None:
    words = "47 technicians, the board agreed, can a person call me today?"
    desk, _ = await a_hot_lead(stage, words)
    await desk.page.get_by_test_id("desk-not-hot").click()
    await desk.page.get_by_role("button", name="Cancel").click()
    await expect(desk.state).to_have_text("Waiting for a rep")
    await desk.page.get_by_test_id("desk-not-hot").click()
    await desk.page.locator("#not-hot-note").fill("A student.")
    await desk.page.keyboard.press("Enter")
    await expect(desk.state).to_have_text("Closed: not hot")
    more = await desk.reads_more()
    await expect(more).to_contain_text("Mia Hartung not hot · no buyer · A student.")


async def test_a_rep_needs_no_mouse(stage: Stage) -> None:
    words = "46 technicians, the budget is approved, can a person call me today?"
    desk, visitor = await stage.desk("mia"), await stage.visitor()
    await visitor.says(words)
    await desk.sees(words)
    keys = desk.page.keyboard

    await desk.item(words).focus()
    await keys.press("Enter")
    await expect(desk.item(words)).to_have_attribute("aria-current", "true")
    await expect(desk.item(words)).to_be_focused()
    await desk.claim.focus()
    await keys.press("Enter")
    await expect(desk.input).to_be_focused()
    await keys.type("Mia here.")
    await keys.press("Enter")
    await visitor.hears_from("Mia Hartung", "Mia here.")
    await expect(desk.input).to_be_focused()
    close = desk.page.get_by_test_id("desk-close")
    await close.focus()
    await keys.press("Enter")
    await expect(desk.page.get_by_label("What came of it?")).to_be_focused()
    await keys.press("Escape")
    await expect(close).to_be_focused()
    await expect(desk.state).to_have_text("You hold this conversation")


async def test_what_was_given_back_can_be_taken_again(stage: Stage) -> None:
    words = "41 technicians, our board agreed, who can I talk to today?"
    desk, visitor = await a_hot_lead(stage, words)
    await desk.claims()
    await desk.gives_back()
    await desk.page.get_by_test_id("desk-reopen").click()
    await expect(desk.state).to_have_text("You hold this conversation")
    await desk.says("Here again.")
    await visitor.hears_from("Mia Hartung", "Here again.")


async def test_words_that_were_not_sent_wait_for_the_rep(stage: Stage) -> None:
    one, other = "42 technicians, call me today please", "43 technicians, call me today please"
    desk, _ = await a_hot_lead(stage, one)
    await desk.claims()
    await desk.input.fill("Half a thought")
    visitor = await stage.visitor()
    await visitor.says(other)
    await desk.opens(other)
    await expect(desk.input).to_have_value("")
    await desk.opens(one)
    await expect(desk.input).to_have_value("Half a thought")


async def test_a_sign_in_link_lets_one_rep_in_once(
    stage: Stage, folder: Path, address: str
) -> None:
    link = invite(folder, address, "jonas")
    jonas, stranger = Desk(await stage.page()), Desk(await stage.page())

    await jonas.page.goto(link)
    await jonas.is_live()
    await expect(jonas.page.get_by_test_id("desk-me")).to_have_text("Jonas Eklund")
    await expect(jonas.page.get_by_test_id("desk-rep")).to_be_hidden()
    assert jonas.page.url == f"{address}/desk"

    stage.allow(UNAUTHORIZED)
    await stranger.page.goto(link)
    await expect(stranger.toast).to_contain_text("ask for a new one")
    await expect(stranger.page.get_by_test_id("desk-me")).to_be_hidden()


async def test_who_signs_out_comes_in_again_with_the_key(
    stage: Stage, folder: Path, address: str
) -> None:
    stage.allow(UNAUTHORIZED)
    desk = Desk(await stage.page())
    await desk.page.goto(invite(folder, address, "mia"))
    await desk.is_live()
    await desk.page.get_by_test_id("desk-sign-out").click()
    key = desk.page.get_by_label("API key")
    await expect(key).to_be_focused()
    await key.fill("wrong")
    await key.press("Enter")
    await expect(desk.page.locator("#sign-in-error")).to_contain_text("not the API key")
    await key.fill((folder / "api-key").read_text().strip())
    await key.press("Enter")
    await desk.is_live()
    await expect(desk.page.get_by_test_id("desk-rep")).to_be_visible()


async def test_a_script_in_any_field_stays_text(stage: Stage) -> None:
    words = "44 technicians, our CFO signed off, can somebody call me today?"
    await a_hot_lead(stage, words)
    page = await stage.page()
    for path in (
        "**/v1/handoffs?*",
        "**/v1/handoffs/*",
        "**/v1/handoffs/*/messages",
        "**/v1/desk/me",
    ):
        await page.route(path, _hurtful)
    desk = Desk(page)
    await page.goto(f"{stage.address}/desk")
    await desk.is_live()
    await desk.items.first.click()
    await expect(desk.briefing).to_contain_text(HURT[:40])
    more = await desk.reads_more()
    for turn in await more.locator("summary").all():
        await turn.click()
    await expect(more).to_contain_text(HURT[:40])

    await expect(page.locator("[onerror], img, body script, a[href^=javascript]")).to_have_count(0)
    assert await page.evaluate("window.hurt ?? null") is None


async def _hurtful(route: Route) -> None:
    """Let everything that is words be harmful."""
    response = await route.fetch()
    await route.fulfill(response=response, json=_hurt(await response.json()))


def _hurt(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _hurt(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_hurt(each, name) for each in value]
    is_words = isinstance(value, str) and not NO_WORDS.search(name)
    return ("javascript:window.hurt=true" if name.endswith("url") else HURT) if is_words else value

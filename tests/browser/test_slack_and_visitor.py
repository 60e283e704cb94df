"""A visitor at the page and a rep in Slack: a real server, a real browser, Slack's twin."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from integrations.slack.buttons import MENU, Choice
from tests.benchmarks.server import served
from tests.browser.pages import Visitor
from tests.browser.stage import Stage
from tests.browser.wire import a_wire
from tests.fakes.slack.person import Person
from tests.fakes.slack.state import Message
from tests.fakes.slack_twin import SlackTwin
from tests.scenarios.world import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PATIENCE = 15_000
PDF = b"%PDF-1.7 the offer"


@dataclass
class Scene:
    """One visitor, one rep in Slack, and what stands between them."""

    stage: Stage
    twin: SlackTwin
    channel: str
    mia: Person

    async def card(self) -> Message:
        """The card, once it is there."""
        await self.twin.called("chat.postMessage")
        return self.twin.messages(self.channel)[0]

    def first_card(self) -> Message:
        """The card as it stands now."""
        return self.twin.messages(self.channel)[0]

    def shown(self) -> str:
        """All that the card shows now."""
        return str(self.first_card().blocks)

    def texts(self) -> list[str]:
        """What was said in the channel and its threads."""
        return [message.text for message in self.twin.messages(self.channel)]

    def files(self) -> dict[str, bytes | None]:
        """The files that stand in the channel, by name."""
        shown = self.twin.messages(self.channel)
        return {file.name: file.content for message in shown for file in message.files}


@pytest_asyncio.fixture(loop_scope="package")
async def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with SlackTwin() as twin:
        channel, user = twin.add_channel("leads"), twin.add_user("Mia Hartung")
        known = replace(twin.workspace.users[user], email="mia@tourvane.example")
        twin.workspace.users[user] = known
        settings = {
            "SLACK_BOT_TOKEN": twin.bot_token,
            "SLACK_SIGNING_SECRET": twin.signing_secret,
            "SLACK_API_URL": twin.base_url,
            "HOTLINE_SLACK_CHANNEL": channel,
        }
        folder = tmp_path_factory.mktemp("hotline")
        async with served(folder, **settings) as address, a_wire(address) as wire:
            stage = Stage(browser, address, wire)
            mia = twin.person(user, twin.over_http(f"{address}/slack/events"))
            yield Scene(stage, twin, channel, mia)
            await stage.close()
            assert stage.complaints == []


async def held_by_mia(scene: Scene) -> tuple[Visitor, Message]:
    visitor = await scene.stage.visitor()
    await visitor.asks_for_a_person()
    card = await scene.card()
    await scene.mia.presses(card, "handoff.claim")
    await expect(visitor.header).to_contain_text("Mia Hartung", timeout=PATIENCE)
    return visitor, card


async def test_what_a_rep_writes_changes_and_removes_in_slack_the_visitor_sees(
    scene: Scene,
) -> None:
    visitor, card = await held_by_mia(scene)
    said = await scene.mia.replies(card, "It costs *29* EUR :wave:")
    await visitor.hears_from("Mia Hartung", "It costs 29 EUR 👋")

    await scene.mia.edits(said, "It costs 39 EUR")
    await visitor.hears_from("Mia Hartung", "It costs 39 EUR")
    await expect(visitor.rep_words.last.locator(".by")).to_contain_text("edited")

    wrong = await scene.mia.replies(card, "wrong window")
    await visitor.hears_from("Mia Hartung", "wrong window")
    await scene.mia.deletes(wrong)
    await expect(visitor.rep_words.last.locator(".bubble")).to_have_text(
        "This message was removed.", timeout=PATIENCE
    )


async def test_files_go_both_ways_and_what_was_read_is_marked(scene: Scene) -> None:
    visitor, card = await held_by_mia(scene)
    said = await scene.mia.uploads(scene.channel, "offer.pdf", PDF, "our offer", card.ts)
    await visitor.hears_from("Mia Hartung", "our offer")
    file = visitor.rep_words.last.get_by_role("button", name="offer.pdf")
    async with visitor.page.expect_download() as download:
        await file.click()
    assert (await (await download.value).path()).read_bytes() == PDF
    assert (await download.value).suggested_filename == "offer.pdf"

    needs = FilePayload(name="needs.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 needs")
    await visitor.attaches(needs)
    await visitor.says("see our needs")
    await until(lambda: "needs.pdf" in scene.files())
    assert scene.files()["needs.pdf"] == b"%PDF-1.7 needs"
    mine = visitor.own_words.last.get_by_role("button", name="needs.pdf")
    await expect(mine).to_be_visible(timeout=PATIENCE)
    assert "eyes" in said.reactions


async def test_the_built_in_desk_and_slack_stay_in_step(scene: Scene) -> None:
    desk = await scene.stage.desk("jonas")
    visitor, card = await held_by_mia(scene)

    await expect(desk.part("With colleagues")).to_contain_text("Mia Hartung", timeout=PATIENCE)
    await scene.mia.replies(card, "Hello from Slack")
    await desk.items.first.click()
    await expect(desk.log.get_by_test_id("message-rep").last).to_contain_text("Hello from Slack")

    await until(lambda: "Claimed by Mia Hartung" in scene.shown())
    handoff_id = await desk.items.first.get_attribute("data-id")
    await scene.mia.chooses(scene.first_card(), MENU, f"{Choice.GIVE_BACK}|{handoff_id}")
    await expect(desk.state).to_have_text("Given back to the agent", timeout=PATIENCE)
    await desk.page.get_by_test_id("desk-reopen").click()
    await expect(desk.state).to_have_text("You hold this conversation")
    await desk.says("Hello from the desk")
    await visitor.hears_from("Jonas Eklund", "Hello from the desk")

    await until(lambda: any("Hello from the desk" in text for text in scene.texts()))
    await until(lambda: "Claimed by Jonas Eklund" in scene.shown())

"""Somebody on a page of a shop, who may open the widget, in their own words."""

from dataclasses import dataclass, field

from playwright.async_api import FrameLocator, Locator, Page, expect

PATIENCE = 15_000
STILL = """panel => Promise.all(panel.getAnimations({ subtree: true })
  .filter(({ effect }) => effect.getTiming().iterations < 9).map(({ finished }) => finished.catch(() => {})))"""
ENOUGH_TO_ANSWER = 1_500  # an answer without a model takes a fifth of this


@dataclass
class Guest:
    """A visitor of a site that carries the widget."""

    page: Page
    inside: FrameLocator | None = None  # the frame that carries it, where one does
    launcher: Locator = field(init=False)
    panel: Locator = field(init=False)
    input: Locator = field(init=False)
    own_words: Locator = field(init=False)
    agent_words: Locator = field(init=False)
    rep_words: Locator = field(init=False)
    notice: Locator = field(init=False)
    greeting: Locator = field(init=False)

    def __post_init__(self) -> None:
        self.launcher = self.at("launcher")
        self.panel = self.at("panel")
        self.input = self.at("chat-input")
        self.own_words = self.at("message-visitor")
        self.agent_words = self.at("message-agent")
        self.rep_words = self.at("message-rep")
        self.notice = self.at("notice")
        self.greeting = self.at("greeting")

    def at(self, name: str) -> Locator:
        """Give the part of the widget of this name."""
        return (self.inside or self.page).get_by_test_id(name)

    async def sees_the_launcher(self) -> None:
        await expect(self.launcher).to_be_visible(timeout=PATIENCE)

    async def opens(self) -> None:
        await self.sees_the_launcher()
        await self.launcher.click()
        await expect(self.panel).to_be_visible()

    async def has_settled(self) -> None:
        """All that the server says of the chat is there, and nothing moves any more."""
        await expect(self.panel).to_contain_text("AI assistant", timeout=PATIENCE)
        await self.panel.evaluate(STILL)

    async def says(self, words: str) -> None:
        """Write and send; the words stand in the list, wherever they are on their way."""
        await self.input.fill(words)
        await self.at("chat-send").click()
        await expect(self.own_words.last).to_contain_text(words.splitlines()[0])

    async def is_told_it_arrived(self) -> None:
        await expect(self.own_words.last).to_have_attribute(
            "data-delivery", "sent", timeout=PATIENCE
        )

    async def hears(self, *words: str) -> None:
        """The agent's latest message comes to hold these words, and is whole."""
        for part in words:
            await expect(self.agent_words.last).to_contain_text(part, timeout=PATIENCE)
        await expect(self.at("message-draft")).to_have_count(0, timeout=PATIENCE)

    async def hears_from(self, name: str, words: str) -> None:
        latest = self.rep_words.last
        await expect(latest.locator(".bubble")).to_have_text(words, timeout=PATIENCE)
        await expect(latest.locator(".by")).to_contain_text(name)

    async def hears_nothing_more(self) -> None:
        """No word of the agent comes within the time it needs to answer."""
        before = await self.agent_words.count()
        await self.page.wait_for_timeout(ENOUGH_TO_ANSWER)
        await expect(self.agent_words).to_have_count(before)
        await expect(self.at("message-draft")).to_have_count(0)

    async def ends(self) -> None:
        await self.at("menu").click()
        await self.at("end").click()
        await self.at("end-yes").click()
        await expect(self.at("start-anew")).to_be_visible(timeout=PATIENCE)

    async def loses_the_network(self) -> None:
        await self.page.context.set_offline(True)

    async def finds_the_network(self) -> None:
        await self.page.context.set_offline(False)

    async def comes_back(self) -> None:
        """Load the page again and open the panel, where it does not open by itself."""
        await self.page.reload()
        await self.sees_the_launcher()
        if await self.launcher.get_attribute("aria-expanded") != "true":
            await self.opens()

    async def transcript(self) -> list[str]:
        """Who said what, from the top."""
        said = """node => `${node.dataset.testid.replace('message-', '')}: ${
            (node.querySelector('.bubble') ?? node).innerText}`"""
        items = self.at("chat-log").locator("[data-testid^=message-]")
        return [str(await item.evaluate(said)) for item in await items.all()]

    async def authors(self) -> list[str]:
        """Who spoke, from the top."""
        return [line.partition(":")[0] for line in await self.transcript()]

"""The two pages, in the words of those who use them."""

from dataclasses import dataclass, field

from playwright.async_api import FilePayload, Locator, Page, expect

PATIENCE = 15_000
ENOUGH_TO_ANSWER = 1_500  # an answer without a model takes a fifth of this


@dataclass
class Person:
    """Somebody at a page."""

    page: Page

    async def loses_the_network(self) -> None:
        await self.page.context.set_offline(True)

    async def finds_the_network(self) -> None:
        await self.page.context.set_offline(False)


@dataclass
class Visitor(Person):
    """Somebody on the company's site, with the widget on it."""

    launcher: Locator = field(init=False)
    panel: Locator = field(init=False)
    header: Locator = field(init=False)
    notice: Locator = field(init=False)
    input: Locator = field(init=False)
    own_words: Locator = field(init=False)
    agent_words: Locator = field(init=False)
    rep_words: Locator = field(init=False)
    notes: Locator = field(init=False)
    saw: Locator = field(init=False)

    def __post_init__(self) -> None:
        page = self.page
        self.launcher = page.get_by_test_id("launcher")
        self.panel = page.get_by_test_id("panel")
        self.header = self.panel.locator("header")
        self.notice = page.get_by_test_id("notice")
        self.input = page.get_by_test_id("chat-input")
        self.own_words = page.get_by_test_id("message-visitor")
        self.agent_words = page.get_by_test_id("message-agent")
        self.rep_words = page.get_by_test_id("message-rep")
        self.notes = page.get_by_test_id("message-system")
        self.saw = page.get_by_test_id("saw-panel")

    async def arrives(self, address: str, persona: str) -> None:
        """Come to the front page and be this persona."""
        await self.page.goto(address)
        await self.page.get_by_test_id("who").click()
        chosen = self.page.get_by_test_id(f"persona-{persona}")
        async with self.page.expect_response("**/demo/conversations"):
            await chosen.click()
        await expect(chosen).to_have_attribute("aria-pressed", "true")
        await expect(self.input).to_be_visible(timeout=PATIENCE)

    async def looks_at(self, address: str) -> None:
        """Open a page of the site and stay until the visit was told."""
        async with self.page.expect_response("**/v1/widget/events"):
            await self.page.goto(address)

    async def opens_the_chat(self) -> None:
        if not await self.panel.is_visible():
            await self.launcher.click(timeout=PATIENCE)
        await expect(self.input).to_be_visible()

    async def looks_at_what_the_agent_saw(self) -> None:
        await self.page.get_by_test_id("show-saw").click()
        await expect(self.saw).to_be_visible()

    async def says(self, words: str) -> None:
        await self.input.fill(words)
        await self.page.get_by_test_id("chat-send").click()
        await expect(self.own_words.last).to_contain_text(words)

    async def attaches(self, file: FilePayload) -> None:
        """Choose a file to send, once the server has said which it takes."""
        await expect(self.panel.get_by_role("button", name="Attach a file")).to_be_visible()
        await self.page.get_by_test_id("chat-files").set_input_files(file)

    async def asks_for_a_person(self) -> None:
        await self.page.get_by_test_id("talk-to-person").click()

    async def hears(self, *words: str) -> None:
        """The agent's latest message comes to hold these words."""
        for part in words:
            await expect(self.agent_words.last).to_contain_text(part, timeout=PATIENCE)

    async def hears_from(self, name: str, words: str) -> None:
        latest = self.rep_words.last
        await expect(latest.locator(".bubble")).to_have_text(words, timeout=PATIENCE)
        await expect(latest.locator(".by")).to_contain_text(name)

    async def hears_nothing_more(self) -> None:
        """No word of the agent comes within the time it needs to answer."""
        before = await self.agent_words.count()
        await self.page.wait_for_timeout(ENOUGH_TO_ANSWER)
        await expect(self.agent_words).to_have_count(before)
        await expect(self.page.get_by_test_id("message-draft")).to_have_count(0)

    async def comes_back(self) -> None:
        await self.page.reload()
        await expect(self.launcher).to_be_attached(timeout=PATIENCE)
        await self.opens_the_chat()

    async def transcript(self) -> list[str]:
        """Who said what, from the top."""
        items = self.page.get_by_test_id("chat-log").locator("li[data-testid^=message-]")
        said = (
            "node => `${node.dataset.testid.replace('message-', '')}: "
            "${(node.querySelector('.bubble') ?? node).innerText}`"
        )
        return [str(await item.evaluate(said)) for item in await items.all()]


@dataclass
class Desk(Person):
    """A rep at the desk."""

    items: Locator = field(init=False)
    state: Locator = field(init=False)
    input: Locator = field(init=False)
    log: Locator = field(init=False)
    briefing: Locator = field(init=False)
    claim: Locator = field(init=False)
    toast: Locator = field(init=False)
    connection: Locator = field(init=False)

    def __post_init__(self) -> None:
        page = self.page
        self.items = page.get_by_test_id("desk-list").get_by_test_id("desk-item")
        self.state = page.locator("#case-state")
        self.input = page.get_by_test_id("desk-input")
        self.log = page.get_by_test_id("desk-log")
        self.briefing = page.get_by_test_id("desk-briefing")
        self.claim = page.get_by_test_id("desk-claim")
        self.toast = page.get_by_test_id("toast")
        self.connection = page.locator("#desk-connection")

    async def sits_down(self, address: str, rep: str) -> None:
        await self.page.goto(f"{address}/desk")
        await self.page.get_by_test_id("desk-rep").select_option(rep)
        await self.is_live()

    async def is_live(self) -> None:
        await expect(self.connection).to_have_text("Live", timeout=PATIENCE)

    async def sees(self, quote: str) -> None:
        """A handoff with these words of the visitor is in the list."""
        await expect(self.item(quote)).to_be_visible(timeout=PATIENCE)

    def item(self, quote: str) -> Locator:
        return self.items.filter(has_text=quote)

    async def opens(self, quote: str) -> None:
        await self.sees(quote)
        await self.item(quote).click()
        await expect(self.item(quote)).to_have_attribute("aria-current", "true")

    async def claims(self) -> None:
        await self.claim.click()
        await expect(self.state).to_have_text("You hold this conversation")

    async def says(self, words: str) -> None:
        await self.input.fill(words)
        await self.page.get_by_test_id("desk-send").click()

    async def hears(self, words: str) -> None:
        latest = self.log.get_by_test_id("message-visitor").last
        await expect(latest).to_contain_text(words, timeout=PATIENCE)

    async def gives_back(self) -> None:
        await self.page.get_by_test_id("desk-give-back").click()
        await expect(self.state).to_have_text("Given back to the agent")

    async def closes(self, outcome: str, value: str = "", note: str = "") -> None:
        await self.page.get_by_test_id("desk-close").click()
        await self.page.get_by_label("What came of it?").select_option(outcome)
        await self.page.get_by_label("Worth").fill(value)
        await self.page.locator("#close-note").fill(note)
        await self.page.get_by_test_id("desk-close-confirm").click()

    async def passes_on(self, to: str, note: str = "") -> None:
        await self.page.get_by_test_id("desk-transfer").click()
        await self.page.locator("#transfer-to").select_option(to)
        await self.page.locator("#transfer-note").fill(note)
        await self.page.get_by_test_id("desk-transfer-confirm").click()

    async def reads_more(self) -> Locator:
        """Open all there is on the handoff."""
        await self.page.get_by_test_id("desk-more").click()
        more = self.page.get_by_test_id("desk-more-content")
        await expect(more.get_by_role("heading", name="Score")).to_be_visible()
        return more

    def part(self, name: str) -> Locator:
        """The handoffs in one part of the list."""
        return self.page.get_by_role("region", name=name, exact=True).get_by_test_id("desk-item")

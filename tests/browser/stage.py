"""Opens pages for a story, and hears every complaint of theirs."""

import re
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.pages import Desk, Visitor
from tests.browser.wire import Wire

PATIENCE = 15_000
OFFLINE = r"Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
BROKEN = r"Failed to load resource: net::ERR_(EMPTY_RESPONSE|CONNECTION_RESET|CONNECTION_CLOSED)"
BROKEN_STREAM = r"Failed to load resource: net::ERR_INCOMPLETE_CHUNKED_ENCODING"
CONFLICT = r"Failed to load resource: the server responded with a status of 409 \(Conflict\)"


@dataclass
class Stage:
    """Where visitors and reps appear; each has a browser of their own."""

    browser: Browser
    address: str
    wire: Wire  # a second way to the server, which can be cut
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def visitor(self, persona: str = "anonymous", *, by_wire: bool = False) -> Visitor:
        """Open the front page as this persona."""
        visitor = Visitor(await self.page())
        await visitor.arrives(self._way(by_wire=by_wire), persona)
        return visitor

    async def stranger(self) -> Visitor:
        """Let somebody come whom nobody knows: what they look at is all there is on them."""
        return Visitor(await self.page())

    async def desk(self, rep: str = "mia", *, by_wire: bool = False) -> Desk:
        """Open the desk as this rep."""
        desk = Desk(await self.page())
        await desk.sits_down(self._way(by_wire=by_wire), rep)
        return desk

    async def page(self) -> Page:
        """Open an empty page that shares nothing with the others."""
        context = await self.browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin"
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
        return page

    def allow(self, *patterns: str) -> None:
        """Name what a browser says by itself when this story goes as it should."""
        self.allowed.extend(patterns)

    async def close(self) -> None:
        """Close every page."""
        for context in self.contexts:
            await context.close()

    def _way(self, *, by_wire: bool) -> str:
        return self.wire.address if by_wire else self.address

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self._note(f"{message.type}: {message.text}")

    def _note(self, complaint: str) -> None:
        if not any(re.search(pattern, complaint) for pattern in self.allowed):
            self.complaints.append(complaint)

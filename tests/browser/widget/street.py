"""Brings guests to the shop, and hears every complaint of their browsers."""

import re
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.browser.pages import Desk
from tests.browser.stage import Stage
from tests.browser.widget.guest import PATIENCE, Guest
from tests.browser.widget.site import Site
from tests.browser.wire import Wire

DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
VIOLATIONS = """window.violations = [];
addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));"""


@dataclass
class Street:
    """Where guests come from; each has a browser of their own, unless they open a second tab."""

    browser: Browser
    site: Site
    address: str  # of the widget's server
    wire: Wire  # a second way to that server, which can be cut
    stage: Stage  # for reps at the desk
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def guest(
        self,
        page: str = "plain",
        *,
        attributes: str = "",
        by_wire: bool = False,
        viewport: ViewportSize = DESKTOP,
        theme: Literal["light", "dark"] = "light",
    ) -> Guest:
        """Let somebody come to a page of the shop."""
        context = await self.context(viewport, theme)
        return await self.tab(context, page, attributes=attributes, by_wire=by_wire)

    async def context(
        self, viewport: ViewportSize = DESKTOP, theme: Literal["light", "dark"] = "light"
    ) -> BrowserContext:
        """Open a browser that remembers nothing."""
        context = await self.browser.new_context(
            viewport=viewport,
            color_scheme=theme,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            accept_downloads=True,
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        await context.add_init_script(VIOLATIONS)
        return context

    async def tab(
        self,
        context: BrowserContext,
        page: str = "plain",
        *,
        attributes: str = "",
        by_wire: bool = False,
    ) -> Guest:
        """Open a page of the shop in a tab of this browser."""
        tab = await self.empty_tab(context)
        guest = Guest(tab)
        await tab.goto(self.url(page, attributes=attributes, by_wire=by_wire))
        return guest

    async def empty_tab(self, context: BrowserContext) -> Page:
        """Open a tab that is on no page yet."""
        tab = await context.new_page()
        tab.on("console", self._hear)
        tab.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
        return tab

    def url(self, page: str = "plain", *, attributes: str = "", by_wire: bool = False) -> str:
        """Give the address of a page of the shop."""
        return self.site.page(page, self.wire.address if by_wire else self.address, attributes)

    async def desk(self, rep: str = "mia") -> Desk:
        """Open the desk of that server as this rep."""
        return await self.stage.desk(rep)

    def allow(self, *patterns: str) -> None:
        """Name what a browser says by itself when this story goes as it should."""
        self.allowed.extend(patterns)

    async def close(self) -> None:
        """Close every browser."""
        for context in self.contexts:
            await context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self._note(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _note(self, complaint: str) -> None:
        if not any(re.search(pattern, complaint) for pattern in self.allowed):
            self.complaints.append(complaint)

"""What the widget costs a page: bytes, time on a slow phone's processor, memory of a long conversation.

Debian's Chromium, its processor slowed down four times, on a page of another origin; medians of fifteen fresh visits.
`python -m tests.benchmarks.widget` runs only this.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Route, async_playwright
from rich.console import Console
from rich.table import Table

from tests.benchmarks.server import serving
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.widget.site import Site, a_site

TIMES = 15
SLOWER = 4
MESSAGES = 1_000
MEGABYTE = 1024 * 1024
LAUNCHER = (
    "document.querySelector('hotline-widget')?.shadowRoot?.querySelector('[data-testid=launcher]')"
)
# The script's first act is to ask for this symbol; the button can be pressed when it is laid out, which is asked as
# soon as the page has changed.
WATCH = f"""const ask = Symbol.for.bind(Symbol);
Symbol.for = (name) => {{
  if (name === 'hotline') window.startedAt ??= performance.now();
  return ask(name);
}};
new MutationObserver(() => {{
  if (!window.usableAt && {LAUNCHER}?.getBoundingClientRect().width) window.usableAt = performance.now();
}}).observe(document, {{ childList: true, subtree: true }})"""
SINCE = """[usableAt - startedAt, usableAt - performance.getEntriesByType('resource')
  .find(({ name }) => name.endsWith('/widget.js')).responseEnd]"""
# The panel is fetched at the press, as by somebody who has not pointed at the launcher before.
PRESS = f"""async () => {{
  const began = performance.now();
  const root = document.querySelector('hotline-widget').shadowRoot;
  const input = () => root.querySelector('[data-testid=chat-input]')?.getBoundingClientRect().width;
  {LAUNCHER}.click();
  while (!input()) await new Promise((next) => setTimeout(next));
  const built = performance.now();
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return [built - began, performance.now() - began];
}}"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A page with the widget, and a browser to see it."""

    browser: Browser
    site: Site
    server: str

    @property
    def url(self) -> str:
        return self.site.page("plain", self.server)


async def measure_widget() -> Table:
    """Measure and give the table."""
    table = Table("what", "figure", title="The widget on a page")
    async with _shop() as shop:
        table.add_row("widget.js, gzipped, as served", f"{await _size(shop.server):,} bytes")
        for slower in (1, SLOWER):
            visits = [await _visit(shop, slower) for _ in range(TIMES)]
            starts, arrivals, builds, paints = (sorted(each) for each in zip(*visits, strict=True))
            how = f"processor {slower}x slower" if slower > 1 else "processor as it is"
            table.add_row(f"script started to launcher usable, {how}", _spread(starts))
            table.add_row(f"script arrived to launcher usable, {how}", _spread(arrivals))
            table.add_row(f"press to panel built and laid out, {how}", _spread(builds))
            table.add_row(f"press to panel painted, {how}", _spread(paints))
        few, many = await _memory(shop, 1), await _memory(shop, MESSAGES)
        table.add_row(
            f"script memory of {MESSAGES:,} messages", f"{many - few:.1f} MB over {few:.1f} MB"
        )
    return table


@asynccontextmanager
async def _shop() -> AsyncIterator[Shop]:
    with tempfile.TemporaryDirectory() as folder:
        async with a_site() as site, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            async with serving(Path(folder), HOTLINE_ALLOWED_ORIGINS=site.address) as server:
                yield Shop(browser, site, server.address)
            await browser.close()


async def _size(server: str) -> int:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{server}/widget.js", headers={"Accept-Encoding": "gzip"})
        return int(answer.headers["content-length"])


async def _visit(shop: Shop, slower: int) -> tuple[float, float, float, float]:
    """Give the milliseconds from start and arrival to the launcher, from press to the panel built and painted."""
    async with _page(shop) as (page, chromium):
        await chromium.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        await page.goto(shop.url)
        await page.wait_for_function("window.usableAt")
        start, arrival = await page.evaluate(SINCE)
        built, painted = await page.evaluate(PRESS)
        return float(start), float(arrival), float(built), float(painted)


async def _memory(shop: Shop, messages: int) -> float:
    """Give the megabytes of script memory with so many messages in the list."""
    async with _page(shop) as (page, chromium):
        await page.context.route("**/stream*", _telling(messages))
        await page.goto(shop.url)
        await page.get_by_test_id("launcher").click()
        await page.get_by_test_id("chat-input").fill("Hello")
        await page.get_by_test_id("chat-send").click()
        await page.get_by_test_id("message-agent").nth(messages - 1).wait_for(state="attached")
        await chromium.send("HeapProfiler.collectGarbage")
        heap = await chromium.send("Runtime.getHeapUsage")
        return float(heap["usedSize"]) / MEGABYTE


def _telling(messages: int) -> Callable[[Route], Awaitable[None]]:
    text = "The app works **offline** for up to 72 hours and keeps the jobs of 7 days on the phone."
    about = {"author": "agent", "author_name": "", "text": text}
    rows = [
        {"seq": seq, "message_id": f"m-{seq}", "created_at": "2030-01-07T08:00:00Z", **about}
        for seq in range(1, messages + 1)
    ]
    body = "".join(f"event: message\nid: {row['seq']}\ndata: {json.dumps(row)}\n\n" for row in rows)
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}

    async def tell(route: Route) -> None:
        await route.fulfill(status=200, headers=headers, body=body)

    return tell


@asynccontextmanager
async def _page(shop: Shop) -> AsyncIterator[tuple[Page, CDPSession]]:
    context: BrowserContext = await shop.browser.new_context()
    await context.add_init_script(WATCH)
    page = await context.new_page()
    yield page, await context.new_cdp_session(page)
    await context.close()


def _spread(milliseconds: list[float]) -> str:
    return f"median {median(milliseconds):.0f} ms, most {milliseconds[-1]:.0f} ms"


if __name__ == "__main__":
    Console().print(asyncio.run(measure_widget()))

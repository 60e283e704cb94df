"""Segment's SDK for browsers, unchanged, on a page of another site."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from agent.tracking import CallKind
from tests.fakes.clock import MONDAY_TEN
from tests.integrations.segment.senders import SDKS
from tests.integrations.segment.site import WRITE_KEY, TrackedSite, a_tracked_site
from tests.integrations.web.world import served, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

SDK = SDKS / "node_modules/@segment/analytics-next/dist/umd/index.js"
SLACK = timedelta(seconds=20)
PAGE = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Pricing - Shop</title><h1>Pricing</h1>"
LOAD = """([writeKey, apiHost, batching]) => {
  const deliveryStrategy = batching ? { strategy: 'batching', config: { size: 10, timeout: 300 } } : undefined
  const segment = { apiKey: writeKey, apiHost, protocol: 'http', deliveryStrategy }
  window.analytics = AnalyticsNext.AnalyticsBrowser.load(
    { writeKey, cdnSettings: { integrations: { 'Segment.io': segment } } })
}"""
VISIT = """async () => {
  await analytics.page('Pricing')
  await analytics.track('Content Downloaded', { title: 'Buying guide' })
  await analytics.alias('u-ada')
  await analytics.identify('u-ada', { email: 'ada@nordwind.example' })
  await analytics.group('nordwind', { industry: 'logistics' })
  await analytics.screen('Billing')
}"""


@pytest_asyncio.fixture(loop_scope="package")
async def shop() -> AsyncIterator[str]:
    """The address of another site; on this machine, as browsers let no site from elsewhere call it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PAGE)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest_asyncio.fixture(loop_scope="package")
async def site(shop: str) -> AsyncIterator[TrackedSite]:
    async with a_tracked_site(allowed_origins=(shop,)) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="package")
async def page(browser: Browser, shop: str) -> AsyncIterator[Page]:
    """A page of the shop with the SDK on it."""
    if not SDK.exists():
        pytest.skip("Segment's SDK for browsers is missing: `make setup-dev` fetches it")
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{shop}/pricing")
    await page.add_script_tag(path=SDK)
    yield page
    await context.close()


async def load(page: Page, server: httpx.AsyncClient, *, batching: bool = False) -> None:
    """Start the SDK with the address of the server."""
    host = f"{server.base_url.host}:{server.base_url.port}/v1"
    await page.evaluate(LOAD, [WRITE_KEY, host, batching])


@pytest.mark.parametrize("batching", [False, True])
async def test_a_visit_is_taken_in(
    site: TrackedSite, shop: str, page: Page, *, batching: bool
) -> None:
    async with served(site.world) as server:
        await load(page, server, batching=batching)
        await page.evaluate(VISIT)
        await until(lambda: len(site.tracking.calls) == len(CallKind))
    calls = {call.kind: call for call in site.tracking.calls}
    viewed, download = calls[CallKind.PAGE], calls[CallKind.TRACK]
    assert (viewed.name, viewed.title) == ("Pricing", "Pricing - Shop")
    assert viewed.url == download.url == f"{shop}/pricing"
    assert download.title == "Buying guide"
    assert viewed.anonymous_id == download.anonymous_id != ""
    identified = calls[CallKind.IDENTIFY]
    assert (identified.user_id, identified.anonymous_id) == ("u-ada", viewed.anonymous_id)
    assert identified.traits == {"email": "ada@nordwind.example"}
    assert calls[CallKind.GROUP].group_id == "nordwind"
    alias = calls[CallKind.ALIAS]
    assert (alias.previous_id, alias.user_id) == (viewed.anonymous_id, "u-ada")
    assert all(MONDAY_TEN - SLACK < call.at <= MONDAY_TEN for call in calls.values())
    assert site.counted["unusable"] == 0


async def test_what_a_store_that_is_down_refuses_comes_again(site: TrackedSite, page: Page) -> None:
    site.tracking.failures = 1
    async with served(site.world) as server:
        await load(page, server)
        await page.evaluate("() => { void analytics.track('Demo Requested') }")
        await page.wait_for_event("response", lambda response: response.status == 200)
    assert [call.name for call in site.tracking.calls] == ["Demo Requested"]
    assert site.tracking.batches == 2

"""A shop, the server of its widget, and one browser for all stories; fresh guests for each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.benchmarks.server import ServerProcess, serving
from tests.browser.conftest import ARGUMENTS
from tests.browser.stage import Stage
from tests.browser.widget.site import Site, a_site
from tests.browser.widget.street import Street
from tests.browser.wire import a_wire


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def site() -> AsyncIterator[Site]:
    async with a_site() as site:
        yield site


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this server keeps what it writes; the one of the other stories has its own."""
    return tmp_path_factory.mktemp("hotline")


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def server(folder: Path, site: Site) -> AsyncIterator[ServerProcess]:
    async with serving(folder, HOTLINE_ALLOWED_ORIGINS=site.address) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="package")
async def street(browser: Browser, site: Site, server: ServerProcess) -> AsyncIterator[Street]:
    """What brings guests; at the end none of their browsers may have complained."""
    async with a_wire(server.address) as wire:
        stage = Stage(browser, server.address, wire)
        street = Street(browser, site, server.address, wire, stage)
        yield street
        await street.close()
        await stage.close()
    assert street.complaints + stage.complaints == []

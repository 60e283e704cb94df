"""One server and one browser for all stories; fresh pages, without memories, for each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.benchmarks.server import served
from tests.browser.stage import Stage
from tests.browser.wire import a_wire

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip(f"The browser tests need {CHROMIUM}: install it with apt-get install chromium")
    return CHROMIUM


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps what it writes."""
    return tmp_path_factory.mktemp("hotline")


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def address(browser: Browser, folder: Path) -> AsyncIterator[str]:
    async with served(folder) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="package")
async def stage(browser: Browser, address: str) -> AsyncIterator[Stage]:
    """What opens pages; at the end none of them may have complained."""
    async with a_wire(address) as wire:
        stage = Stage(browser, address, wire)
        yield stage
        await stage.close()
    assert stage.complaints == []

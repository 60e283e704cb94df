"""The same widget in Debian's Firefox, where it is installed."""

from pathlib import Path

import pytest

from tests.benchmarks.server import ServerProcess
from tests.browser.widget.firefox import FIREFOX, a_firefox
from tests.browser.widget.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.skipif(not FIREFOX.exists(), reason="apt-get install firefox-esr"),
]

ENTER = "\ue007"


@pytest.mark.parametrize("page", ["plain", "csp", "meddling", "rtl"])
async def test_firefox_asks_by_keyboard_and_hears_the_answer_on_a_page_that_is(
    site: Site, server: ServerProcess, tmp_path: Path, page: str
) -> None:
    async with a_firefox(tmp_path) as firefox:
        await firefox.goes_to(site.page(page, server.address))
        await firefox.presses("launcher")
        await firefox.sees("chat-input")
        await firefox.types("Does it work offline?" + ENTER)
        await firefox.sees("message-visitor", "Does it work offline?")
        await firefox.sees("message-agent", "works offline")
        assert [text for text in firefox.complaints if "favicon" not in text] == []

"""Files at the page and at the built-in desk."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

PATIENCE = 15_000
PDF = b"%PDF-1.7 our needs"


async def test_a_file_that_is_refused_says_why_and_the_words_can_be_tried_again(
    stage: Stage,
) -> None:
    visitor = await stage.visitor()
    stage.allow(r"status of 422")
    fake = FilePayload(name="offer.pdf", mimeType="application/pdf", buffer=b"MZ")
    await visitor.attaches(fake)
    await visitor.page.get_by_test_id("chat-send").click()
    await expect(visitor.own_words.last).to_contain_text("not what its name says", timeout=PATIENCE)


async def test_a_rep_at_the_built_in_desk_fetches_what_the_visitor_sent(stage: Stage) -> None:
    visitor = await stage.visitor()
    needs = FilePayload(name="needs.pdf", mimeType="application/pdf", buffer=PDF)
    await visitor.attaches(needs)
    await visitor.says("I would like to talk to a person about our needs")
    desk = await stage.desk()
    await desk.opens("our needs")
    file = desk.log.get_by_role("link", name="needs.pdf")
    async with desk.page.expect_download() as download:
        await file.click(timeout=PATIENCE)
    assert (await (await download.value).path()).read_bytes() == PDF

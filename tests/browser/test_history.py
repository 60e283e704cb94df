"""What somebody looked at before they wrote: known to the rep, never said aloud."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

QUESTION = "Is it hard to move our data?"
WISH = "Can I talk to somebody about moving 37 technicians over?"
TELLS_ON_THEM = re.compile(
    r"\b(?:you(?:'ve| have)? (?:looked|viewed|visited|read|opened|browsed|saw)|your visits?|page views?"
    r"|I (?:see|saw|noticed)|Frostmark page|pricing page)\b",
    re.IGNORECASE,
)


async def test_what_a_stranger_looked_at_stands_on_the_reps_card_and_is_never_said_aloud(
    stage: Stage,
) -> None:
    visitor = await stage.stranger()
    for path in ("/pricing", "/", "/pricing", "/customers/frostmark"):
        await visitor.looks_at(stage.address + path)
    await visitor.opens_the_chat()
    await visitor.says(QUESTION)
    await visitor.hears("import")
    await visitor.says(WISH)
    await expect(visitor.agent_words).to_have_count(2, timeout=15_000)

    desk = await stage.desk()
    await desk.opens(WISH)
    history = desk.briefing.locator(".timeline li")
    await expect(history.filter(has_text="Pricing Viewed 2 times")).to_have_count(1)
    case_study = history.filter(has_text="Case Study Viewed")
    await expect(case_study).to_have_count(1)
    await expect(case_study).to_contain_text("Frostmark Kälteservice")
    for words in await visitor.agent_words.locator(".bubble").all_inner_texts():
        assert not TELLS_ON_THEM.search(words), words

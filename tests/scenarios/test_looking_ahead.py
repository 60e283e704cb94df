"""While the model goes on, the check of what it said is prepared: nobody waits for that twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.scenarios.world import PRICE, PRICE_QUESTION, World, a_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world(model=True) as running:
        await running.visitor_arrives()
        yield running


async def thinks_after(world: World, said: str, further: str) -> asyncio.Event:
    """Let the model say something and think before it goes on; set the event for that."""
    go_on = asyncio.Event()
    world.writer.says_once(said, go_on, further)
    await world.visitor_writes(PRICE_QUESTION)
    await world.writer.pauses()
    return go_on


async def test_what_looks_like_a_whole_sentence_is_looked_up_at_once(world: World) -> None:
    go_on = await thinks_after(world, PRICE, " Nice.")
    assert world.library.asked[-1] == PRICE
    assert not world.screen.drafts
    go_on.set()
    await world.settles()


async def test_the_library_is_asked_once_about_a_sentence(world: World) -> None:
    go_on = await thinks_after(world, PRICE, " It is that simple.")
    go_on.set()
    await world.settles()
    assert world.library.asked.count(PRICE) == 1


async def test_a_sentence_that_only_looked_whole_is_checked_as_it_became(world: World) -> None:
    go_on = await thinks_after(world, "Growth costs $42.", "50 per seat per month. ")
    go_on.set()
    await world.settles()
    assert "$42.50" not in "".join(await world.replies())


async def test_an_invented_sentence_is_held_back_though_prepared(world: World) -> None:
    go_on = await thinks_after(world, "Growth costs $29 per seat per month.", f" {PRICE}")
    go_on.set()
    await world.settles()
    assert await world.replies() == [PRICE]

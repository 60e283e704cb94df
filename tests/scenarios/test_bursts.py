"""A visitor writes faster than the agent answers."""

import asyncio
from time import perf_counter

from agent.conversation import Author
from tests.contracts.stores import Stores
from tests.scenarios.world import (
    OFFLINE,
    OFFLINE_QUESTION,
    PATIENT,
    PRICE,
    PRICE_QUESTION,
    World,
    a_world,
)


async def interrupted(world: World) -> asyncio.Event:
    """Ask for the price, and let the model think about it."""
    go_on = asyncio.Event()
    world.writer.says_once(go_on, "The old draft. ")
    await world.visitor_arrives()
    await world.visitor_writes(PRICE_QUESTION)
    await world.writer.pauses()
    return go_on


async def test_two_messages_while_the_model_thinks_get_one_reply_to_both(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        await interrupted(world)
        world.writer.says(f"{PRICE} {OFFLINE}")
        await world.visitor_says(OFFLINE_QUESTION)
        first, second, reply = await world.messages()
        assert reply.text == f"{PRICE} {OFFLINE}"
        assert reply.in_reply_to == (first.id, second.id)


async def test_the_dropped_draft_is_never_shown(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = await interrupted(world)
        await world.visitor_says(OFFLINE_QUESTION)
        go_on.set()
        await world.settles()
        assert all("old draft" not in text for text in world.screen.drafts.values())
        assert len(await world.replies()) == 1


async def test_the_second_draft_knows_both_questions(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        await interrupted(world)
        await world.visitor_says(OFFLINE_QUESTION)
        assert world.writer.plans[-1].question == f"{PRICE_QUESTION}\n{OFFLINE_QUESTION}"


async def test_new_words_do_not_wait_for_the_model_to_finish_the_old_draft(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        await interrupted(world)
        started = perf_counter()
        await world.visitor_says(OFFLINE_QUESTION)
        assert perf_counter() - started < PATIENT["first_sentence_seconds"] / 2


async def test_a_reply_that_was_begun_is_finished_before_the_next_is_answered(
    stores: Stores,
) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        world.writer.says_once(f"{PRICE} It", go_on, " is that simple.")
        world.writer.says_once(OFFLINE)
        await world.visitor_arrives()
        await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        await world.visitor_writes(OFFLINE_QUESTION)
        go_on.set()
        await world.settles()
        said = [(m.author, m.text) for m in await world.messages()]
        assert said == [
            (Author.VISITOR, PRICE_QUESTION),
            (Author.VISITOR, OFFLINE_QUESTION),
            (Author.AGENT, f"{PRICE} It is that simple."),
            (Author.AGENT, OFFLINE),
        ]


async def test_a_visitor_who_types_on_is_waited_for(stores: Stores) -> None:
    async with a_world(stores=stores, model=True, replies={"typing_hold_seconds": 5.0}) as world:
        world.writer.says_once(PRICE)
        world.writer.says(f"{PRICE} {OFFLINE}")
        await world.visitor_arrives()
        await world.stores.conversations.append(world.id, "first", PRICE_QUESTION)
        world.visitor_types()
        world.wake(world.id)
        await asyncio.sleep(0.1)  # long enough to show a sentence, were it not held back
        await world.visitor_says(OFFLINE_QUESTION)
        assert await world.replies() == [f"{PRICE} {OFFLINE}"]


async def test_a_visitor_who_types_for_ever_is_answered_all_the_same(stores: Stores) -> None:
    async with a_world(stores=stores, model=True, replies={"typing_hold_seconds": 0.05}) as world:
        world.writer.says(PRICE)
        await world.visitor_arrives()
        await world.stores.conversations.append(world.id, "first", PRICE_QUESTION)
        world.visitor_types()
        await world.settles()
        assert await world.replies() == [PRICE]

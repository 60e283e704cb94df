"""A rep claims while the agent is writing: the agent never talks over a human."""

import asyncio
from datetime import timedelta
from typing import Any

from agent.conversation import Author
from agent.handoff import HandoffState
from tests.contracts.stores import Stores
from tests.scenarios.world import HOT, MIA, PRICE, PRICE_QUESTION, World, a_world


async def asked_while_hot(world: World, *script: str | asyncio.Event) -> None:
    """Be hot, then ask for a price, and get the model as far as its first pause."""
    await world.visitor_arrives()
    await world.visitor_says(HOT)
    world.writer.says_once(*script)
    await world.visitor_writes(PRICE_QUESTION)
    await world.writer.pauses()


async def test_a_reply_in_the_making_is_discarded_by_a_claim(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        await asked_while_hot(world, go_on, PRICE)
        await world.rep_claims()
        go_on.set()
        await world.settles()
        assert len(await world.replies()) == 1
        assert PRICE not in "".join(world.screen.drafts.values())


async def test_the_rep_may_answer_what_the_agent_was_about_to(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        await asked_while_hot(world, go_on, PRICE)
        await world.rep_claims()
        await world.rep_says("It is $42.")
        go_on.set()
        await world.settles()
        assert (await world.log())[-1] == "Mia Hartung: It is $42."


async def test_a_claim_in_mid_stream_takes_the_shown_words_back(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        await asked_while_hot(world, f"{PRICE} It", go_on, " is simple. And quick.")
        await world.rep_claims()
        go_on.set()
        await world.settles()
        assert world.screen.discarded == [f"{PRICE} "]
        assert [m.author for m in await world.messages()][-1] is Author.SYSTEM


async def test_a_claim_after_the_last_sentence_was_shown_still_wins(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        await asked_while_hot(world, f"{PRICE} \n\n ", go_on)
        await world.rep_claims()
        go_on.set()
        await world.settles()
        assert len(await world.replies()) == 1
        assert PRICE not in "".join(world.screen.drafts.values())


async def test_the_unanswered_question_is_answered_after_the_give_back(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        await asked_while_hot(world, go_on)
        await world.rep_claims()
        await world.settles()
        world.writer.says(PRICE)
        await world.rep_gives_back()
        assert (await world.replies())[-1] == PRICE


async def test_two_workers_on_one_conversation_reply_once(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        world.writer.says_once(go_on, PRICE)
        await world.visitor_arrives()
        await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        await world.watch.advance(world.id)
        go_on.set()
        await world.settles()
        assert await world.replies() == [PRICE]


async def test_a_claim_while_the_card_is_being_brought_up_to_date_is_on_it(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        mark_attempted, claims = stores.handoffs.mark_attempted, iter([world.rep_claims])

        async def claimed_just_before(*arguments: Any) -> int | None:
            for claim in claims:
                await claim()
            return await mark_attempted(*arguments)

        stores.handoffs.mark_attempted = claimed_just_before  # type: ignore[method-assign, assignment]
        until = world.clock.now() + timedelta(minutes=1)
        await world.takeover.snooze((await world.handoff()).id, MIA, until)
        await world.settles()
        assert world.card.state is HandoffState.CLAIMED

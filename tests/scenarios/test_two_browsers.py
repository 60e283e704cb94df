"""One person in two browsers: one card, whose rep has both conversations."""

from dataclasses import replace

import pytest

from agent.conversation import ConversationId, Holder
from agent.handoff import DeskPostKind, HandoffState, Outcome
from agent.tracking import CallKind
from tests.builders import a_call
from tests.contracts.stores import Stores
from tests.scenarios.world import (
    HOT,
    MIA,
    OFFLINE,
    OFFLINE_QUESTION,
    PRICE_QUESTION,
    WANTS_PERSON,
    World,
    a_world,
)

DANA = {"user_id": "u-dana", "name": "Dana", "is_proven": True}


async def desk_and_phone(world: World, **on_phone: object) -> tuple[ConversationId, ConversationId]:
    """Open a conversation in each of two browsers."""
    await world.visitor_arrives(anonymous_id="a-desk", **DANA)
    at_desk = world.id
    await world.visitor_arrives(anonymous_id="a-phone", **(DANA | on_phone))
    return at_desk, world.id


async def says(world: World, where: ConversationId, text: str) -> None:
    world.id = where
    await world.visitor_says(text)


async def test_hot_in_both_is_one_card_with_what_was_written_in_both(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await says(world, on_phone, WANTS_PERSON)
        (handoff,) = await world.handoffs()
        assert world.count(DeskPostKind.CARD) == 1
        assert handoff.conversation_id == at_desk
        (note,) = world.desk.of_kind(DeskPostKind.NOTE)
        assert "The same person writes in a further conversation" in note.text
        assert WANTS_PERSON in world.desk.relayed
        assert (await world.replies())[-1] in world.desk.relayed
        assert "Mia" in (await world.replies())[-1]


async def test_hot_in_both_at_once_is_one_card(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        world.id = at_desk
        await world.visitor_writes(HOT)
        world.id = on_phone
        await world.visitor_writes(WANTS_PERSON)
        await world.settles()
        assert len(await world.handoffs()) == world.count(DeskPostKind.CARD) == 1
        (handoff,) = await world.handoffs()
        assert {talk.id for talk in await stores.handoffs.served(handoff.id)} == {at_desk, on_phone}
        joined = HOT if handoff.conversation_id == on_phone else WANTS_PERSON
        assert joined in world.desk.relayed
        for talk in (at_desk, on_phone):
            world.id = talk
            assert len(await world.replies()) == 1


async def test_any_word_in_a_second_browser_reaches_the_rep_who_is_called(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await says(world, on_phone, OFFLINE_QUESTION)
        assert OFFLINE_QUESTION in world.desk.relayed
        assert OFFLINE in (await world.replies())[-1]
        assert len(await world.handoffs()) == 1


async def test_whoever_claims_gets_both_and_the_agent_is_silent_in_both(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await says(world, on_phone, WANTS_PERSON)
        await world.rep_claims()
        for talk in (at_desk, on_phone):
            replies = len(await world.replies())
            await says(world, talk, PRICE_QUESTION)
            assert await world.holder() is Holder.REP
            assert any("has joined" in line for line in await world.log())
            assert len(await world.replies()) == (replies if talk == on_phone else 1)
        assert world.desk.relayed.count(PRICE_QUESTION) == 2
        await world.rep_says("Hello Dana, this is Mia.")
        assert (await world.log())[-1] == "Mia Hartung: Hello Dana, this is Mia."


async def test_who_comes_back_on_the_phone_finds_the_rep_there(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await world.rep_claims()
        await says(world, on_phone, "It is me again, from my phone.")
        assert await world.holder() is Holder.REP
        assert await world.replies() == []
        assert "has joined the conversation" in (await world.log())[-1]
        assert world.desk.relayed[-1] == "It is me again, from my phone."
        await world.rep_says("I have read it.")
        assert (await world.log())[-1] == "Mia Hartung: I have read it."
        world.id = at_desk
        assert "I have read it." not in str(await world.log())


async def test_a_rep_who_is_silent_to_both_loses_both(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await world.rep_claims()
        await says(world, on_phone, OFFLINE_QUESTION)
        await world.passes(minutes=16)
        assert (await world.handoff()).state is HandoffState.GIVEN_BACK
        assert OFFLINE in (await world.replies())[-1]
        world.id = at_desk
        assert await world.holder() is Holder.AGENT


async def test_a_rep_who_answers_on_the_phone_is_not_silent_at_the_desk(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await world.rep_claims()
        await says(world, at_desk, OFFLINE_QUESTION)
        await world.passes(minutes=1)
        await says(world, on_phone, "I am on my phone now.")
        await world.rep_says("Then I answer here.")
        await world.passes(minutes=30)
        assert (await world.handoff()).state is HandoffState.CLAIMED


async def test_reminders_come_once_whichever_conversation_moves(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await says(world, on_phone, WANTS_PERSON)
        for _ in range(6):
            await world.passes(minutes=2)
            for talk in (at_desk, on_phone):
                world.wake(talk)
        await world.settles()
        assert (world.count(DeskPostKind.NUDGE), world.count(DeskPostKind.ESCALATE)) == (1, 1)


async def test_what_was_closed_at_the_desk_is_the_same_episode_on_the_phone(
    stores: Stores,
) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.MEETING_BOOKED)
        await says(world, on_phone, OFFLINE_QUESTION)
        assert len(await world.handoffs()) == 1
        await says(world, on_phone, WANTS_PERSON)
        assert len(await world.handoffs()) == 2


async def test_a_second_episode_two_weeks_later_calls_again(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world)
        await says(world, at_desk, HOT)
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.LOST)
        await world.passes(days=28)
        await says(world, on_phone, HOT)
        assert len(await world.handoffs()) == 2


async def test_somebody_who_only_says_to_be_the_same_shares_nothing(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world, is_proven=False)
        await says(world, at_desk, HOT)
        await says(world, on_phone, WANTS_PERSON)
        assert len(await world.handoffs()) == 2
        assert WANTS_PERSON not in world.desk.relayed


@pytest.mark.parametrize("is_claimed", [False, True])
async def test_two_leads_found_to_be_one_stay_served_and_call_no_third(
    stores: Stores, *, is_claimed: bool
) -> None:
    async with a_world(stores=stores) as world:
        at_desk, on_phone = await desk_and_phone(world, user_id="u-d")
        for talk in (at_desk, on_phone):
            await says(world, talk, HOT)
            if is_claimed:
                await world.rep_claims()
        alias = a_call(CallKind.ALIAS, user_id="u-dana", previous_id="u-d")
        await stores.tracking.take_in([replace(alias, received_at=world.clock.now())])

        await world.visitor_arrives(anonymous_id="a-tablet", **DANA)
        on_tablet = world.id
        for talk in (at_desk, on_phone, on_tablet):
            await says(world, talk, WANTS_PERSON)

        assert len(await world.handoffs()) == world.count(DeskPostKind.CARD) == 2
        assert world.desk.relayed.count(WANTS_PERSON) == 3
        for handoff in await world.handoffs():
            for served in await stores.handoffs.served(handoff.id):
                assert served.holder is (Holder.REP if is_claimed else Holder.AGENT)
                assert served.handoff_id == handoff.id

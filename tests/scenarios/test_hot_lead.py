"""A hot lead writes, a rep takes over, and hands back."""

import asyncio

import pytest

from agent.conversation import Holder
from agent.errors import AlreadyClaimedError, NotClaimedByError
from agent.handoff import DeskPostKind
from tests.contracts.stores import Stores
from tests.scenarios.world import HOT, JONAS, MIA, OFFLINE, OFFLINE_QUESTION, PRICE, a_world, until


async def test_the_desk_gets_one_card_with_the_visitors_words(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        assert world.count(DeskPostKind.CARD) == 1
        briefing = world.card.briefing
        assert briefing.quote == HOT
        assert any("budget is approved" in line for line in briefing.known)


async def test_the_visitor_is_told_who_comes_and_when(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        assert "Mia will answer right here, usually within 5 minutes" in (await world.replies())[0]


async def test_the_agent_goes_on_answering_until_somebody_claims(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.visitor_says(OFFLINE_QUESTION)
        assert OFFLINE in (await world.replies())[1]
        assert world.count(DeskPostKind.CARD) == 1


async def test_a_claim_is_told_to_the_visitor_and_the_reps_words_arrive(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_says("Hello, Mia here. Shall we talk at three?")
        assert (await world.log())[2:] == [
            "system: Mia Hartung has joined the conversation.",
            "Mia Hartung: Hello, Mia here. Shall we talk at three?",
        ]


async def test_the_agent_is_silent_after_a_claim_and_the_rep_reads_along(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        assert (await world.log())[-1] == f"visitor: {OFFLINE_QUESTION}"
        assert world.desk.relayed[-1] == OFFLINE_QUESTION
        assert await world.holder() is Holder.REP


async def test_after_the_give_back_the_agent_answers_what_was_left(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        await world.rep_gives_back()
        left, answered = (await world.log())[-2:]
        assert left == "system: Mia Hartung has handed the conversation back to the AI assistant."
        assert OFFLINE in answered


async def test_what_the_rep_answered_is_not_answered_again(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        await world.rep_says("Yes, for three days.")
        await world.rep_gives_back()
        assert len(await world.replies()) == 1


async def test_the_next_message_after_a_give_back_is_the_agents(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_gives_back()
        await world.visitor_says(OFFLINE_QUESTION)
        assert OFFLINE in (await world.replies())[-1]


async def test_the_card_shows_a_claim_without_waiting_for_the_next_look(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.wakeups.idle()
        assert world.card.claimed_by == MIA


async def test_of_two_claims_at_once_one_wins_and_the_other_sees_who(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        claims = (world.rep_claims(JONAS), world.rep_claims(MIA))
        outcomes = await asyncio.gather(*claims, return_exceptions=True)
        await world.settles()
        (lost,) = [outcome for outcome in outcomes if isinstance(outcome, AlreadyClaimedError)]
        assert lost.rep_id == world.card.claimed_by
        assert sum("has joined" in line for line in await world.log()) == 1


async def test_only_the_holders_words_reach_the_visitor(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims(MIA)
        with pytest.raises(NotClaimedByError):
            await world.rep_says("Me too!", JONAS)
        assert "Me too!" not in "\n".join(await world.log())


async def test_a_claim_twice_by_one_rep_is_told_once(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_claims()
        joined = [line for line in await world.log() if "has joined" in line]
        assert len(joined) == 1


async def test_a_colder_message_updates_the_card(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        before = world.card.temperature
        await world.visitor_says("Our budget is frozen, we will not buy this year.")
        assert before.is_hot
        assert not world.card.temperature.is_hot
        assert world.count(DeskPostKind.CARD) == 1


async def test_the_card_is_at_the_desk_while_the_model_still_thinks(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        await world.visitor_arrives()
        go_on = asyncio.Event()
        world.writer.says_once(go_on, PRICE)
        await world.visitor_writes(HOT)
        await world.writer.pauses()
        await until(lambda: bool(world.desk.cards))
        assert not await world.replies()
        go_on.set()
        await world.settles()
        assert len(world.desk.cards) == 1

"""What the library lacks is kept, and costs nobody their reply."""

from dataclasses import replace
from typing import Any

from agent.errors import StoreUnavailableError
from tests.scenarios.world import PRICE_QUESTION, a_world

UNKNOWN = "Do you plan drone flights over Oslo?"


async def test_an_admitted_question_is_kept_with_its_conversation() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(UNKNOWN)

        (gap,) = await world.stores.gaps.since(None)
        conversation = await world.conversation()
        assert (gap.question, gap.language) == (UNKNOWN, "en")
        assert (gap.conversation_id, gap.lead_id) == (conversation.id, conversation.lead_id)


async def test_an_answered_question_is_no_gap() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(PRICE_QUESTION)
        assert await world.stores.gaps.since(None) == []


async def test_of_two_questions_only_the_unanswered_one_is_kept() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(f"{PRICE_QUESTION} {UNKNOWN}")
        assert [gap.question for gap in await world.stores.gaps.since(None)] in ([UNKNOWN], [])


async def test_the_visitors_own_name_and_address_are_not_kept() -> None:
    async with a_world() as world:
        await world.visitor_arrives(name="Dana Ruiz", email="dana@nordlift.example")
        await world.visitor_says(
            "Dana Ruiz here (dana@nordlift.example), do you plan drone flights?"
        )
        (gap,) = await world.stores.gaps.since(None)
        assert "Ruiz" not in gap.question
        assert "nordlift" not in gap.question


class FullDisk:
    """Keeps nothing."""

    async def record(self, gaps: Any) -> None:
        raise StoreUnavailableError("The disk is full.")

    async def since(self, at: Any, limit: int = 0) -> list[Any]:
        raise StoreUnavailableError("The disk is full.")


async def test_a_gap_that_cannot_be_kept_leaves_the_reply_as_it_is() -> None:
    async with a_world() as world:
        first_response = replace(world.watch.first_response, gaps=FullDisk())
        await world.visitor_arrives()
        message = await world.visitor_writes(UNKNOWN)
        await first_response.respond(message.conversation_id)
        assert (await world.last_reply()).in_reply_to == (message.id,)

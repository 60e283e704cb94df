"""The model is slow, down, refuses, stalls or invents: the visitor is answered all the same."""

import asyncio
from collections.abc import Callable

import pytest

from agent.errors import ModelUnavailableError
from prompts.phrases import reasons
from tests.scenarios.world import HOT, PATIENT, PRICE, PRICE_QUESTION, SOON, World, a_world
from tests.scenarios.writer import Step

DEGRADED = reasons().fill("note_degraded")
# Events belong to one loop, so each test makes its own.
TROUBLES: dict[str, Callable[[], tuple[Step, ...]]] = {
    "slow": lambda: (asyncio.Event(), PRICE),
    "down": lambda: (ModelUnavailableError("APIConnectionError: connection refused"),),
    "refusing": lambda: (ModelUnavailableError("The model refused to answer."),),
    "breaking off": lambda: ("Growth co", ModelUnavailableError("ReadError")),
    "stalling": lambda: ("Growth co", asyncio.Event()),
    "wrong key": lambda: (ModelUnavailableError("AuthenticationError: 401"),),
    "silent": lambda: (),
}


@pytest.fixture(params=TROUBLES)
def trouble(request: pytest.FixtureRequest) -> tuple[Step, ...]:
    return TROUBLES[request.param]()


async def hears(world: World, text: str, *script: Step) -> None:
    world.writer.says(*script)
    await world.visitor_arrives()
    await world.visitor_says(text)


async def test_the_composed_reply_steps_in(trouble: tuple[Step, ...]) -> None:
    async with a_world(model=True, replies=SOON) as world:
        await hears(world, PRICE_QUESTION, *trouble)
        assert PRICE in (await world.replies())[0]
        turn = (await world.turns())[0]
        assert turn.reply is not None
        assert turn.reply.writer == "composed"


async def test_the_rep_is_told_that_the_model_was_not_there() -> None:
    async with a_world(model=True, replies=SOON) as world:
        await hears(world, HOT, *TROUBLES["slow"]())
        assert DEGRADED in world.card.briefing.notes


async def test_the_rep_is_told_nothing_when_the_model_was_there() -> None:
    async with a_world(model=True) as world:
        await hears(world, HOT, "Mia will answer here.")
        assert DEGRADED not in world.card.briefing.notes


async def test_the_reason_is_kept_with_the_turn() -> None:
    async with a_world(model=True, replies=SOON) as world:
        await hears(world, PRICE_QUESTION, *TROUBLES["wrong key"]())
        reply = (await world.turns())[0].reply
        assert reply is not None
        assert reply.degraded == "AuthenticationError: 401"


async def test_what_was_shown_before_a_stall_stays_and_is_recorded() -> None:
    async with a_world(model=True, replies=SOON) as world:
        await hears(world, PRICE_QUESTION, f"{PRICE} Annual bil", asyncio.Event())
        turn = (await world.turns())[0]
        assert await world.replies() == [PRICE]
        assert turn.reply is not None
        assert turn.reply.degraded


async def test_a_slow_model_costs_no_more_than_the_time_limit() -> None:
    async with a_world(model=True, replies=SOON) as world:
        await hears(world, PRICE_QUESTION, *TROUBLES["slow"]())
        spent = (await world.turns())[0].milliseconds["first_sentence"]
        assert 100 < spent < 1_500


async def test_an_invented_discount_is_held_back_and_the_rest_is_shown() -> None:
    async with a_world(model=True) as world:
        await hears(world, PRICE_QUESTION, f"{PRICE} For you I can do a special discount of 20 %. ")
        assert await world.replies() == [PRICE]


async def test_an_invented_price_is_never_shown() -> None:
    async with a_world(model=True) as world:
        await hears(world, PRICE_QUESTION, "Growth costs $29 per seat. ", PRICE)
        assert "$29" not in "".join(world.screen.drafts.values())
        assert await world.replies() == [PRICE]


async def test_what_was_held_back_is_kept_with_its_reason() -> None:
    async with a_world(model=True) as world:
        await hears(world, PRICE_QUESTION, "Growth costs $29 per seat. ", PRICE)
        reply = (await world.turns())[0].reply
        assert reply is not None
        assert [refused.because for refused in reply.refused] == ["amount: $29"]


async def test_a_reply_of_inventions_only_becomes_the_composed_one() -> None:
    async with a_world(model=True) as world:
        await hears(world, PRICE_QUESTION, "It costs $29. We guarantee it. ", "And $5 off.")
        assert PRICE in (await world.replies())[0]


async def test_a_promise_of_contact_without_a_handoff_is_held_back() -> None:
    async with a_world(model=True) as world:
        await hears(world, PRICE_QUESTION, f"{PRICE} A colleague will call you today.")
        assert await world.replies() == [PRICE]


async def test_a_model_that_streams_inventions_for_ever_is_cut_off() -> None:
    async with a_world(model=True, replies=SOON) as world:
        await hears(world, PRICE_QUESTION, "It costs $29. Or $28. ", asyncio.Event())
        assert PRICE in (await world.replies())[0]


async def test_the_model_is_asked_again_for_the_next_message() -> None:
    async with a_world(model=True, replies=PATIENT) as world:
        world.writer.says_once(ModelUnavailableError("down"))
        await hears(world, PRICE_QUESTION, PRICE)
        await world.visitor_says(PRICE_QUESTION)
        assert (await world.replies())[1] == PRICE

"""Somebody hot writes when nobody is at the desk."""

from datetime import UTC, datetime

from prompts.phrases import reasons
from tests.contracts.stores import in_memory
from tests.fakes.clock import FixedClock
from tests.scenarios.world import HOT, World, a_world

SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 40, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


async def hot_at_night(world: World, **visitor: object) -> str:
    await world.visitor_arrives(**visitor)
    await world.visitor_says(HOT)
    return (await world.replies())[0]


def at_night() -> FixedClock:
    return FixedClock(SATURDAY_NIGHT)


async def test_no_minutes_are_promised() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        assert "minutes" not in await hot_at_night(world)


async def test_the_visitor_is_told_when_the_desk_opens() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        assert "Monday at 09:00 (Berlin time)" in await hot_at_night(world)


async def test_a_visitor_nobody_can_reach_is_asked_for_an_address() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        await hot_at_night(world)
        assert (await world.turns())[0].asked == "contact"


async def test_the_claim_is_due_after_the_desk_has_opened() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        await hot_at_night(world)
        assert (await world.handoff()).claim_due_at == MONDAY_NINE.replace(minute=5)


async def test_the_card_waits_at_the_desk_and_says_so() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        await hot_at_night(world)
        assert reasons().fill("note_after_hours") in world.card.briefing.notes


async def test_nobody_is_reminded_before_the_desk_opens() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        await hot_at_night(world)
        posts = len(world.desk.posts)
        await world.passes(hours=33)
        assert len(world.desk.posts) == posts


async def test_an_address_left_behind_reaches_the_card() -> None:
    async with a_world(stores=in_memory(at_night())) as world:
        await hot_at_night(world)
        await world.visitor_says("You can reach me at ada@nordwind.example")
        left = reasons().fill("reach_email", email="ada@nordwind.example")
        assert world.card.briefing.reach == left

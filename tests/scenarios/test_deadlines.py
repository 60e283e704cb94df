"""Time passes, in business time: reminders, escalation, and reps who go silent."""

from datetime import timedelta

from agent.conversation import Holder
from agent.handoff import DeskPostKind, HandoffState
from tests.scenarios.world import HOT, OFFLINE, OFFLINE_QUESTION, World, a_world


async def test_the_desk_is_reminded_after_two_and_a_half_minutes() -> None:
    async with a_world() as world:
        await hot(world)
        await world.passes(seconds=149)
        assert world.count(DeskPostKind.NUDGE) == 0
        await world.passes(seconds=1)
        assert world.count(DeskPostKind.NUDGE) == 1


async def test_the_manager_is_told_after_ten_minutes() -> None:
    async with a_world() as world:
        await hot(world)
        await world.passes(minutes=9, seconds=59)
        assert world.count(DeskPostKind.ESCALATE) == 0
        await world.passes(seconds=1)
        assert world.count(DeskPostKind.ESCALATE) == 1


async def test_each_reminder_comes_once() -> None:
    async with a_world() as world:
        await hot(world)
        for _ in range(30):
            await world.passes(minutes=1)
        assert world.count(DeskPostKind.NUDGE) == 1
        assert world.count(DeskPostKind.ESCALATE) == 1


async def test_a_claim_ends_the_reminders() -> None:
    async with a_world() as world:
        await hot(world)
        await world.passes(minutes=1)
        await world.rep_claims()
        for _ in range(15):
            await world.passes(minutes=1)
        assert world.count(DeskPostKind.NUDGE) == 0
        assert world.count(DeskPostKind.ESCALATE) == 0


async def test_a_snooze_holds_the_reminders_back() -> None:
    async with a_world() as world:
        await hot(world)
        handoff = await world.handoff()
        until = world.clock.now().replace(minute=30)
        await world.takeover.snooze(handoff.id, handoff.routed_to[0], until)
        await world.passes(minutes=29)
        assert world.count(DeskPostKind.NUDGE) == 0
        await world.passes(minutes=1)
        assert world.count(DeskPostKind.NUDGE) == 1


async def test_minutes_are_counted_while_the_desk_is_open_only() -> None:
    async with a_world() as world:
        await world.passes(hours=5, minutes=59)  # 16:59 in Berlin, the desk closes at 17:00
        await hot(world)
        await world.passes(hours=16)
        assert world.count(DeskPostKind.NUDGE) == 0
        await world.passes(minutes=3)
        assert world.count(DeskPostKind.NUDGE) == 1


async def test_a_rep_who_leaves_a_visitor_waiting_is_released_and_the_agent_answers() -> None:
    async with a_world() as world:
        await hot(world)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        await world.passes(minutes=15)
        assert OFFLINE in (await world.replies())[-1]
        assert (await world.handoff()).state is HandoffState.GIVEN_BACK


async def test_a_visitor_who_wrote_just_before_the_claim_waits_no_longer_than_others() -> None:
    async with a_world() as world:
        await hot(world)
        await world.stores.conversations.append(world.id, "just before", OFFLINE_QUESTION)
        world.clock.advance(timedelta(minutes=1))
        await world.rep_claims()
        await world.passes(minutes=14)
        assert len(await world.replies()) == 1
        await world.passes(minutes=1)
        assert OFFLINE in (await world.replies())[-1]


async def test_a_rep_who_answers_in_time_keeps_the_conversation() -> None:
    async with a_world() as world:
        await hot(world)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        await world.passes(minutes=14)
        await world.rep_says("Yes, for three days.")
        await world.passes(minutes=60)
        assert await world.holder() is Holder.REP


async def test_a_visitor_whom_the_agent_answered_before_the_claim_is_not_waiting() -> None:
    async with a_world() as world:
        await hot(world)
        await world.rep_claims()
        await world.passes(hours=2)
        assert await world.holder() is Holder.REP


async def test_a_visitor_who_waits_at_closing_time_is_not_left_with_a_rep_who_went_home() -> None:
    async with a_world() as world:
        await world.passes(hours=5, minutes=30)
        await hot(world)
        await world.rep_claims()
        await world.passes(minutes=20)
        await world.visitor_says(OFFLINE_QUESTION)
        await world.passes(minutes=9)
        assert await world.holder() is Holder.REP
        await world.passes(minutes=1)
        assert await world.holder() is Holder.AGENT
        assert "system: Mia has finished work and is back on Tuesday at 09:00 (Berlin time). Until then the AI assistant goes on here." in await world.log()  # fmt: skip


async def hot(world: World) -> None:
    """Be hot."""
    await world.visitor_arrives()
    await world.visitor_says(HOT)

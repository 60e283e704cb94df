"""A handoff ends, and the conversation goes on: one handoff an episode."""

from agent.conversation import Holder
from agent.handoff import HandoffState, Outcome
from tests.scenarios.world import (
    HOT,
    MIA,
    OFFLINE,
    OFFLINE_QUESTION,
    WANTS_PERSON,
    World,
    a_world,
)


async def resolved(world: World) -> None:
    """Be hot, be claimed, be helped."""
    await world.visitor_arrives()
    await world.visitor_says(HOT)
    await world.rep_claims()
    await world.takeover.close((await world.handoff()).id, MIA, Outcome.MEETING_BOOKED)
    await world.settles()


async def test_a_new_question_opens_no_second_handoff() -> None:
    async with a_world() as world:
        await resolved(world)
        await world.visitor_says(OFFLINE_QUESTION)
        assert OFFLINE in (await world.replies())[-1]
        assert len(await world.handoffs()) == 1


async def test_thanks_open_no_second_handoff() -> None:
    async with a_world() as world:
        await resolved(world)
        await world.visitor_says("Thanks!")
        assert len(await world.handoffs()) == 1


async def test_a_new_wish_for_a_person_opens_one() -> None:
    async with a_world() as world:
        await resolved(world)
        await world.visitor_says(WANTS_PERSON)
        first, second = await world.handoffs()
        assert {first.state, second.state} == {HandoffState.OPEN, HandoffState.CLOSED}
        assert len(world.desk.cards) == 2


async def test_the_agent_holds_the_conversation_again() -> None:
    async with a_world() as world:
        await resolved(world)
        assert await world.holder() is Holder.AGENT


async def test_not_hot_closes_without_a_claim_and_ends_the_reminders() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.NOT_HOT)
        posts = len(world.desk.posts)
        await world.settles()
        await world.passes(minutes=30)
        assert all(post.handoff.state is HandoffState.CLOSED for post in world.desk.posts[posts:])


async def test_the_talk_shows_that_a_human_stretch_has_ended() -> None:
    async with a_world(model=True) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_gives_back()
        await world.visitor_says(OFFLINE_QUESTION)
        plan = world.writer.plans[-1]
        assert plan.was_returned
        assert any("handed the conversation back" in message.text for message in plan.before)


async def test_after_a_human_stretch_the_model_knows_who_held_it_and_what_was_said_last() -> None:
    async with a_world(model=True) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_says("I will send you the offer tonight.")
        await world.rep_gives_back()
        await world.visitor_says(OFFLINE_QUESTION)
        stretch = world.writer.plans[-1].stretch
        assert stretch is not None
        assert (stretch.rep_name, stretch.last_words) == ("Mia Hartung", "I will send you the offer tonight.")  # fmt: skip


async def test_before_any_rep_came_there_is_no_human_stretch() -> None:
    async with a_world(model=True) as world:
        await world.visitor_arrives()
        await world.visitor_says(OFFLINE_QUESTION)
        assert world.writer.plans[-1].stretch is None


async def test_after_a_human_stretch_nothing_is_promised_anew() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_gives_back()
        await world.visitor_says(OFFLINE_QUESTION)
        reply = (await world.replies())[-1]
        assert "Mia" not in reply
        assert "minutes" not in reply

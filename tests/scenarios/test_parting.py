"""The visitor ends the conversation: reps learn of it, and nobody waits for who has left."""

from datetime import UTC, datetime
from pathlib import Path

from agent.conversation import Holder
from agent.handoff import DeskPostKind
from agent.partings import Parting, Rating
from tests.contracts.stores import Stores
from tests.scenarios.slack_world import SlackWorld, a_slack_world
from tests.scenarios.world import HOT, Screen, World, a_world

CLAIM = "handoff.claim"
SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 40, tzinfo=UTC)


def parting(world: World) -> Parting:
    return Parting(world.stores.partings, world.stores.handoffs, Screen(), world.wake)


async def ends(world: World) -> None:
    await parting(world).end(await world.conversation())
    await world.settles()


async def test_nobody_is_reminded_of_a_visitor_who_has_left(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says("Are you there?")
        await ends(world)
        for _ in range(12):
            await world.passes(minutes=5)
        assert world.count(DeskPostKind.SILENT_REP) == 0
        assert await world.holder() is Holder.REP


async def test_who_waits_and_stays_is_not_forgotten(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says("Are you there?")
        for _ in range(12):
            await world.passes(minutes=5)
        assert await world.holder() is Holder.AGENT


async def test_the_call_for_a_rep_stands_when_the_visitor_has_left(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await ends(world)
        await world.passes(minutes=3)
        assert world.count(DeskPostKind.NUDGE) == 1


async def test_what_was_asked_just_before_the_end_is_answered(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_writes("What does it cost?")
        await ends(world)
        assert len(await world.replies()) == 1


async def test_a_call_that_was_promised_at_night_goes_to_the_address_that_is_left(
    stores: Stores,
) -> None:
    async with a_world(stores=stores) as world:
        world.clock.at = SATURDAY_NIGHT
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        for email in ("d@n.exmaple", "d@n.example"):
            await parting(world).leave_email(await world.conversation(), email)
        handoff = await world.handoff()
        assert handoff.call_back is not None
        assert handoff.call_back.contact == "d@n.example"
        assert "exmaple" not in handoff.briefing.reach
        assert "d@n.example" in handoff.briefing.reach


async def test_a_number_that_was_named_stays_the_way_to_call(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        world.clock.at = SATURDAY_NIGHT
        await world.visitor_arrives()
        await world.visitor_says(f"{HOT} Call me at +49 30 1234567.")
        await parting(world).leave_email(await world.conversation(), "d@n.example")
        handoff = await world.handoff()
        assert handoff.call_back is not None
        assert handoff.call_back.contact == "+49 30 1234567"


async def test_a_call_promised_after_the_address_was_left_goes_there(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        world.clock.at = SATURDAY_NIGHT
        await world.visitor_arrives()
        await parting(world).leave_email(await world.conversation(), "d@n.example")
        await world.visitor_says(HOT)
        handoff = await world.handoff()
        assert handoff.call_back is not None
        assert handoff.call_back.contact == "d@n.example"


async def held_by_mia(slack: SlackWorld) -> None:
    await slack.visitor_says(HOT)
    await slack.presses(slack.mia, CLAIM)


async def test_mia_reads_once_that_the_visitor_has_gone_and_her_words_are_not_lost_silently(
    tmp_path: Path,
) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        await parting(slack.world).leave_email(await slack.world.conversation(), "d@n.example")
        await parting(slack.world).end(await slack.world.conversation())
        await parting(slack.world).end(await slack.world.conversation())
        await slack.settles()
        told = [text for text in slack.thread if "has ended the conversation" in text]
        assert len(told) == 1
        assert "d@n.example" in told[0]
        await slack.replies(slack.mia, "One more thing")
        assert "d@n.example" in slack.told(slack.mia)[-1]
        assert await slack.rep_words() == []


async def test_mia_reads_how_the_visitor_rated_the_conversation(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        rating = Rating(4, "quick <!channel>")
        await parting(slack.world).rate(await slack.world.conversation(), rating)
        await parting(slack.world).rate(await slack.world.conversation(), rating)
        await slack.settles()
        told = [text for text in slack.thread if "4 of 5" in text]
        assert len(told) == 1
        assert "<!channel>" not in told[0]


async def test_the_address_that_was_left_stands_on_the_card(tmp_path: Path) -> None:
    async with a_slack_world(tmp_path / "hotline.db") as slack:
        await held_by_mia(slack)
        await parting(slack.world).leave_email(await slack.world.conversation(), "d@n.example")
        await slack.settles()
        assert "d@n.example" in str(slack.card.blocks)

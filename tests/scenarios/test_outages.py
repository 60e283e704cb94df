"""The library or the desk is down: the visitor is answered honestly, and nothing is lost."""

from agent.handoff import DeskPostKind
from tests.contracts.stores import Stores
from tests.scenarios.world import HOT, OFFLINE_QUESTION, PRICE_QUESTION, a_world


async def test_without_the_library_the_reply_admits_that_nothing_is_known() -> None:
    async with a_world() as world:
        world.library.is_down = True
        await world.visitor_arrives()
        await world.visitor_says(PRICE_QUESTION)
        assert "nothing in writing" in (await world.replies())[0]


async def test_without_the_library_a_hot_lead_still_reaches_the_desk() -> None:
    async with a_world() as world:
        world.library.is_down = True
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        assert world.card.temperature.is_hot
        assert len(await world.replies()) == 1


async def test_while_the_desk_is_down_the_visitor_is_answered() -> None:
    async with a_world() as world:
        world.desk.is_unavailable(times=100)
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        assert len(await world.replies()) == 1
        assert world.desk.posts == []


async def test_after_the_desk_was_down_everything_arrives_in_order_and_once(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        world.desk.is_unavailable(times=3)
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.visitor_says(OFFLINE_QUESTION)
        for _ in range(10):
            await world.passes(seconds=15)
        said = [m.text for m in await world.messages()]
        assert world.desk.posts[0].kind is DeskPostKind.CARD
        assert world.desk.relayed == said[1:]
        assert world.count(DeskPostKind.CARD) == 1


async def test_a_card_whose_answer_was_lost_is_not_posted_twice(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        world.desk.is_lost_after_posting()
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.passes(minutes=1)
        assert world.count(DeskPostKind.CARD) == 1


async def test_the_desk_is_given_the_time_it_asks_for() -> None:
    async with a_world() as world:
        world.desk.is_unavailable(retry_after=60)
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.passes(seconds=59)
        assert world.desk.posts == []
        await world.passes(seconds=1)
        assert world.count(DeskPostKind.CARD) == 1


async def test_a_card_that_is_refused_for_good_is_not_tried_again() -> None:
    async with a_world() as world:
        world.desk.refuses()
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        for _ in range(5):
            await world.passes(minutes=2)
        assert world.count(DeskPostKind.CARD) == 0


async def test_when_the_desk_refuses_the_handoff_stays_open_for_the_other_ways_in() -> None:
    async with a_world() as world:
        world.desk.refuses()
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_says("Hello, Mia here.")
        assert (await world.log())[-1] == "Mia Hartung: Hello, Mia here."

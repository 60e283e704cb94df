"""Who somebody says to be, proven or not."""

from tests.builders import a_lead, an_event
from tests.contracts.stores import Stores
from tests.scenarios.world import HOT, PRICE_QUESTION, World, a_world

GUIDE = "Growth pricing guide"


async def known(world: World) -> None:
    """Know Ada, who downloaded a guide."""
    await world.stores.add_leads([a_lead()])
    await world.stores.add_events([an_event(title=GUIDE)])


async def test_a_proven_lead_is_reminded_of_what_they_did_with_us(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await known(world)
        await world.visitor_arrives(user_id="u-ada", is_proven=True)
        await world.visitor_says(PRICE_QUESTION)
        assert GUIDE in (await world.replies())[0]


async def test_an_unproven_identity_unlocks_no_history(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await known(world)
        await world.visitor_arrives(user_id="u-ada", is_proven=False)
        await world.visitor_says(PRICE_QUESTION)
        assert GUIDE not in (await world.replies())[0]


async def test_a_browser_that_was_seen_before_proves_nobody(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.stores.add_leads([a_lead(identities={"anonymous_id": ("a-1",)})])
        await world.stores.add_events([an_event(title=GUIDE)])
        await world.visitor_arrives(anonymous_id="a-1")
        await world.visitor_says(PRICE_QUESTION)
        assert GUIDE not in (await world.replies())[0]


async def test_an_unproven_identity_gives_the_model_no_history(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        await known(world)
        await world.visitor_arrives(user_id="u-ada", is_proven=False)
        await world.visitor_says(PRICE_QUESTION)
        plan = world.writer.plans[0]
        assert plan.mention is None
        assert plan.assessment.history.events == ()


async def test_the_rep_is_told_who_an_unproven_visitor_says_to_be(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await known(world)
        await world.visitor_arrives(user_id="u-ada", is_proven=False)
        await world.visitor_says(HOT)
        assert any(
            "Ada Holm" in note and "not proven" in note for note in world.card.briefing.notes
        )


async def test_the_card_of_a_proven_lead_shows_their_history(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await known(world)
        await world.visitor_arrives(user_id="u-ada", is_proven=True)
        await world.visitor_says(HOT)
        assert world.card.briefing.who.startswith("Ada Holm")
        assert any(GUIDE in line.text for line in world.card.briefing.timeline)

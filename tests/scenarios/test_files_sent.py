"""A visitor sends a file while the agent answers: the agent says what is true of it."""

from agent.conversation import Attachment, AttachmentId
from tests.contracts.stores import Stores
from tests.scenarios.world import PRICE_QUESTION, World, a_world

NOTES = Attachment(AttachmentId("f-1"), "notes.txt", "text/plain", 12)


async def sends(world: World, text: str) -> None:
    await world.stores.conversations.append(world.id, f"client {text}", text, (NOTES,))
    world.wake(world.id)
    await world.settles()


async def test_who_sends_a_file_alone_is_asked_what_it_is_about(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(PRICE_QUESTION)
        await sends(world, "📎 notes.txt")
        assert (await world.replies())[-1] == (
            "Thank you, the file is here. I cannot read files myself: tell me in a sentence what it is about."
        )


async def test_a_question_beside_a_file_is_answered(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await sends(world, PRICE_QUESTION)
        assert "$42" in (await world.replies())[-1]
        assert "cannot read files" not in (await world.replies())[-1]

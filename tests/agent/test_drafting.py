from agent.conversation import Author, Message, MessageId
from agent.drafting import ReplyDrafter, last_words
from agent.errors import ModelUnavailableError
from tests.builders import a_conversation, a_message
from tests.scenarios.world import HOT, OFFLINE, OFFLINE_QUESTION, PRICE, PRICE_QUESTION, a_world


def said(author: Author, text: str, seq: int) -> Message:
    return a_message(text, id=MessageId(f"m-{seq}"), seq=seq, author=author)


def test_what_the_visitor_wrote_last_is_answered_though_the_agent_has_answered_it() -> None:
    talk = [
        said(Author.VISITOR, "Hello", 1),
        said(Author.AGENT, "Hi", 2),
        said(Author.VISITOR, "What does it cost?", 3),
        said(Author.VISITOR, "And offline?", 4),
        said(Author.AGENT, "It costs $42.", 5),
        said(Author.SYSTEM, "Mia has joined.", 6),
    ]
    held = last_words(a_conversation(), talk)
    assert [m.text for m in held.unanswered] == ["What does it cost?", "And offline?"]
    assert [m.text for m in held.before] == ["Hello", "Hi"]


def test_who_has_written_nothing_is_not_answered() -> None:
    held = last_words(a_conversation(), [said(Author.AGENT, "Hi", 1)])
    assert held.unanswered == ()


async def test_a_draft_answers_from_the_library_and_says_nothing_aloud() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        before = await world.log()

        draft = await ReplyDrafter(world.watch.first_response).draft(world.id)

        assert OFFLINE in draft
        assert await world.log() == before
        assert len(await world.turns()) == 1


async def test_a_draft_is_in_the_reps_name() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_writes(f"Are you a bot? {PRICE_QUESTION}")

        draft = await ReplyDrafter(world.watch.first_response).draft(world.id)

        assert PRICE in draft
        assert "AI assistant" not in draft
        assert "colleague" not in draft


async def test_without_the_model_a_draft_is_composed() -> None:
    async with a_world(model=True) as world:
        world.writer.says(ModelUnavailableError("down"))
        await world.visitor_arrives()
        await world.visitor_writes(PRICE_QUESTION)
        assert PRICE in await ReplyDrafter(world.watch.first_response).draft(world.id)


async def test_before_the_visitor_writes_there_is_no_draft() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        assert await ReplyDrafter(world.watch.first_response).draft(world.id) == ""


async def test_what_the_pages_lack_is_left_to_the_reps_own_words() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.visitor_says("Do you integrate with the Zorbex billing suite?")
        assert await ReplyDrafter(world.watch.first_response).draft(world.id) == ""

"""What every store of conversations keeps to."""

import asyncio
from datetime import timedelta

import pytest

from agent.conversation import Author, Conversation, ConversationId, MessageId
from agent.errors import StaleEpochError, UnknownConversationError
from tests.builders import a_reply, a_visitor, an_opening
from tests.contracts.stores import Stores, hold, say, start, turn_of

MINUTE = timedelta(minutes=1)


async def test_a_conversation_comes_back_as_it_was_started(stores: Stores) -> None:
    opening = an_opening(
        visitor=a_visitor(name="Ada", traits={"plan": "free"}), rehearsal=3 * MINUTE
    )

    started = await stores.conversations.start(opening)

    assert await stores.conversations.get(started.id) == started
    assert (started.visitor, started.page, started.locale) == (
        opening.visitor,
        opening.page,
        "en-GB",
    )
    assert started.started_at == stores.clock.now()


async def test_a_greeting_becomes_the_first_message(stores: Stores) -> None:
    started = await stores.conversations.start(an_opening(greeting="May I help?"))

    [greeting] = await stores.conversations.messages(started.id, after=0)
    assert (greeting.seq, greeting.author, greeting.text) == (1, Author.AGENT, "May I help?")
    assert greeting.is_greeting
    assert started.last_seq == 1


async def test_a_greeting_is_no_reply_and_waits_for_none(stores: Stores) -> None:
    started = await stores.conversations.start(an_opening(greeting="May I help?"))
    async with hold(stores, started) as held:
        assert held.unanswered == ()
    await say(stores, started, "What does it cost?")

    async with hold(stores, started) as held:
        assert [message.text for message in held.before] == ["May I help?"]
        assert held.text == "What does it cost?"
        assert held.is_first


async def test_after_a_reply_to_a_greeting_the_next_is_not_the_first(stores: Stores) -> None:
    started = await stores.conversations.start(an_opening(greeting="May I help?"))
    await say(stores, started, "What does it cost?")
    async with hold(stores, started) as held:
        await stores.conversations.record_turn(held, turn_of(held, reply=a_reply()))
    await say(stores, started, "And for fifty?")

    async with hold(stores, started) as held:
        assert not held.is_first


async def test_a_browser_keeps_its_lead(stores: Stores) -> None:
    first, second = await start(stores), await start(stores)

    assert first.id != second.id
    assert first.lead_id == second.lead_id


async def test_nothing_is_known_of_unknown_ids(stores: Stores) -> None:
    nowhere = ConversationId("c-nowhere")

    with pytest.raises(UnknownConversationError):
        await stores.conversations.get(nowhere)
    with pytest.raises(UnknownConversationError):
        await stores.conversations.append(nowhere, "1", "Hello")
    with pytest.raises(UnknownConversationError):
        async with stores.conversations.hold(nowhere):
            pass
    assert await stores.conversations.messages(nowhere, after=0) == []
    assert await stores.conversations.turns(nowhere) == []


async def test_seq_has_no_gaps_when_fifty_write_at_once(stores: Stores) -> None:
    conversation = await start(stores)

    await asyncio.gather(*(say(stores, conversation, f"words {i}") for i in range(50)))

    messages = await stores.conversations.messages(conversation.id, after=0)
    assert [message.seq for message in messages] == list(range(1, 51))
    assert {message.text for message in messages} == {f"words {i}" for i in range(50)}


async def test_the_same_client_id_is_one_message(stores: Stores) -> None:
    conversation = await start(stores)

    answers = await asyncio.gather(
        *(stores.conversations.append(conversation.id, "same", "Hello") for _ in range(20))
    )

    assert len({message.id for message, _ in answers}) == 1
    assert [is_new for _, is_new in answers].count(True) == 1
    assert len(await stores.conversations.messages(conversation.id, after=0)) == 1


async def test_messages_are_read_from_a_seq_on(stores: Stores) -> None:
    conversation = await start(stores)
    for words in ("one", "two", "three", "four"):
        await say(stores, conversation, words)

    messages = await stores.conversations.messages(conversation.id, after=1, limit=2)

    assert [message.text for message in messages] == ["two", "three"]
    assert {message.author for message in messages} == {Author.VISITOR}


async def test_only_one_of_two_workers_gets_the_lease(stores: Stores) -> None:
    conversation, both_have_tried = await start(stores), asyncio.Barrier(2)

    async def hold_a_while() -> bool:
        async with stores.conversations.hold(conversation.id) as held:
            await both_have_tried.wait()
            return held is not None

    assert sorted(await asyncio.gather(hold_a_while(), hold_a_while())) == [False, True]


async def test_the_lease_ends_with_the_block(stores: Stores) -> None:
    conversation = await start(stores)
    async with stores.conversations.hold(conversation.id) as first:
        assert first is not None

    async with stores.conversations.hold(conversation.id) as second:
        assert second is not None
        assert second.conversation.epoch == first.conversation.epoch + 1


async def test_an_error_in_the_block_ends_the_lease_too(stores: Stores) -> None:
    conversation = await start(stores)
    with pytest.raises(ZeroDivisionError):
        async with stores.conversations.hold(conversation.id):
            raise ZeroDivisionError

    async with stores.conversations.hold(conversation.id) as held:
        assert held is not None


async def test_a_lease_is_taken_over_after_a_minute(stores: Stores) -> None:
    conversation = await start(stores)
    async with hold(stores, conversation) as dead:
        stores.clock.advance(MINUTE)
        async with hold(stores, conversation) as alive:
            with pytest.raises(StaleEpochError):
                await stores.conversations.begin_showing(dead)
            await stores.conversations.begin_showing(alive)


async def test_leaving_late_does_not_end_the_lease_of_another(stores: Stores) -> None:
    conversation = await start(stores)
    late = stores.conversations.hold(conversation.id)
    await late.__aenter__()
    stores.clock.advance(MINUTE)
    async with hold(stores, conversation):
        await late.__aexit__(None, None, None)

        async with stores.conversations.hold(conversation.id) as third:
            assert third is None


async def test_a_hold_shows_what_waits_and_what_was_said_before(stores: Stores) -> None:
    conversation = await start(stores)
    await _exchange(stores, conversation, "Hello", "Welcome")
    await say(stores, conversation, "What does it cost?")
    await say(stores, conversation, "For 40 seats")

    async with hold(stores, conversation) as held:
        assert held.text == "What does it cost?\nFor 40 seats"
        assert [message.text for message in held.before] == ["Hello", "Welcome"]
        assert not held.is_first


async def test_a_hold_looks_back_at_forty_messages(stores: Stores) -> None:
    conversation = await start(stores)
    for i in range(45):
        await say(stores, conversation, f"words {i}")
    async with hold(stores, conversation) as held:
        await stores.conversations.record_turn(held, turn_of(held, reply=None))
    await say(stores, conversation, "and now?")

    async with hold(stores, conversation) as held:
        assert [message.text for message in held.before] == [f"words {i}" for i in range(5, 45)]


async def test_new_words_drop_a_draft_that_nobody_saw(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation) as held:
        await say(stores, conversation, "Are you there?")

        assert not await stores.conversations.is_current(held)
        with pytest.raises(StaleEpochError):
            await stores.conversations.begin_showing(held)
        with pytest.raises(StaleEpochError):
            await stores.conversations.record_turn(held, turn_of(held))
    assert await stores.conversations.turns(conversation.id) == []
    async with hold(stores, conversation) as held:
        assert held.text == "Hello\nAre you there?"


async def test_new_words_leave_a_reply_alone_that_is_being_shown(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation) as held:
        await stores.conversations.begin_showing(held)
        await say(stores, conversation, "Are you there?")

        assert await stores.conversations.is_current(held)
        reply = await stores.conversations.record_turn(held, turn_of(held))
    assert reply is not None
    assert reply.seq == 3
    async with hold(stores, conversation) as held:
        assert held.text == "Are you there?"


async def test_a_turn_says_its_reply_and_comes_back_whole(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "What does it cost?")
    async with hold(stores, conversation) as held:
        turn = turn_of(held)
        reply = await stores.conversations.record_turn(held, turn)

    assert await stores.conversations.turns(conversation.id) == [turn]
    assert (await stores.conversations.messages(conversation.id, after=1)) == [reply]
    assert reply is not None
    assert turn.reply is not None
    assert (reply.id, reply.author, reply.author_name) == (
        turn.reply.message_id,
        Author.AGENT,
        "Hotline",
    )
    assert (reply.text, reply.sources) == (turn.reply.text, turn.reply.sources)
    assert reply.sentences == turn.reply.sentences
    assert reply.in_reply_to == tuple(message.id for message in held.unanswered)


async def test_recording_a_turn_again_changes_nothing(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation) as held:
        first = await stores.conversations.record_turn(held, turn_of(held))
        again = await stores.conversations.record_turn(held, turn_of(held))

    assert first == again
    assert len(await stores.conversations.messages(conversation.id, after=0)) == 2
    assert len(await stores.conversations.turns(conversation.id)) == 1


async def test_a_turn_without_a_reply_answers_too(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Thanks")
    async with hold(stores, conversation) as held:
        assert await stores.conversations.record_turn(held, turn_of(held, reply=None)) is None

    async with hold(stores, conversation) as held:
        assert held.unanswered == ()


async def test_words_are_due_until_they_are_answered(stores: Stores) -> None:
    conversation = await start(stores)
    assert await _due(stores) == []
    await say(stores, conversation, "Hello")
    assert await _due(stores) == [conversation.id]

    async with hold(stores, conversation) as held:
        assert await _due(stores) == []
        await stores.conversations.record_turn(held, turn_of(held))

    stores.clock.advance(10 * MINUTE)
    assert await _due(stores) == []


async def test_words_whose_worker_hangs_are_due_again_after_the_lease(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation):
        stores.clock.advance(MINUTE)
        assert await _due(stores) == [conversation.id]


async def test_words_that_a_holder_leaves_are_due_again_at_once(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation):
        assert await _due(stores) == []

    assert await _due(stores) == [conversation.id]


async def test_words_whose_answer_failed_are_due_again_after_a_while(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    with pytest.raises(ZeroDivisionError):
        async with hold(stores, conversation):
            raise ZeroDivisionError

    assert await _due(stores) == []
    stores.clock.advance(timedelta(seconds=5))
    assert await _due(stores) == [conversation.id]


async def test_a_timer_makes_a_conversation_due_and_can_be_taken_back(stores: Stores) -> None:
    conversation = await start(stores)
    await stores.conversations.set_due(conversation.id, stores.clock.now() + 5 * MINUTE)

    assert await _due(stores) == []
    stores.clock.advance(5 * MINUTE)
    assert await _due(stores) == [conversation.id]
    await stores.conversations.set_due(conversation.id, None)
    assert await _due(stores) == []


async def test_setting_the_timer_does_not_forget_words_that_came_meanwhile(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")

    await stores.conversations.set_due(conversation.id, None)

    assert await _due(stores) == [conversation.id]


async def test_the_longest_due_come_first(stores: Stores) -> None:
    conversations = [await start(stores) for _ in range(3)]
    for conversation in reversed(conversations):
        await say(stores, conversation, "Hello")
        stores.clock.advance(MINUTE)

    assert await stores.conversations.due(stores.clock.now(), limit=2) == [
        conversations[2].id,
        conversations[1].id,
    ]


async def _exchange(stores: Stores, conversation: Conversation, words: str, answer: str) -> None:
    await say(stores, conversation, words)
    async with hold(stores, conversation) as held:
        reply = a_reply(answer, message_id=MessageId(f"m-{answer}"))
        await stores.conversations.record_turn(held, turn_of(held, id=f"t-{answer}", reply=reply))


async def _due(stores: Stores) -> list[ConversationId]:
    return await stores.conversations.due(stores.clock.now())

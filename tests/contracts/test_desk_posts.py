"""What every store of handoffs keeps to: what is due at the desk, in which order, and what became of it."""

import asyncio
from datetime import timedelta

import pytest

from agent.conversation import Conversation, RepId
from agent.errors import UnknownHandoffError
from agent.handoff import ATTEMPT, Change, DeskPost, DeskPostId, DeskPostKind, Handoff, claim
from agent.handoff_steps import nudge
from tests.contracts.stores import Stores, hold, open_handoff, say, start, turn_of

CARD, UPDATE, RELAY, NUDGE = (
    DeskPostKind.CARD,
    DeskPostKind.UPDATE,
    DeskPostKind.RELAY,
    DeskPostKind.NUDGE,
)


async def test_a_new_handoff_has_a_card_due(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)

    (card,) = await _due(stores, conversation)

    assert (card.kind, card.handoff, card.message, card.thread) == (CARD, handoff, None, None)
    assert (card.is_in_doubt, card.attempts) == (False, 0)
    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


async def test_the_thread_tells_the_whole_talk_in_order(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await say(stores, conversation, "What does it cost?")
    async with hold(stores, conversation) as held:
        reply = await stores.conversations.record_turn(held, turn_of(held))
    await say(stores, conversation, "Thanks")

    posts = await _due(stores, conversation)

    assert reply is not None
    assert [post.kind for post in posts] == [CARD, RELAY, UPDATE, RELAY, RELAY]
    told = [post.message.text for post in posts if post.message]
    assert told == ["What does it cost?", reply.text, "Thanks"]


async def test_without_a_handoff_nothing_is_relayed(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")

    assert await _due(stores, conversation) == []


async def test_several_that_are_posted_at_once_are_not_due_again(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await say(stores, conversation, "Hello")
    there = {post.id: f"desk:{post.id}" for post in await _due(stores, conversation)}

    await stores.handoffs.mark_all_posted(conversation.id, there, stores.clock.now())
    await say(stores, conversation, "Are you there?")

    (relayed,) = await _due(stores, conversation)
    assert len(there) == 2
    assert relayed.thread in there.values()


async def test_what_is_posted_is_not_due_again_and_a_card_opens_the_thread(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await say(stores, conversation, "Hello")
    card, _ = await _due(stores, conversation)

    await stores.handoffs.mark_attempted(card.id, stores.clock.now())
    await stores.handoffs.mark_posted(card.id, "171.42", stores.clock.now())

    (relay,) = await _due(stores, conversation)
    assert (relay.kind, relay.thread) == (RELAY, "171.42")


async def test_an_attempt_without_an_end_is_in_doubt(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    (card,) = await _due(stores, conversation)

    await stores.handoffs.mark_attempted(card.id, stores.clock.now())
    stores.clock.advance(ATTEMPT)

    (card,) = await _due(stores, conversation)
    assert (card.is_in_doubt, card.attempts) == (True, 1)
    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


async def test_of_several_who_attempt_a_post_one_does(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await say(stores, conversation, "Hello")
    (card, _) = await _due(stores, conversation)

    now = stores.clock.now()
    attempts = [stores.handoffs.mark_attempted(card.id, now) for _ in range(3)]

    assert sorted(map(str, await asyncio.gather(*attempts))) == ["0", "None", "None"]
    assert await _due(stores, conversation) == []


async def test_who_comes_late_to_a_post_hears_of_earlier_attempts(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    (card,) = await _due(stores, conversation)
    await stores.handoffs.mark_attempted(card.id, stores.clock.now())
    stores.clock.advance(ATTEMPT)

    assert await stores.handoffs.mark_attempted(card.id, stores.clock.now()) == 1


async def test_what_is_posted_is_not_attempted_again(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    (card,) = await _due(stores, conversation)
    await stores.handoffs.mark_posted(card.id, "171.42", stores.clock.now())

    assert await stores.handoffs.mark_attempted(card.id, stores.clock.now()) is None


async def test_a_postponed_post_waits_and_so_does_what_follows_it(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await _change(stores, conversation, NUDGE)
    await stores.conversations.set_due(conversation.id, None)
    card, _ = await _due(stores, conversation)
    until = stores.clock.now() + timedelta(seconds=30)

    await stores.handoffs.mark_attempted(card.id, stores.clock.now())
    await stores.handoffs.postpone(card.id, until, "rate limited")

    assert await _due(stores, conversation) == []
    assert await stores.conversations.due(stores.clock.now()) == []
    stores.clock.advance(timedelta(seconds=30))
    assert [post.kind for post in await _due(stores, conversation)] == [CARD, NUDGE]
    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


async def test_what_is_given_up_is_never_due_again(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await stores.conversations.set_due(conversation.id, None)
    (card,) = await _due(stores, conversation)

    await stores.handoffs.give_up(card.id, "channel_not_found")

    assert await _due(stores, conversation) == []
    assert await stores.conversations.due(stores.clock.now()) == []


async def test_updates_that_nobody_tried_become_one(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    for _ in range(3):
        stores.clock.advance(timedelta(seconds=1))
        await _change(stores, conversation, UPDATE)

    posts = await _due(stores, conversation)

    assert [post.kind for post in posts] == [CARD, UPDATE]
    assert posts[1].handoff.nudged_at == stores.clock.now()


async def test_a_change_during_an_update_gets_an_update_of_its_own(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await _change(stores, conversation, UPDATE)
    (_, update) = await _due(stores, conversation)
    await stores.handoffs.mark_attempted(update.id, stores.clock.now())

    stores.clock.advance(timedelta(seconds=1))
    await _change(stores, conversation, UPDATE)
    await stores.handoffs.mark_posted(update.id, "171.42", stores.clock.now())

    assert [post.kind for post in await _due(stores, conversation)] == [CARD, UPDATE]


async def test_a_second_click_posts_nothing(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff)
    for post in await _due(stores, conversation):
        await stores.handoffs.mark_posted(post.id, "ts", stores.clock.now())

    await _claim(stores, handoff)

    assert await _due(stores, conversation) == []


async def test_unknown_posts_are_refused(stores: Stores) -> None:
    nowhere = DeskPostId("p-nowhere")

    with pytest.raises(UnknownHandoffError):
        await stores.handoffs.mark_attempted(nowhere, stores.clock.now())
    with pytest.raises(UnknownHandoffError):
        await stores.handoffs.give_up(nowhere, "nobody knows it")


async def _due(stores: Stores, conversation: Conversation) -> list[DeskPost]:
    return await stores.handoffs.due_posts(conversation.id, stores.clock.now())


async def _change(stores: Stores, conversation: Conversation, *kinds: DeskPostKind) -> None:
    handoff = await stores.handoffs.active(conversation.id)
    assert handoff is not None
    now = stores.clock.now()
    await stores.handoffs.change(handoff.id, lambda h: nudge(h, now), Change("nudged", posts=kinds))


async def _claim(stores: Stores, handoff: Handoff) -> None:
    now = stores.clock.now()
    change = Change("claimed", announcement="Mia joined")
    await stores.handoffs.change(handoff.id, lambda h: claim(h, RepId("mia"), now), change)

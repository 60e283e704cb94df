"""What every store of handoffs keeps to: who holds the conversation, and what is said at the handover."""

import asyncio
from datetime import timedelta

import pytest

from agent.conversation import Author, Conversation, Holder, RepId
from agent.errors import (
    AlreadyClaimedError,
    HandoffEndedError,
    NotClaimedByError,
    StaleEpochError,
    UnknownHandoffError,
)
from agent.handoff import (
    Change,
    Handoff,
    HandoffId,
    HandoffState,
    Outcome,
    claim,
    close,
    give_back,
    must_hold,
    nudge,
)
from tests.builders import a_handoff
from tests.contracts.stores import Stores, hold, open_handoff, say, start, turn_of

MIA = RepId("mia")


async def test_a_handoff_comes_back_as_it_was_opened(stores: Stores) -> None:
    conversation = await start(stores)

    handoff = await open_handoff(stores, conversation)

    assert handoff == a_handoff(conversation_id=conversation.id, lead_id=conversation.lead_id)
    assert await stores.handoffs.get(handoff.id) == handoff
    assert await stores.handoffs.active(conversation.id) == handoff
    assert await stores.handoffs.latest(conversation.id) == handoff


async def test_opening_again_gives_the_active_one(stores: Stores) -> None:
    conversation = await start(stores)
    first = await open_handoff(stores, conversation, "h-1")

    assert await open_handoff(stores, conversation, "h-2") == first
    assert await stores.handoffs.find(None, 10, None) == [first]


async def test_an_outdated_hold_opens_nothing(stores: Stores) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation) as held:
        await say(stores, conversation, "Forget it")
        with pytest.raises(StaleEpochError):
            await stores.handoffs.open(held, a_handoff(conversation_id=conversation.id))

    assert await stores.handoffs.active(conversation.id) is None


async def test_unknown_ids_are_refused(stores: Stores) -> None:
    nowhere = HandoffId("h-nowhere")

    with pytest.raises(UnknownHandoffError):
        await stores.handoffs.get(nowhere)
    with pytest.raises(UnknownHandoffError):
        await stores.handoffs.find(None, 10, nowhere)
    with pytest.raises(UnknownHandoffError):
        await stores.handoffs.change(nowhere, lambda h: h, Change("nothing"))
    assert await stores.handoffs.active((await start(stores)).id) is None


async def test_a_claim_gives_the_conversation_to_the_rep(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)

    claimed = await _claim(stores, handoff, MIA)

    now = await stores.conversations.get(conversation.id)
    assert (claimed.state, claimed.claimed_by) == (HandoffState.CLAIMED, MIA)
    assert (now.holder, now.rep_id) == (Holder.REP, MIA)
    assert await stores.handoffs.get(handoff.id) == claimed
    messages = await stores.conversations.messages(conversation.id, after=0)
    assert [(m.author, m.text) for m in messages] == [(Author.SYSTEM, "mia joined")]


async def test_a_claim_refuses_what_the_agent_was_about_to_say(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await say(stores, conversation, "Hello")
    async with hold(stores, conversation) as held:
        await _claim(stores, handoff, MIA)

        assert not await stores.conversations.is_current(held)
        with pytest.raises(StaleEpochError):
            await stores.conversations.begin_showing(held)
        with pytest.raises(StaleEpochError):
            await stores.conversations.record_turn(held, turn_of(held))
    async with hold(stores, conversation) as held:
        assert held.unanswered == ()


async def test_of_ten_reps_one_wins(stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores))
    reps = [RepId(f"rep-{i}") for i in range(10)]

    results = await asyncio.gather(
        *(_claim(stores, handoff, rep) for rep in reps), return_exceptions=True
    )

    winners = [result for result in results if isinstance(result, Handoff)]
    losers = [result for result in results if isinstance(result, AlreadyClaimedError)]
    assert (len(winners), len(losers)) == (1, 9)
    assert {loser.rep_id for loser in losers} == {winners[0].claimed_by}
    messages = await stores.conversations.messages(handoff.conversation_id, after=0)
    assert len(messages) == 1


async def test_claiming_twice_says_it_once(stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores))
    first = await _claim(stores, handoff, MIA)
    epoch = (await stores.conversations.get(handoff.conversation_id)).epoch

    assert await _claim(stores, handoff, MIA) == first
    assert len(await stores.conversations.messages(handoff.conversation_id, after=0)) == 1
    assert (await stores.conversations.get(handoff.conversation_id)).epoch == epoch


async def test_a_refused_transition_changes_nothing(stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores))
    before = await stores.conversations.get(handoff.conversation_id)

    with pytest.raises(NotClaimedByError):
        await _speak(stores, handoff, MIA, "Hi", "w-1")

    assert await stores.handoffs.get(handoff.id) == handoff
    assert await stores.conversations.get(handoff.conversation_id) == before
    assert await stores.conversations.messages(handoff.conversation_id, after=0) == []


async def test_a_reps_words_are_said_once(stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores))
    await _claim(stores, handoff, MIA)

    for _ in range(2):
        await _speak(stores, handoff, MIA, "Hi, Mia here", "w-1")
    await asyncio.gather(*(_speak(stores, handoff, MIA, "Still there?", "w-2") for _ in range(5)))

    messages = await stores.conversations.messages(handoff.conversation_id, after=1)
    assert [(m.author, m.author_name, m.text) for m in messages] == [
        (Author.REP, "Mia", "Hi, Mia here"),
        (Author.REP, "Mia", "Still there?"),
    ]


async def test_a_visitor_cannot_take_a_reps_words_away(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff, MIA)
    await stores.conversations.append(conversation.id, "w-1", "Hello")

    await _speak(stores, handoff, MIA, "Hi", "w-1")

    messages = await stores.conversations.messages(conversation.id, after=1)
    assert [message.text for message in messages] == ["Hello", "Hi"]


async def test_the_agent_answers_what_a_silent_rep_left(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff, MIA)
    await say(stores, conversation, "Anybody?")

    await _give_back(stores, handoff, MIA)

    assert (await stores.conversations.get(conversation.id)).holder is Holder.AGENT
    async with hold(stores, conversation) as held:
        assert held.text == "Anybody?"
        assert [message.text for message in held.before] == ["mia joined"]


async def test_the_agent_leaves_alone_what_the_rep_dealt_with(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff, MIA)
    await say(stores, conversation, "Anybody?")
    await _speak(stores, handoff, MIA, "Me", "w-1")
    await say(stores, conversation, "And the price?")

    await _give_back(stores, handoff, MIA)

    async with hold(stores, conversation) as held:
        assert held.text == "And the price?"


async def test_what_was_given_back_is_over(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff, MIA)
    ended = await _give_back(stores, handoff, MIA)

    with pytest.raises(HandoffEndedError):
        await _claim(stores, handoff, MIA)
    assert await stores.handoffs.active(conversation.id) is None
    assert await stores.handoffs.latest(conversation.id) == ended


async def test_an_ended_handoff_does_not_touch_the_one_after_it(stores: Stores) -> None:
    conversation = await start(stores)
    old = await open_handoff(stores, conversation, "h-1")
    await stores.handoffs.change(
        old.id, lambda h: close(h, Outcome.NOT_HOT, "student", stores.clock.now()), Change("closed")
    )
    await _claim(stores, await open_handoff(stores, conversation, "h-2"), MIA)

    await stores.handoffs.change(old.id, lambda h: nudge(h, stores.clock.now()), Change("nudged"))

    assert (await stores.conversations.get(conversation.id)).holder is Holder.REP
    assert (await stores.handoffs.get(old.id)).outcome is Outcome.NOT_HOT


async def test_handoffs_are_found_newest_first_page_by_page(stores: Stores) -> None:
    conversations = [await start(stores) for _ in range(4)]
    opened = [await open_handoff(stores, c, f"h-{i}") for i, c in enumerate(conversations)]
    await _claim(stores, opened[1], MIA)

    first_page = await stores.handoffs.find(None, 2, None)
    second_page = await stores.handoffs.find(None, 2, first_page[-1].id)
    still_open = await stores.handoffs.find(HandoffState.OPEN, 10, None)

    assert [h.id for h in first_page + second_page] == ["h-3", "h-2", "h-1", "h-0"]
    assert [h.id for h in still_open] == ["h-3", "h-2", "h-0"]


async def test_giving_back_makes_unanswered_words_due(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff, MIA)
    await say(stores, conversation, "Anybody?")
    await _post_all(stores, conversation)
    async with hold(stores, conversation):
        pass
    stores.clock.advance(timedelta(minutes=5))
    assert await stores.conversations.due(stores.clock.now()) == []

    await _give_back(stores, handoff, MIA)
    await _post_all(stores, conversation)

    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


async def _claim(stores: Stores, handoff: Handoff, rep: RepId) -> Handoff:
    change = Change("claimed", rep_id=rep, announcement=f"{rep} joined")
    return await stores.handoffs.change(
        handoff.id, lambda h: claim(h, rep, stores.clock.now()), change
    )


async def _speak(
    stores: Stores, handoff: Handoff, rep: RepId, words: str, words_id: str
) -> Handoff:
    def held_by_rep(current: Handoff) -> Handoff:
        must_hold(current, rep)
        return current

    change = Change("spoke", rep_id=rep, rep_words=words, rep_words_id=words_id, rep_name="Mia")
    return await stores.handoffs.change(handoff.id, held_by_rep, change)


async def _give_back(stores: Stores, handoff: Handoff, rep: RepId) -> Handoff:
    return await stores.handoffs.change(
        handoff.id,
        lambda h: give_back(h, rep, stores.clock.now()),
        Change("given_back", rep_id=rep),
    )


async def _post_all(stores: Stores, conversation: Conversation) -> None:
    for post in await stores.handoffs.due_posts(conversation.id, stores.clock.now()):
        await stores.handoffs.mark_posted(post.id, "ts", stores.clock.now())

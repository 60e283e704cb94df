"""How visitors part: whatever the store, what they end, say of it and leave is kept once."""

from datetime import timedelta

import pytest

from agent import handoff as state
from agent.conversation import RepId
from agent.errors import ConversationClosedError
from agent.handoff import Change, DeskPostKind, HandoffId
from agent.partings import Rating
from tests.contracts.stores import Stores, open_handoff, say, start

MIA = RepId("mia")
H_1 = HandoffId("h-1")
WORDS = Change("spoke", rep_words="Hello", rep_words_id="w-1", posts=(DeskPostKind.RELAY,))


async def claim(stores: Stores) -> None:
    now = stores.clock.now()
    change = Change("claimed", rep_id=MIA, announcement="Mia is here.", posts=())
    await stores.handoffs.change(H_1, lambda h: state.claim(h, MIA, now), change)


async def posted(stores: Stores, conversation_id: str) -> list[tuple[DeskPostKind, str]]:
    """Give what is due at the desk after the card."""
    talk = (await stores.handoffs.get(H_1)).conversation_id
    assert talk == conversation_id
    due = await stores.handoffs.due_posts(talk, stores.clock.now())
    return [(post.kind, post.text) for post in due if post.kind is not DeskPostKind.CARD]


async def test_who_ends_a_conversation_says_no_more_in_it(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    assert await stores.partings.end(talk.id, "gone")
    assert (await stores.conversations.get(talk.id)).ended_at == stores.clock.now()
    with pytest.raises(ConversationClosedError):
        await say(stores, talk, "one more thing")


async def test_words_that_were_accepted_before_the_end_are_so_again(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    await stores.partings.end(talk.id, "gone")
    _, is_new = await stores.conversations.append(talk.id, "client hello", "hello")
    assert not is_new


async def test_a_conversation_ends_once_and_the_desk_hears_of_it_once(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    assert await stores.partings.end(talk.id, "gone")
    ended_at = (await stores.conversations.get(talk.id)).ended_at
    stores.clock.advance(timedelta(minutes=1))
    assert not await stores.partings.end(talk.id, "gone")
    assert (await stores.conversations.get(talk.id)).ended_at == ended_at
    assert await posted(stores, talk.id) == [
        (DeskPostKind.NOTE, "gone"),
        (DeskPostKind.UPDATE, "gone"),
    ]
    assert [entry.because for entry in await stores.handoffs.log(H_1)] == ["opened", "gone"]


async def test_what_waits_for_an_answer_is_still_due_after_the_end(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "What does it cost?")
    await stores.partings.end(talk.id, "gone")
    assert await stores.conversations.due(stores.clock.now()) == [talk.id]
    async with stores.conversations.hold(talk.id) as held:
        assert held is not None
        assert held.text == "What does it cost?"


async def test_a_reps_words_to_somebody_who_has_gone_are_refused_and_change_nothing(
    stores: Stores,
) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    await claim(stores)
    await stores.partings.end(talk.id, "gone")
    before = await posted(stores, talk.id)
    with pytest.raises(ConversationClosedError):
        await stores.handoffs.change(H_1, lambda handoff: handoff, WORDS)
    assert [m.text for m in await stores.conversations.messages(talk.id, 0)][-1] == "Mia is here."
    assert await posted(stores, talk.id) == before


async def test_a_reps_words_go_to_the_leads_newer_conversation(stores: Stores) -> None:
    talk, newer = await start(stores), await start(stores)
    await say(stores, newer, "me again")
    stores.clock.advance(timedelta(seconds=1))
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    async with stores.conversations.hold(newer.id) as held:
        assert held is not None
        await stores.handoffs.join(held)
    await claim(stores)
    await stores.partings.end(talk.id, "gone")
    await stores.handoffs.change(H_1, lambda handoff: handoff, WORDS)
    assert [m.text for m in await stores.conversations.messages(newer.id, 0)][-1] == "Hello"


async def test_a_claim_is_not_announced_to_somebody_who_has_gone(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    await stores.partings.end(talk.id, "gone")
    await claim(stores)
    assert [m.text for m in await stores.conversations.messages(talk.id, 0)] == ["hello"]


async def test_the_latest_rating_counts_and_an_equal_one_is_no_news(stores: Stores) -> None:
    talk = await start(stores)
    since = stores.clock.now()
    assert await stores.partings.rate(talk.id, Rating(2, "slow"), "2")
    assert await stores.partings.rate(talk.id, Rating(5), "5")
    assert not await stores.partings.rate(talk.id, Rating(5), "5")
    assert (await stores.conversations.get(talk.id)).rating == 5
    assert await stores.partings.ratings(since) == [Rating(5)]
    assert await stores.partings.ratings(since + timedelta(seconds=1)) == []


async def test_a_rating_comes_to_the_desk_when_a_rep_took_part(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    await stores.partings.rate(talk.id, Rating(3), "three")
    assert await posted(stores, talk.id) == []
    await claim(stores)
    await stores.partings.end(talk.id, "gone")
    await stores.partings.rate(talk.id, Rating(4), "four")
    await stores.partings.rate(talk.id, Rating(4), "four")
    assert [text for kind, text in await posted(stores, talk.id)].count("four") == 1


async def test_an_address_that_was_left_stands_on_the_card(stores: Stores) -> None:
    talk = await start(stores)
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    assert await stores.partings.leave_email(talk.id, "dana@nordlift.example", "left: dana@…")
    assert not await stores.partings.leave_email(talk.id, "dana@nordlift.example", "left: dana@…")
    assert (await stores.handoffs.get(H_1)).briefing.reach == "left: dana@…"
    assert await posted(stores, talk.id) == [(DeskPostKind.UPDATE, "left: dana@…")]


async def test_an_address_that_was_left_proves_nothing(stores: Stores) -> None:
    talk = await start(stores)
    await stores.partings.leave_email(talk.id, "dana@nordlift.example", "")
    left = await stores.conversations.get(talk.id)
    assert (left.left_email, left.visitor.is_proven) == ("dana@nordlift.example", False)
    assert (await stores.histories.recall(left)).lead.email == ""

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
    DeskPostKind,
    Handoff,
    HandoffId,
    HandoffState,
    Joining,
    Outcome,
    Whose,
    claim,
    close,
    give_back,
    must_hold,
)
from agent.handoff_steps import nudge
from agent.team_rules import TeamId
from agent.tracking import CallKind
from tests.builders import a_call, a_handoff
from tests.contracts.stores import Stores, hold, open_handoff, say, start, turn_of

MIA, JONAS = RepId("mia"), RepId("jonas")


async def test_a_handoff_comes_back_as_it_was_opened(stores: Stores) -> None:
    conversation = await start(stores)

    handoff = await open_handoff(stores, conversation)

    assert handoff == a_handoff(conversation_id=conversation.id, lead_id=conversation.lead_id)
    assert await stores.handoffs.get(handoff.id) == handoff
    assert await stores.handoffs.active(conversation.id) == handoff
    assert await stores.handoffs.latest(conversation.id) == handoff


async def test_a_handoff_that_was_opened_is_looked_at_until_its_timers_are_set(
    stores: Stores,
) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await _post_all(stores, conversation)

    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]
    await stores.conversations.set_due(conversation.id, None)
    assert await stores.conversations.due(stores.clock.now()) == []


async def test_a_turn_under_a_handoff_is_followed_by_a_look_at_its_timers(stores: Stores) -> None:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    await say(stores, conversation, "Hello")
    await stores.conversations.set_due(conversation.id, None)
    async with hold(stores, conversation) as held:
        await stores.conversations.record_turn(held, turn_of(held))
    await _post_all(stores, conversation)

    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


async def test_what_a_rep_does_is_followed_by_a_look_at_the_timers(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _post_all(stores, conversation)
    await stores.conversations.set_due(conversation.id, None)
    await _claim(stores, handoff, MIA)

    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


async def test_words_for_a_rep_are_followed_by_a_look_at_the_timers(stores: Stores) -> None:
    conversation = await start(stores)
    await _claim(stores, await open_handoff(stores, conversation), MIA)
    await say(stores, conversation, "Are you there?")
    await stores.conversations.set_due(conversation.id, None)
    async with hold(stores, conversation):
        pass
    await _post_all(stores, conversation)

    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


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
    conversations = [await start(stores, anonymous_id=f"a-{n}") for n in range(4)]
    opened = [await open_handoff(stores, c, f"h-{i}") for i, c in enumerate(conversations)]
    await _claim(stores, opened[1], MIA)

    first_page = await stores.handoffs.find(None, 2, None)
    second_page = await stores.handoffs.find(None, 2, first_page[-1].id)
    still_open = await stores.handoffs.find(HandoffState.OPEN, 10, None)

    assert [h.id for h in first_page + second_page] == ["h-3", "h-2", "h-1", "h-0"]
    assert [h.id for h in still_open] == ["h-3", "h-2", "h-0"]


async def test_handoffs_are_found_by_team_and_by_rep(stores: Stores) -> None:
    for number, (team, called) in enumerate((("emea", MIA), ("emea", JONAS), ("", MIA))):
        talk = await start(stores, anonymous_id=f"a-{number}")
        async with hold(stores, talk) as held:
            handoff = a_handoff(
                id=HandoffId(f"h-{number}"),
                conversation_id=talk.id,
                team=TeamId(team),
                routed_to=(called,),
            )
            await stores.handoffs.open(held, handoff)
    await _claim(stores, await stores.handoffs.get(HandoffId("h-2")), JONAS)

    async def found(**whose: str) -> list[str]:
        return [h.id for h in await stores.handoffs.find(None, 10, None, Whose(**whose))]  # type: ignore[arg-type]

    assert await found(team="emea") == ["h-1", "h-0"]
    assert await found(team="") == ["h-2"]
    assert await found(rep="mia") == ["h-0"]  # the other one that called her is held by Jonas
    assert await found(rep="jonas") == ["h-2", "h-1"]
    assert await found(rep="mi_") == []
    assert await found(rep="jonas", team="emea") == ["h-1"]


async def test_giving_back_makes_unanswered_words_due(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff, MIA)
    await say(stores, conversation, "Anybody?")
    await _post_all(stores, conversation)
    async with hold(stores, conversation):
        pass
    await stores.conversations.set_due(conversation.id, None)
    stores.clock.advance(timedelta(minutes=5))
    assert await stores.conversations.due(stores.clock.now()) == []

    await _give_back(stores, handoff, MIA)
    await _post_all(stores, conversation)

    assert await stores.conversations.due(stores.clock.now()) == [conversation.id]


JOINING = Joining("also writes elsewhere", lambda rep: f"{rep} is here")
DANA = {"user_id": "u-dana", "is_proven": True}


async def _two_browsers(stores: Stores) -> tuple[Conversation, Conversation]:
    """One person, proven, in two browsers."""
    return await start(stores, anonymous_id="a-1", **DANA), await start(
        stores, anonymous_id="a-2", **DANA
    )


async def test_a_lead_has_one_handoff_whichever_conversation_asks(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    handoff = await open_handoff(stores, first, "h-1")

    assert await open_handoff(stores, second, "h-2") == handoff
    assert await stores.handoffs.find(None, 10, None) == [handoff]
    assert await stores.handoffs.active(second.id) == handoff
    assert [talk.id for talk in await stores.handoffs.served(handoff.id)] == [first.id, second.id]
    assert (await stores.conversations.get(second.id)).handoff_id == handoff.id


async def test_of_two_conversations_at_once_one_opens_and_the_other_joins(stores: Stores) -> None:
    talks = await _two_browsers(stores)

    opened = await asyncio.gather(
        *(open_handoff(stores, talk, f"h-{n}") for n, talk in enumerate(talks))
    )

    assert opened[0] == opened[1]
    assert await stores.handoffs.find(None, 10, None) == [opened[0]]
    posts = [await stores.handoffs.due_posts(talk.id, stores.clock.now()) for talk in talks]
    assert sorted(post.kind for theirs in posts for post in theirs) == [DeskPostKind.CARD]


async def test_who_joins_brings_what_was_written_there_once(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    await open_handoff(stores, first)
    await say(stores, second, "Hello from my phone")
    for _ in range(2):
        async with hold(stores, second) as held:
            await stores.handoffs.join(held, JOINING)
    await say(stores, second, "Are you there?")

    posts = await stores.handoffs.due_posts(first.id, stores.clock.now())

    told = [(post.kind, post.message.text if post.message else post.text) for post in posts[1:]]
    assert told == [
        (DeskPostKind.NOTE, "also writes elsewhere"),
        (DeskPostKind.RELAY, "Hello from my phone"),
        (DeskPostKind.RELAY, "Are you there?"),
    ]
    assert [post.message.conversation_id for post in posts[2:] if post.message] == [second.id] * 2
    assert await stores.handoffs.due_posts(second.id, stores.clock.now()) == []
    assert first.id in await stores.conversations.due(stores.clock.now())


async def test_where_nothing_was_written_the_desk_is_told_nothing(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    await open_handoff(stores, first)
    async with hold(stores, second) as held:
        await stores.handoffs.join(held, JOINING)

    posts = await stores.handoffs.due_posts(first.id, stores.clock.now())
    assert [post.kind for post in posts] == [DeskPostKind.CARD]


async def test_without_an_active_handoff_there_is_nothing_to_join(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    other = await start(stores, anonymous_id="a-other")
    handoff = await open_handoff(stores, first)
    async with hold(stores, other) as held:
        assert await stores.handoffs.join(held, JOINING) is None
    ended = await stores.handoffs.change(
        handoff.id, lambda h: close(h, None, "", stores.clock.now()), Change("closed")
    )
    async with hold(stores, second) as held:
        assert await stores.handoffs.join(held, JOINING) is None
    assert await stores.handoffs.latest(second.id) == ended
    assert await stores.handoffs.latest(other.id) is None
    assert await stores.handoffs.active(second.id) is None


async def test_an_outdated_hold_joins_nothing(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    await open_handoff(stores, first)
    await say(stores, second, "Hello")
    async with hold(stores, second) as held:
        await say(stores, second, "Forget it")
        with pytest.raises(StaleEpochError):
            await stores.handoffs.join(held, JOINING)
    assert await stores.handoffs.active(second.id) is None


async def test_a_claim_takes_every_conversation_and_giving_back_returns_them(
    stores: Stores,
) -> None:
    first, second = await _two_browsers(stores)
    handoff = await open_handoff(stores, first)
    await open_handoff(stores, second)

    await _claim(stores, handoff, MIA)
    for talk in (first, second):
        now = await stores.conversations.get(talk.id)
        assert (now.holder, now.rep_id) == (Holder.REP, MIA)
        (said,) = await stores.conversations.messages(talk.id, after=0)
        assert (said.author, said.text) == (Author.SYSTEM, "mia joined")

    await say(stores, second, "Anybody?")
    await _give_back(stores, handoff, MIA)
    for talk in (first, second):
        assert (await stores.conversations.get(talk.id)).holder is Holder.AGENT
    async with hold(stores, second) as held:
        assert held.text == "Anybody?"


async def test_who_joins_what_is_claimed_is_with_the_rep_at_once(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    await _claim(stores, await open_handoff(stores, first), MIA)
    await say(stores, second, "Hello from my phone")
    async with hold(stores, second) as held:
        joined = await stores.handoffs.join(held, JOINING)
        assert joined is not None
        assert joined.claimed_by == MIA
        assert not await stores.conversations.is_current(held)

    now = await stores.conversations.get(second.id)
    assert (now.holder, now.rep_id) == (Holder.REP, MIA)
    messages = await stores.conversations.messages(second.id, after=1)
    assert [(m.author, m.text) for m in messages] == [(Author.SYSTEM, "mia is here")]


async def test_a_reps_words_go_where_the_visitor_wrote_last_and_only_there(stores: Stores) -> None:
    first, second = await _two_browsers(stores)
    handoff = await open_handoff(stores, first)
    await open_handoff(stores, second)
    await _claim(stores, handoff, MIA)
    await _speak(stores, handoff, MIA, "Hello", "w-0")
    await say(stores, first, "At my desk")
    stores.clock.advance(timedelta(seconds=1))
    await say(stores, second, "On my phone now")
    await _speak(stores, handoff, MIA, "Fine", "w-1")
    stores.clock.advance(timedelta(seconds=1))
    await say(stores, first, "Back again")
    for _ in range(2):
        await _speak(stores, handoff, MIA, "Fine", "w-1")
    await _speak(stores, handoff, MIA, "Welcome back", "w-2")

    said = [
        [m.text for m in await stores.conversations.messages(talk.id, after=1)]
        for talk in (first, second)
    ]
    assert said == [
        ["Hello", "At my desk", "Back again", "Welcome back"],
        ["On my phone now", "Fine"],
    ]
    await _give_back(stores, handoff, MIA)
    for talk in (first, second):
        async with hold(stores, talk) as held:
            assert held.unanswered == ()


async def test_two_leads_found_to_be_one_keep_both_handoffs_and_get_no_third(
    stores: Stores,
) -> None:
    first = await start(stores, anonymous_id="a-1", **DANA)
    second = await start(stores, anonymous_id="a-2", user_id="u-d", is_proven=True)
    one, other = [await open_handoff(stores, t, f"h-{n}") for n, t in enumerate((first, second))]

    alias = a_call(CallKind.ALIAS, id="r-alias", user_id="u-dana", previous_id="u-d")
    await stores.tracking.take_in([alias])
    third = await start(stores, anonymous_id="a-3", **DANA)

    assert (await open_handoff(stores, first, "h-x")).id == one.id
    assert (await open_handoff(stores, second, "h-y")).id == other.id
    assert (await open_handoff(stores, third, "h-z")).id in (one.id, other.id)
    assert {h.id for h in await stores.handoffs.find(None, 10, None)} == {one.id, other.id}
    assert len({h.lead_id for h in await stores.handoffs.find(None, 10, None)}) == 1
    for ended in (one, other):
        await stores.handoffs.change(
            ended.id, lambda h: close(h, None, "", stores.clock.now()), Change("closed")
        )
    assert (await open_handoff(stores, third, "h-new")).id == "h-new"


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

"""What every store of handoffs keeps to: passing on, taking again, the log, and what reps said at the end."""

from datetime import timedelta

import pytest

from agent.conversation import Author, Conversation, Holder, RepId
from agent.errors import HandoffEndedError, UnknownHandoffError
from agent.handoff import (
    Change,
    DeskPost,
    DeskPostKind,
    Handoff,
    HandoffId,
    HandoffState,
    claim,
    close,
    give_back,
    must_hold,
)
from agent.outcome import Closing, NotHotReason, Outcome
from agent.team_rules import TeamId
from agent.temperature import Temperature
from agent.transfer import Target, take_again, transfer
from tests.builders import a_handoff, a_score, a_turn
from tests.contracts.stores import Stores, hold, open_handoff, say, start

MIA, JONAS = RepId("mia"), RepId("jonas")
NOT_A_BUYER = Closing(Outcome.NOT_HOT, reason=NotHotReason.NO_BUYER, note="A student.")


async def test_who_passes_it_on_holds_it_no_longer(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff)

    passed = await _pass_on(stores, handoff)

    assert (passed.state, passed.claimed_by, passed.routed_to) == (
        HandoffState.OPEN,
        None,
        (JONAS,),
    )
    assert await stores.handoffs.get(handoff.id) == passed
    assert (await stores.conversations.get(conversation.id)).holder is Holder.AGENT


async def test_the_thread_goes_on_where_the_newest_card_stands(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _post(stores, conversation, "C1:1")
    await _pass_on(stores, handoff, posts=(DeskPostKind.MOVED, DeskPostKind.CARD))

    moved, card = await stores.handoffs.due_posts(conversation.id, stores.clock.now())
    assert (moved.thread, card.thread) == ("C1:1", "C1:1")
    await stores.handoffs.mark_posted(moved.id, "C1:1", stores.clock.now())
    await stores.handoffs.mark_posted(card.id, "C2:9", stores.clock.now())
    await say(stores, conversation, "Hello?")

    assert [post.thread for post in await _due(stores, conversation)] == ["C2:9"]


async def test_an_ended_one_is_taken_again_with_its_conversation(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff)
    await _give_back(stores, handoff)

    again = await _take_again(stores, handoff)

    assert (again.state, again.claimed_by, again.ended_at) == (HandoffState.CLAIMED, JONAS, None)
    held = await stores.conversations.get(conversation.id)
    assert (held.holder, held.rep_id) == (Holder.REP, JONAS)


async def test_one_with_a_newer_one_in_its_place_is_not_taken_again(stores: Stores) -> None:
    conversation = await start(stores)
    old = await open_handoff(stores, conversation, "h-1")
    await _claim(stores, old)
    await _give_back(stores, old)
    newer = await open_handoff(stores, conversation, "h-2")
    await stores.handoffs.change(
        newer.id, lambda h: close(h, None, "", stores.clock.now()), Change("closed")
    )

    with pytest.raises(HandoffEndedError):
        await _take_again(stores, old)
    assert (await stores.handoffs.get(old.id)).state is HandoffState.GIVEN_BACK


async def test_a_reps_words_go_to_the_thread_under_their_own_id(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    await _claim(stores, handoff)
    await _post(stores, conversation, "C1:1")

    def held(current: Handoff) -> Handoff:
        must_hold(current, MIA)
        return current

    words = Change(
        "spoke", MIA, rep_words="Hi", rep_words_id="w-1", posts=(DeskPostKind.RELAY,), told="w-1"
    )
    for _ in range(2):
        await stores.handoffs.change(handoff.id, held, words)

    (post,) = await _due(stores, conversation)
    assert post.message is not None
    assert (post.text, post.message.author, post.message.text) == ("w-1", Author.REP, "Hi")


async def test_the_log_tells_what_happened_and_who_looked_once(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await open_handoff(stores, conversation)
    for _ in range(2):
        await stores.handoffs.note(handoff.id, JONAS, "read it all")
    await _claim(stores, handoff)

    log = await stores.handoffs.log(handoff.id)

    assert [(entry.rep_id, entry.because, entry.state.value) for entry in log] == [
        (None, "opened", "open"),
        (JONAS, "read it all", "open"),
        (MIA, "claimed", "claimed"),
    ]


async def test_nobody_notes_on_what_is_not_there(stores: Stores) -> None:
    for act in (stores.handoffs.note(HandoffId("h-0"), MIA, "x"), stores.handoffs.log(HandoffId("h-0"))):  # fmt: skip
        with pytest.raises(UnknownHandoffError):
            await act


async def test_what_a_rep_says_is_kept_beside_the_decision_that_called_them(stores: Stores) -> None:
    conversation = await start(stores)
    handoff = await _opened_by_a_turn(stores, conversation)

    await _close(stores, handoff, NOT_A_BUYER)

    (said,) = await stores.feedback.since(stores.clock.now() - timedelta(hours=1))
    assert (said.handoff_id, said.rep_id, said.lead_id) == (handoff.id, MIA, handoff.lead_id)
    assert (said.outcome, said.reason, said.note) == (
        Outcome.NOT_HOT,
        NotHotReason.NO_BUYER,
        "A student.",
    )
    assert (said.turn_id, said.decision, said.score) == ("t-9", "It is hot.", 77)
    assert (said.temperature, said.playbook_version) == (Temperature.HOT, "p-then")


async def test_one_opened_without_words_keeps_its_own_reason(stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores))

    await _close(stores, handoff, NOT_A_BUYER)

    (said,) = await stores.feedback.since(stores.clock.now() - timedelta(hours=1))
    assert (said.turn_id, said.decision) == (None, handoff.reason)
    assert (said.score, said.playbook_version) == (handoff.briefing.score.total, "p-now")


async def test_what_was_said_of_one_handoff_is_found_by_it(stores: Stores) -> None:
    one, other = await start(stores), await start(stores, anonymous_id="a-2")
    handoffs = [await open_handoff(stores, one), await open_handoff(stores, other, "h-other")]
    for handoff in handoffs:
        await _close(stores, handoff, NOT_A_BUYER)

    [told] = await stores.feedback.of_handoff(handoffs[1].id)

    assert (told.handoff_id, told.reason) == (handoffs[1].id, NotHotReason.NO_BUYER)


async def test_what_was_not_closed_is_no_feedback(stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores))
    await _close(stores, handoff, NOT_A_BUYER)

    with pytest.raises(HandoffEndedError):
        await _close(stores, handoff, Closing(Outcome.WON))

    assert len(await stores.feedback.since(stores.clock.now() - timedelta(hours=1))) == 1
    assert await stores.feedback.since(stores.clock.now() + timedelta(seconds=1)) == []


async def _opened_by_a_turn(stores: Stores, conversation: Conversation) -> Handoff:
    await say(stores, conversation, "We need 40 seats.")
    async with hold(stores, conversation) as held:
        mine = a_handoff(conversation_id=conversation.id, lead_id=conversation.lead_id)
        handoff = await stores.handoffs.open(held, mine)
        turn = a_turn(
            id="t-9",
            answered=tuple(message.id for message in held.unanswered),
            handoff=handoff,
            decision="It is hot.",
            score=a_score(total=77),
            playbook_version="p-then",
            started_at=handoff.opened_at,
        )
        await stores.conversations.record_turn(held, turn)
    return handoff


async def _claim(stores: Stores, handoff: Handoff) -> Handoff:
    now = stores.clock.now()
    return await stores.handoffs.change(
        handoff.id, lambda h: claim(h, MIA, now), Change("claimed", MIA)
    )


async def _give_back(stores: Stores, handoff: Handoff) -> Handoff:
    now = stores.clock.now()
    return await stores.handoffs.change(
        handoff.id, lambda h: give_back(h, MIA, now), Change("given_back", MIA)
    )


async def _take_again(stores: Stores, handoff: Handoff) -> Handoff:
    now = stores.clock.now()
    return await stores.handoffs.change(
        handoff.id, lambda h: take_again(h, JONAS, now), Change("taken_again", JONAS)
    )


async def _pass_on(
    stores: Stores, handoff: Handoff, posts: tuple[DeskPostKind, ...] = (DeskPostKind.UPDATE,)
) -> Handoff:
    target = Target("Jonas", (JONAS,), TeamId(""), None)
    now = stores.clock.now()
    return await stores.handoffs.change(
        handoff.id,
        lambda h: transfer(h, MIA, target, "passed on", now, timedelta()),
        Change("passed on", MIA, posts=posts),
    )


async def _close(stores: Stores, handoff: Handoff, closing: Closing) -> None:
    now = stores.clock.now()
    await stores.handoffs.change(
        handoff.id,
        lambda h: close(h, closing.outcome, closing.note, now),
        Change("closed", MIA, closing=closing, playbook_version="p-now"),
    )


async def _due(stores: Stores, conversation: Conversation) -> list[DeskPost]:
    return await stores.handoffs.due_posts(conversation.id, stores.clock.now())


async def _post(stores: Stores, conversation: Conversation, reference: str) -> None:
    for post in await stores.handoffs.due_posts(conversation.id, stores.clock.now()):
        await stores.handoffs.mark_posted(post.id, reference, stores.clock.now())

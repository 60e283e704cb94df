"""What a rep said is changed and taken back, whatever comes first and however often."""

from dataclasses import replace
from datetime import timedelta

from agent.conversation import Amendment, Author, Conversation, Message
from agent.handoff import Change, HandoffId, claim
from tests.contracts.stores import Stores, hold, open_handoff, say, start
from tests.fakes.clock import MONDAY_TEN
from tests.scenarios.world import MIA

LATER = MONDAY_TEN + timedelta(minutes=1)
MUCH_LATER = MONDAY_TEN + timedelta(minutes=2)


async def claimed(stores: Stores) -> Conversation:
    conversation = await start(stores)
    await open_handoff(stores, conversation)
    change = Change(because="claimed", rep_id=MIA, rep_name="Mia")
    await stores.handoffs.change(HandoffId("h-1"), lambda h: claim(h, MIA, MONDAY_TEN), change)
    return conversation


async def speak(stores: Stores, text: str, words_id: str = "w-1") -> None:
    change = Change(
        because="spoke", rep_id=MIA, rep_name="Mia", rep_words=text, rep_words_id=words_id
    )
    await stores.handoffs.change(HandoffId("h-1"), lambda h: h, change)


async def amend(stores: Stores, talk: Conversation, text: str | None, at: object = LATER) -> None:
    assert at in (MONDAY_TEN, LATER, MUCH_LATER)
    amendment = replace(Amendment(text, LATER), at=at)  # type: ignore[arg-type]
    await stores.conversations.amend([talk.id], "w-1", amendment)


async def said(stores: Stores, conversation: Conversation) -> list[Message]:
    messages = await stores.conversations.messages(conversation.id, 0)
    return [message for message in messages if message.author is Author.REP]


async def test_an_edit_changes_the_words_and_keeps_their_place(stores: Stores) -> None:
    talk = await claimed(stores)
    await speak(stores, "29 EUR")
    (before,) = await said(stores, talk)
    await amend(stores, talk, "39 EUR")
    assert await said(stores, talk) == [replace(before, text="39 EUR", edited_at=LATER)]
    assert await stores.conversations.amended(talk.id) == await said(stores, talk)


async def test_an_older_edit_that_comes_late_changes_nothing(stores: Stores) -> None:
    talk = await claimed(stores)
    await speak(stores, "one")
    await amend(stores, talk, "three", MUCH_LATER)
    await amend(stores, talk, "two", LATER)
    assert [message.text for message in await said(stores, talk)] == ["three"]


async def test_what_was_taken_back_has_no_words_and_stays_so(stores: Stores) -> None:
    talk = await claimed(stores)
    await speak(stores, "secret")
    await amend(stores, talk, None, LATER)
    await amend(stores, talk, "secret!", MUCH_LATER)
    (message,) = await said(stores, talk)
    assert (message.text, message.deleted_at, message.edited_at) == ("", LATER, None)


async def test_an_edit_before_its_words_holds_when_they_are_said(stores: Stores) -> None:
    talk = await claimed(stores)
    await amend(stores, talk, "two")
    assert await said(stores, talk) == []
    await speak(stores, "one")
    assert [(m.text, m.edited_at) for m in await said(stores, talk)] == [("two", LATER)]


async def test_of_edits_before_their_words_the_newest_holds(stores: Stores) -> None:
    talk = await claimed(stores)
    await amend(stores, talk, "three", MUCH_LATER)
    await amend(stores, talk, "two", LATER)
    await speak(stores, "one")
    assert [message.text for message in await said(stores, talk)] == ["three"]


async def test_words_taken_back_before_they_are_said_are_never_read(stores: Stores) -> None:
    talk = await claimed(stores)
    await amend(stores, talk, None, LATER)
    await amend(stores, talk, "two", MUCH_LATER)
    await speak(stores, "one")
    assert [(m.text, m.deleted_at) for m in await said(stores, talk)] == [("", LATER)]


async def test_the_same_amendment_again_is_counted_once(stores: Stores) -> None:
    talk = await claimed(stores)
    await speak(stores, "one")
    for _ in range(3):
        await amend(stores, talk, "two")
    assert (await stores.conversations.get(talk.id)).amended == 1


async def test_only_what_reps_said_can_be_amended(stores: Stores) -> None:
    talk = await claimed(stores)
    await stores.conversations.append(talk.id, "w-1", "my words")
    await amend(stores, talk, "your words")
    messages = await stores.conversations.messages(talk.id, 0)
    assert [m.text for m in messages if m.author is Author.VISITOR] == ["my words"]


async def test_the_agent_is_not_given_what_was_taken_back(stores: Stores) -> None:
    talk = await claimed(stores)
    await speak(stores, "secret")
    await amend(stores, talk, None)
    async with hold(stores, talk) as held:
        assert [message.author for message in held.before] == []


async def test_a_reps_words_are_reported_as_read_once(stores: Stores) -> None:
    talk = await claimed(stores)
    await say(stores, talk, "hello?")
    await speak(stores, "one", "w-1")
    await speak(stores, "two", "w-2")
    (first, second) = await said(stores, talk)
    assert await stores.conversations.note_seen(talk.id, first.seq) == ["w-1"]
    assert await stores.conversations.note_seen(talk.id, first.seq) == []
    assert await stores.conversations.note_seen(talk.id, second.seq + 99) == ["w-2"]
    assert (await stores.conversations.get(talk.id)).seen_seq == second.seq

"""One person in two browsers, as the rep sees it in Slack: one card, one thread, replies where they wrote last."""

from datetime import timedelta

from agent.conversation import Author, Conversation, HandoffId, Held, Page
from agent.handoff import Joining
from agent.lead import Visitor
from agent.turn import Opening
from integrations.slack import blocks
from integrations.slack.buttons import Choice
from prompts.phrases import reasons
from tests.fakes.clock import FixedClock
from tests.integrations.slack.desk_builders import a_handoff
from tests.integrations.slack.desk_room import Room

JOINING = Joining(reasons().fill("note_joined"))


async def begins(room: Room, browser: str) -> Conversation:
    visitor = Visitor(browser, user_id="u-dana", name="Dana Ruiz", is_proven=True)
    return await room.conversations.start(Opening(visitor, Page(), "en"))


async def writes(room: Room, talk: Conversation, text: str) -> None:
    clock = room.handoffs.store.clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(seconds=1))
    await room.conversations.append(talk.id, f"client {text}", text)


async def called(room: Room, talk: Conversation, handoff_id: str) -> None:
    async with room.conversations.hold(talk.id) as held:
        assert isinstance(held, Held)
        handoff = a_handoff(id=HandoffId(handoff_id), conversation_id=talk.id)
        await room.handoffs.open(held, handoff, JOINING)


async def test_the_thread_shows_both_and_a_reply_goes_where_they_wrote_last(room: Room) -> None:
    at_desk, on_phone = await begins(room, "a-desk"), await begins(room, "a-phone")
    await called(room, at_desk, "h-1")
    await writes(room, on_phone, "I am on my phone now. Can somebody call me?")
    await called(room, on_phone, "h-2")
    await writes(room, at_desk, "And at my desk again.")
    await room.deliver()

    cards = [m for m in room.twin.messages(room.channel) if not m.is_reply]
    thread = [m for m in room.twin.messages(room.channel) if m.is_reply]
    assert len(cards) == 1
    assert "The same person writes in a further conversation." in thread[0].text
    assert [(m.username, m.text) for m in thread[1:]] == [
        (
            "Visitor: Dana Ruiz (further conversation)",
            "I am on my phone now. Can somebody call me?",
        ),
        ("Visitor: Dana Ruiz", "And at my desk again."),
    ]

    await room.click(room.mia, blocks.CLAIM)
    await writes(room, on_phone, "On the phone once more.")
    await room.writes(room.mia, "I am calling you.")
    assert await said_in(room, on_phone) == ["I am calling you."]
    assert await said_in(room, at_desk) == []
    await room.deliver()
    await room.chooses(room.mia, Choice.GIVE_BACK)
    for talk in (at_desk, on_phone):
        assert (await room.conversations.get(talk.id)).rep_id is None


async def said_in(room: Room, talk: Conversation) -> list[str]:
    messages = await room.conversations.messages(talk.id, 0)
    return [message.text for message in messages if message.author is Author.REP]

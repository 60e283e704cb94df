"""What reps change in threads afterwards: the visitor's message follows."""

import pytest

from agent.conversation import LONGEST_TEXT
from integrations.slack import delivery_words
from tests.fakes.slack import events
from tests.fakes.slack.chat import remove_message
from tests.fakes.slack.shown import show_message
from tests.integrations.slack.desk_builders import MIA
from tests.integrations.slack.desk_room import Room
from tests.integrations.slack.talking import at_work, from_reps, mia_gives_back, mia_holds, says


@pytest.fixture(params=["over HTTP", "through Socket Mode"])
def either_room(request: pytest.FixtureRequest) -> Room:
    chosen = "room" if request.param == "over HTTP" else "socket_room"
    room: Room = request.getfixturevalue(chosen)
    return room


async def test_an_edit_of_the_holder_changes_what_the_visitor_reads(either_room: Room) -> None:
    room = either_room
    mia = await mia_holds(room)
    message = await says(room, mia, "It costs *29* EUR")
    (before,) = await from_reps(room)
    await mia.edits(message, "It costs *39* EUR :wave:")
    await room.settled()
    (after,) = await from_reps(room)
    assert (after.text, after.id, after.seq) == ("It costs 39 EUR 👋", before.id, before.seq)
    assert after.edited_at is not None
    assert "pencil2" in message.reactions


async def test_a_deletion_of_the_holder_takes_the_words_back(either_room: Room) -> None:
    room = either_room
    mia = await mia_holds(room)
    message = await says(room, mia, "wrong window")
    await mia.deletes(message)
    await room.settled()
    (after,) = await from_reps(room)
    assert (after.text, after.deleted_at is None) == ("", False)


async def test_the_same_edit_four_times_and_an_older_one_late_leave_the_newest(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "one")
    told = []
    for text in ("two", "three"):
        before = show_message(room.twin.workspace, message)
        message.text = text
        told.append(events.changed_event(room.twin.workspace, message, before))
    for event in (told[1], told[1], told[0], told[1], told[1]):
        await room.tell(event)
    assert [words.text for words in await from_reps(room)] == ["three"]


async def test_an_edit_that_comes_before_its_message_holds(room: Room) -> None:
    await mia_holds(room)
    told = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "one")
    message = room.twin.messages(room.channel)[-1]
    before = show_message(room.twin.workspace, message)
    message.text = "two"
    await room.tell(events.changed_event(room.twin.workspace, message, before))
    assert await from_reps(room) == []
    await room.tell(told)
    assert [words.text for words in await from_reps(room)] == ["two"]


async def test_a_message_that_was_deleted_before_it_came_is_never_said(room: Room) -> None:
    await mia_holds(room)
    told = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "wrong window")
    message = room.twin.messages(room.channel)[-1]
    await room.tell(remove_message(room.twin.workspace, message))
    await room.tell(told)
    assert await from_reps(room) == []


async def test_a_deletion_before_an_edit_stays(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "one")
    before = show_message(room.twin.workspace, message)
    message.text = "two"
    edited = events.changed_event(room.twin.workspace, message, before)
    await room.tell(remove_message(room.twin.workspace, message))
    await room.tell(edited)
    assert [words.text for words in await from_reps(room)] == [""]


async def test_link_previews_are_no_edits(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "see <https://x.example>")
    shown = show_message(room.twin.workspace, message)
    event = events.changed_event(room.twin.workspace, message, shown)
    event["message"]["attachments"] = [{"title": "X", "from_url": "https://x.example"}]
    await room.tell(event)
    (words,) = await from_reps(room)
    assert words.edited_at is None
    assert "pencil2" not in message.reactions


async def test_a_colleagues_note_stays_a_note_when_it_is_edited_or_deleted(room: Room) -> None:
    mia = await mia_holds(room)
    jonas = at_work(room, room.jonas)
    note = await says(room, jonas, "she is a pain")
    await jonas.edits(note, "she is a great pain")
    await mia.edits(note, "she is nice")
    await jonas.deletes(note)
    await room.settled()
    assert await from_reps(room) == []


async def test_a_note_from_before_the_claim_stays_one_when_its_author_edits_it(room: Room) -> None:
    await room.hand_off()
    mia = at_work(room, room.mia)
    note = await says(room, mia, "looks expensive to serve")
    await room.takeover.claim((await room.handoff()).id, MIA)
    await mia.edits(note, "looks very expensive to serve")
    await room.settled()
    assert await from_reps(room) == []


async def test_an_edit_after_giving_back_changes_nothing_and_the_rep_is_told(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "29 EUR")
    await mia_gives_back(room)
    await mia.edits(message, "0 EUR")
    await room.settled()
    assert [words.text for words in await from_reps(room)] == ["29 EUR"]
    assert room.told == [(room.mia, delivery_words.EDIT_STAYS)]


async def test_words_can_be_taken_back_after_giving_back(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "another customer's numbers")
    await mia_gives_back(room)
    await mia.deletes(message)
    await room.settled()
    assert [words.text for words in await from_reps(room)] == [""]


async def test_words_edited_into_a_note_are_taken_back(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "she has no budget")
    await mia.edits(message, "note: she has no budget")
    await room.settled()
    assert [words.text for words in await from_reps(room)] == [""]


async def test_long_words_follow_an_edit_in_all_their_parts(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "a" * LONGEST_TEXT + " " + "b" * 4_000)
    await mia.edits(message, "c" * LONGEST_TEXT + " " + "d" * 4_000)
    await room.settled()
    assert [words.text for words in await from_reps(room)] == ["c" * LONGEST_TEXT, "d" * 4_000]
    await mia.edits(message, "short")
    await room.settled()
    assert [words.text for words in await from_reps(room)] == ["short", ""]


async def test_an_edit_that_is_longer_than_what_was_there_says_so(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "short")
    await mia.edits(message, "c" * LONGEST_TEXT + " the end")
    await room.settled()
    assert [words.text for words in await from_reps(room)] == ["c" * LONGEST_TEXT]
    assert room.told == [(room.mia, delivery_words.EDIT_TOO_LONG)]


def cards(room: Room) -> list[str]:
    shown = room.twin.messages(room.channel)
    return [m.ts for m in shown if m.bot_id and not m.is_reply and not m.is_tombstone]


async def test_a_card_that_is_deleted_is_posted_again_once_and_the_talk_goes_on(room: Room) -> None:
    mia = await mia_holds(room)
    await says(room, mia, "Hi Dana")
    await mia.deletes(room.card)
    await room.settled()
    await room.conversations.append(room.conversation_id, "1", "are you there?")
    await room.deliver()
    (anew,) = cards(room)
    thread = [
        m.text for m in room.twin.messages(room.channel) if m.is_reply and m.thread_ts == anew
    ]
    assert thread == ["are you there?"]
    await mia.says(room.channel, "yes", anew)
    await room.settled()
    assert [words.text for words in await from_reps(room)] == ["Hi Dana", "yes"]


async def test_a_card_without_replies_is_posted_again_too(room: Room) -> None:
    await room.hand_off()
    await at_work(room, room.jonas).deletes(room.card)
    await room.settled()
    await room.deliver()
    assert len(cards(room)) == 1


async def test_a_card_that_is_deleted_again_stays_away(room: Room) -> None:
    await room.hand_off()
    jonas = at_work(room, room.jonas)
    for _ in range(2):
        (shown,) = cards(room)
        await jonas.deletes(next(m for m in room.twin.messages(room.channel) if m.ts == shown))
        await room.settled()
        await room.deliver()
    assert cards(room) == []


async def test_other_messages_of_the_channel_may_be_deleted(room: Room) -> None:
    await room.hand_off()
    jonas = at_work(room, room.jonas)
    await jonas.deletes(await jonas.says(room.channel, "lunch?"))
    await room.settled()
    await room.deliver()
    assert len(cards(room)) == 1

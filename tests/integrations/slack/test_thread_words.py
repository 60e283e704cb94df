"""What reps write in threads, as the visitor reads it, and what the marks tell of it."""

import asyncio

import pytest

from agent.conversation import LONGEST_TEXT
from agent.errors import StoreUnavailableError
from agent.handoff import Change
from agent.receipts import ReadReceipts
from integrations.slack import answers, delivery_words, people
from integrations.slack.marks import SlackMarks
from tests.fakes.slack import state as slack
from tests.integrations.slack.desk_builders import JONAS, MIA
from tests.integrations.slack.desk_room import Room
from tests.integrations.slack.talking import from_reps, mia_holds, says


async def said(room: Room) -> list[str]:
    return [message.text for message in await from_reps(room)]


async def test_a_reply_that_is_only_an_emoji_is_shown_as_one(room: Room) -> None:
    mia = await mia_holds(room)
    await says(room, mia, ":wave:")
    await says(room, mia, ":+1::skin-tone-3:")
    assert await said(room) == ["👋", "👍🏼"]


async def test_twelve_thousand_characters_arrive_in_order_and_whole(room: Room) -> None:
    mia = await mia_holds(room)
    words = " ".join(f"{number:05}" for number in range(2_000))
    message = await says(room, mia, words)
    parts = await said(room)
    assert [len(part) <= LONGEST_TEXT for part in parts] == [True, True]
    assert " ".join(parts) == words
    assert "white_check_mark" in message.reactions


async def test_long_words_told_of_four_times_are_said_once(room: Room) -> None:
    await mia_holds(room)
    event = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "x" * 12_000)
    for retry in (None, 1, 2, 3):
        await room.tell(event, retry, "Ev1")
    assert [len(part) for part in await said(room)] == [8_000, 4_000]


async def test_words_that_begin_as_a_note_stay_among_colleagues(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "Note: she has no budget\nand no patience")
    assert await said(room) == []
    assert list(message.reactions) == ["memo"]


async def test_a_line_that_is_a_note_is_left_out(room: Room) -> None:
    mia = await mia_holds(room)
    await says(room, mia, "Hi Dana\nnote: ask Jonas about the discount\nShall we talk?")
    assert await said(room) == ["Hi Dana\nShall we talk?"]


async def test_a_part_that_does_not_get_through_is_told(room: Room) -> None:
    mia = await mia_holds(room)
    keep = room.handoffs.change
    calls: list[Change] = []

    async def down_after_one(handoff_id: object, transition: object, change: Change) -> object:
        calls.append(change)
        if len(calls) > 1:
            raise StoreUnavailableError("disk full")
        return await keep(handoff_id, transition, change)  # type: ignore[arg-type]

    room.handoffs.change = down_after_one  # type: ignore[method-assign, assignment]
    message = await says(room, mia, "x" * 12_000)
    assert [len(part) for part in await said(room)] == [8_000]
    assert room.told == [(room.mia, delivery_words.PARTLY_SENT)]
    assert list(message.reactions) == ["warning"]


async def test_what_was_not_delivered_is_marked(room: Room) -> None:
    mia = await mia_holds(room)

    async def down(*_: object) -> None:
        raise StoreUnavailableError("disk full")

    room.handoffs.change = down  # type: ignore[method-assign, assignment]
    message = await says(room, mia, "Hi Dana")
    assert list(message.reactions) == ["warning"]
    assert room.told == [(room.mia, answers.NOT_DELIVERED)]


async def test_words_are_acknowledged_when_they_are_saved(room: Room) -> None:
    await mia_holds(room)
    keep, is_saving, may_save = room.handoffs.change, asyncio.Event(), asyncio.Event()

    async def waits(*arguments: object) -> object:
        is_saving.set()
        await may_save.wait()
        return await keep(*arguments)  # type: ignore[arg-type]

    room.handoffs.change = waits  # type: ignore[method-assign, assignment]
    event = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "Hi Dana")
    delivery = asyncio.create_task(room.twin.send_event(room.url, event))
    await is_saving.wait()
    elsewhere = room.twin.writes(room.mia, room.channel, "Lunch?")
    assert (await room.twin.send_event(room.url, elsewhere)).status == 200
    assert not delivery.done()
    may_save.set()
    assert (await delivery).status == 200
    assert await said(room) == ["Hi Dana"]


async def test_words_whose_process_died_are_said_when_slack_tells_again(room: Room) -> None:
    await mia_holds(room)
    keep = room.handoffs.change

    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    room.handoffs.change = dies  # type: ignore[method-assign, assignment]
    event = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "Hi Dana")
    await room.tell(event, None, "Ev1")
    room.handoffs.change = keep  # type: ignore[method-assign]
    await room.tell(event, 1, "Ev1")
    assert await said(room) == ["Hi Dana"]


async def jonas_writes(room: Room) -> slack.Json:
    """Let a rep write whom only Slack can tell by an address."""
    await room.hand_off()
    await room.takeover.claim((await room.handoff()).id, JONAS)
    await room.deliver()
    return room.twin.thread_reply(room.jonas, room.channel, room.card.ts, "Hi Dana")


async def test_words_arrive_though_slack_first_does_not_say_whose_they_are(room: Room) -> None:
    event = await jonas_writes(room)
    room.twin.rate_limits(1, retry_after=0, method="users.info")
    await room.tell(event)
    assert await said(room) == ["Hi Dana"]


async def test_words_that_were_not_kept_and_of_which_nobody_could_be_told_are_told_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LONGEST_REST", 0.0)
    event = await jonas_writes(room)
    room.twin.answers_500(99)
    assert (await room.twin.send_event(room.url, event, None, "Ev1")).status == 500
    room.twin.recovers()
    await room.tell(event, 1, "Ev1")
    assert await said(room) == ["Hi Dana"]


async def test_a_rep_is_told_when_slack_does_not_say_whose_words_they_are(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LONGEST_REST", 0.0)
    event = await jonas_writes(room)
    room.twin.answers_500(99, "users.info")
    await room.tell(event)
    assert room.told == [(room.jonas, answers.NOT_DELIVERED)]


async def test_words_below_a_card_whose_place_was_not_noted_are_the_visitors(room: Room) -> None:
    await mia_holds(room)
    card = next(post for post in room.handoffs.store.posts if post.reference)
    card.reference, card.is_finished = None, False
    event = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "Hi Dana")
    await room.tell(event)
    assert await said(room) == ["Hi Dana"]


async def test_blanks_are_not_sent_and_the_rep_is_told(room: Room) -> None:
    mia = await mia_holds(room)
    await says(room, mia, "\u202e \u2066")
    assert await said(room) == []
    assert room.told == [(room.mia, delivery_words.NOTHING_TO_SEND)]


async def test_what_the_visitor_has_fetched_is_marked_once(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "Hi Dana")
    receipts = ReadReceipts(room.conversations, SlackMarks(room.connection.client).seen)
    (words,) = await from_reps(room)
    await receipts.note(room.conversation_id, words.seq - 1)
    assert list(message.reactions) == ["white_check_mark"]
    for _ in range(2):
        await receipts.note(room.conversation_id, words.seq)
    assert list(message.reactions) == ["white_check_mark", "eyes"]
    assert [call.method for call in room.twin.calls].count("reactions.add") == 2


async def test_long_words_get_one_mark_when_they_are_read(room: Room) -> None:
    mia = await mia_holds(room)
    message = await says(room, mia, "x" * 12_000)
    receipts = ReadReceipts(room.conversations, SlackMarks(room.connection.client).seen)
    await receipts.note(room.conversation_id, 99)
    assert list(message.reactions) == ["white_check_mark", "eyes"]


async def test_words_said_elsewhere_than_in_slack_get_no_mark(room: Room) -> None:
    await mia_holds(room)
    await room.takeover.speak((await room.handoff()).id, MIA, "Hi", "desk-1")
    receipts = ReadReceipts(room.conversations, SlackMarks(room.connection.client).seen)
    await receipts.note(room.conversation_id, 99)
    assert "reactions.add" not in [call.method for call in room.twin.calls]


@pytest.mark.parametrize("words", ["<!channel>", "<@U1>", "<https://evil.example|Mia>", "*a* `b`"])
async def test_what_a_visitor_writes_stands_inert_in_the_thread(room: Room, words: str) -> None:
    await mia_holds(room)
    await room.conversations.append(room.conversation_id, "1", words)
    await room.deliver()
    posted = [call for call in room.twin.calls if call.method == "chat.postMessage"][-1]
    assert posted.arguments["text"] == words.replace("<", "&lt;").replace(">", "&gt;")
    assert posted.arguments["mrkdwn"] in (False, "false", 0, "0")

"""Whoever is erased stands in Slack no more: the card says so, and nothing of ours is left below it."""

import pytest

from agent.attachments import accept
from agent.conversation import Author
from agent.errors import DeskUnavailableError
from integrations.slack.delivery_words import ERASED_CARD
from integrations.slack.erasing import SlackEraser
from tests.fakes.slack.state import BOT_USER_ID
from tests.integrations.slack.desk_room import Room
from tests.integrations.slack.talking import mia_holds, says


async def erase(room: Room) -> None:
    card = room.card
    await SlackEraser(room.connection.client).erase(f"{room.channel}:{card.ts}")


def below(room: Room) -> list[str]:
    """What Hotline wrote that still stands below the card."""
    said = room.twin.messages(room.channel)
    ours = [each for each in said if each.user == BOT_USER_ID and not each.is_tombstone]
    return [each.text for each in ours if each.text != ERASED_CARD]


async def test_the_card_says_it_and_nothing_of_ours_is_left_below(room: Room) -> None:
    await room.hand_off("I am Dana Ruiz", "Call me")
    await room.says("My number is 030 7766554. " + "And more of it. " * 400)
    assert any("7766554" in text for text in below(room))
    await erase(room)
    assert room.card.text == ERASED_CARD
    assert not room.card.blocks
    assert below(room) == []


async def test_what_a_rep_wrote_is_theirs(room: Room) -> None:
    mia = await mia_holds(room)
    await says(room, mia, "Good morning")
    await erase(room)
    assert "Good morning" in [each.text for each in room.twin.messages(room.channel)]


async def test_a_visitors_file_is_taken_away(room: Room) -> None:
    await room.hand_off()
    file = accept("sketch.txt", b"a sketch", room.files.rules)
    kept = await room.files.keep(room.conversation_id, Author.VISITOR, file)
    await room.conversations.append(room.conversation_id, "with-file", "here", (kept,))
    await room.deliver()
    assert room.twin.workspace.files
    await erase(room)
    assert not room.twin.workspace.files


async def test_twice_is_once(room: Room) -> None:
    await room.hand_off("Hello")
    await erase(room)
    await erase(room)
    assert room.card.text == ERASED_CARD


async def test_a_card_that_somebody_deleted_is_left_alone(room: Room) -> None:
    card = await room.hand_off("Hello")
    await room.connection.client.chat_delete(channel=room.channel, ts=card.ts)
    await SlackEraser(room.connection.client).erase(f"{room.channel}:{card.ts}")


async def test_while_slack_is_away_it_is_to_be_tried_again(room: Room) -> None:
    await room.hand_off("Hello")
    room.twin.answers_500(9, "chat.update")
    with pytest.raises(DeskUnavailableError):
        await erase(room)


async def test_what_the_built_in_desk_had_is_nothing_in_slack(room: Room) -> None:
    await SlackEraser(room.connection.client).erase("desk")

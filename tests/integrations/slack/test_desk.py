"""Slack as the rep desk, beyond what every desk promises."""

from dataclasses import replace

import pytest

from agent.conversation import Author
from agent.errors import DeskRefusedError, DeskUnavailableError
from agent.handoff import DeskPostKind, RepDesk
from integrations.slack import blocks
from integrations.slack.desk import SlackRepDesk
from tests.fakes.slack_twin import Message
from tests.integrations.slack.desk_builders import (
    MIA,
    a_briefing,
    a_handoff,
    a_message,
    a_post,
    claimed_by,
)
from tests.integrations.slack.desk_room import Room


@pytest.fixture
def desk(room: Room) -> RepDesk:
    return room.connection.desk(room.playbook)


def thread(room: Room) -> list[Message]:
    return [message for message in room.twin.messages(room.channel) if message.is_reply]


async def test_a_card_carries_the_buttons_and_the_id_of_the_post(
    room: Room, desk: SlackRepDesk
) -> None:
    reference = await desk.deliver(a_post())
    assert reference == f"{room.channel}:{room.card.ts}"
    assert room.card.find_element(blocks.CLAIM) is not None
    assert room.card.metadata == {
        "event_type": "hotline_post",
        "event_payload": {"post_id": "post-1", "part": 0},
    }


async def test_everybody_speaks_under_a_name_that_says_who_it_is(
    room: Room, desk: SlackRepDesk
) -> None:
    card = await desk.deliver(a_post())
    said = [a_message("hi", Author.VISITOR, "Dana"), a_message("hello", Author.AGENT, "Hotline")]
    for number, message in enumerate(said, start=2):
        await desk.deliver(a_post(DeskPostKind.RELAY, number=number, message=message, thread=card))
    assert [(message.username, message.text) for message in thread(room)] == [
        ("Visitor: Dana", "hi"),
        ("Hotline (AI)", "hello"),
    ]


async def test_a_visitors_mention_of_everybody_calls_nobody(room: Room, desk: SlackRepDesk) -> None:
    card = await desk.deliver(a_post())
    message = a_message("<!channel> *now* <@U0MIA>")
    await desk.deliver(a_post(DeskPostKind.RELAY, number=2, message=message, thread=card))
    assert thread(room)[0].text == "&lt;!channel&gt; *now* &lt;@U0MIA&gt;"
    assert room.twin.calls[-1].arguments["mrkdwn"] in ("0", "false", False)


async def test_long_words_come_in_order_and_after_doubt_only_the_rest(
    room: Room, desk: SlackRepDesk
) -> None:
    card = await desk.deliver(a_post())
    message = a_message("a" * 4_000 + "b" * 4_000)
    post = a_post(DeskPostKind.RELAY, number=2, message=message, thread=card)
    room.twin.times_out_after_posting()
    with pytest.raises(DeskUnavailableError):
        await desk.deliver(post)
    reference = await desk.deliver(replace(post, is_in_doubt=True, attempts=1))
    assert [said.text for said in thread(room)] == ["a" * 4_000, "b" * 4_000]
    assert reference == f"{room.channel}:{thread(room)[0].ts}"


async def test_finds_a_post_beyond_the_first_page(
    room: Room, desk: SlackRepDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.slack.desk.PAGE", 2)
    card = await desk.deliver(a_post())
    for number in range(5):
        room.twin.writes(room.mia, room.channel, f"chat {number}")
    assert await desk.deliver(a_post(attempts=1)) == card


async def test_reminders_mention_the_reps_who_are_expected(room: Room, desk: SlackRepDesk) -> None:
    card = await desk.deliver(a_post())
    await desk.deliver(a_post(DeskPostKind.NUDGE, number=2, text="nudged", thread=card))
    await desk.deliver(a_post(DeskPostKind.ESCALATE, number=3, text="escalated", thread=card))
    await desk.deliver(
        a_post(DeskPostKind.NOTE, number=4, text="cooled: “budget got <frozen>”", thread=card)
    )
    mia = f"<@{room.mia}>"
    assert [message.text for message in thread(room)] == [
        f"{mia} Dana Ruiz, VP Support is still waiting. Please claim this one.",
        f"{mia} Nobody has claimed Dana Ruiz, VP Support in time. Please see that somebody does.",
        f"{mia} cooled: “budget got &lt;frozen&gt;”",
    ]


async def test_a_reps_words_that_came_from_slack_are_not_posted_again(
    room: Room, desk: SlackRepDesk
) -> None:
    card = await desk.deliver(a_post())
    message = a_message("Hi", Author.REP, "Mia")
    spoken = a_post(
        DeskPostKind.RELAY, number=2, message=message, text="slack:C1:17.000002", thread=card
    )
    assert await desk.deliver(spoken) == "C1:17.000002"
    assert thread(room) == []


async def test_a_reps_words_from_another_desk_are_shown(room: Room, desk: SlackRepDesk) -> None:
    card = await desk.deliver(a_post())
    message = a_message("Hi", Author.REP, "Mia")
    await desk.deliver(
        a_post(DeskPostKind.RELAY, number=2, message=message, text="Hi", thread=card)
    )
    assert [(said.username, said.text) for said in thread(room)] == [("Rep: Mia", "Hi")]


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
async def test_a_layout_that_slack_refuses_is_replaced_by_a_simple_one_with_buttons(
    room: Room, desk: SlackRepDesk, error: str
) -> None:
    room.twin.fails_with(error, "chat.postMessage", times=1)
    card = await desk.deliver(a_post())
    assert [block["type"] for block in room.card.blocks] == ["section", "actions"]
    room.twin.fails_with(error, "chat.update", times=1)
    await desk.deliver(a_post(DeskPostKind.UPDATE, claimed_by(MIA), number=2, thread=card))
    assert "Claimed by Mia" in room.card.text


async def test_a_briefing_of_any_length_is_posted(room: Room, desk: SlackRepDesk) -> None:
    await desk.deliver(
        a_post(handoff=a_handoff(replace(a_briefing(), quote="<&> " * 50_000, wants="x" * 200_000)))
    )
    assert room.card.find_element(blocks.CLAIM) is not None


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        ("token_revoked", "copy its new bot token to SLACK_BOT_TOKEN"),
        ("invalid_auth", "copy its new bot token to SLACK_BOT_TOKEN"),
        ("channel_not_found", "type /invite @Hotline first"),
        ("not_in_channel", "Type /invite @Hotline there"),
        ("is_archived", "Unarchive it"),
        ("missing_scope", "Update it with Hotline's manifest"),
    ],
)
async def test_waits_for_what_a_person_can_mend_and_says_how(
    room: Room, desk: SlackRepDesk, error: str, mend: str
) -> None:
    room.twin.fails_with(error)
    with pytest.raises(DeskUnavailableError, match=mend):
        await desk.deliver(a_post())
    room.twin.recovers()
    assert await desk.deliver(a_post(attempts=1)) == f"{room.channel}:{room.card.ts}"


async def test_gives_up_what_slack_will_never_take(room: Room, desk: SlackRepDesk) -> None:
    room.twin.fails_with("invalid_blocks")
    with pytest.raises(DeskRefusedError, match="report it to Hotline's developers"):
        await desk.deliver(a_post())


async def test_takes_slacks_word_for_how_long_to_wait(room: Room, desk: SlackRepDesk) -> None:
    room.twin.rate_limits(1, retry_after=30)
    with pytest.raises(DeskUnavailableError) as caught:
        await desk.deliver(a_post())
    assert caught.value.retry_after == 30


@pytest.mark.parametrize(
    "error", ["internal_error", "fatal_error", "service_unavailable", "something_new"]
)
async def test_tries_again_after_what_may_pass(room: Room, desk: SlackRepDesk, error: str) -> None:
    room.twin.fails_with(error, times=1)
    with pytest.raises(DeskUnavailableError):
        await desk.deliver(a_post())
    await desk.deliver(a_post(attempts=1))
    assert len(room.twin.messages(room.channel)) == 1


async def test_tries_again_after_a_page_instead_of_an_answer(
    room: Room, desk: SlackRepDesk
) -> None:
    room.twin.answers_500(1)
    with pytest.raises(DeskUnavailableError):
        await desk.deliver(a_post())


async def test_tries_again_when_nothing_listens(room: Room, desk: SlackRepDesk) -> None:
    room.connection.client.base_url = "http://127.0.0.1:9/"
    with pytest.raises(DeskUnavailableError):
        await desk.deliver(a_post())


async def test_never_waits_forever_for_a_card_that_was_refused(
    room: Room, desk: SlackRepDesk
) -> None:
    with pytest.raises(DeskRefusedError):
        await desk.deliver(a_post(DeskPostKind.UPDATE, attempts=5))

"""What reps do in Slack, told as stories."""

import asyncio

import pytest

from agent.conversation import Author
from agent.errors import StoreUnavailableError
from agent.handoff import HandoffState
from integrations.slack import answers, blocks
from integrations.slack.buttons import Choice
from tests.fakes.slack.state import BOT_ID
from tests.integrations.slack.desk_builders import JONAS, MIA
from tests.integrations.slack.desk_room import Room


async def test_a_card_is_posted_and_claimed_over_http(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.deliver()
    assert (await room.handoff()).claimed_by == MIA
    assert "Claimed by Mia" in str(room.card.blocks)
    assert room.told == []


async def test_a_card_is_posted_and_claimed_through_socket_mode(socket_room: Room) -> None:
    room = socket_room
    await room.hand_off()
    await room.twin.socket_click(room.mia, blocks.CLAIM, room.card)
    await room.settled()
    reply = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "Hi Dana")
    await room.twin.socket_event(reply)
    await room.settled()
    assert (await room.handoff()).claimed_by == MIA
    assert await room.said(Author.REP) == ["Hi Dana"]


async def test_socket_mode_goes_on_after_slack_ends_the_connection(socket_room: Room) -> None:
    room = socket_room
    await room.hand_off()
    await room.twin.sockets.ask_to_reconnect()
    await room.twin.socket_click(room.mia, blocks.CLAIM, room.card)
    await room.settled()
    assert (await room.handoff()).claimed_by == MIA


async def test_when_two_reps_claim_one_wins_and_the_other_is_told_who(room: Room) -> None:
    card = await room.hand_off()
    clicks = [
        room.twin.click(room.url, user, blocks.CLAIM, card) for user in (room.mia, room.jonas)
    ]
    await asyncio.gather(*clicks)
    await room.settled()
    winner = (await room.handoff()).claimed_by
    loser, name = (room.jonas, "Mia") if winner == MIA else (room.mia, "Jonas")
    assert room.told == [(loser, f"{name} was faster and has claimed this one.")]


async def test_a_rep_without_slack_id_is_known_by_email_and_asked_for_once(room: Room) -> None:
    await room.hand_off()
    await room.click(room.jonas, blocks.CLAIM)
    await room.writes(room.jonas, "Hi")
    assert (await room.handoff()).claimed_by == JONAS
    assert [call.method for call in room.twin.calls].count("users.info") == 1


async def test_a_stranger_is_told_who_must_add_what_to_the_playbook(room: Room) -> None:
    await room.hand_off()
    await room.click(room.stranger, blocks.CLAIM)
    assert (await room.handoff()).state is HandoffState.OPEN
    assert room.told == [(room.stranger, answers.unknown_rep(room.stranger))]
    assert f'slack_user_id: "{room.stranger}"' in room.told[0][1]


async def test_giving_back_lets_the_agent_answer_again(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.deliver()
    await room.chooses(room.mia, Choice.GIVE_BACK)
    await room.deliver()
    assert (await room.handoff()).state is HandoffState.GIVEN_BACK
    assert room.card.find_element(blocks.CLAIM) is None


async def test_only_the_holder_gives_back(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.deliver()
    await room.chooses(room.jonas, Choice.GIVE_BACK)
    assert (await room.handoff()).claimed_by == MIA
    assert room.told == [(room.jonas, "Only Mia can do this, who holds the conversation.")]


async def test_a_button_of_an_old_card_says_that_it_is_over(room: Room) -> None:
    card = await room.hand_off()
    await room.takeover.close(room.handoffs.store.posts[0].handoff_id, MIA, None)
    await room.twin.click(room.url, room.jonas, blocks.CLAIM, card)
    await room.settled()
    assert room.told == [(room.jonas, answers.ENDED)]


async def test_the_same_event_four_times_is_said_once(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    event = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "Hello Dana")
    for retry in (None, 1, 2, 3):
        await room.tell(event, retry, "Ev1")
    assert await room.said(Author.REP) == ["Hello Dana"]


async def test_a_delivered_reply_gets_a_check_mark(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.writes(room.mia, "Is <https://sso.example|SSO> a must? &lt;yes/no&gt;")
    assert await room.said(Author.REP) == ["Is SSO (https://sso.example) a must? <yes/no>"]
    assert "white_check_mark" in room.twin.messages(room.channel)[-1].reactions


async def test_what_was_written_first_is_said_first(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    words = [f"line {number}" for number in range(8)]
    events = [room.twin.thread_reply(room.mia, room.channel, room.card.ts, text) for text in words]
    for event in events:
        await room.twin.send_event(room.url, event)
    await room.settled()
    assert await room.said(Author.REP) == words


async def test_what_colleagues_write_stays_in_slack_and_they_are_told_once(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.writes(room.jonas, "she is a pain, give her 5 %")
    await room.writes(room.jonas, "kidding")
    await room.writes(room.stranger, "who is this?")
    assert await room.said(Author.REP) == []
    assert [user for user, _ in room.told] == [room.jonas]
    assert "only what Mia writes is, who claimed it" in room.told[0][1]


async def test_nothing_is_passed_on_before_somebody_claims(room: Room) -> None:
    await room.hand_off()
    await room.writes(room.mia, "shall I take this?")
    assert await room.said(Author.REP) == []
    assert "Press Claim on the card to answer" in room.told[0][1]


async def test_nothing_is_passed_on_after_giving_back(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.deliver()
    await room.chooses(room.mia, Choice.GIVE_BACK)
    await room.writes(room.mia, "one more thing")
    assert await room.said(Author.REP) == []
    assert "was given back or closed" in room.told[0][1]


@pytest.mark.parametrize(
    "disguise",
    [
        {"bot_id": BOT_ID},
        {"bot_id": "B0OTHER", "subtype": "bot_message"},
        {"subtype": "message_changed", "message": {"text": "edited"}, "hidden": True},
        {"subtype": "message_deleted", "hidden": True},
        {"subtype": "me_message"},
        {"subtype": "channel_join"},
        {"thread_ts": None},
        {"thread_ts": "1.000001"},
        {"bot_profile": {"id": "B0OTHER"}},
    ],
)
async def test_what_is_no_plain_reply_of_a_person_never_reaches_the_visitor(
    room: Room, disguise: dict[str, object]
) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.writes(room.mia, "secret", **disguise)
    assert await room.said(Author.REP) == []
    assert room.told == []


async def test_a_reply_that_went_to_the_channel_too_is_not_passed_on(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.writes(room.mia, "everybody look", subtype="thread_broadcast")
    assert await room.said(Author.REP) == []
    assert room.told == [(room.mia, answers.NO_BROADCAST)]


async def test_our_own_posts_are_not_relayed_back(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.conversations.append(room.conversation_id, "1", "and SSO?")
    await room.deliver()
    ours = room.twin.messages(room.channel)[-1]
    await room.tell(
        {"type": "message", "channel": room.channel, "user": ours.user, "bot_id": ours.bot_id, "ts": ours.ts,
         "thread_ts": ours.thread_ts, "text": ours.text}
    )  # fmt: skip
    assert ours.username == "Visitor: Dana Ruiz"
    assert await room.said(Author.REP) == []


async def test_a_reps_own_words_from_slack_are_not_posted_again(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.writes(room.mia, "Hi Dana")
    await room.deliver()
    assert [message.text for message in room.twin.messages(room.channel)[1:]] == ["Hi Dana"]


async def test_when_the_store_is_down_the_rep_learns_that_nothing_was_delivered(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)

    async def down(*_: object) -> None:
        raise StoreUnavailableError("disk full")

    room.handoffs.change = down  # type: ignore[method-assign, assignment]
    await room.writes(room.mia, "Hi Dana")
    assert room.told == [(room.mia, answers.NOT_DELIVERED)]


async def test_when_slack_takes_no_check_mark_the_words_are_still_said(room: Room) -> None:
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    room.twin.answers_500(5)
    await room.writes(room.mia, "Hi Dana")
    assert await room.said(Author.REP) == ["Hi Dana"]


async def test_everything_else_is_acknowledged(room: Room) -> None:
    await room.hand_off()
    await room.tell({"type": "reaction_added", "user": room.mia, "reaction": "eyes"})
    await room.tell(room.twin.writes(room.mia, room.channel, "lunch?"))
    answer = await room.twin.command(room.url, room.mia, room.channel, "/unknown")
    assert answer.status == 200

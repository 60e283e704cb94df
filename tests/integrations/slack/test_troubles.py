"""The relay while Slack, or who runs it, makes trouble: nothing is lost, nothing comes twice."""

from datetime import timedelta

import pytest

from agent.errors import DeskUnavailableError
from tests.integrations.slack.desk_room import Room
from tests.integrations.slack.talking import mia_holds


async def try_to_deliver(room: Room) -> None:
    """Try to show what is due, and put off what cannot be shown, as the watch does."""
    now = room.handoffs.store.clock.now()
    while due := await room.handoffs.due_posts(room.conversation_id, now):
        await room.handoffs.mark_attempted(due[0].id, now)
        with pytest.raises(DeskUnavailableError) as refusal:
            await room.desk.deliver(due[0])
        later = now + timedelta(seconds=refusal.value.retry_after)
        await room.handoffs.postpone(due[0].id, later, str(refusal.value))


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_what_a_visitor_writes_while_the_token_is_revoked_arrives_afterwards_in_order(
    room: Room, error: str
) -> None:
    await mia_holds(room)
    room.twin.fails_with(error)
    for number in range(3):
        await room.conversations.append(room.conversation_id, str(number), f"line {number}")
    await try_to_deliver(room)
    room.twin.recovers()
    room.handoffs.store.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    await room.deliver()
    relayed = [m.text for m in room.twin.messages(room.channel) if m.is_reply]
    assert relayed == ["line 0", "line 1", "line 2"]


async def test_a_rep_who_writes_while_the_token_is_revoked_still_reaches_the_visitor(
    room: Room,
) -> None:
    await mia_holds(room)
    event = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "Hi Dana")
    room.twin.fails_with("token_revoked")
    await room.tell(event)
    messages = await room.conversations.messages(room.conversation_id, 0)
    assert [message.text for message in messages][-1] == "Hi Dana"

"""The visitor reads: messages after a seq, at once or when there are some."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from agent.conversation import Author, Conversation, ConversationId, Message
from integrations.web.auth import Own
from integrations.web.explain import explain_message, explain_rep
from integrations.web.limiting import OpenPoll
from integrations.web.problems import refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import MessagesShape

LONGEST_WAIT = 30.0
HIGHEST_SEQ = 2**53
PAGE = 500

router = APIRouter(tags=["visitor"])
After = Annotated[int, Query(ge=0, le=HIGHEST_SEQ, description="give messages with a greater seq")]
Wait = Annotated[
    float,
    Query(ge=0, le=LONGEST_WAIT, allow_inf_nan=False, description="seconds to wait for a message"),
]


Revision = Annotated[
    int | None,
    Query(ge=0, le=HIGHEST_SEQ, description="the `revision` of the answer before"),
]


@router.get(
    "/v1/conversations/{conversation_id}/messages",
    summary="Read messages, waiting for one if you like",
    responses=refuses(401, 404, 422, 429, 503),
    dependencies=[OpenPoll],
)
async def read_messages(
    conversation: Own,
    services: Services,
    after: After = 0,
    wait: Wait = 0,
    revision: Revision = None,
) -> MessagesShape:
    """Return at once when there is something after `after`, else when there is, or `wait` is over.

    Whoever sends the `revision` of the answer before gets what was edited or taken back since, too.
    """
    messages = await _messages(services, conversation, after, wait, revision)
    current = await services.conversations.get(conversation.id)
    changed = await _changed(services, current, after, revision)
    return MessagesShape(
        messages=[explain_message(message, services.playbook) for message in messages],
        changed=[explain_message(message, services.playbook) for message in changed],
        revision=current.amended,
        held_by=current.holder,
        rep=explain_rep(current, services.playbook),
        typing=services.audience.typing(conversation.id),
        ended_at=current.ended_at,
    )


async def rows_after(
    services: WebServices, conversation_id: ConversationId, after: int
) -> list[Message]:
    """Read the log from a seq on; replies found there are drafts no more, reps' words are read by the visitor."""
    messages = await services.conversations.messages(conversation_id, after, PAGE)
    if any(message.author is Author.REP for message in messages):
        services.note_read(conversation_id, messages[-1].seq)
    for message in messages:
        if message.author is Author.AGENT:
            services.audience.settle(conversation_id, message.id)
    return messages


async def _messages(
    services: WebServices,
    conversation: Conversation,
    after: int,
    wait: float,
    revision: int | None,
) -> list[Message]:
    if wait == 0:
        return await rows_after(services, conversation.id, after)
    deadline = asyncio.get_running_loop().time() + wait
    async with services.audience.subscribe(conversation.id) as watcher:
        while not (messages := await rows_after(services, conversation.id, after)):
            if await _is_news(services, conversation, revision):
                break
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or services.audience.is_closing:
                break
            await watcher.next(left)
    return messages


async def _is_news(services: WebServices, before: Conversation, revision: int | None) -> bool:
    """Tell whether something was changed, or the conversation has ended while we waited."""
    now = await services.conversations.get(before.id)
    return now.ended_at != before.ended_at or revision not in (None, now.amended)


async def _changed(
    services: WebServices, conversation: Conversation, after: int, revision: int | None
) -> list[Message]:
    """Give what was changed of what the visitor has read before."""
    if revision is None or revision == conversation.amended:
        return []
    amended = await services.conversations.amended(conversation.id)
    return [message for message in amended if message.seq <= after]

"""New words beyond what this process can answer are refused at the door, before they are saved.

What was accepted is never dropped, so not everything may be accepted: a reply that comes after minutes helps nobody,
while words that were refused are safe with whoever wrote them, and come again when Retry-After is over.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from agent.conversation import Conversation, Holder
from integrations.web.problems import ProblemError
from integrations.web.services import WebServices

BUSY: Final = (
    "Too many wait for a reply at this moment, so these words were not saved. "
    "Send them again, under the same client_message_id, in {seconds} seconds."
)


@asynccontextmanager
async def admitted(
    services: WebServices, conversation: Conversation, client_message_id: str
) -> AsyncIterator[None]:
    """Let words in; raises a 503 when there is no room for them.

    There always is for words to a rep, for those of somebody who waits already, and for words that were accepted before.
    """
    room = services.waiting_room
    is_full = room.is_full_for(conversation.id) and conversation.holder is not Holder.REP
    if is_full and not await services.conversations.has_said(conversation.id, client_message_id):
        services.note_refused()
        seconds = str(room.seconds)
        raise ProblemError(503, BUSY.format(seconds=seconds), headers={"Retry-After": seconds})
    with room.arriving():
        yield

"""How far visitors have read, and who is told of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agent.conversation import ConversationId
from agent.turn import Conversations


async def _tell_nobody(_words_id: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class ReadReceipts:
    """Notes what a visitor's browser has fetched; `show` marks a rep's words where they were written."""

    conversations: Conversations
    show: Callable[[str], Awaitable[None]] = _tell_nobody

    async def note(self, conversation_id: ConversationId, seq: int) -> None:
        """Note that all up to this seq was fetched; each of the reps' words is marked once."""
        for words_id in await self.conversations.note_seen(conversation_id, seq):
            await self.show(words_id)

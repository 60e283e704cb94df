"""All there is on a handoff, for a rep who wants to read more than the card."""

import asyncio
from dataclasses import dataclass

from agent.conversation import ConversationId, Message
from agent.handoff import Handoff, HandoffId, Handoffs, LogEntry
from agent.history import Histories, History
from agent.qualification import Qualification, qualify_lead
from agent.turn import Conversations

PAGE = 500


@dataclass(frozen=True, slots=True)
class Dossier:
    """A handoff with its log, what is known of the lead, and every word said; the oldest first."""

    handoff: Handoff
    log: tuple[LogEntry, ...]
    history: History
    qualification: Qualification
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Dossiers:
    """Reads dossiers from the stores."""

    handoffs: Handoffs
    conversations: Conversations
    histories: Histories

    async def read(self, handoff_id: HandoffId) -> Dossier:
        """Read all of it; raises UnknownHandoffError."""
        handoff = await self.handoffs.get(handoff_id)
        served = await self.handoffs.served(handoff_id)
        history = await self.histories.recall(served[0])
        return Dossier(
            handoff=handoff,
            log=tuple(await self.handoffs.log(handoff_id)),
            history=history,
            qualification=await asyncio.to_thread(qualify_lead, history),
            messages=tuple(await self.messages(handoff_id)),
        )

    async def messages(self, handoff_id: HandoffId) -> list[Message]:
        """Read what was said in all conversations that it serves, in order of time; raises UnknownHandoffError."""
        served = await self.handoffs.served(handoff_id)
        said = [message for talk in served for message in await self._messages(talk.id)]
        return sorted(said, key=lambda message: message.created_at)

    async def _messages(self, conversation_id: ConversationId) -> list[Message]:
        messages: list[Message] = []
        while True:
            after = messages[-1].seq if messages else 0
            more = await self.conversations.messages(conversation_id, after, PAGE)
            messages += more
            if len(more) < PAGE:
                return messages

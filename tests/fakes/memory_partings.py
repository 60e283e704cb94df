"""How visitors part, in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.conversation import ConversationId
from agent.handoff import DeskPostKind, Handoff, LogEntry
from agent.partings import Rating, called_at
from tests.fakes.memory_store import MemoryStore


@dataclass(slots=True)
class MemoryPartings:
    """Endings, ratings and addresses in the conversations of a store."""

    store: MemoryStore
    rated: dict[ConversationId, tuple[datetime, Rating]] = field(default_factory=dict)

    async def end(self, conversation_id: ConversationId, note: str) -> bool:
        """End a conversation."""
        talk = self.store.talk(conversation_id)
        if talk.conversation.ended_at is not None:
            return False
        talk.conversation = replace(talk.conversation, ended_at=self.store.clock.now())
        if handoff := self.store.active(conversation_id):
            self._note(handoff, note)
            self.store.post(handoff.id, DeskPostKind.UPDATE, note)
        return True

    async def rate(self, conversation_id: ConversationId, rating: Rating, note: str) -> bool:
        """Keep the latest rating."""
        talk = self.store.talk(conversation_id)
        if conversation_id in self.rated and self.rated[conversation_id][1] == rating:
            return False
        self.rated[conversation_id] = self.store.clock.now(), rating
        talk.conversation = replace(talk.conversation, rating=rating.score)
        handoff = self.store.handoffs.get(talk.conversation.handoff_id) if talk.conversation.handoff_id else None  # fmt: skip
        if handoff and handoff.claimed_by:
            self._note(handoff, note)
        return True

    async def leave_email(self, conversation_id: ConversationId, email: str, reach: str) -> bool:
        """Keep the latest address."""
        talk = self.store.talk(conversation_id)
        if talk.conversation.left_email == email:
            return False
        before = talk.conversation.left_email
        talk.conversation = replace(talk.conversation, left_email=email)
        if handoff := self.store.active(conversation_id):
            briefing = replace(handoff.briefing, reach=reach)
            self.store.handoffs[handoff.id] = replace(
                handoff, briefing=briefing, call_back=called_at(handoff.call_back, before, email)
            )
            self.store.post(handoff.id, DeskPostKind.UPDATE, reach)
        return True

    async def ratings(self, since: datetime) -> list[Rating]:
        """Give the ratings from then on."""
        kept = sorted((at, talk) for talk, (at, _) in self.rated.items() if at >= since)
        return [self.rated[talk][1] for _, talk in kept]

    def _note(self, handoff: Handoff, note: str) -> None:
        entry = LogEntry(self.store.clock.now(), handoff.state, None, note)
        self.store.log.append((handoff.id, entry))
        self.store.post(handoff.id, DeskPostKind.NOTE, note)

"""Conversations, handoffs and histories in memory; they pass the same contracts as those in SQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from agent.conversation import (
    Amendment,
    Attachment,
    Author,
    Conversation,
    ConversationId,
    Held,
    Holder,
    Message,
)
from agent.criteria import HeardAnswer, VisitorMessage
from agent.engagement import EngagementEvent
from agent.errors import ConversationClosedError
from agent.handoff import DeskPostKind
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.signals import HeardKind
from agent.turn import Opening, Turn
from tests.fakes.memory_handoffs import MemoryHandoffs
from tests.fakes.memory_readings import MemoryReadings
from tests.fakes.memory_store import MemoryStore, Talk

__all__ = [
    "MemoryConversations",
    "MemoryHandoffs",
    "MemoryHistories",
    "MemoryReadings",
    "MemoryStore",
]

LEASE = timedelta(seconds=60)
AFTER_FAILURE = timedelta(seconds=5)


class MemoryConversations:
    """Conversations in a dictionary."""

    def __init__(self, store: MemoryStore, agent_name: str = "Hotline") -> None:
        self.store = store
        self.agent_name = agent_name

    async def start(self, opening: Opening) -> Conversation:
        """Open a conversation."""
        lead_id = self.store.lead_of(opening.visitor)
        claimed = self.store.claimed_by(opening.visitor)
        conversation = Conversation(
            id=ConversationId(self.store.new_id("c")),
            lead_id=lead_id,
            visitor=opening.visitor,
            holder=Holder.AGENT,
            rep_id=None,
            epoch=0,
            last_seq=0,
            locale=opening.locale,
            page=opening.page,
            started_at=self.store.clock.now(),
            rehearsal=opening.rehearsal,
        )
        self.store.talks[conversation.id] = Talk(
            conversation,
            None if claimed == lead_id else claimed,
            self.store.came_by_of(opening.visitor),
        )
        talk = self.store.talks[conversation.id]
        if opening.greeting:
            self.store.say(talk, Author.AGENT, self.agent_name, opening.greeting)
        return talk.conversation

    async def get(self, conversation_id: ConversationId) -> Conversation:
        """Get one."""
        return self.store.talk(conversation_id).conversation

    async def append(
        self,
        conversation_id: ConversationId,
        client_message_id: str,
        text: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> tuple[Message, bool]:
        """Save a visitor's message once."""
        talk, now = self.store.talk(conversation_id), self.store.clock.now()
        if (Author.VISITOR, client_message_id) in talk.said:
            return talk.said[Author.VISITOR, client_message_id], False
        if talk.conversation.ended_at is not None:
            raise ConversationClosedError(f"{conversation_id} has ended.")
        name = talk.conversation.visitor.name or ""
        message = self.store.say(talk, Author.VISITOR, name, text, client_message_id, attachments)
        if talk.is_leased(now) and talk.showing_epoch != talk.conversation.epoch:
            talk.raise_epoch()
        talk.words_due_at = now
        if handoff := self.store.active(conversation_id):
            self.store.post(handoff.id, DeskPostKind.RELAY, text, message)
        return message, True

    async def has_said(self, conversation_id: ConversationId, client_message_id: str) -> bool:
        """Tell whether the visitor said this."""
        return (Author.VISITOR, client_message_id) in self.store.talk(conversation_id).said

    async def messages(
        self, conversation_id: ConversationId, after: int, limit: int = 500
    ) -> list[Message]:
        """Give the messages with a greater seq."""
        talk = self.store.talks.get(conversation_id)
        return [message for message in talk.messages if message.seq > after][:limit] if talk else []

    async def find_words(
        self, conversation_ids: Sequence[ConversationId], words_id: str
    ) -> Message | None:
        """Find what a rep said."""
        talks = [self.store.talk(conversation_id) for conversation_id in conversation_ids]
        found = (talk.said.get((Author.REP, words_id)) for talk in talks)
        return next((message for message in found if message), None)

    async def amend(
        self, conversation_ids: Sequence[ConversationId], words_id: str, amendment: Amendment
    ) -> Message | None:
        """Change or take back a rep's words."""
        talks = [self.store.talk(conversation_id) for conversation_id in conversation_ids]
        return self.store.amend(talks, words_id, amendment)

    async def amended(self, conversation_id: ConversationId) -> list[Message]:
        """Give what was changed or taken back."""
        return [m for m in self.store.talk(conversation_id).messages if m.edited_at or m.deleted_at]

    async def note_seen(self, conversation_id: ConversationId, seq: int) -> list[str]:
        """Note how far the visitor has read."""
        talk = self.store.talk(conversation_id)
        before = talk.conversation.seen_seq
        until = max(before, min(seq, talk.conversation.last_seq))
        talk.conversation = replace(talk.conversation, seen_seq=until)
        said = [(m.seq, key) for (who, key), m in talk.said.items() if who is Author.REP]
        return [words_id for seq, words_id in sorted(said) if before < seq <= until]

    @asynccontextmanager
    async def hold(self, conversation_id: ConversationId) -> AsyncIterator[Held | None]:
        """Lease the conversation and raise its epoch."""
        talk, lease = self.store.talk(conversation_id), object()
        if talk.is_leased(self.store.clock.now()):
            yield None
            return
        again_after = timedelta()
        try:
            yield self._take(talk, lease)
        except Exception:
            again_after = AFTER_FAILURE
            raise
        finally:
            if talk.lease is lease:
                talk.lease = talk.lease_until = None
                now = self.store.clock.now()
                if talk.words_due_at is not None and talk.words_due_at > now:
                    talk.words_due_at = now + again_after

    async def begin_showing(self, held: Held) -> None:
        """Note that the first sentence is about to be shown."""
        talk = self.store.talk(held.conversation.id)
        talk.must_be_current(held)
        talk.showing_epoch = talk.conversation.epoch
        talk.lease_until = self.store.clock.now() + LEASE

    async def is_current(self, held: Held) -> bool:
        """Tell whether the epoch still is the one we hold."""
        return self.store.talk(held.conversation.id).conversation.epoch == held.conversation.epoch

    async def record_turn(self, held: Held, turn: Turn) -> Message | None:
        """Record the turn and its reply."""
        talk = self.store.talk(held.conversation.id)
        if any(known.id == turn.id for known in talk.turns):
            return next(
                (m for m in talk.messages if turn.reply and m.id == turn.reply.message_id), None
            )
        talk.must_be_current(held)
        talk.turns.append(turn)
        talk.score = turn.score
        talk.answered_seq = max([talk.answered_seq, *(message.seq for message in held.unanswered)])
        reply = self._say_reply(talk, turn)
        if handoff := self.store.active(held.conversation.id):
            talk.look_again(self.store.clock.now())
            self.store.post(handoff.id, DeskPostKind.UPDATE, turn.decision)
            if reply is not None:
                self.store.post(handoff.id, DeskPostKind.RELAY, reply.text, reply)
        if not talk.unanswered:
            talk.words_due_at = None
        return reply

    async def turns(self, conversation_id: ConversationId) -> list[Turn]:
        """Give all turns, oldest first."""
        talk = self.store.talks.get(conversation_id)
        return list(talk.turns) if talk else []

    async def due(self, now: datetime, limit: int = 100) -> list[ConversationId]:
        """Find conversations with something due."""
        times = [(self._due_at(talk), talk.conversation.id) for talk in self.store.talks.values()]
        due = sorted((at, conversation_id) for at, conversation_id in times if at and at <= now)
        return [conversation_id for _, conversation_id in due[:limit]]

    async def set_due(self, conversation_id: ConversationId, at: datetime | None) -> None:
        """Set the timer."""
        self.store.talk(conversation_id).timer_at = at

    def _take(self, talk: Talk, lease: object) -> Held:
        talk.raise_epoch()
        talk.showing_epoch = None
        talk.lease, talk.lease_until = lease, self.store.clock.now() + LEASE
        is_ours = talk.conversation.holder is Holder.AGENT
        if talk.words_due_at is not None:
            talk.words_due_at = talk.lease_until if is_ours else None
            if not is_ours:
                talk.look_again(self.store.clock.now())
        unanswered = talk.unanswered if is_ours else []
        before = [m for m in talk.messages if m not in unanswered and not m.deleted_at]
        return Held(talk.conversation, tuple(unanswered), tuple(before[-40:]))

    def _say_reply(self, talk: Talk, turn: Turn) -> Message | None:
        reply = turn.reply
        if reply is None:
            return None
        blank = self.store.blank(talk, Author.AGENT, self.agent_name, reply.text)
        said = replace(
            blank,
            id=reply.message_id,
            in_reply_to=turn.answered,
            sources=reply.sources,
            sentences=reply.sentences,
        )
        return self.store.add(talk, said)

    def _due_at(self, talk: Talk) -> datetime | None:
        heads = {
            p.handoff_id: p.due_at for p in reversed(self.store.unfinished(talk.conversation.id))
        }
        times = [talk.timer_at, talk.words_due_at, *heads.values()]
        return min((at for at in times if at is not None), default=None)


class MemoryHistories:
    """Histories read from the same dictionaries."""

    def __init__(self, store: MemoryStore, acts: Sequence[str] = ()) -> None:
        self.store = store
        self.acts = acts

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this visitor."""
        talk = self.store.talk(conversation.id)
        lead = self.store.lead(talk.conversation.lead_id)
        turns = [turn for each in self.store.talks_of(lead.id) for turn in reversed(each.turns)]
        signals = [signal for turn in turns for signal in turn.reading.signals]
        signals += [s for each in self.store.talks_of(lead.id) for s in each.heard_later]
        colleagues = self.colleagues(lead)
        claimed = self.store.lead(talk.claimed) if talk.claimed else None
        scores = [each.score for each in self.store.talks_of(lead.id) if each.score]
        return History(
            lead=lead,
            events=self._events(lead.id),
            company_events=self.store.newest_events(c.id for c in colleagues)[:50],
            signals=tuple(sorted(signals, key=lambda signal: signal.at, reverse=True)[:100]),
            heard=tuple(map(self._heard, turns)),
            talks=self._talks(talk),
            temperature=scores[0].temperature if scores else "cold",
            temperature_since=scores[0].since if scores else None,
            home=str(self.store.who.homes[lead.id] or ""),
            claimed=claimed if claimed and claimed.id != lead.id else None,
            asked=tuple(turn.asked for turn in reversed(talk.turns) if turn.asked),
            said=self._said(lead.id),
            answers=self._answers(lead.id),
            colleagues={c.id: replace(c, identities={}) for c in colleagues},
        )

    def _heard(self, turn: Turn) -> HeardKind:
        heeded = turn.id in self.store.heeded
        read = self.store.readings[turn.id].merged if heeded else turn.reading
        return HeardKind(read.kind, turn.started_at, turn.answered, read.readiness)

    def _events(self, lead_id: LeadId) -> tuple[EngagementEvent, ...]:
        newest = self.store.newest_events([lead_id])
        wanted = {event.id for event in newest[:50]}
        for act in self.acts:
            wanted.update([event.id for event in newest if event.name == act][:12])
        return tuple(event for event in newest if event.id in wanted)

    def colleagues(self, lead: Lead) -> list[Lead]:
        """Give who of the same company did something last."""
        who = self.store.who
        key = who.company_key(lead.id)
        others = {root for root in who.roots.values() if root != lead.id and key}
        newest = {other: self.store.newest_events([other])[:1] for other in others}
        active = [other for other in others if newest[other] and who.company_key(other) == key]
        active.sort(key=lambda other: (newest[other][0].at, other), reverse=True)
        return [self.store.lead(other) for other in active[:50]]

    def _said(self, lead_id: LeadId) -> tuple[VisitorMessage, ...]:
        said = [
            (message.created_at, message.seq, VisitorMessage(message.id, message.text, message.created_at, _asked(talk, message)))
            for talk in self.store.talks_of(lead_id)
            for message in talk.messages
            if message.author is Author.VISITOR
        ]  # fmt: skip
        return tuple(each for _, _, each in sorted(said, key=lambda s: s[:2], reverse=True)[:50])

    def _answers(self, lead_id: LeadId) -> tuple[HeardAnswer, ...]:
        ours = {talk.conversation.id for talk in self.store.talks_of(lead_id)}
        readings = [r for r in self.store.readings.values() if r.conversation_id in ours]
        return tuple(answer for r in reversed(readings) for answer in r.merged.answers)

    def _talks(self, talk: Talk) -> tuple[EarlierTalk, ...]:
        others = [t for t in self.store.talks_of(talk.conversation.lead_id) if t is not talk]
        firsts = [
            (other.came_by, [m for m in other.messages if m.author is Author.VISITOR][:1])
            for other in others
        ]
        return tuple(
            EarlierTalk(first.created_at, first.text, came_by)
            for came_by, words in firsts
            for first in words
        )


def _asked(talk: Talk, message: Message) -> str | None:
    before = [turn for turn in talk.turns if turn.started_at < message.created_at]
    return before[-1].asked if before else None

"""Forms and mails in memory; they pass the same contract as those in SQL."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from agent.conversation import Author, Holder, Message, MessageId, MessageSource, Page
from agent.handoff import DeskPostKind
from agent.inbound import (
    CAP_WITHIN,
    Letter,
    Taken,
    Unanswered,
    key_of,
    may_join,
    sender_id,
)
from agent.lead import ANONYMOUS_ID, Identity, Visitor
from agent.turn import Opening
from tests.fakes.memory import MemoryConversations
from tests.fakes.memory_store import MemoryStore, Talk


@dataclass(slots=True)
class MemoryInbox:
    """Forms and mails in a dictionary."""

    store: MemoryStore
    secret: str = "a secret"
    free_mail: Collection[str] = ()
    kept: dict[str, Taken] = field(default_factory=dict)

    async def receive(self, letter: Letter) -> Taken:
        """Keep it once."""
        if known := self.kept.get(letter.inbound.key):
            return replace(known, is_new=False)
        visitor = self._visitor(letter)
        talk = (
            self._replied_to(letter, visitor)
            or self._open_one(letter, visitor)
            or await self._begin(letter, visitor)
        )
        too_many = Unanswered.TOO_MANY if self._is_too_much(letter, visitor, talk) else None
        why = letter.unanswered or too_many
        said = [] if letter.unanswered else [await self._say(talk, letter, n, visitor, why) for n in range(len(letter.parts))]  # fmt: skip
        if letter.unanswered is None:
            self._learn(letter, talk, visitor)
        taken = Taken(
            talk.conversation.id,
            said[0].id if said else MessageId(self.store.new_id("m")),
            said[0].seq if said else None,
            why,
            self.store.clock.now(),
            letter.inbound,
            is_new=True,
        )
        self.kept[letter.inbound.key] = taken
        return taken

    async def find(self, source: MessageSource, external_id: str) -> Taken | None:
        """Find what came under this id."""
        known = self.kept.get(key_of(source, external_id))
        return replace(known, is_new=False) if known else None

    def _visitor(self, letter: Letter) -> Visitor:
        sender = letter.inbound.sender
        whose = sender_id(self.secret, sender.email) if sender.email else self.store.new_id("mail")
        return Visitor(whose, email=sender.email or None, name=sender.name or None)

    def _is_too_much(self, letter: Letter, visitor: Visitor, talk: Talk) -> bool:
        whose = (visitor.anonymous_id, talk.conversation.visitor.anonymous_id)
        since = self.store.clock.now() - CAP_WITHIN
        theirs = [
            each
            for each in self.kept.values()
            if each.received_at > since
            and self.store.talk(each.conversation_id).conversation.visitor.anonymous_id in whose
        ]
        return len(theirs) >= letter.cap

    def _replied_to(self, letter: Letter, visitor: Visitor) -> Talk | None:
        for key in letter.inbound.references:
            if known := self.kept.get(key):
                talk = self.store.talk(known.conversation_id)
                theirs = talk.conversation.visitor.email or ""
                may = visitor.email and may_join(visitor.email, theirs, self.free_mail)
                if letter.unanswered or (_is_open(talk) and may):
                    return talk
        return None

    def _open_one(self, letter: Letter, visitor: Visitor) -> Talk | None:
        theirs = [
            talk
            for talk in self.store.talks.values()
            if talk.conversation.visitor.anonymous_id == visitor.anonymous_id
            and talk.conversation.source is letter.inbound.source
            and _is_open(talk)
        ]
        return theirs[-1] if theirs else None

    async def _begin(self, letter: Letter, visitor: Visitor) -> Talk:
        page = Page(title=letter.inbound.subject)
        opening = Opening(visitor, page, letter.locale)
        talk = self.store.talk((await MemoryConversations(self.store).start(opening)).id)
        talk.conversation = replace(talk.conversation, source=letter.inbound.source)
        return talk

    async def _say(
        self, talk: Talk, letter: Letter, number: int, visitor: Visitor, why: Unanswered | None
    ) -> Message:
        conversation, text = talk.conversation, letter.parts[number]
        client_id, name = f"{letter.inbound.key}#{number}", visitor.name or ""
        waits = conversation.holder is not Holder.AGENT or bool(talk.unanswered)
        message = self.store.say(talk, Author.VISITOR, name, text, client_id)
        if why is None:
            self._make_due(talk)
        elif not waits:
            talk.answered_seq = message.seq
        if handoff := self.store.active(conversation.id):
            self.store.post(handoff.id, DeskPostKind.RELAY, text, message)
        return message

    def _make_due(self, talk: Talk) -> None:
        now = self.store.clock.now()
        if talk.is_leased(now) and talk.showing_epoch != talk.conversation.epoch:
            talk.raise_epoch()
        talk.words_due_at = now

    def _learn(self, letter: Letter, talk: Talk, visitor: Visitor) -> None:
        if talk.conversation.visitor.anonymous_id == visitor.anonymous_id:
            name = str(Identity(ANONYMOUS_ID, visitor.anonymous_id))
            self.store.who.tell(name, letter.inbound.told, self.store.clock.now())
            self.store.give_back()


def _is_open(talk: Talk) -> bool:
    return talk.conversation.ended_at is None and talk.conversation.holder is not Holder.NOBODY

"""PATH 2, a rep acted: claim, speak, give back, close, say "not hot", snooze."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from agent import handoff as state
from agent.clock import Clock
from agent.conversation import (
    LONGEST_TEXT,
    Attachment,
    Audience,
    Conversation,
    ConversationId,
    RepId,
)
from agent.errors import UnknownRepError
from agent.handoff import Change, DeskPostKind, Handoff, HandoffId, Handoffs, Outcome, must_hold
from agent.playbook import Playbook
from agent.team_rules import RepRules
from agent.turn import Conversations
from agent.watcher import Watcher
from prompts.phrases import Phrases, phrases


@dataclass(frozen=True, slots=True)
class Takeover:
    """What reps can do, for any desk. Each method gives the handoff as it stands afterwards.

    Raises UnknownHandoffError, UnknownRepError, AlreadyClaimedError, NotClaimedByError and
    HandoffEndedError; nothing is changed then.
    """

    handoffs: Handoffs
    conversations: Conversations
    audience: Audience
    playbook: Playbook
    clock: Clock
    wake: Callable[[ConversationId], None]
    watcher: Watcher = field(default_factory=Watcher)

    async def claim(self, handoff_id: HandoffId, rep_id: RepId) -> Handoff:
        """Put the rep into the conversation; the agent is silent from this moment on."""
        rep = self._rep(rep_id)
        words = await self._words(handoff_id)
        change = Change(
            because="claimed",
            rep_id=rep.id,
            rep_name=rep.name,
            announcement=words.fill("rep_joined", rep=rep.name),
        )
        now = self._now()
        handoff = await self._change(handoff_id, lambda h: state.claim(h, rep.id, now), change)
        if handoff.claimed_at == now:
            self.watcher.handoff_claimed(now - handoff.opened_at)
        return handoff

    async def speak(
        self,
        handoff_id: HandoffId,
        rep_id: RepId,
        text: str,
        words_id: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> Handoff:
        """Say something to the visitor, with files; the same `words_id` again says it only once."""
        rep = self._rep(rep_id)
        change = Change(
            because="spoke",
            rep_id=rep.id,
            rep_name=rep.name,
            rep_words=checked(text),
            rep_words_id=words_id,
            rep_attachments=attachments,
            posts=(DeskPostKind.UPDATE,),
        )
        handoff = await self._change(handoff_id, lambda h: _held_by(h, rep.id), change)
        self.watcher.relayed("to_visitor")
        return handoff

    async def give_back(self, handoff_id: HandoffId, rep_id: RepId) -> Handoff:
        """Let the agent answer again."""
        rep = self._rep(rep_id)
        words = await self._words(handoff_id)
        change = Change(
            because="given_back",
            rep_id=rep.id,
            rep_name=rep.name,
            announcement=words.fill("rep_left", rep=rep.name),
        )
        return await self._change(
            handoff_id, lambda h: state.give_back(h, rep.id, self._now()), change
        )

    async def close(
        self, handoff_id: HandoffId, rep_id: RepId, outcome: Outcome | None, note: str = ""
    ) -> Handoff:
        """End the handoff with its outcome; the agent covers what the visitor still says."""
        rep = self._rep(rep_id)
        change = Change(because="closed", rep_id=rep.id, rep_name=rep.name)
        return await self._change(
            handoff_id, lambda h: state.close(h, outcome, note, self._now()), change
        )

    async def snooze(self, handoff_id: HandoffId, rep_id: RepId, until: datetime) -> Handoff:
        """Hold reminders back until then."""
        rep = self._rep(rep_id)
        change = Change(because="snoozed", rep_id=rep.id, rep_name=rep.name)
        return await self._change(handoff_id, lambda h: state.snooze(h, until), change)

    async def _change(
        self, handoff_id: HandoffId, transition: Callable[[Handoff], Handoff], change: Change
    ) -> Handoff:
        handoff = await self.handoffs.change(handoff_id, transition, change)
        for conversation in await self.handoffs.served(handoff_id):
            self.audience.announce(conversation.id)
            self.wake(conversation.id)
        return handoff

    async def _words(self, handoff_id: HandoffId) -> Phrases:
        handoff = await self.handoffs.get(handoff_id)
        return phrases(_language(await self.conversations.get(handoff.conversation_id)))

    def _rep(self, rep_id: RepId) -> RepRules:
        rep = self.playbook.rep(rep_id)
        if rep is None:
            known = ", ".join(rep.id for rep in self.playbook.reps)
            raise UnknownRepError(f"The playbook names no rep {rep_id!r}; it knows {known}.")
        return rep

    def _now(self) -> datetime:
        return self.clock.now()


def checked(text: str) -> str:
    """Give a rep's words without surrounding blanks; raises ValueError when empty or too long."""
    words = text.strip()
    if not 0 < len(words) <= LONGEST_TEXT:
        raise ValueError(f"Write 1 to {LONGEST_TEXT:,} characters; this has {len(words):,}.")
    return words


def _held_by(handoff: Handoff, rep_id: RepId) -> Handoff:
    must_hold(handoff, rep_id)
    return handoff


def _language(conversation: Conversation) -> str:
    return conversation.locale.split("-")[0].lower()

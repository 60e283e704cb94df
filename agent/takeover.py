"""PATH 2, a rep acted: claim, speak, give back, close, say "not hot", snooze, pass on, take again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent import handoff as state
from agent import transfer as passing
from agent.clock import Clock
from agent.conversation import (
    LONGEST_TEXT,
    Attachment,
    Audience,
    Conversation,
    ConversationId,
    RepId,
)
from agent.errors import (
    ConversationClosedError,
    NoBookingError,
    NoCallBackError,
    UnknownRepError,
    VisitorGoneError,
)
from agent.handoff import (
    Change,
    DeskPostKind,
    Handoff,
    HandoffId,
    Handoffs,
    HandoffState,
    Outcome,
    must_hold,
)
from agent.handoff_steps import keep_call_back
from agent.outcome import Closing
from agent.partings import gone
from agent.playbook import Playbook
from agent.team_rules import RepRules, TeamId
from agent.transfer import Target
from agent.turn import Conversations
from agent.watcher import Watcher
from prompts.phrases import Phrases, phrases, reasons

LONGEST_NOTE = 500


MOVES = (DeskPostKind.MOVED, DeskPostKind.CARD)
STAYS = (DeskPostKind.UPDATE, DeskPostKind.NOTE)


@dataclass(frozen=True, slots=True)
class Takeover:
    """What reps can do, for any desk. Each method gives the handoff as it stands afterwards.

    Raises UnknownHandoffError, UnknownRepError, AlreadyClaimedError, NotClaimedByError, HandoffEndedError and
    VisitorGoneError; nothing is changed then.
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
            posts=(DeskPostKind.UPDATE, DeskPostKind.RELAY),
            told=words_id,
        )
        try:
            handoff = await self._change(handoff_id, lambda h: _held_by(h, rep.id), change)
        except ConversationClosedError as error:
            raise VisitorGoneError(gone(await self.handoffs.get(handoff_id))) from error
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
        return await self.close_with(handoff_id, rep_id, Closing(outcome, note=note))

    async def close_with(self, handoff_id: HandoffId, rep_id: RepId, closing: Closing) -> Handoff:
        """End the handoff with all that the rep says of it, which is kept beside the decision that led to it."""
        rep = self._rep(rep_id)
        note, outcome = _note_of(closing), closing.outcome
        change = Change(
            because="closed",
            rep_id=rep.id,
            rep_name=rep.name,
            closing=replace(closing, note=closing.note.strip()),
            playbook_version=self.playbook.version,
        )
        return await self._change(
            handoff_id, lambda h: _closed(h, rep.id, outcome, note, self._now()), change
        )

    async def snooze(self, handoff_id: HandoffId, rep_id: RepId, until: datetime) -> Handoff:
        """Hold reminders back until then."""
        rep = self._rep(rep_id)
        change = Change(because="snoozed", rep_id=rep.id, rep_name=rep.name)
        return await self._change(handoff_id, lambda h: state.snooze(h, until), change)

    async def pass_on(
        self, handoff_id: HandoffId, rep_id: RepId, to: RepId | TeamId, note: str = ""
    ) -> Handoff:
        """Call a colleague or a team instead; the agent answers until one of them claims."""
        rep, before = self._rep(rep_id), await self.handoffs.get(handoff_id)
        talk = await self.conversations.get(before.conversation_id)
        target = self._target(to, before, talk.now_in(self._now()))
        because = _passed_on(rep, target, note)
        moves = not self.playbook.share_channel(before.team, target.team)
        change = Change(
            because=because,
            rep_id=rep.id,
            rep_name=rep.name,
            announcement=self._passing_words(before, rep, target, talk),
            posts=MOVES if moves else STAYS,
            told=because,
        )
        return await self._change(
            handoff_id,
            lambda h: passing.transfer(h, rep.id, target, because, self._now(), talk.rehearsal),
            change,
        )

    async def take_again(self, handoff_id: HandoffId, rep_id: RepId) -> Handoff:
        """Put the rep into a conversation whose handoff had ended; only the lead's latest can be taken again."""
        rep = self._rep(rep_id)
        words = await self._words(handoff_id)
        joined = words.fill("rep_joined", rep=rep.name)
        change = Change("taken_again", rep_id=rep.id, rep_name=rep.name, announcement=joined)
        return await self._change(
            handoff_id, lambda h: passing.take_again(h, rep.id, self._now()), change
        )

    async def called(self, handoff_id: HandoffId, rep_id: RepId) -> Handoff:
        """Note that the promised call was made; raises NoCallBackError where none was promised."""
        rep = self._rep(rep_id)
        change = Change(because="called", rep_id=rep.id, rep_name=rep.name)
        return await self._change(handoff_id, lambda h: _called(h, self._now()), change)

    async def booking_words(self, handoff: Handoff, rep: RepRules) -> str:
        """Offer a time to book, in the visitor's language; raises NoBookingError where there is no calendar."""
        url = rep.booking_url or self.playbook.company.booking_url
        if not url:
            raise NoBookingError(
                "Neither the rep nor the company has a booking_url in the playbook."
            )
        return (await self._words(handoff.id)).fill("booking", url=url)

    def opens_again_at(self, handoff: Handoff) -> datetime | None:
        """Tell when those who are called open next, after they have closed today."""
        hours, now = self.playbook.hours_of_team(handoff.team), self._now()
        return hours.next_open_at(hours.closes_at(now) or now)

    def _target(self, to: RepId | TeamId, before: Handoff, now: datetime) -> Target:
        if team := self.playbook.team(TeamId(to)):
            return passing.to_team(team, self.playbook, now)
        return passing.to_rep(self._rep(RepId(to)), before.team, self.playbook, now)

    def _passing_words(
        self, before: Handoff, rep: RepRules, target: Target, talk: Conversation
    ) -> str | None:
        """Tell the visitor when the rep who was there leaves."""
        if before.state is not HandoffState.CLAIMED:
            return None
        words = phrases(_language(talk))
        return words.fill("rep_passes_on", rep=rep.name, to=target.name)

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


def _note_of(closing: Closing) -> str:
    reason = reasons().fill(f"not_hot_{closing.reason.value}") if closing.reason else ""
    return ": ".join(text for text in (reason, closing.note.strip()) if text)


def _passed_on(rep: RepRules, target: Target, note: str) -> str:
    words, said = reasons(), " ".join(note[:LONGEST_NOTE].split())
    because = words.fill("passed_on", rep=rep.name, to=target.name)
    return f"{because} {words.fill('passed_on_note', note=said)}" if said else because


def _closed(
    handoff: Handoff, rep_id: RepId, outcome: Outcome | None, note: str, now: datetime
) -> Handoff:
    """End it; of one that is claimed only the holder may."""
    if handoff.claimed_by is not None:
        must_hold(handoff, rep_id)
    return state.close(handoff, outcome, note, now)


def _called(handoff: Handoff, now: datetime) -> Handoff:
    if handoff.call_back is None:
        raise NoCallBackError("No call was promised here, so there is none to tick off.")
    return keep_call_back(handoff, now)


def _held_by(handoff: Handoff, rep_id: RepId) -> Handoff:
    must_hold(handoff, rep_id)
    return handoff


def _language(conversation: Conversation) -> str:
    return conversation.locale.split("-")[0].lower()

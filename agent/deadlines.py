"""Taking the steps that time makes due on handoffs: each once, and never after somebody acted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from agent import handoff as state
from agent import handoff_steps as steps
from agent.call_back import Said, plan_call_back
from agent.clock import Clock
from agent.composed_promise import called_back, when_from
from agent.conversation import Audience, Author, Conversation, ConversationId, Message, RepId
from agent.due_steps import Due, Step, backup_rep, due_steps, is_still_due
from agent.errors import HandoffEndedError, StepOvertakenError
from agent.handoff import Change, DeskPostKind, Handoff, Handoffs
from agent.language import detect_language
from agent.playbook import Playbook
from agent.turn import Conversations
from agent.watcher import Watcher
from prompts.phrases import Phrases, phrases

log = structlog.get_logger()
NOBODY = RepId("")
NEWEST = 50
Transition = Callable[[Handoff], Handoff]

PLAIN: Mapping[Step, tuple[Callable[[Handoff, datetime], Handoff], Change]] = {
    Step.NUDGE: (steps.nudge, Change("nudged", posts=(DeskPostKind.NUDGE,))),
    Step.ESCALATE: (steps.escalate, Change("escalated", posts=(DeskPostKind.ESCALATE,))),
    Step.PAGE: (steps.page, Change("paged", posts=(DeskPostKind.PAGE,))),
    Step.SILENT_NUDGE: (
        steps.remind_rep,
        Change("rep_reminded", posts=(DeskPostKind.SILENT_REP,)),
    ),
    Step.CALL_BACK_KEPT: (steps.keep_call_back, Change("call_back_kept")),
    Step.CALL_BACK_MISSED: (
        steps.miss_call_back,
        Change("call_back_missed", posts=(DeskPostKind.UPDATE, DeskPostKind.CALL_BACK_DUE)),
    ),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Keeps the time of handoffs; `wake` is told of conversations that have something to do now."""

    conversations: Conversations
    handoffs: Handoffs
    audience: Audience
    playbook: Playbook
    clock: Clock
    wake: Callable[[ConversationId], None] = field(default=lambda _: None)
    watcher: Watcher = field(default_factory=Watcher)

    async def keep(self, conversation_id: ConversationId) -> datetime | None:
        """Take the steps that are due on the active handoff; give the next one's time.

        The conversation in which the handoff was opened keeps its time, and brings its posts to the desk.
        """
        handoff = await self.handoffs.active(conversation_id)
        if handoff is None:
            return None
        if handoff.conversation_id != conversation_id:
            self.wake(handoff.conversation_id)
            return None
        conversation = await self.conversations.get(conversation_id)
        messages = await self._newest_messages(handoff)
        now = self.clock.now()
        due = due_steps(handoff, conversation, messages, self.playbook, now)
        for item in (item for item in due if item.at <= now):
            await self._take(item, handoff, conversation, messages)
        later = [item.at for item in due if item.at > now]
        return min(later, default=None) if len(later) == len(due) else now

    async def _newest_messages(self, handoff: Handoff) -> list[Message]:
        """Give what was said last in the conversations that a handoff serves, in order; who has left waits for nobody."""
        messages: list[Message] = []
        for talk in await self.handoffs.served(handoff.id):
            newest = await self.conversations.messages(talk.id, max(0, talk.last_seq - NEWEST))
            messages += [
                m for m in newest if talk.ended_at is None or m.author is not Author.VISITOR
            ]
        return sorted(messages, key=lambda message: message.created_at)

    async def _take(
        self, due: Due, handoff: Handoff, conversation: Conversation, messages: list[Message]
    ) -> None:
        def taken(latest: Handoff) -> Handoff:
            if not is_still_due(due.step, latest, self.clock.now()):
                raise StepOvertakenError(f"{due.step} is not due any more.")
            return transition(latest)

        try:
            transition, change = self._move(due, handoff, conversation, messages)
            await self.handoffs.change(handoff.id, taken, change)
        except (HandoffEndedError, StepOvertakenError):
            return
        await self._tell(handoff)
        log.info("handoff.stepped", handoff_id=handoff.id, step=change.because)
        if due.step not in (Step.CALL_BACK_KEPT, Step.PAGE):
            self.watcher.promise_missed(due.step.value)

    async def _tell(self, handoff: Handoff) -> None:
        for conversation in await self.handoffs.served(handoff.id):
            self.audience.announce(conversation.id)
            if conversation.id != handoff.conversation_id:
                self.wake(conversation.id)

    def _move(
        self, due: Due, handoff: Handoff, conversation: Conversation, messages: list[Message]
    ) -> tuple[Transition, Change]:
        """Give what a step does to the handoff, and what goes with it."""
        match due.step:
            case Step.BACKUP:
                return self._call_backup(handoff, conversation)
            case Step.NOBODY_CAME:
                return self._tell_truth(handoff, conversation, messages)
            case Step.RELEASE:
                return self._release(handoff, conversation, messages)
            case step:
                transition, change = PLAIN[step]
                at = due.at if step is Step.CALL_BACK_KEPT else self.clock.now()
                return lambda h: transition(h, at), change

    def _call_backup(
        self, handoff: Handoff, conversation: Conversation
    ) -> tuple[Transition, Change]:
        now = self.clock.now()
        rep = backup_rep(handoff, self.playbook, conversation.now_in(now))
        if rep is None:
            return lambda h: steps.call_backup(h, None, now), Change("no_backup", posts=())
        change = Change("backup_called", posts=(DeskPostKind.UPDATE, DeskPostKind.BACKUP))
        return lambda h: steps.call_backup(h, rep.id, now), change

    def _tell_truth(
        self, handoff: Handoff, conversation: Conversation, messages: list[Message]
    ) -> tuple[Transition, Change]:
        """Tell the visitor that nobody came, with a promise that can be kept and the calendar to choose from."""
        now = self.clock.now()
        said = Said.of(messages)
        planned = plan_call_back(handoff, said, conversation, self.playbook, now)
        if planned is None:
            raise StepOvertakenError("Nobody ever works: there is nothing to promise.")
        words, played = _words(conversation, messages), conversation.now_in(now)
        as_played = replace(planned, at=conversation.now_in(planned.at))
        told = [called_back("nobody_came", as_played, self.playbook, played, words)]
        if url := self.playbook.company.booking_url:
            told.append(words.fill("booking", url=url))
        change = Change(
            because="nobody_came",
            announcement=" ".join(told),
            posts=(DeskPostKind.RELAY, DeskPostKind.UPDATE, DeskPostKind.CALL_BACK),
        )
        return lambda h: steps.promise_call_back(h, planned), change

    def _release(
        self, handoff: Handoff, conversation: Conversation, messages: list[Message]
    ) -> tuple[Transition, Change]:
        """Give a conversation back whose rep went silent, or home, while the visitor waits."""
        now = self.clock.now()
        change = Change(
            because="rep_silent",
            announcement=self._farewell(handoff, conversation, messages),
            posts=(DeskPostKind.UPDATE, DeskPostKind.SILENT_REP),
        )
        return lambda h: state.give_back(h, h.claimed_by or NOBODY, now), change

    def _farewell(
        self, handoff: Handoff, conversation: Conversation, messages: list[Message]
    ) -> str | None:
        rep = self.playbook.rep(handoff.claimed_by)
        if rep is None:
            return None
        words, now = _words(conversation, messages), conversation.now_in(self.clock.now())
        hours, name = self.playbook.hours_of(rep), rep.name.split()[0]
        back_at = hours.next_open_at(now)
        if back_at is None or back_at <= now:
            return words.fill("rep_silent", rep=name)
        return words.fill("rep_off_duty", rep=name, when=when_from(now, back_at, hours.zone, words))


def _words(conversation: Conversation, messages: list[Message]) -> Phrases:
    """Give the phrases of the language that the visitor writes."""
    locale = conversation.locale.split("-")[0].lower()
    wrote = [m.text for m in messages if m.author is Author.VISITOR]
    return phrases(detect_language(wrote[-1], locale) if wrote else locale)

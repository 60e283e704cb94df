"""PATH 3, time passed: what is due? Answer, post at the desk, nudge, escalate, release a sleeping rep.

`advance` looks at the rows and does what is due. It can be run again at any moment, by anybody, and does
nothing twice.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from weakref import WeakValueDictionary

import structlog

from agent import handoff as state
from agent.clock import Clock
from agent.conversation import Audience, Author, Conversation, ConversationId, Message, RepId
from agent.errors import DeskRefusedError, DeskUnavailableError, HandoffEndedError
from agent.first_response import FirstResponse
from agent.handoff import Change, DeskPost, DeskPostKind, Handoff, Handoffs, HandoffState, RepDesk
from agent.playbook import Playbook
from agent.turn import Conversations
from agent.watcher import Watcher
from prompts.phrases import phrases

log = structlog.get_logger()
NOBODY = RepId("")
RETRY_AFTER = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=2)
NEWEST = 50


class Step(StrEnum):
    """Something that time makes due on a handoff."""

    NUDGE = "nudge"
    ESCALATE = "escalate"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Due:
    """A step and the instant from which it is due."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """Keeps every conversation moving."""

    first_response: FirstResponse
    conversations: Conversations
    handoffs: Handoffs
    desk: RepDesk
    audience: Audience
    playbook: Playbook
    clock: Clock
    wake: Callable[[ConversationId], None] = field(default=lambda _: None)
    watcher: Watcher = field(default_factory=Watcher)
    delivering: WeakValueDictionary[ConversationId, asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )

    async def advance(self, conversation_id: ConversationId) -> None:
        """Do all that is due for one conversation, and note when to look again.

        A reply that fails keeps neither the desk nor the reminders waiting.
        """
        try:
            await self.first_response.respond(conversation_id)
        finally:
            next_post = await self.deliver(conversation_id)
            next_step = await self._keep_time(conversation_id)
            moments = [at for at in (next_post, next_step) if at]
            await self.conversations.set_due(conversation_id, min(moments, default=None))

    async def deliver(self, conversation_id: ConversationId) -> datetime | None:
        """Show what is due at the desk; give the time of the next try when something must wait.

        A handoff's card is delivered beside the reply that is still being written, so two may come here at once.
        """
        lock = self.delivering.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            return await self._deliver(conversation_id)

    async def _deliver(self, conversation_id: ConversationId) -> datetime | None:
        """Show at the desk what is due there, in order; one that must wait holds up its own card only.

        The posts are read again after each, as a card is the thread of all that follows it.
        """
        retries: list[datetime] = []
        while due := await self.handoffs.due_posts(conversation_id, self.clock.now()):
            if retry_at := await self._post(due[0]):
                retries.append(retry_at)
        return min(retries, default=None)

    async def _post(self, post: DeskPost) -> datetime | None:
        """Show one post at the desk; give the time of the next try when it must wait.

        The handoff is read anew after the attempt was noted: a change before that made no post of its own.
        """
        await self.handoffs.mark_attempted(post.id, self.clock.now())
        post = replace(post, handoff=await self.handoffs.get(post.handoff.id))
        try:
            reference = await self.desk.deliver(post)
        except DeskUnavailableError as error:
            return await self._postpone(post, error)
        except DeskRefusedError as error:
            await self.handoffs.give_up(post.id, str(error))
            log.warning(
                "desk.refused",
                kind=post.kind.value,
                handoff_id=post.handoff.id,
                reason=str(error),
            )
            return None
        await self.handoffs.mark_posted(post.id, reference, self.clock.now())
        if post.kind is DeskPostKind.RELAY:
            self.watcher.relayed("to_rep")
        log.info("desk.posted", kind=post.kind.value, handoff_id=post.handoff.id)
        return None

    async def _postpone(self, post: DeskPost, error: DeskUnavailableError) -> datetime:
        wait = max(
            timedelta(seconds=error.retry_after),
            min(RETRY_AFTER * (1 << min(post.attempts, 6)), LONGEST_RETRY),
        )
        until = self.clock.now() + wait
        await self.handoffs.postpone(post.id, until, str(error))
        log.warning(
            "desk.unavailable", kind=post.kind.value, handoff_id=post.handoff.id, reason=str(error)
        )
        return until

    async def _keep_time(self, conversation_id: ConversationId) -> datetime | None:
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
        due = due_steps(handoff, conversation, messages, self.playbook)
        for item in (item for item in due if item.at <= self.clock.now()):
            await self._take(item.step, handoff, conversation)
        later = [item.at for item in due if item.at > self.clock.now()]
        return min(later, default=None) if len(later) == len(due) else self.clock.now()

    async def _newest_messages(self, handoff: Handoff) -> list[Message]:
        """Give what was said last in the conversations that a handoff serves, in order."""
        messages: list[Message] = []
        for talk in await self.handoffs.served(handoff.id):
            messages += await self.conversations.messages(talk.id, max(0, talk.last_seq - NEWEST))
        return sorted(messages, key=lambda message: message.created_at)

    async def _take(self, step: Step, handoff: Handoff, conversation: Conversation) -> None:
        now = self.clock.now()
        match step:
            case Step.NUDGE:
                change = Change(because="nudged", posts=(DeskPostKind.NUDGE,))
                await self._change(handoff, lambda h: state.nudge(h, now), change)
            case Step.ESCALATE:
                change = Change(because="escalated", posts=(DeskPostKind.ESCALATE,))
                await self._change(handoff, lambda h: state.escalate(h, now), change)
            case Step.RELEASE:
                await self._release(handoff, conversation)
        self.watcher.promise_missed(step.value)

    async def _release(self, handoff: Handoff, conversation: Conversation) -> None:
        """Give a conversation back whose rep went silent while the visitor waits."""
        rep = self.playbook.rep(handoff.claimed_by)
        words = phrases(conversation.locale.split("-")[0].lower())
        left = words.fill("rep_left", rep=rep.name) if rep else None
        change = Change(because="rep_silent", announcement=left)
        await self._change(
            handoff,
            lambda h: state.give_back(h, h.claimed_by or NOBODY, self.clock.now()),
            change,
        )

    async def _change(
        self, handoff: Handoff, transition: Callable[[Handoff], Handoff], change: Change
    ) -> None:
        try:
            await self.handoffs.change(handoff.id, transition, change)
        except HandoffEndedError:
            return
        for conversation in await self.handoffs.served(handoff.id):
            self.audience.announce(conversation.id)
            if conversation.id != handoff.conversation_id:
                self.wake(conversation.id)
        log.info("handoff.stepped", handoff_id=handoff.id, step=change.because)


def due_steps(
    handoff: Handoff, conversation: Conversation, messages: list[Message], playbook: Playbook
) -> list[Due]:
    """Work out what time makes due on a handoff, in business time: pure.

    `conversation` is where it was opened, `messages` are those of all that it serves, in order.
    """
    if handoff.state is HandoffState.OPEN:
        return _unclaimed(handoff, conversation, playbook)
    if handoff.state is HandoffState.CLAIMED:
        return _claimed(handoff, conversation, messages, playbook)
    return []


def _unclaimed(handoff: Handoff, conversation: Conversation, playbook: Playbook) -> list[Due]:
    steps = [
        (Step.NUDGE, playbook.sla.nudge_minutes, handoff.nudged_at),
        (Step.ESCALATE, playbook.sla.escalate_minutes, handoff.escalated_at),
    ]
    due = []
    for step, minutes, done_at in steps:
        at = _business_time(handoff.called_at, minutes, conversation, playbook)
        if done_at is None and at is not None:
            due.append(Due(step, max(at, handoff.snoozed_until or at)))
    return due


def _claimed(
    handoff: Handoff, conversation: Conversation, messages: list[Message], playbook: Playbook
) -> list[Due]:
    """A visitor waits for what neither the rep nor the agent has answered, from the claim on at the earliest."""
    answered = {message_id for message in messages for message_id in message.in_reply_to}
    spoken = max((i for i, m in enumerate(messages, 1) if m.author is Author.REP), default=0)
    waiting = next(
        (m for m in messages[spoken:] if m.author is Author.VISITOR and m.id not in answered),
        None,
    )
    if waiting is None:
        return []
    since = max(waiting.created_at, handoff.claimed_at or waiting.created_at)
    at = _business_time(since, playbook.sla.silent_rep_minutes, conversation, playbook)
    return [Due(Step.RELEASE, at)] if at else []


def _business_time(
    since: datetime, minutes: float, conversation: Conversation, playbook: Playbook
) -> datetime | None:
    hours = playbook.hours.hours()
    at = hours.add(conversation.now_in(since), timedelta(minutes=minutes))
    return at - conversation.rehearsal if at else None

"""PATH 3, time passed: what is due? Answer, post at the desk, take the steps of `deadlines`.

`advance` looks at the rows and does what is due. It can be run again at any moment, by anybody, and does
nothing twice.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from agent.clock import Clock
from agent.conversation import Audience, ConversationId, MessageId
from agent.deadlines import Deadlines
from agent.errors import DeskRefusedError, DeskUnavailableError
from agent.first_response import FirstResponse
from agent.handoff import ATTEMPT, DeskPost, DeskPostId, DeskPostKind, Handoffs, RepDesk
from agent.last_resort import LastResort
from agent.playbook import Playbook
from agent.turn import Conversations
from agent.watcher import Watcher

log = structlog.get_logger()
RETRY_AFTER = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Watch:
    """Keeps every conversation moving; without a desk outside, the rows are the desk."""

    first_response: FirstResponse
    conversations: Conversations
    handoffs: Handoffs
    desk: RepDesk | None
    audience: Audience
    playbook: Playbook
    clock: Clock
    wake: Callable[[ConversationId], None] = field(default=lambda _: None)
    watcher: Watcher = field(default_factory=Watcher)
    failures: Counter[MessageId] = field(default_factory=Counter)
    delivering: WeakValueDictionary[ConversationId, asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )

    async def advance(self, conversation_id: ConversationId) -> None:
        """Do all that is due for one conversation, and note when to look again.

        A reply that fails keeps neither the desk nor the reminders waiting.
        """
        try:
            await LastResort(self.first_response, self.failures).respond(conversation_id)
        finally:
            next_post = await self.deliver(conversation_id)
            next_step = await self._deadlines().keep(conversation_id)
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
        if self.desk is None:
            await self._show_here(conversation_id)
            return None
        retries: list[datetime] = []
        while due := await self.handoffs.due_posts(conversation_id, self.clock.now()):
            if retry_at := await self._post(due[0], self.desk):
                retries.append(retry_at)
        return min(retries, default=None)

    async def _show_here(self, conversation_id: ConversationId) -> None:
        """Tell the open desk pages: nothing can fail on the way, so that no attempt is noted first."""
        now = self.clock.now()
        while due := await self.handoffs.due_posts(conversation_id, now):
            here = {post.id: f"desk:{post.id}" for post in due}
            await self.handoffs.mark_all_posted(conversation_id, here, now)
            for post in due:
                self._tell(post)
            self.audience.announce(conversation_id)

    async def _post(self, post: DeskPost, desk: RepDesk) -> datetime | None:
        """Show one post at the desk, unless others are at it; give the time of the next try when it must wait.

        The handoff is read anew after the attempt was noted: a change before that made no post of its own.
        """
        before = await self.handoffs.mark_attempted(post.id, self.clock.now())
        if before is None:
            return None
        handoff = await self.handoffs.get(post.handoff.id)
        post = replace(post, handoff=handoff, attempts=before, is_in_doubt=before > 0)
        try:
            reference = await self._show(post, desk)
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
        self._tell(post)
        return None

    def _tell(self, post: DeskPost) -> None:
        if post.kind is DeskPostKind.RELAY:
            self.watcher.relayed("to_rep")
        log.info("desk.posted", kind=post.kind.value, handoff_id=post.handoff.id)

    async def _show(self, post: DeskPost, desk: RepDesk) -> str:
        """Show it, and keep others away from it as long as that takes."""
        keeping = asyncio.create_task(self._keep(post.id), name=f"keep {post.id}")
        try:
            return await desk.deliver(post)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self, post_id: DeskPostId) -> None:
        while True:
            await asyncio.sleep(ATTEMPT.total_seconds() / 3)
            await self.handoffs.postpone(post_id, self.clock.now() + ATTEMPT, "being shown")

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

    def _deadlines(self) -> Deadlines:
        return Deadlines(
            conversations=self.conversations,
            handoffs=self.handoffs,
            audience=self.audience,
            playbook=self.playbook,
            clock=self.clock,
            wake=self.wake,
            watcher=self.watcher,
        )

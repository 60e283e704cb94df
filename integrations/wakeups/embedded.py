"""Wake-ups within one process: at once when told, and from the rows that are due."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import structlog

from agent.clock import Clock
from agent.conversation import ConversationId

log = structlog.get_logger()
LOOK_EVERY = 1.0
FIRST_RETRY, LONGEST_RETRY = 0.5, 30.0
DRAIN_SECONDS = 10.0


class EmbeddedWakeups:
    """Runs `advance` for one conversation at a time, each at most once at a time."""

    def __init__(
        self,
        advance: Callable[[ConversationId], Awaitable[None]],
        due: Callable[[datetime], Awaitable[list[ConversationId]]],
        clock: Clock,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._advance = advance
        self._due = due
        self._clock = clock
        self._look_every = look_every
        self._running: dict[ConversationId, asyncio.Task[None]] = {}
        self._again: set[ConversationId] = set()
        self._resting: dict[ConversationId, asyncio.Event] = {}
        self._looking: asyncio.Task[None] | None = None
        self._is_stopping = False

    def wake(self, conversation_id: ConversationId) -> None:
        """Look at a conversation now; when that is going on already, once more right after."""
        if self._is_stopping:
            return
        if conversation_id in self._running:
            self._again.add(conversation_id)
            self._rouse(conversation_id)
            return
        task = asyncio.create_task(self._run(conversation_id), name=f"advance {conversation_id}")
        self._running[conversation_id] = task

    @property
    def is_busy(self) -> bool:
        """Tell whether anything is being advanced."""
        return bool(self._running)

    async def idle(self) -> None:
        """Return when all that runs now is done."""
        if running := list(self._running.values()):
            await asyncio.wait(running)

    async def start(self) -> None:
        """Begin to look for what is due: also what an earlier process left undone."""
        self._looking = asyncio.create_task(self._look(), name="wake-ups")

    async def stop(self) -> None:
        """Take up nothing new; finish what is running, within limits. Rows keep what is left."""
        self._is_stopping = True
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for conversation_id in list(self._resting):
            self._rouse(conversation_id)
        if running := list(self._running.values()):
            _, late = await asyncio.wait(running, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, conversation_id: ConversationId) -> None:
        try:
            await self._until_done(conversation_id)
        finally:
            self._running.pop(conversation_id, None)
            if conversation_id in self._again:
                self._again.discard(conversation_id)
                self.wake(conversation_id)

    async def _until_done(self, conversation_id: ConversationId) -> None:
        """Advance; when something outside fails, again after a while: the rows still say what is due."""
        wait = FIRST_RETRY
        while True:
            self._again.discard(conversation_id)
            try:
                await self._advance(conversation_id)
            except Exception:
                log.exception("wakeup.failed", conversation_id=conversation_id, retry_after=wait)
                if self._is_stopping or not await self._rest(conversation_id, wait):
                    return
                wait = min(2 * wait, LONGEST_RETRY)
                continue
            if conversation_id not in self._again:
                return

    async def _rest(self, conversation_id: ConversationId, seconds: float) -> bool:
        """Wait before another try, or until woken: new words want one at once. False when stopping."""
        roused = self._resting[conversation_id] = asyncio.Event()
        with suppress(TimeoutError):
            await asyncio.wait_for(roused.wait(), seconds)
        del self._resting[conversation_id]
        return not self._is_stopping

    def _rouse(self, conversation_id: ConversationId) -> None:
        if conversation_id in self._resting:
            self._resting[conversation_id].set()

    async def _look(self) -> None:
        while True:
            try:
                for conversation_id in await self._due(self._clock.now()):
                    if conversation_id not in self._running:
                        self.wake(conversation_id)
            except Exception:
                log.exception("wakeups.failed")
            await asyncio.sleep(self._look_every)

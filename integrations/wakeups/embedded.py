"""Wake-ups within one process: at once when told, and from the rows that are due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from agent.clock import Clock

log = structlog.get_logger()
Id = TypeVar("Id", bound=str)
LOOK_EVERY = 1.0
FIRST_RETRY, LONGEST_RETRY = 0.5, 30.0
DRAIN_SECONDS = 10.0


class EmbeddedWakeups(Generic[Id]):
    """Runs `advance` for conversations or leads, each at most once at a time."""

    def __init__(
        self,
        advance: Callable[[Id], Awaitable[None]],
        due: Callable[[datetime], Awaitable[Sequence[Id]]],
        clock: Clock,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._advance = advance
        self._due = due
        self._clock = clock
        self._look_every = look_every
        self._running: dict[Id, asyncio.Task[None]] = {}
        self._again: set[Id] = set()
        self._resting: dict[Id, asyncio.Event] = {}
        self._looking: asyncio.Task[None] | None = None
        self._is_stopping = False

    def wake(self, each: Id) -> None:
        """Look at one now; when that is going on already, once more right after."""
        if self._is_stopping:
            return
        if each in self._running:
            self._again.add(each)
            self._rouse(each)
            return
        task = asyncio.create_task(self._run(each), name=f"advance {each}")
        self._running[each] = task

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
        for each in list(self._resting):
            self._rouse(each)
        if running := list(self._running.values()):
            _, late = await asyncio.wait(running, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, each: Id) -> None:
        try:
            await self._until_done(each)
        finally:
            self._running.pop(each, None)
            if each in self._again:
                self._again.discard(each)
                self.wake(each)

    async def _until_done(self, each: Id) -> None:
        """Advance; when something outside fails, again after a while: the rows still say what is due."""
        wait = FIRST_RETRY
        while True:
            self._again.discard(each)
            try:
                await self._advance(each)
            except Exception:
                log.exception("wakeup.failed", id=each, retry_after=wait)
                if self._is_stopping or not await self._rest(each, wait):
                    return
                wait = min(2 * wait, LONGEST_RETRY)
                continue
            if each not in self._again:
                return

    async def _rest(self, each: Id, seconds: float) -> bool:
        """Wait before another try, or until woken: new words want one at once. False when stopping."""
        roused = self._resting[each] = asyncio.Event()
        with suppress(TimeoutError):
            await asyncio.wait_for(roused.wait(), seconds)
        del self._resting[each]
        return not self._is_stopping

    def _rouse(self, each: Id) -> None:
        if each in self._resting:
            self._resting[each].set()

    async def _look(self) -> None:
        while True:
            try:
                for each in await self._due(self._clock.now()):
                    if each not in self._running:
                        self.wake(each)
            except Exception:
                log.exception("wakeups.failed")
            await asyncio.sleep(self._look_every)

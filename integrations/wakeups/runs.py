"""What is advanced in this process right now: each once at a time, and again after a while when something fails."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

import structlog

log = structlog.get_logger()
Id = TypeVar("Id", bound=str)
FIRST_RETRY: Final = 0.5
LONGEST_RETRY: Final = 30.0
DRAIN_SECONDS: Final = 10.0


class Runs(Generic[Id]):
    """Runs `advance` for conversations or leads, each at most once at a time."""

    def __init__(self, advance: Callable[[Id], Awaitable[None]]) -> None:
        self._advance = advance
        self._running: dict[Id, asyncio.Task[None]] = {}
        self._again: set[Id] = set()
        self._resting: dict[Id, asyncio.Event] = {}
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

    async def once(self, each: Id) -> None:
        """Advance one, and raise what goes wrong; where that is going on already, see to it that it is repeated."""
        if each in self._running or self._is_stopping:
            self.wake(each)
            return
        task = self._running[each] = asyncio.create_task(self._once(each), name=f"advance {each}")
        await task

    def has(self, each: Id) -> bool:
        """Tell whether one is being advanced, or rests before another try."""
        return each in self._running

    @property
    def is_busy(self) -> bool:
        """Tell whether anything is being advanced."""
        return bool(self._running)

    async def idle(self) -> None:
        """Return when all that runs now is done."""
        if running := list(self._running.values()):
            await asyncio.wait(running)

    async def stop(self) -> None:
        """Take up nothing new; finish what is running, within limits. Rows keep what is left."""
        self._is_stopping = True
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
            self._ended(each)

    async def _once(self, each: Id) -> None:
        try:
            await self._advance(each)
        finally:
            self._ended(each)

    def _ended(self, each: Id) -> None:
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

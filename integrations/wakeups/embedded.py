"""Wake-ups within one process: at once when told, and from the rows that are due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from agent.clock import Clock
from integrations.wakeups.looking import LOOK_EVERY, Looking
from integrations.wakeups.runs import Runs

Id = TypeVar("Id", bound=str)


class EmbeddedWakeups(Generic[Id]):
    """Runs `advance` for conversations or leads, each at most once at a time."""

    def __init__(
        self,
        advance: Callable[[Id], Awaitable[None]],
        due: Callable[[datetime], Awaitable[Sequence[Id]]],
        clock: Clock,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._due = due
        self._clock = clock
        self._runs = Runs(advance)
        self._looking = Looking(self._look, look_every)

    def wake(self, each: Id) -> None:
        """Look at one now; when that is going on already, once more right after."""
        self._runs.wake(each)

    @property
    def is_busy(self) -> bool:
        """Tell whether anything is being advanced."""
        return self._runs.is_busy

    async def idle(self) -> None:
        """Return when all that runs now is done."""
        await self._runs.idle()

    async def start(self) -> None:
        """Begin to look for what is due: also what an earlier process left undone."""
        self._looking.start()

    async def stop(self) -> None:
        """Take up nothing new; finish what is running, within limits. Rows keep what is left."""
        await self._looking.stop()
        await self._runs.stop()

    async def _look(self) -> None:
        for each in await self._due(self._clock.now()):
            if not self._runs.has(each):
                self._runs.wake(each)
                # One after the other: many at once would keep who is being answered waiting.
                await asyncio.sleep(0)

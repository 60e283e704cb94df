"""Looking for what is due, again and again: the rows are the truth, everything else only comes sooner."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import structlog

from agent.errors import HotlineError

log = structlog.get_logger()
LOOK_EVERY: Final = 1.0
Id_contra = TypeVar("Id_contra", bound=str, contravariant=True)


class Wakeups(Protocol[Id_contra]):
    """Makes sure that what is due is advanced: at once when told, and whenever rows say so."""

    def wake(self, each: Id_contra, /) -> None:
        """Look at one now; when that is going on already, once more right after."""
        ...

    @property
    def is_busy(self) -> bool:
        """Tell whether anything is being advanced here."""
        ...

    async def idle(self) -> None:
        """Return when all that runs here now is done."""
        ...

    async def start(self) -> None:
        """Begin to look for what is due: also what an earlier process left undone."""
        ...

    async def stop(self) -> None:
        """Take up nothing new; finish what is running, within limits. Rows keep what is left."""
        ...


@dataclass(slots=True)
class Looking:
    """A look that is repeated until it is stopped, whatever goes wrong with it."""

    look: Callable[[], Awaitable[None]]
    every: float = LOOK_EVERY
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._repeat(), name="wake-ups")

    async def stop(self) -> None:
        """Look no more."""
        if self._task:
            await end(self._task)

    async def _repeat(self) -> None:
        while True:
            try:
                await self.look()
            except HotlineError as error:
                log.warning("wakeups.failed", reason=str(error))
            except Exception:
                log.exception("wakeups.failed")
            await asyncio.sleep(self.every)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task until it has ended: before Python 3.12, `asyncio.wait_for` may swallow a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=1)

"""Wake-ups for several processes on one PostgreSQL: at once when told, and from the rows that are due by jobs.

Whoever received a message advances it at once, without the queue. What is due without that (timers, and what a
process that died left undone) is found by a look at the rows, which every process takes; each thing found becomes one
job, and whichever process is free takes it. The look is a query and not a periodic task of procrastinate: those go
by each machine's own clock, and would cost a job a second.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from integrations.wakeups.jobs import JobQueue
from integrations.wakeups.looking import LOOK_EVERY, Looking
from integrations.wakeups.runs import Runs

Id = TypeVar("Id", bound=str)


class PostgresWakeups(Generic[Id]):
    """Runs `advance` for what is of one kind; `read`, the type of its ids, names the kind."""

    def __init__(
        self,
        queue: JobQueue,
        read: Callable[[str], Id],
        advance: Callable[[Id], Awaitable[None]],
        due: Callable[[datetime], Awaitable[Sequence[Id]]],
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._queue = queue
        self._kind = read.__name__
        self._due = due
        self._runs = Runs(advance)
        self._looking = Looking(self._look, look_every)
        queue.serve(self._kind, lambda each: self._runs.once(read(each)))

    def wake(self, each: Id) -> None:
        """Look at one now; when that is going on already, once more right after."""
        self._runs.wake(each)

    @property
    def is_busy(self) -> bool:
        """Tell whether anything is being advanced here."""
        return self._runs.is_busy

    async def idle(self) -> None:
        """Return when all that runs here now is done."""
        await self._runs.idle()

    async def start(self) -> None:
        """Begin to take jobs and to look for what is due: also what an earlier process left undone."""
        await self._queue.start()
        self._looking.start()

    async def stop(self) -> None:
        """Take up nothing new; finish what is running, within limits. Rows keep what is left."""
        await self._looking.stop()
        await self._queue.stop()
        await self._runs.stop()

    async def _look(self) -> None:
        waiting = await self._due(self._queue.clock.now())
        if elsewhere := [each for each in waiting if not self._runs.has(each)]:
            await self._queue.add(self._kind, elsewhere)

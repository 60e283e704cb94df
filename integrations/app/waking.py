"""Wake-ups of this process: by rows alone where it serves alone, by jobs in PostgreSQL where several do."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from agent.clock import Clock
from integrations.wakeups.embedded import EmbeddedWakeups
from integrations.wakeups.looking import LOOK_EVERY, Wakeups

if TYPE_CHECKING:
    from integrations.wakeups.jobs import JobQueue

Id = TypeVar("Id", bound=str)


@dataclass(frozen=True, slots=True)
class WakeupMaker:
    """Makes wake-ups for one kind of thing after the other; they share one queue."""

    clock: Clock
    queue: "JobQueue | None" = None

    def make(
        self,
        read: Callable[[str], Id],
        advance: Callable[[Id], Awaitable[None]],
        due: Callable[[datetime], Awaitable[Sequence[Id]]],
        look_every: float = LOOK_EVERY,
    ) -> Wakeups[Id]:
        """Make wake-ups; `read`, the type of the ids, names their kind, too."""
        if self.queue is None:
            return EmbeddedWakeups(advance, due, self.clock, look_every)
        from integrations.wakeups.postgres import PostgresWakeups

        return PostgresWakeups(self.queue, read, advance, due, look_every)


def wakeup_maker(address: str | None, clock: Clock) -> WakeupMaker:
    """Make what makes wake-ups; the address is that of a PostgreSQL server, where there is one."""
    if address is None:
        return WakeupMaker(clock)
    # The package takes a quarter of a second to import.
    from integrations.wakeups.jobs import JobQueue
    from knowledge.postgres import PostgresServer

    return WakeupMaker(clock, JobQueue(PostgresServer(address).conninfo, clock))

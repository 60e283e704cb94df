"""The reports of other systems, kept in SQL: calls that arrive at once go to disk together."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from agent.clock import Clock
from agent.errors import StoreUnavailableError
from agent.playbook import Playbook
from agent.tracking import RefusalTally, TakenIn, TrackingCall
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.identities import Identities
from knowledge.identity_tables import UNUSED_KEPT, RefusalRow
from knowledge.ids import new_id
from knowledge.intake import Intake

MOST_AT_ONCE = 200
"""Calls in one transaction: enough that the disk is not what limits, few enough (a tenth of a second) that
visitors' messages do not wait for it. A batch is never divided."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    calls: Sequence[TrackingCall]
    done: asyncio.Future[TakenIn]


class SqlTracking:
    """Reports kept in SQL; fulfils `agent.tracking.Tracking`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        playbook: Playbook,
        new_id: Callable[[str], str] = new_id,
    ) -> None:
        self._database = database
        self._clock = clock
        self._playbook = playbook
        self._new_id = new_id
        self._waiting: deque[_Waiting] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def take_in(self, calls: Sequence[TrackingCall]) -> TakenIn:
        """Keep these, in any order and any number of times; they are on disk when this returns.

        Raises StoreUnavailableError, and keeps nothing of the batch then.
        """
        if not calls:
            return TakenIn()
        waiting = _Waiting(calls, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await waiting.done

    async def refusals(self, limit: int = 50) -> list[RefusalTally]:
        """Give what was not done with reports of late (see `UNUSED_KEPT`) and why, the most frequent first."""
        query = select(RefusalRow).where(RefusalRow.last_at >= self._clock.now() - UNUSED_KEPT)
        query = query.order_by(RefusalRow.count.desc(), RefusalRow.because)
        async with self._database.read() as session:
            rows = await session.scalars(query.limit(limit))
            return [value_of(RefusalTally, row) for row in rows]

    async def _write_all(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                await self._write(group)
            except StoreUnavailableError as error:
                _fail(group, error)
            except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
                if len(group) == 1:
                    _fail(group, error)
                else:
                    await self._write_apart(group)
            await asyncio.sleep(0)

    async def _write_apart(self, group: Sequence[_Waiting]) -> None:
        """Write one by one, so that a batch that cannot be written takes no other with it."""
        for waiting in group:
            try:
                await self._write([waiting])
            except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
                _fail([waiting], error)

    async def _write(self, group: Sequence[_Waiting]) -> None:
        async with self._database.write() as session:
            free_mail = self._playbook.scoring.fit.free_mail_domains
            identities = Identities(session, self._clock.now(), self._new_id, free_mail)
            intake = Intake(identities, self._playbook)
            taken = await intake.take_in([waiting.calls for waiting in group])
        for waiting, result in zip(group, taken, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(result)

    def _next_group(self) -> list[_Waiting]:
        group = [self._waiting.popleft()]
        count = len(group[0].calls)
        while self._waiting and count + len(self._waiting[0].calls) <= MOST_AT_ONCE:
            group.append(self._waiting.popleft())
            count += len(group[-1].calls)
        return group


def _fail(group: Sequence[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.done.done():
            waiting.done.set_exception(error)
